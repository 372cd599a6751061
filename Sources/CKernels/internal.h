// What the implementations share. Not seen by Swift.
#ifndef FINGERPOST_CKERNELS_INTERNAL_H
#define FINGERPOST_CKERNELS_INTERNAL_H

#include "CKernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define FP_X86 1
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#define FP_ARM64 1
#endif

#define FP_INLINE static inline __attribute__((always_inline))

extern const fp_kernels fp_kernels_portable;
extern const fp_network fp_network_portable;
extern const fp_graph fp_graph_portable;
#if FP_X86
extern const fp_kernels fp_kernels_avx2;
extern const fp_kernels fp_kernels_avx2_vnni;
extern const fp_kernels fp_kernels_avx512;
extern const fp_network fp_network_avx2;
extern const fp_network fp_network_avx2_vnni;
extern const fp_network fp_network_avx512;
extern const fp_graph fp_graph_avx2;
extern const fp_graph fp_graph_avx512;
#elif FP_ARM64
extern const fp_kernels fp_kernels_neon;
extern const fp_kernels fp_kernels_neon_dotprod;
extern const fp_network fp_network_neon;
extern const fp_network fp_network_neon_dotprod;
extern const fp_graph fp_graph_neon;
#endif

/// Asks for the cache lines of a row of `n` elements of `size` bytes, wherever in its first line it starts. All lines
/// of bytes; of a row of floats only the first eight, after which the CPU foresees the rest by itself and asking costs
/// more than it saves (measured: 15 % of a gather of 384 floats).
FP_INLINE void fp_prefetch_row(const void *row, size_t n, size_t size) {
    const size_t bytes = n * size, limit = size == 1 || bytes < 512 ? bytes : 512;
    for (size_t offset = 0; offset < limit; offset += 64) __builtin_prefetch((const char *)row + offset, 0, 3);
}

/// Finishes a normalisation whose sum of squares is already known. Outside the range where that sum is as good as
/// its terms, or where it is not finite, everything is redone in double precision, in which no float's square
/// overflows or underflows.
FP_INLINE float fp_normalize_with(float *v, size_t n, float squares) {
    if (squares > 1e-25f && squares < 1e37f) {
        float length = sqrtf(squares), inverse = 1.0f / length;
        for (size_t i = 0; i < n; i++) v[i] *= inverse;
        return length;
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)v[i] * v[i];
    double length = sqrt(sum);
    if (sum > 0 && sum < (double)INFINITY) {
        for (size_t i = 0; i < n; i++) v[i] = (float)(v[i] / length);
    }
    return (float)length;
}

/// For row kernels that compute nothing from the query beforehand.
FP_INLINE int32_t fp_no_preparation(const void *query, size_t n) {
    (void)query;
    (void)n;
    return 0;
}

FP_INLINE float fp_float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

FP_INLINE uint32_t fp_bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

#endif
