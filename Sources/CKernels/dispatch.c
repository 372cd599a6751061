// Which implementation this process uses.
#include "internal.h"

#include <stdatomic.h>
#include <stdlib.h>

const fp_kernels *fp_kernels_of(fp_kernel_set set) {
    switch (set) {
    case FP_KERNELS_PORTABLE:
        return &fp_kernels_portable;
    default:
        return NULL;
    }
}

const fp_kernels *fp_kernels_preferring(const char *name) {
    // Best first.
    static const fp_kernel_set sets[] = {FP_KERNELS_AVX512, FP_KERNELS_AVX2, FP_KERNELS_NEON, FP_KERNELS_PORTABLE};
    const fp_kernels *best = NULL;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const fp_kernels *kernels = fp_kernels_of(sets[i]);
        if (!kernels) continue;
        if (!best) best = kernels;
        if (name && strcmp(name, kernels->name) == 0) return kernels;
    }
    return best;
}

const fp_kernels *fp_kernels_current(void) {
    static _Atomic(const fp_kernels *) current;
    const fp_kernels *kernels = atomic_load_explicit(&current, memory_order_acquire);
    if (kernels) return kernels;
    const fp_kernels *expected = NULL;
    kernels = fp_kernels_preferring(getenv("FINGERPOST_KERNELS"));
    // The first to get here decides, so that two calls never see different kernels.
    return atomic_compare_exchange_strong(&current, &expected, kernels) ? kernels : expected;
}
