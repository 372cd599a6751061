// The encoder's products with SDOT: four rows by 16 outputs in 16 registers, 16 inputs at a time.
#include "lanes.h"

#if FP_ARM64
#include <arm_neon.h>

#define TARGET __attribute__((target("dotprod")))
#define NETWORK fp_network_neon_dotprod
#define TILE_ROWS 4
#define ATTENTION_ROWS 4

enum { attention_rows = ATTENTION_ROWS, attention_vectors = 1 };
enum { tile_rows = TILE_ROWS, tile_vectors = 1 };

/// The four inputs of a group, for one group of the four in `x`.
#define DOT_GROUP(lane)                                                                                             \
    do {                                                                                                            \
        int8x16_t weights[4];                                                                                       \
        FULL_UNROLL for (int q = 0; q < 4; q++) weights[q] = load_weights(panel + (lane) * 64 + q * 16);            \
        FULL_UNROLL for (int r = 0; r < rows; r++) {                                                                \
            FULL_UNROLL for (int q = 0; q < 4; q++) {                                                               \
                totals[r][q] = vdotq_laneq_s32(totals[r][q], weights[q], x[r], lane);                               \
            }                                                                                                       \
        }                                                                                                           \
    } while (0)

TARGET FP_INLINE int8x16_t load_weights(const uint8_t *p) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)));
}

TARGET FP_INLINE void tile(const uint8_t *panel, size_t groups, const int8_t *codes, size_t stride, int rows,
                           const int32_t *code_sums, i32x16 sums[tile_rows][tile_vectors]) {
    (void)code_sums;
    int32x4_t totals[tile_rows][4];
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        FULL_UNROLL for (int q = 0; q < 4; q++) totals[r][q] = vdupq_n_s32(0);
    }
    size_t group = 0;
    for (; group + 4 <= groups; group += 4, panel += 256) {
        int8x16_t x[tile_rows];
        FULL_UNROLL for (int r = 0; r < rows; r++) x[r] = vld1q_s8(codes + (size_t)r * stride + group * 4);
        DOT_GROUP(0);
        DOT_GROUP(1);
        DOT_GROUP(2);
        DOT_GROUP(3);
    }
    for (; group < groups; group++, panel += 64) {
        int8x16_t x[tile_rows];
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, codes + (size_t)r * stride + group * 4, sizeof four);
            x[r] = vreinterpretq_s8_s32(vdupq_n_s32(four));
        }
        DOT_GROUP(0);
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) memcpy(&sums[r][0], totals[r], sizeof totals[r]);
}

#include "network.h"
#endif
