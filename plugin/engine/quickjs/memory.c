// Memory for the engine. Small blocks come from chunks and return to a list of their size; each large block is a mapping of
// its own. A table that has grown leaves a block of a size that nothing else needs: little blocks come from that.
#include <string.h>
#include <sys/mman.h>

#include "host.h"

#define CHUNK ((size_t)256 << 10)
#define FEW ((size_t)8 << 10) // ahead of what is needed: most requests need no more
#define MANY ((size_t)64 << 10) // for one that has needed a chunk
#define GRAIN ((size_t)16)
#define FINE ((size_t)1024) // up to here each grain has a list, above there are four for each doubling
#define LARGEST ((size_t)64 << 10) // of the small blocks, their headers included
#define LITTLE ((size_t)2048) // up to here a block comes from what is left of a larger one
#define ROOMY (FINE / GRAIN + 2 * 4) // the first list of blocks that others come from: those of more than 4 * FINE bytes

// The header before each block: 8 bytes, because the engine needs no larger alignment.
struct block {
    size_t size; // of what follows
    struct block *next[]; // while it is free
};
#define HEADER (sizeof(struct block))
_Static_assert(HEADER == 8, "what follows would not be aligned");

static void populate_chunk(void) {
    uint8_t *end = kept.chunk + (kept.mapped == 0 ? FEW : MANY);
    if (end > kept.chunk_end) end = kept.chunk_end;
    populate_for_write(kept.populated, (size_t)(end - kept.populated));
    kept.populated = end;
}

static void *map(size_t size) {
    if (size > MEMORY_LIMIT - kept.mapped) leave_out_of_memory();
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) leave_short_of_memory();
    kept.mapped += size;
    return memory;
}

// The pages of a large block with room for `size` bytes.
static size_t whole_pages(size_t size) {
    if (size > MEMORY_LIMIT) leave_out_of_memory();
    return (size + HEADER + PAGE - 1) & ~(PAGE - 1);
}

// The list of the small blocks with room for `size` bytes, and how large each is with its header.
struct kind {
    unsigned list;
    size_t total;
};

static struct kind kind_of(size_t size) {
    size_t total = (size + HEADER + GRAIN - 1) & ~(GRAIN - 1);
    if (total <= FINE) return (struct kind){.list = (unsigned)(total / GRAIN) - 1, .total = total};
    unsigned bits = 63 - (unsigned)__builtin_clzll(total - 1), step = bits - 2;
    size_t steps = ((total - 1) >> step) + 1; // 5 to 8
    return (struct kind){.list = FINE / GRAIN + (bits - 10) * 4 + (unsigned)steps - 5, .total = steps << step};
}

static void *memory_of(struct block *block) {
    return (uint8_t *)block + HEADER;
}

static struct block *block_of(const void *memory) {
    return (struct block *)((uintptr_t)memory - HEADER);
}

// A free block for little ones; false if there is none.
static bool find_rest(void) {
    for (unsigned list = ROOMY; list < SIZES; list++) {
        struct block *block = kept.free[list];
        if (block == NULL) continue;
        kept.free[list] = block->next[0];
        kept.rest = (uint8_t *)block;
        kept.rest_end = kept.rest + HEADER + block->size;
        return true;
    }
    return false;
}

static struct block *cut_from_rest(size_t total) {
    if ((size_t)(kept.rest_end - kept.rest) < total && !find_rest()) return NULL;
    struct block *block = (struct block *)kept.rest;
    kept.rest += total;
    return block;
}

static struct block *cut_from_chunk(size_t total) {
    if ((size_t)(kept.chunk_end - kept.chunk) < total) {
        kept.chunk = map(CHUNK);
        kept.chunk_end = kept.chunk + CHUNK;
        kept.populated = kept.chunk;
    }
    struct block *block = (struct block *)kept.chunk;
    kept.chunk += total;
    if (kept.chunk > kept.populated) populate_chunk();
    return block;
}

void *memory_allocate(void *opaque, size_t size) {
    (void)opaque;
    struct block *block;
    if (size > LARGEST - HEADER) {
        size_t pages = whole_pages(size);
        block = map(pages);
        block->size = pages - HEADER;
        return memory_of(block);
    }
    struct kind kind = kind_of(size);
    block = kept.free[kind.list];
    if (block != NULL) {
        kept.free[kind.list] = block->next[0];
        return memory_of(block);
    }
    block = kind.total <= LITTLE ? cut_from_rest(kind.total) : NULL;
    if (block == NULL) block = cut_from_chunk(kind.total);
    block->size = kind.total - HEADER;
    return memory_of(block);
}

void memory_free(void *opaque, void *memory) {
    (void)opaque;
    if (memory == NULL) return;
    struct block *block = block_of(memory);
    if (block->size > LARGEST - HEADER) {
        kept.mapped -= HEADER + block->size;
        munmap(block, HEADER + block->size);
        return;
    }
    unsigned list = kind_of(block->size).list;
    block->next[0] = kept.free[list];
    kept.free[list] = block;
}

static size_t memory_usable(const void *memory) {
    return memory == NULL ? 0 : block_of(memory)->size;
}

void *memory_resize(void *opaque, void *memory, size_t size) {
    size_t usable = memory_usable(memory);
    if (memory != NULL && size <= usable) return memory;
    if (usable > LARGEST - HEADER) {
        size_t pages = whole_pages(size), before = HEADER + usable;
        if (pages - before > MEMORY_LIMIT - kept.mapped) leave_out_of_memory();
        struct block *block = mremap(block_of(memory), before, pages, MREMAP_MAYMOVE);
        if (block == MAP_FAILED) leave_short_of_memory();
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
