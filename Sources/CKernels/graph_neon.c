// Panels of neighbours on NEON: TBL looks up sixteen codewords at a time.
#include "lanes.h"

#if FP_ARM64
#include <arm_neon.h>

#define TARGET
#define GRAPH fp_graph_neon

FP_INLINE void panel_sums(const uint8_t *table, const uint8_t *codes, size_t groups, const char *next,
                          size_t next_lines, uint16_t sums[FP_PANEL_WIDTH]) {
    uint16x8_t totals[4];
    FULL_UNROLL for (int i = 0; i < 4; i++) totals[i] = vdupq_n_u16(0);
    const size_t lines = groups / 4, steps = (next_lines + lines - 1) / lines;
    size_t asked = 0;
    for (size_t g = 0; g < groups; g++, table += FP_CODEWORDS, codes += FP_CODEWORDS) {
        if (g % 4 == 0) {
            for (size_t end = asked + steps; asked < end && asked < next_lines; asked++) {
                __builtin_prefetch(next + asked * 64, 0, 3);
            }
        }
        const uint8x16_t entries = vld1q_u8(table), pairs = vld1q_u8(codes);
        const uint8x16_t low = vqtbl1q_u8(entries, vandq_u8(pairs, vdupq_n_u8(15)));
        const uint8x16_t high = vqtbl1q_u8(entries, vshrq_n_u8(pairs, 4));
        totals[0] = vaddw_u8(totals[0], vget_low_u8(low));
        totals[1] = vaddw_high_u8(totals[1], low);
        totals[2] = vaddw_u8(totals[2], vget_low_u8(high));
        totals[3] = vaddw_high_u8(totals[3], high);
    }
    FULL_UNROLL for (int i = 0; i < 4; i++) vst1q_u16(sums + i * 8, totals[i]);
}

#include "graph_lanes.h"
#include "graph.h"
#endif
