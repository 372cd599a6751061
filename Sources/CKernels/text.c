#include "FingerpostText.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/// Characters after which it is looked whether the wanted length can still be reached.
enum { LOOK_EVERY = 8 };

/// A pattern of at most 64 characters. Zero bits of `row` are the places where the length grows.
static size_t one_word(const uint64_t *masks, const uint16_t *text, size_t n, size_t least) {
    uint64_t row = ~(uint64_t)0;
    size_t i = 0;
    while (n - i > LOOK_EVERY) {
        for (size_t end = i + LOOK_EVERY; i < end; i++) {
            const uint64_t matches = row & masks[text[i]];
            row = (row + matches) | (row - matches);
        }
        if ((size_t)__builtin_popcountll(~row) + (n - i) < least) return 0;
    }
    for (; i < n; i++) {
        const uint64_t matches = row & masks[text[i]];
        row = (row + matches) | (row - matches);
    }
    const size_t length = (size_t)__builtin_popcountll(~row);
    return length >= least ? length : 0;
}

static size_t two_words(const uint64_t *masks, const uint16_t *text, size_t n, size_t least) {
    uint64_t low = ~(uint64_t)0, high = ~(uint64_t)0;
    size_t i = 0;
    while (i < n) {
        const size_t end = n - i > LOOK_EVERY ? i + LOOK_EVERY : n;
        for (; i < end; i++) {
            const uint64_t *mask = masks + (size_t)text[i] * 2;
            const uint64_t low_matches = low & mask[0], high_matches = high & mask[1];
            const uint64_t sum = low + low_matches;
            const uint64_t carry = sum < low;
            low = sum | (low - low_matches);
            high = (high + high_matches + carry) | (high - high_matches);
        }
        const size_t length = (size_t)(__builtin_popcountll(~low) + __builtin_popcountll(~high));
        if (length + (n - i) < least) return 0;
    }
    return (size_t)(__builtin_popcountll(~low) + __builtin_popcountll(~high));
}

static size_t many_words(const uint64_t *masks, size_t words, const uint16_t *text, size_t n, size_t least,
                         uint64_t *row) {
    for (size_t w = 0; w < words; w++) row[w] = ~(uint64_t)0;
    size_t i = 0;
    while (i < n) {
        const size_t end = n - i > 2 * LOOK_EVERY ? i + 2 * LOOK_EVERY : n;
        for (; i < end; i++) {
            const uint64_t *mask = masks + (size_t)text[i] * words;
            uint64_t carry = 0;
            for (size_t w = 0; w < words; w++) {
                const uint64_t before = row[w], matches = before & mask[w];
                const uint64_t partial = before + carry;
                const uint64_t sum = partial + matches;
                carry = (partial < before) | (sum < partial);
                row[w] = sum | (before - matches);
            }
        }
        size_t length = 0;
        for (size_t w = 0; w < words; w++) length += (size_t)__builtin_popcountll(~row[w]);
        if (length + (n - i) < least) return 0;
        if (i == n) return length;
    }
    return 0;
}

size_t fp_common_subsequence(const uint64_t *masks, size_t words, const uint16_t *text, size_t n, size_t least,
                             uint64_t *row) {
    switch (words) {
    case 0: return 0;
    case 1: return one_word(masks, text, n, least);
    case 2: return two_words(masks, text, n, least);
    default: return many_words(masks, words, text, n, least, row);
    }
}

static size_t length_of(uint64_t row) { return (size_t)__builtin_popcountll(~row); }

static void one_word_by_four(const uint64_t *masks, const uint16_t *texts, size_t n, const uint32_t *places,
                             size_t least, uint32_t *lengths) {
    const uint16_t *a = texts + (size_t)places[0] * n, *b = texts + (size_t)places[1] * n, *c = texts + (size_t)places[2] * n,
                   *d = texts + (size_t)places[3] * n;
    uint64_t row_a = ~(uint64_t)0, row_b = row_a, row_c = row_a, row_d = row_a;
    size_t i = 0;
    while (i < n) {
        const size_t end = n - i > LOOK_EVERY ? i + LOOK_EVERY : n;
        for (; i < end; i++) {
            const uint64_t in_a = row_a & masks[a[i]], in_b = row_b & masks[b[i]], in_c = row_c & masks[c[i]],
                           in_d = row_d & masks[d[i]];
            row_a = (row_a + in_a) | (row_a - in_a);
            row_b = (row_b + in_b) | (row_b - in_b);
            row_c = (row_c + in_c) | (row_c - in_c);
            row_d = (row_d + in_d) | (row_d - in_d);
        }
        const size_t left = n - i;
        if (length_of(row_a) + left < least && length_of(row_b) + left < least && length_of(row_c) + left < least &&
            length_of(row_d) + left < least) {
            lengths[0] = lengths[1] = lengths[2] = lengths[3] = 0;
            return;
        }
    }
    const uint64_t rows[4] = {row_a, row_b, row_c, row_d};
    for (size_t j = 0; j < 4; j++) {
        const size_t length = length_of(rows[j]);
        lengths[j] = length >= least ? (uint32_t)length : 0;
    }
}

/// Adds with carry in two words; two texts at a time.
static void two_words_by_two(const uint64_t *masks, const uint16_t *texts, size_t n, const uint32_t *places,
                             size_t least, uint32_t *lengths) {
    const uint16_t *a = texts + (size_t)places[0] * n, *b = texts + (size_t)places[1] * n;
    uint64_t low_a = ~(uint64_t)0, high_a = low_a, low_b = low_a, high_b = low_a;
    size_t i = 0;
    while (i < n) {
        const size_t end = n - i > LOOK_EVERY ? i + LOOK_EVERY : n;
        for (; i < end; i++) {
            const uint64_t *mask_a = masks + (size_t)a[i] * 2, *mask_b = masks + (size_t)b[i] * 2;
            const uint64_t in_a = low_a & mask_a[0], in_high_a = high_a & mask_a[1];
            const uint64_t in_b = low_b & mask_b[0], in_high_b = high_b & mask_b[1];
            const uint64_t sum_a = low_a + in_a, sum_b = low_b + in_b;
            high_a = (high_a + in_high_a + (sum_a < low_a)) | (high_a - in_high_a);
            high_b = (high_b + in_high_b + (sum_b < low_b)) | (high_b - in_high_b);
            low_a = sum_a | (low_a - in_a);
            low_b = sum_b | (low_b - in_b);
        }
        const size_t left = n - i;
        if (length_of(low_a) + length_of(high_a) + left < least && length_of(low_b) + length_of(high_b) + left < least) {
            lengths[0] = lengths[1] = 0;
            return;
        }
    }
    const size_t length_a = length_of(low_a) + length_of(high_a), length_b = length_of(low_b) + length_of(high_b);
    lengths[0] = length_a >= least ? (uint32_t)length_a : 0;
    lengths[1] = length_b >= least ? (uint32_t)length_b : 0;
}

void fp_common_subsequences(const uint64_t *masks, size_t words, const uint16_t *texts, size_t n,
                            const uint32_t *places, size_t count, size_t least, uint64_t *row, uint32_t *lengths) {
    size_t i = 0;
    if (words == 1) {
        for (; count - i >= 4; i += 4) one_word_by_four(masks, texts, n, places + i, least, lengths + i);
    } else if (words == 2) {
        for (; count - i >= 2; i += 2) two_words_by_two(masks, texts, n, places + i, least, lengths + i);
    }
    for (; i < count; i++) {
        lengths[i] = (uint32_t)fp_common_subsequence(masks, words, texts + (size_t)places[i] * n, n, least, row);
    }
}

void fp_bag_overlaps(const uint8_t *bag, const uint8_t *bags, size_t count, uint16_t *overlaps) {
#if defined(__SSE2__)
    const __m128i low = _mm_loadu_si128((const __m128i *)bag), high = _mm_loadu_si128((const __m128i *)(bag + 16));
    const __m128i zero = _mm_setzero_si128();
    for (size_t i = 0; i < count; i++, bags += FP_BAG_SIZE) {
        const __m128i a = _mm_min_epu8(low, _mm_loadu_si128((const __m128i *)bags));
        const __m128i b = _mm_min_epu8(high, _mm_loadu_si128((const __m128i *)(bags + 16)));
        const __m128i sums = _mm_add_epi64(_mm_sad_epu8(a, zero), _mm_sad_epu8(b, zero));
        overlaps[i] = (uint16_t)(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
    }
#elif defined(__ARM_NEON)
    const uint8x16_t low = vld1q_u8(bag), high = vld1q_u8(bag + 16);
    for (size_t i = 0; i < count; i++, bags += FP_BAG_SIZE) {
        const uint8x16_t a = vminq_u8(low, vld1q_u8(bags)), b = vminq_u8(high, vld1q_u8(bags + 16));
        const uint64x2_t sums = vpaddlq_u32(vpaddlq_u16(vaddq_u16(vpaddlq_u8(a), vpaddlq_u8(b))));
        overlaps[i] = (uint16_t)(vgetq_lane_u64(sums, 0) + vgetq_lane_u64(sums, 1));
    }
#else
    for (size_t i = 0; i < count; i++, bags += FP_BAG_SIZE) {
        unsigned sum = 0;
        for (size_t j = 0; j < FP_BAG_SIZE; j++) sum += bag[j] < bags[j] ? bag[j] : bags[j];
        overlaps[i] = (uint16_t)sum;
    }
#endif
}
