// Plain C with the compiler's generic vectors: right everywhere, and what the others are checked against.
#include "internal.h"

typedef float lanes __attribute__((vector_size(16)));
enum { lane_count = 4, accumulators = 8, stride_f32 = lane_count * accumulators, rows_ahead = 4 };

FP_INLINE lanes load(const float *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

/// Adds in a tree: log2(32) roundings, not 31.
FP_INLINE float sum_of(const lanes s[accumulators]) {
    lanes t = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    return (t[0] + t[2]) + (t[1] + t[3]);
}

FP_INLINE float accumulate(const float *a, const float *b, size_t n, bool difference) {
    lanes sums[accumulators] = {0};
    size_t i = 0;
    for (; i + stride_f32 <= n; i += stride_f32) {
        for (int j = 0; j < accumulators; j++) {
            lanes x = load(a + i + j * lane_count), y = load(b + i + j * lane_count);
            if (difference) {
                lanes d = x - y;
                sums[j] += d * d;
            } else {
                sums[j] += x * y;
            }
        }
    }
    if (i < n) {
        // The rest goes through the same lanes, so that it costs one rounding more, not up to 31.
        float x[stride_f32] = {0}, y[stride_f32] = {0};
        memcpy(x, a + i, (n - i) * sizeof *a);
        memcpy(y, b + i, (n - i) * sizeof *b);
        for (int j = 0; j < accumulators; j++) {
            lanes u = load(x + j * lane_count), v = load(y + j * lane_count);
            if (difference) u = v = u - v;
            sums[j] += u * v;
        }
    }
    return sum_of(sums);
}

static float dot_f32(const float *a, const float *b, size_t n) { return accumulate(a, b, n, false); }

static float squared_l2_f32(const float *a, const float *b, size_t n) { return accumulate(a, b, n, true); }

// Unsigned sums: a result beyond 32 bits wraps, as it does in the vector instructions.
static int32_t dot_i8(const int8_t *a, const int8_t *b, size_t n) {
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += (uint32_t)((int32_t)a[i] * b[i]);
    return (int32_t)sum;
}

static int32_t squared_l2_i8(const int8_t *a, const int8_t *b, size_t n) {
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t d = (int32_t)a[i] - b[i];
        sum += (uint32_t)(d * d);
    }
    return (int32_t)sum;
}

static float normalize_f32(float *v, size_t n) { return fp_normalize_with(v, n, dot_f32(v, v, n)); }

/// As unsigned integers, the bits of absolute values order as the values do, with every NaN above infinity.
static float max_abs_f32(const float *v, size_t n) {
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = fp_bits_of_float(v[i]) & 0x7fffffffu;
        largest = bits > largest ? bits : largest;
    }
    return fp_float_of_bits(largest);
}

static void quantize_i8(const float *v, float inverse_scale, int8_t *codes, size_t n) {
#pragma clang fp contract(off)
    const float rounder = 12582912.0f;  // 1.5 * 2^23: adding it leaves the rounded integer in the low bits
    for (size_t i = 0; i < n; i++) {
        float x = v[i] * inverse_scale;
        x = x == x ? x : 0.0f;
        x = x > 127.0f ? 127.0f : x;
        x = x < -127.0f ? -127.0f : x;
        codes[i] = (int8_t)((int32_t)fp_bits_of_float(x + rounder) - (int32_t)0x4b400000);
    }
}

static void dot_f32_gather(const float *query, const float *const *rows, size_t n, size_t count, float *out) {
    for (size_t i = 0; i < count; i++) {
        if (i + rows_ahead < count) fp_prefetch_row(rows[i + rows_ahead], n, sizeof **rows);
        out[i] = dot_f32(query, rows[i], n);
    }
}

static void dot_i8_gather(const int8_t *query, const int8_t *const *rows, size_t n, size_t count, int32_t *out) {
    for (size_t i = 0; i < count; i++) {
        if (i + rows_ahead < count) fp_prefetch_row(rows[i + rows_ahead], n, sizeof **rows);
        out[i] = dot_i8(query, rows[i], n);
    }
}

static void dot_f32_rows(const float *query, const float *base, size_t stride, size_t n, size_t count, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = dot_f32(query, base + i * stride, n);
}

static void dot_i8_rows(const int8_t *query, const int8_t *base, size_t stride, size_t n, size_t count,
                        int32_t *out) {
    for (size_t i = 0; i < count; i++) out[i] = dot_i8(query, base + i * stride, n);
}

const fp_kernels fp_kernels_portable = {
    .set = FP_KERNELS_PORTABLE,
    .name = "portable",
    .dot_f32 = dot_f32,
    .squared_l2_f32 = squared_l2_f32,
    .dot_i8 = dot_i8,
    .squared_l2_i8 = squared_l2_i8,
    .normalize_f32 = normalize_f32,
    .max_abs_f32 = max_abs_f32,
    .quantize_i8 = quantize_i8,
    .dot_f32_gather = dot_f32_gather,
    .dot_i8_gather = dot_i8_gather,
    .dot_f32_rows = dot_f32_rows,
    .dot_i8_rows = dot_i8_rows,
    .graph = &fp_graph_portable,
    .network = &fp_network_portable,
};
