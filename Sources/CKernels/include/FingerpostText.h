// What the comparison of short texts needs: how many characters two of them share, in order and in any order.
//
// A text is a run of 16-bit codes of characters.
#ifndef FINGERPOST_TEXT_H
#define FINGERPOST_TEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /// Classes of characters that a bag counts.
    FP_BAG_SIZE = 32,
};

/// Length of the longest common subsequence of a pattern and a text, or 0 as soon as it is certain to be below `least`.
///
/// Bit i % 64 of masks[code * words + i / 64] says whether character i of the pattern has the code; bits beyond the
/// pattern are 0. `row` is scratch space of `words` elements. Bit-parallel, O(words * n): Crochemore, Iliopoulos, Pinzon
/// and Reid, "A fast and practical bit-vector algorithm for the longest common subsequence problem", Information
/// Processing Letters 80, 2001; in the form of Hyyro, "Bit-parallel LCS-length computation revisited", AWOCA 2004.
size_t fp_common_subsequence(const uint64_t *masks, size_t words, const uint16_t *text, size_t n, size_t least,
                             uint64_t *row);

/// The same for `count` texts of one length: lengths[i] is what the function above gives for the text at
/// texts + places[i] * n. Patterns of one word are compared with four texts at a time, whose steps do not wait for each
/// other.
void fp_common_subsequences(const uint64_t *masks, size_t words, const uint16_t *texts, size_t n,
                            const uint32_t *places, size_t count, size_t least, uint64_t *row, uint32_t *lengths);

/// overlaps[i] = sum of the smaller counts of `bag` and of bag i of `bags`: a longest common subsequence is no longer.
void fp_bag_overlaps(const uint8_t *bag, const uint8_t *bags, size_t count, uint16_t *overlaps);

#ifdef __cplusplus
}
#endif

#endif
