// The kernels of `FingerpostGraph.h`: a template, included once per instruction set with
//     TARGET         the function attribute of the instruction set
//     GRAPH          the name of the table to define
//     panel_sums     sums of table entries: panel_sums(table, codes, groups, next, next_lines, sums), 32 of 16 bits
//     above_bits     lanes above a threshold: above_bits(scores, threshold)
//     INSERT, FIND_ABOVE   functions of the instruction set's own, or `insert` and `find_above` from here
// Written in vectors of 16 lanes without contraction, so that every instruction set gives the same bits.
#include "lanes.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"
// Not every instruction set uses every function of the lanes.
#pragma clang diagnostic ignored "-Wunused-function"

#define INLINE TARGET FP_INLINE

#include "network_functions.h"

/// Products of one group; `x` are its dimensions.
INLINE f32x16 group_products(const fp_codebook *codebook, const float *x, size_t group) {
    f32x16 sum = all(0.0f);
    for (uint32_t d = codebook->starts[group]; d < codebook->starts[group + 1]; d++) {
        sum = fma16(all(x[d]), load(codebook->codewords + (size_t)d * FP_CODEWORDS), sum);
    }
    return sum;
}

TARGET static void tabulate(const fp_codebook *codebook, const float *x, float *products) {
    for (size_t g = 0; g < codebook->groups; g++) {
        store(products + g * FP_CODEWORDS, group_products(codebook, x, g));
    }
}

TARGET static void round_table(const float *products, size_t groups, uint8_t *table, float *unit, float *offset) {
    float least[FP_LARGEST_GROUPS], sum = 0;
    f32x16 ranges = all(0.0f);
    for (size_t g = 0; g < groups; g++) {
        const f32x16 v = load(products + g * FP_CODEWORDS);
        least[g] = -largest_of(-v);
        sum += least[g];
        ranges = __builtin_elementwise_max(ranges, v - all(least[g]));
    }
    const float range = largest_of(ranges);
    const float rounder = 12582912.0f;  // 1.5 * 2^23: adding it leaves the rounded integer in the low bits
    const float scale = range > 0 ? 255.0f / range : 0.0f;
    for (size_t g = 0; g < groups; g++) {
        const f32x16 v = (load(products + g * FP_CODEWORDS) - all(least[g])) * scale + all(rounder);
        i32x16 bits;
        memcpy(&bits, &v, sizeof bits);
        const u8x16 bytes = __builtin_convertvector(bits & 0xff, u8x16);
        memcpy(table + g * FP_CODEWORDS, &bytes, sizeof bytes);
    }
    *unit = range / 255.0f;
    *offset = sum;
}

TARGET static float encode(const fp_codebook *codebook, const float *x, uint8_t *codes) {
    float similarity = 0;
    for (size_t g = 0; g < codebook->groups; g++) {
        const f32x16 half_squares = load(codebook->half_squares + g * FP_CODEWORDS);
        // The nearest codeword is the one whose product less half of its square is largest.
        const f32x16 merit = group_products(codebook, x, g) - half_squares;
        const float best = largest_of(merit);
        const int code = FIRST_EQUAL(merit, best);
        codes[g] = (uint8_t)code;
        similarity += best + codebook->half_squares[g * FP_CODEWORDS + (size_t)code];
    }
    return similarity;
}

INLINE f32x16 load_bf16(const uint8_t *p) {
    u16x16 halves;
    memcpy(&halves, p, sizeof halves);
    const u32x16 bits = __builtin_convertvector(halves, u32x16) << 16;
    f32x16 v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

TARGET static uint32_t score_panel(const fp_table_query *query, const uint8_t *panel, float affinity, float threshold,
                                   const void *next, size_t next_lines, float *scores) {
    uint16_t sums[FP_PANEL_WIDTH] __attribute__((aligned(64)));
    panel_sums(query->table, panel, query->groups, (const char *)next, next_lines, sums);
    const uint8_t *factors = panel + query->groups * 16, *shifts = factors + FP_PANEL_WIDTH * 2;
    uint32_t above = 0;
    FULL_UNROLL for (int half = 0; half < 2; half++) {
        u16x16 integers;
        memcpy(&integers, sums + half * LANES, sizeof integers);
        const f32x16 product =
            fma16(__builtin_convertvector(integers, f32x16), all(query->unit), all(query->offset));
        const f32x16 score =
            fma16(product, load_bf16(factors + half * 32), load_bf16(shifts + half * 32)) + all(affinity);
        store(scores + half * LANES, score);
        above |= above_bits(score, threshold) << (half * LANES);
    }
    return above;
}

#ifndef INSERT
#define INSERT insert
TARGET static size_t insert(float *keys, uint32_t *ids, size_t count, size_t capacity, float key, uint32_t id) {
    size_t place = count < capacity ? count : capacity - 1;
    for (; place > 0 && keys[place - 1] < key; place--) {
        keys[place] = keys[place - 1];
        ids[place] = ids[place - 1];
    }
    keys[place] = key;
    ids[place] = id;
    return place;
}
#endif

#ifndef FIND_ABOVE
#define FIND_ABOVE find_above
TARGET static size_t find_above(const float *values, size_t n, float threshold, uint32_t *places) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        places[count] = (uint32_t)i;
        count += values[i] > threshold;
    }
    return count;
}
#endif

const fp_graph GRAPH = {
    .tabulate = tabulate,
    .round_table = round_table,
    .encode = encode,
    .score_panel = score_panel,
    .insert = INSERT,
    .find_above = FIND_ABOVE,
};
