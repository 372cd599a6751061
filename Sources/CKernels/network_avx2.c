// The encoder's products with VPMADDWD: two rows by 16 outputs. Bytes are widened to 16 bits, where pairs of products
// are summed exactly; VPMADDUBSW, which takes bytes, saturates.
#include "lanes.h"

#if FP_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define NETWORK fp_network_avx2
#define TILE_ROWS 2
#define ATTENTION_ROWS 4

enum { attention_rows = ATTENTION_ROWS, attention_vectors = 1 };
enum { tile_rows = TILE_ROWS, tile_vectors = 1 };

/// Weights are 128 too large: what that adds is 128 times the sum of the row's codes.
TARGET FP_INLINE void tile(const uint8_t *panel, size_t groups, const int8_t *codes, size_t stride, int rows,
                           const int32_t *code_sums, i32x16 sums[tile_rows][tile_vectors]) {
    // Each register has four outputs, each as two sums of half the inputs.
    __m256i totals[tile_rows][4];
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        FULL_UNROLL for (int q = 0; q < 4; q++) totals[r][q] = _mm256_setzero_si256();
    }
    for (size_t group = 0; group < groups; group++, panel += 64) {
        __m256i x[tile_rows];
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, codes + (size_t)r * stride + group * 4, sizeof four);
            x[r] = _mm256_cvtepi8_epi16(_mm_set1_epi32(four));
        }
        FULL_UNROLL for (int q = 0; q < 4; q++) {
            const __m256i weights = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(panel + q * 16)));
            FULL_UNROLL for (int r = 0; r < rows; r++) {
                totals[r][q] = _mm256_add_epi32(totals[r][q], _mm256_madd_epi16(weights, x[r]));
            }
        }
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        const __m256i excess = _mm256_slli_epi32(_mm256_set1_epi32(code_sums[r]), 7);
        FULL_UNROLL for (int half = 0; half < 2; half++) {
            // Adds neighbours, which leaves outputs 0 1 4 5 2 3 6 7.
            __m256i sum = _mm256_hadd_epi32(totals[r][half * 2], totals[r][half * 2 + 1]);
            sum = _mm256_sub_epi32(_mm256_permute4x64_epi64(sum, 0xd8), excess);
            memcpy((char *)&sums[r][0] + half * 32, &sum, sizeof sum);
        }
    }
}

#include "network.h"
#endif
