// The encoder's products in plain C: right everywhere, and what the others are checked against.
#include "lanes.h"

#define TARGET
#define NETWORK fp_network_portable
#define TILE_ROWS 2
#define ATTENTION_ROWS 4

enum { attention_rows = ATTENTION_ROWS, attention_vectors = 1 };
enum { tile_rows = TILE_ROWS, tile_vectors = 1 };

typedef int16_t i16x32 __attribute__((ext_vector_type(32)));
typedef uint16_t u16x32 __attribute__((ext_vector_type(32)));

/// The lower and the upper byte of each lane, sign-extended.
#define LOWER(pairs) ((i16x32)((pairs) << 8) >> 8)
#define UPPER(pairs) ((i16x32)(pairs) >> 8)

FP_INLINE void tile(const uint8_t *panel, size_t groups, const int8_t *codes, size_t stride, int rows,
                    const int32_t *code_sums, i32x16 sums[tile_rows][tile_vectors]) {
    (void)code_sums;
    for (int r = 0; r < rows; r++) {
        i32x16 totals = 0;
        for (size_t group = 0; group < groups; group++) {
            u16x32 weights, x;
            memcpy(&weights, panel + group * sizeof weights, sizeof weights);
            weights ^= 0x8080u;
            uint32_t four;
            memcpy(&four, codes + (size_t)r * stride + group * 4, sizeof four);
            const u32x16 repeated = four;
            memcpy(&x, &repeated, sizeof x);
            // Two products of bytes fit 16 bits.
            const i16x32 products = LOWER(weights) * LOWER(x) + UPPER(weights) * UPPER(x);
            u32x16 pairs;
            memcpy(&pairs, &products, sizeof pairs);
            totals += ((i32x16)(pairs << 16) >> 16) + ((i32x16)pairs >> 16);
        }
        sums[r][0] = totals;
    }
}

#include "network.h"
