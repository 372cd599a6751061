// Panels of neighbours in plain C: right everywhere, and what the others are checked against.
#include "lanes.h"

#define TARGET
#define GRAPH fp_graph_portable

FP_INLINE void panel_sums(const uint8_t *table, const uint8_t *codes, size_t groups, const char *next,
                          size_t next_lines, uint16_t sums[FP_PANEL_WIDTH]) {
    for (size_t line = 0; line < next_lines; line++) __builtin_prefetch(next + line * 64, 0, 3);
    memset(sums, 0, FP_PANEL_WIDTH * sizeof *sums);
    for (size_t g = 0; g < groups; g++, table += FP_CODEWORDS, codes += FP_CODEWORDS) {
        for (size_t i = 0; i < FP_PANEL_WIDTH / 2; i++) {
            sums[i] = (uint16_t)(sums[i] + table[codes[i] & 15]);
            sums[i + FP_PANEL_WIDTH / 2] = (uint16_t)(sums[i + FP_PANEL_WIDTH / 2] + table[codes[i] >> 4]);
        }
    }
}

#include "graph_lanes.h"
#include "graph.h"
