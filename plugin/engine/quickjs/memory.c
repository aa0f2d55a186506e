// Memory for the engine. Small blocks come from chunks and go back to a list of their size; large ones are mappings of
// their own.
#include <string.h>
#include <sys/mman.h>

#include "host.h"

#define CHUNK ((size_t)256 << 10)
#define SMALLEST ((size_t)64)
#define LARGEST (SMALLEST << (SIZES - 1)) // 64 KB, doubling from 64 bytes; the engine asks for 4 KB as a rule

struct block {
    size_t size; // of what follows this header
    struct block *next; // while it is free
};
#define HEADER ((size_t)16) // so that what follows is aligned
_Static_assert(sizeof(struct block) == HEADER, "what follows would not be aligned");

static void *map(size_t size) {
    if (size > MEMORY_LIMIT - kept.mapped) leave_out_of_memory();
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) leave_out_of_memory();
    kept.mapped += size;
    return memory;
}

// The pages of a large block with room for `size` bytes.
static size_t whole_pages(size_t size) {
    if (size > MEMORY_LIMIT) leave_out_of_memory();
    return (size + HEADER + PAGE - 1) & ~(PAGE - 1);
}

static unsigned list_of(size_t size) {
    unsigned list = 0;
    while (SMALLEST << list < size) list++;
    return list;
}

static void *memory_of(struct block *block) {
    return (uint8_t *)block + HEADER;
}

static struct block *block_of(const void *memory) {
    return (struct block *)((uintptr_t)memory - HEADER);
}

void *memory_allocate(void *opaque, size_t size) {
    (void)opaque;
    struct block *block;
    if (size > LARGEST) {
        size_t pages = whole_pages(size);
        block = map(pages);
        block->size = pages - HEADER;
        return memory_of(block);
    }
    unsigned list = list_of(size);
    block = kept.free[list];
    if (block != NULL) {
        kept.free[list] = block->next;
        return memory_of(block);
    }
    size_t room = SMALLEST << list;
    if ((size_t)(kept.chunk_end - kept.chunk) < HEADER + room) {
        kept.chunk = map(CHUNK);
        kept.chunk_end = kept.chunk + CHUNK;
    }
    block = (struct block *)kept.chunk;
    block->size = room;
    kept.chunk += HEADER + room;
    return memory_of(block);
}

void memory_free(void *opaque, void *memory) {
    (void)opaque;
    if (memory == NULL) return;
    struct block *block = block_of(memory);
    if (block->size > LARGEST) {
        kept.mapped -= HEADER + block->size;
        munmap(block, HEADER + block->size);
        return;
    }
    unsigned list = list_of(block->size);
    block->next = kept.free[list];
    kept.free[list] = block;
}

static size_t memory_usable(const void *memory) {
    return memory == NULL ? 0 : block_of(memory)->size;
}

void *memory_resize(void *opaque, void *memory, size_t size) {
    size_t usable = memory_usable(memory);
    if (memory != NULL && size <= usable) return memory;
    if (usable > LARGEST) {
        size_t pages = whole_pages(size), before = HEADER + usable;
        if (pages - before > MEMORY_LIMIT - kept.mapped) leave_out_of_memory();
        struct block *block = mremap(block_of(memory), before, pages, MREMAP_MAYMOVE);
        if (block == MAP_FAILED) leave_out_of_memory();
        kept.mapped += pages - before;
        block->size = pages - HEADER;
        return memory_of(block);
    }
    void *larger = memory_allocate(opaque, size);
    if (memory != NULL) memcpy(larger, memory, usable);
    memory_free(opaque, memory);
    return larger;
}

static void *memory_allocate_zeroed(void *opaque, size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) leave_out_of_memory();
    return memset(memory_allocate(opaque, total), 0, total);
}

const JSMallocFunctions MEMORY = {
    memory_allocate_zeroed, memory_allocate, memory_free, memory_resize, memory_usable,
};
