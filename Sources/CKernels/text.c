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
