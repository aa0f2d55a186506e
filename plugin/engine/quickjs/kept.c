// All memory that is written until the program for runtimes is loaded. The build runs it up to there, and puts the bytes of
// `kept` back into the executable: the engine then starts with it loaded. So nothing in there may point outside the
// executable, and the executable is not position-independent.
#include <unistd.h>

#include "host.h"

struct kept kept __attribute__((section(".kept"), aligned(4096))) = {
    .chunk = kept.heap,
    .populated = kept.heap,
    .chunk_end = kept.heap + HEAP,
};

#ifndef RUN_AT_ONCE
// The engine stores the address of its stack, and then its limit, which JS_UpdateStackTop() sets again: no two builds
// would be equal. Only the pair is searched for: under qemu the stack's addresses look like two small numbers.
static void forget_stack(void) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), range = (uintptr_t)64 << 10;
    for (uintptr_t *word = (uintptr_t *)kept.heap; word + 1 < (uintptr_t *)kept.chunk; word++) {
        if (word[0] - (here - range) >= 2 * range || word[0] - word[1] != JS_DEFAULT_STACK_SIZE) continue;
        word[0] = word[1] = 0;
        return;
    }
    leave_with("the engine does not keep its stack as forget_stack() in kept.c knows it\n");
}

// What the build puts into the executable.
_Noreturn void give_kept(void) {
    if (kept.mapped > 0) leave_with("the plugin has outgrown HEAP in host.h\n");
    forget_stack();
    if (!write_all(STDOUT_FILENO, (const char *)&kept, sizeof kept)) leave_with("stdout cannot be written\n");
    _exit(0);
}
#endif

// Most of its pages will be written soon.
void copy_kept(void) {
    populate_for_write(&kept, (size_t)(kept.chunk - (uint8_t *)&kept));
    kept.populated = kept.chunk;
}
