// Validation of graphs is bound by how fast ids are scanned.
#include "features.h"

FP_INLINE uint32_t largest_of(const uint32_t *ids, size_t n, uint32_t ignored) {
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t id = ids[i] == ignored ? 0 : ids[i];
        largest = id > largest ? id : largest;
    }
    return largest;
}

#if FP_X86
// The same loop, for the compiler to vectorise with instructions that the baseline lacks.
__attribute__((target("avx2"))) static uint32_t largest_of_avx2(const uint32_t *ids, size_t n, uint32_t ignored) {
    return largest_of(ids, n, ignored);
}
#endif

uint32_t fp_max_u32(const uint32_t *ids, size_t n, uint32_t ignored) {
#if FP_X86
    if (fp_cpu_features() & FP_HAS_AVX2) return largest_of_avx2(ids, n, ignored);
#endif
    return largest_of(ids, n, ignored);
}
