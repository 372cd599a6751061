// The encoder's products on NEON without SDOT: two rows by 16 outputs. Products of bytes are widened to 16 bits and
// summed in pairs to 32.
#include "lanes.h"

#if FP_ARM64
#include <arm_neon.h>

#define TARGET
#define NETWORK fp_network_neon
#define TILE_ROWS 2
#define ATTENTION_ROWS 4

enum { attention_rows = ATTENTION_ROWS, attention_vectors = 1 };
enum { tile_rows = TILE_ROWS, tile_vectors = 1 };

FP_INLINE void tile(const uint8_t *panel, size_t groups, const int8_t *codes, size_t stride, int rows,
                    const int32_t *code_sums, i32x16 sums[tile_rows][tile_vectors]) {
    (void)code_sums;
    // Each register has two outputs, each as two sums of half the inputs.
    int32x4_t totals[tile_rows][8];
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        FULL_UNROLL for (int q = 0; q < 8; q++) totals[r][q] = vdupq_n_s32(0);
    }
    for (size_t group = 0; group < groups; group++, panel += 64) {
        int8x8_t x[tile_rows];
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, codes + (size_t)r * stride + group * 4, sizeof four);
            x[r] = vreinterpret_s8_s32(vdup_n_s32(four));
        }
        FULL_UNROLL for (int q = 0; q < 8; q++) {
            const int8x8_t weights = vreinterpret_s8_u8(veor_u8(vld1_u8(panel + q * 8), vdup_n_u8(0x80)));
            FULL_UNROLL for (int r = 0; r < rows; r++) {
                totals[r][q] = vpadalq_s16(totals[r][q], vmull_s8(weights, x[r]));
            }
        }
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        int32x4_t result[4];
        FULL_UNROLL for (int q = 0; q < 4; q++) result[q] = vpaddq_s32(totals[r][q * 2], totals[r][q * 2 + 1]);
        memcpy(&sums[r][0], result, sizeof result);
    }
}

#include "network.h"
#endif
