// The encoder's products with VPDPBUSD on 512 bits: six rows by 64 outputs in 24 registers.
#include "lanes.h"

#if FP_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma")))
#define NETWORK fp_network_avx512
#define TILE_ROWS 6
#define ATTENTION_ROWS 6

enum { attention_rows = ATTENTION_ROWS, attention_vectors = 2 };
enum { tile_rows = TILE_ROWS, tile_vectors = 4 };

/// The weights are the unsigned operand, 128 too large: what that adds is 128 times the sum of the row's codes.
TARGET FP_INLINE void tile(const uint8_t *panel, size_t groups, const int8_t *codes, size_t stride, int rows,
                           const int32_t *code_sums, i32x16 sums[tile_rows][tile_vectors]) {
    __m512i totals[tile_rows][tile_vectors];
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        FULL_UNROLL for (int v = 0; v < tile_vectors; v++) totals[r][v] = _mm512_setzero_si512();
    }
    for (size_t group = 0; group < groups; group++, panel += tile_vectors * 64) {
        __m512i weights[tile_vectors];
        FULL_UNROLL for (int v = 0; v < tile_vectors; v++) {
            weights[v] = _mm512_loadu_si512(panel + v * 64);
        }
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, codes + (size_t)r * stride + group * 4, sizeof four);
            const __m512i x = _mm512_set1_epi32(four);
            FULL_UNROLL for (int v = 0; v < tile_vectors; v++) {
                totals[r][v] = _mm512_dpbusd_epi32(totals[r][v], weights[v], x);
            }
        }
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        const __m512i excess = _mm512_slli_epi32(_mm512_set1_epi32(code_sums[r]), 7);
        FULL_UNROLL for (int v = 0; v < tile_vectors; v++) {
            sums[r][v] = (i32x16)_mm512_sub_epi32(totals[r][v], excess);
        }
    }
}

#include "network.h"
#endif
