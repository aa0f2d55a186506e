// Gets pages that are needed soon with one call: a fault for each page takes longer, on some virtual machines
// 20 microseconds. Before Linux 5.14 there is no such call, and each page has its fault.
#include <sys/auxv.h>
#include <sys/mman.h>

#include "host.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 // <asm-generic/mman-common.h>
#define MADV_POPULATE_WRITE 23
#endif

#define STACK ((size_t)16 << 10) // that an ADD takes

extern const uint8_t __executable_start, seldom, __etext; // of the linker, and of sections.ld

static void populate(const void *start, size_t size, int advice) {
    uintptr_t first = (uintptr_t)start & ~(getauxval(AT_PAGESZ) - 1);
    madvise((void *)first, (uintptr_t)start + size - first, advice);
}

void populate_for_write(void *start, size_t size) {
    populate(start, size, MADV_POPULATE_WRITE);
}

void populate_at_start(void) {
    uint8_t *top = __builtin_frame_address(0);
    populate(&__executable_start, (size_t)(&seldom - &__executable_start), MADV_POPULATE_READ);
    // The constants up to the program for operators' commands.
    populate(&__etext, (size_t)(operator_program - &__etext), MADV_POPULATE_READ);
    populate_for_write(top - STACK, STACK);
}
