// What a graph search does with the low-bit codes of a node's neighbours, which stand beside its links.
//
// Vectors are coded by groups of dimensions, each group by one of 16 codewords (product quantization: Jégou et al.,
// IEEE TPAMI 33(1), 2011). A query is a table of 16 bytes a group, its products with the codewords, and 32 neighbours
// are scored together by looking up shuffles in registers (André et al., "Cache locality is not enough", VLDB 2015), as
// SymphonyQG does with RaBitQ codes (Gou et al., arXiv:2411.12229).
//
// All implementations give bitwise the same results, floats included. Pointers need no alignment beyond their element's
// and must not overlap unless said.
#ifndef FINGERPOST_GRAPH_H
#define FINGERPOST_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /// Neighbours that are scored together: a panel.
    FP_PANEL_WIDTH = 32,
    FP_CODEWORDS = 16,
    /// A sum of table entries fits 16 bits.
    FP_LARGEST_GROUPS = 256,
};

/// The codewords of `groups` groups, a multiple of 4 up to `FP_LARGEST_GROUPS`. Group g has the dimensions
/// starts[g]..<starts[g + 1].
typedef struct {
    size_t groups;
    const uint32_t *starts;
    /// codewords[d * 16 + c]: element of codeword c in dimension d.
    const float *codewords;
    /// half_squares[g * 16 + c]: half of the squared length of codeword c of group g.
    const float *half_squares;
} fp_codebook;

/// A query's products with all codewords: offset + unit * (sum of the entries of a vector's codewords) estimates its
/// product with the vector.
typedef struct {
    size_t groups;
    /// table[g * 16 + c]
    const uint8_t *table;
    float unit, offset;
} fp_table_query;

/// Bytes of a panel: for every four groups 64 bytes, of which byte 16 i + j has the codeword of group i of the four for
/// neighbour j in its low half and for neighbour 16 + j in its high half; then 32 factors and 32 shifts in bfloat16.
#define FP_PANEL_SIZE(groups) ((groups) * 16 + FP_PANEL_WIDTH * 4)

typedef struct __attribute__((swift_attr("@Sendable"))) {
    /// products[g * 16 + c] = product of `x` with codeword c of group g.
    void (*tabulate)(const fp_codebook *codebook, const float *x, float *products);
    /// Rounds such products to bytes: table[i] = round((products[i] - least of the group) / unit). Sets unit and offset.
    void (*round_table)(const float *products, size_t groups, uint8_t *table, float *unit, float *offset);
    /// The nearest codeword of each group, `groups` bytes, and the product of `x` with the vector that they make. The
    /// lower number wins a tie.
    float (*encode)(const fp_codebook *codebook, const float *x, uint8_t *codes);
    /// scores[i] = affinity + shift[i] + factor[i] * (offset + unit * sum of entries), i < 32. Returns the neighbours
    /// whose score is above `threshold` as bits. Asks for the `next_lines` cache lines from `next` meanwhile, a line at
    /// a time, which keeps the memory busy without holding up the arithmetic.
    uint32_t (*score_panel)(const fp_table_query *query, const uint8_t *panel, float affinity, float threshold,
                            const void *next, size_t next_lines, float *scores);
    /// Puts a key and its id into arrays sorted by falling key, behind equal keys, and returns the place. `count` are
    /// filled; the last falls out if `capacity` are. The key must be a number above the last one's if `capacity` are
    /// filled. The arrays have room for `capacity` rounded up to a multiple of 16, plus 16, and keys from `count` on
    /// are minus infinity.
    size_t (*insert)(float *keys, uint32_t *ids, size_t count, size_t capacity, float key, uint32_t id);
    /// Writes the places of values above `threshold`, in order, and returns their number. `places` has room for n + 16.
    size_t (*find_above)(const float *values, size_t n, float threshold, uint32_t *places);
} fp_graph;

/// Writes codeword `codes[g]` of each group for neighbour `place` of a panel.
void fp_panel_set(uint8_t *panel, size_t groups, size_t place, const uint8_t *codes);
/// Writes its factor and shift, rounded to bfloat16.
void fp_panel_set_factors(uint8_t *panel, size_t groups, size_t place, float factor, float shift);
/// Copies all that a panel has of a neighbour to a place of another panel.
void fp_panel_copy(uint8_t *panel, size_t groups, size_t place, const uint8_t *source, size_t source_place);
/// To the nearest bfloat16, ties to even; not for NaN.
float fp_round_to_bf16(float value);

#ifdef __cplusplus
}
#endif
#endif
