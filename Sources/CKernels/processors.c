// How many hardware threads this process may use, and which of its threads is which.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1
#endif
#include "CKernels.h"

#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

int32_t fp_available_processors(void) {
#if defined(__linux__) && defined(CPU_ALLOC)
    // The kernel refuses a mask shorter than its own, and does not say how long that is.
    for (int limit = 1024; limit <= 1 << 20; limit *= 2) {
        cpu_set_t *mask = CPU_ALLOC((size_t)limit);
        if (!mask) break;
        size_t size = CPU_ALLOC_SIZE((size_t)limit);
        CPU_ZERO_S(size, mask);
        int count = sched_getaffinity(0, size, mask) == 0 ? CPU_COUNT_S(size, mask) : 0;
        CPU_FREE(mask);
        if (count > 0) return count;
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online <= INT32_MAX ? (int32_t)online : 1;
}

uint32_t fp_thread_number(void) {
    static uint32_t next;
    static _Thread_local uint32_t number = UINT32_MAX;
    if (number == UINT32_MAX) number = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % UINT32_MAX;
    return number;
}
