// Which implementation this process uses.
#include "features.h"

#include <stdatomic.h>
#include <stdlib.h>

const fp_kernels *fp_kernels_at(size_t index) {
    // Best first. The features are those that an implementation needs.
    static const struct {
        const fp_kernels *kernels;
        uint32_t features;
    } implementations[] = {
#if FP_X86
        {&fp_kernels_avx512, FP_HAS_AVX512},
        {&fp_kernels_avx2_vnni, FP_HAS_AVX2 | FP_HAS_AVX_VNNI},
        {&fp_kernels_avx2, FP_HAS_AVX2},
#elif FP_ARM64
        {&fp_kernels_neon_dotprod, FP_HAS_DOTPROD},
        {&fp_kernels_neon, 0},
#endif
        {&fp_kernels_portable, 0},
    };
    const uint32_t features = fp_cpu_features();
    for (size_t i = 0; i < sizeof implementations / sizeof *implementations; i++) {
        if ((implementations[i].features & ~features) == 0 && index-- == 0) return implementations[i].kernels;
    }
    return NULL;
}

const fp_kernels *fp_kernels_of(fp_kernel_set set) {
    const fp_kernels *kernels = NULL;
    for (size_t i = 0; (kernels = fp_kernels_at(i)); i++) {
        if (kernels->set == set) break;
    }
    return kernels;
}

const fp_kernels *fp_kernels_preferring(const char *name) {
    const fp_kernels *kernels = NULL;
    for (size_t i = 0; name && (kernels = fp_kernels_at(i)); i++) {
        if (strcmp(name, kernels->name) == 0) return kernels;
    }
    return fp_kernels_at(0);
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
