// The float side of the encoder's kernels: a template, included once per instruction set with
//     TARGET        the function attribute of the instruction set
//     NETWORK       the name of the table to define
//     TILE_ROWS, tile_rows, tile_vectors   rows, and vectors of 16 outputs, that one tile of a product computes
//     ATTENTION_ROWS, attention_rows, attention_vectors   the same for attention
//     tile          the integer products of a tile: tile(panel, groups, codes, stride, rows, sums), where
//                   sums[row][v] lane l is the product with output 16 v + l of the panel
// Everything here is written in vectors of 16 lanes whatever the width of the registers, without contraction and with
// explicit fused multiply-adds, so that every instruction set gives the same bits.
#include "lanes.h"

#pragma STDC FP_CONTRACT OFF
// No vector crosses a call, since everything that takes one is inlined: there is no interface for it to change.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE TARGET FP_INLINE

#include "network_functions.h"
#include "network_rows.h"
#include "network_products.h"
#include "network_attention.h"

const fp_network NETWORK = {
    .panel_width = tile_vectors * LANES,
    .widen_f16 = widen_f16,
    .widen_e4m3 = widen_e4m3,
    .add_i8 = add_i8,
    .quantize = quantize,
    .normalize = normalize,
    .multiply = multiply,
    .attend = attend,
    .pool = pool,
};
