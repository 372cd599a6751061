// Lane by lane, for instruction sets without masks.
#ifndef FINGERPOST_CKERNELS_GRAPH_LANES_H
#define FINGERPOST_CKERNELS_GRAPH_LANES_H

#include "lanes.h"

FP_INLINE uint32_t fp_bits_of_lanes(i32x16 lanes) {
    uint32_t bits = 0;
    FULL_UNROLL for (int i = 0; i < LANES; i++) bits |= ((uint32_t)lanes[i] & 1) << i;
    return bits;
}

#define above_bits(scores, threshold) fp_bits_of_lanes((scores) > (f32x16)(threshold))
#define FIRST_EQUAL(lanes, value) __builtin_ctz(fp_bits_of_lanes((lanes) == (f32x16)(value)) | 1u << (LANES - 1))

#endif
