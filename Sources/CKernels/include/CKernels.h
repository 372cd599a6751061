// Vector arithmetic for search: one implementation per instruction set, chosen once for the CPU at run time.
//
// The environment variable FINGERPOST_KERNELS (portable, avx2, avx2-vnni, avx512, neon, neon-dotprod) forces one; a
// name that this CPU cannot run is ignored in favour of the best it can. All implementations return bitwise equal integers; floats
// differ by the order of summation alone: with u = 2^-24,
//     |dot_f32 - exact|        <= (n / 32 + 10) u sum |a[i] b[i]|      + n 2^-149
//     |squared_l2_f32 - exact| <= (n / 32 + 10) u sum (a[i] - b[i])^2  + n 2^-149
// as long as no intermediate sum overflows. Within one implementation the `gather` and `rows` forms give bitwise
// what the single forms give. Pointers need no alignment beyond their element's.
#ifndef FINGERPOST_CKERNELS_H
#define FINGERPOST_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "FingerpostGraph.h"
#include "FingerpostNetwork.h"
#include "FingerpostText.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum : int32_t {
    FP_KERNELS_PORTABLE = 0,
    FP_KERNELS_AVX2 = 1,
    FP_KERNELS_AVX512 = 2,
    FP_KERNELS_NEON = 3,
} fp_kernel_set;

/// One implementation of everything. No pointer in it is ever null.
typedef struct __attribute__((swift_attr("@Sendable"))) {
    fp_kernel_set set;
    const char *name;

    float (*dot_f32)(const float *a, const float *b, size_t n);
    float (*squared_l2_f32)(const float *a, const float *b, size_t n);
    /// Exact for every input, -128 included, while the result fits 32 bits (always for n <= 131,071); beyond that
    /// it is the exact result modulo 2^32.
    int32_t (*dot_i8)(const int8_t *a, const int8_t *b, size_t n);
    /// Exact as `dot_i8` is (the result always fits for n <= 33,025).
    int32_t (*squared_l2_i8)(const int8_t *a, const int8_t *b, size_t n);

    /// Scales `v` to unit length in place and returns the length it had; a zero vector stays zero, and a vector
    /// with a NaN or an infinity stays as it is (the returned length is then NaN or infinite). Neither overflow nor
    /// underflow of the squares spoils the result.
    float (*normalize_f32)(float *v, size_t n);
    /// Largest absolute value; NaN if any element is NaN.
    float (*max_abs_f32)(const float *v, size_t n);
    /// codes[i] = clamp(round-half-even(v[i] * inverse_scale), -127, 127), 0 where that product is NaN. Bitwise the
    /// same everywhere (in the default rounding mode).
    void (*quantize_i8)(const float *v, float inverse_scale, int8_t *codes, size_t n);

    /// out[i] = dot(query, rows[i]), i < count, prefetching rows ahead.
    void (*dot_f32_gather)(const float *query, const float *const *rows, size_t n, size_t count, float *out);
    void (*dot_i8_gather)(const int8_t *query, const int8_t *const *rows, size_t n, size_t count, int32_t *out);
    /// out[i] = dot(query, base + i * stride), i < count: a run of neighbouring rows. `stride` counts elements.
    void (*dot_f32_rows)(const float *query, const float *base, size_t stride, size_t n, size_t count, float *out);
    void (*dot_i8_rows)(const int8_t *query, const int8_t *base, size_t stride, size_t n, size_t count,
                        int32_t *out);

    /// The same instruction set's kernels for graph search, and for transformer encoders.
    const fp_graph *graph;
    const fp_network *network;
} fp_kernels;

/// The kernels in use: resolved on first call, the same for the life of the process, safe from any thread.
const fp_kernels *fp_kernels_current(void);
/// The best implementation of a given set, or null where this CPU (or this build) cannot run it.
const fp_kernels *fp_kernels_of(fp_kernel_set set);
/// Every implementation that this CPU can run, best first; null from the end on.
const fp_kernels *fp_kernels_at(size_t index);
/// What `fp_kernels_current` resolves to where FINGERPOST_KERNELS is `name` (null or unknown: the best for this CPU).
const fp_kernels *fp_kernels_preferring(const char *name);

/// CRC-32C (Castagnoli, RFC 3720) of `n` bytes, continued from `crc` (0 to start). Uses the CPU's own where it has one.
uint32_t fp_crc32c(uint32_t crc, const void *bytes, size_t n);
/// The SHA-256 compression function (FIPS 180-4) over `blocks` blocks of 64 bytes. Uses SHA extensions where present.
void fp_sha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t blocks);
/// The same by table and by plain rounds: what the two above fall back to, for tests to compare.
uint32_t fp_crc32c_portable(uint32_t crc, const void *bytes, size_t n);
void fp_sha256_blocks_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks);
/// Largest of `n` ids; 0 when n is 0. Ids equal to `ignored` do not count.
uint32_t fp_max_u32(const uint32_t *ids, size_t n, uint32_t ignored);

/// Hardware threads this process may run on, as its affinity mask says; at least 1.
int32_t fp_available_processors(void);

/// A pointer that another thread may replace, with all that was written before it was put there.
static inline void *fp_load_pointer(void *const *place) { return __atomic_load_n(place, __ATOMIC_ACQUIRE); }
static inline void fp_store_pointer(void **place, void *pointer) { __atomic_store_n(place, pointer, __ATOMIC_RELEASE); }
static inline uint64_t fp_load_word(const uint64_t *place) { return __atomic_load_n(place, __ATOMIC_ACQUIRE); }
static inline void fp_store_word(uint64_t *place, uint64_t word) { __atomic_store_n(place, word, __ATOMIC_RELEASE); }
/// Sets bits of a word, and returns it as it was.
static inline uint64_t fp_set_bits(uint64_t *place, uint64_t bits) {
    return __atomic_fetch_or(place, bits, __ATOMIC_ACQ_REL);
}

/// The same with one order that all threads agree on.
static inline uint64_t fp_load_word_in_order(const uint64_t *place) { return __atomic_load_n(place, __ATOMIC_SEQ_CST); }
static inline void fp_store_word_in_order(uint64_t *place, uint64_t word) {
    __atomic_store_n(place, word, __ATOMIC_SEQ_CST);
}
static inline void *fp_load_pointer_in_order(void *const *place) { return __atomic_load_n(place, __ATOMIC_SEQ_CST); }
static inline void fp_store_pointer_in_order(void **place, void *pointer) {
    __atomic_store_n(place, pointer, __ATOMIC_SEQ_CST);
}
/// Puts `word` in the place of `expected`; false if something else was there.
static inline bool fp_exchange_word_in_order(uint64_t *place, uint64_t expected, uint64_t word) {
    return __atomic_compare_exchange_n(place, &expected, word, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/// A number of the calling thread's own: threads that have asked are numbered from 0.
uint32_t fp_thread_number(void);

/// `size` zeroed bytes straight from the system, which gives each page when it is first touched; null if it has none.
/// From two megabytes on they start at a multiple of that, and the system is asked for huge pages where it knows them.
void *fp_map_memory(size_t size);
/// Gives back what `fp_map_memory` returned for the same size.
void fp_unmap_memory(void *memory, size_t size);

static inline void fp_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

#ifdef __cplusplus
}
#endif
#endif
