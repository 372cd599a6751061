// Large pieces of memory: rows are read in random order, and with small pages each would cost a walk through the page
// tables as well.
#if defined(__linux__)
#define _DEFAULT_SOURCE 1
#elif defined(__APPLE__)
#define _DARWIN_C_SOURCE 1
#endif
#include <sys/mman.h>

#include "internal.h"

static const size_t huge_page = 2u << 20;

void *fp_map_memory(size_t size) {
    // Room for the start to be moved up to a huge page; what is left over at both ends goes back.
    const size_t spare = size >= huge_page ? huge_page : 0;
    if (size == 0 || size > SIZE_MAX - spare) return NULL;
    char *memory = mmap(NULL, size + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    if (spare == 0) return memory;
    const size_t before = (huge_page - (uintptr_t)memory % huge_page) % huge_page;
    // Whole pages of the system's, whose size divides that of a huge page.
    if (before > 0) (void)munmap(memory, before);
    const size_t page = 4096, kept = (size + page - 1) / page * page;
    if (spare - before > kept - size) (void)munmap(memory + before + kept, size + spare - before - kept);
#if defined(MADV_HUGEPAGE)
    (void)madvise(memory + before, size / huge_page * huge_page, MADV_HUGEPAGE);
#endif
    return memory + before;
}

void fp_unmap_memory(void *memory, size_t size) {
    if (memory) (void)munmap(memory, size);
}
