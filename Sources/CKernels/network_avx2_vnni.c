// The encoder's products with VPDPBUSD on 256 bits: six rows by 16 outputs in 12 of 16 registers.
#include "lanes.h"

#if FP_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma,avxvnni")))
#define NETWORK fp_network_avx2_vnni
#define TILE_ROWS 6
#define ATTENTION_ROWS 4

enum { attention_rows = ATTENTION_ROWS, attention_vectors = 1 };
enum { tile_rows = TILE_ROWS, tile_vectors = 1 };

/// The weights are the unsigned operand, 128 too large: what that adds is 128 times the sum of the row's codes.
TARGET FP_INLINE void tile(const uint8_t *panel, size_t groups, const int8_t *codes, size_t stride, int rows,
                           const int32_t *code_sums, i32x16 sums[tile_rows][tile_vectors]) {
    __m256i low[tile_rows], high[tile_rows];
    FULL_UNROLL for (int r = 0; r < rows; r++) low[r] = high[r] = _mm256_setzero_si256();
    for (size_t group = 0; group < groups; group++, panel += 64) {
        const __m256i w0 = _mm256_loadu_si256((const __m256i *)panel);
        const __m256i w1 = _mm256_loadu_si256((const __m256i *)(panel + 32));
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, codes + (size_t)r * stride + group * 4, sizeof four);
            const __m256i x = _mm256_set1_epi32(four);
            low[r] = _mm256_dpbusd_avx_epi32(low[r], w0, x);
            high[r] = _mm256_dpbusd_avx_epi32(high[r], w1, x);
        }
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        const __m256i excess = _mm256_slli_epi32(_mm256_set1_epi32(code_sums[r]), 7);
        low[r] = _mm256_sub_epi32(low[r], excess);
        high[r] = _mm256_sub_epi32(high[r], excess);
        memcpy(&sums[r][0], &low[r], sizeof low[r]);
        memcpy((char *)&sums[r][0] + sizeof low[r], &high[r], sizeof high[r]);
    }
}

#include "network.h"
#endif
