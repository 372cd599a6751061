// The float side of the encoder's kernels: a template, included once per instruction set with
//     TARGET        the function attribute of the instruction set
//     NETWORK       the name of the table to define
//     tile_rows, tile_vectors   constants: rows, and vectors of 16 outputs, that one tile computes
//     tile          the integer products of a tile: tile(panel, groups, codes, stride, rows, sums), where
//                   sums[row][v] lane l is the product with output 16 v + l of the panel
// Everything here is written in vectors of 16 lanes whatever the width of the registers, without contraction and with
// explicit fused multiply-adds, so that every instruction set gives the same bits.
#include "lanes.h"

#pragma STDC FP_CONTRACT OFF
// No vector crosses a call, since everything that takes one is inlined: there is no interface for it to change.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE TARGET FP_INLINE

// MARK: - Lanes

INLINE f32x16 load(const float *p) {
    f32x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, f32x16 v) { memcpy(p, &v, sizeof v); }

/// The first `count` numbers, below 16; zeros in the other lanes.
INLINE f32x16 load_part(const float *p, size_t count) {
    float lanes[LANES] = {0};
    memcpy(lanes, p, count * sizeof *p);
    return load(lanes);
}

INLINE void store_part(float *p, f32x16 v, size_t count) {
    float lanes[LANES];
    store(lanes, v);
    memcpy(p, lanes, count * sizeof *p);
}

INLINE f32x16 load_up_to(const float *p, size_t left) { return left >= LANES ? load(p) : load_part(p, left); }

INLINE void store_up_to(float *p, f32x16 v, size_t left) {
    if (left >= LANES) {
        store(p, v);
    } else {
        store_part(p, v, left);
    }
}

INLINE f32x16 all(float x) { return (f32x16)(x); }

INLINE f32x16 fma16(f32x16 a, f32x16 b, f32x16 c) { return __builtin_elementwise_fma(a, b, c); }

/// A tree of one shape.
INLINE float sum_of(f32x16 v) {
    __typeof__(v.lo) a = v.lo + v.hi;
    __typeof__(a.lo) b = a.lo + a.hi;
    return (b.x + b.z) + (b.y + b.w);
}

INLINE int32_t integer_sum_of(i32x16 v) {
    __typeof__(v.lo) a = v.lo + v.hi;
    __typeof__(a.lo) b = a.lo + a.hi;
    return (b.x + b.y) + (b.z + b.w);
}

INLINE float largest_of(f32x16 v) {
    __typeof__(v.lo) a = __builtin_elementwise_max(v.lo, v.hi);
    __typeof__(a.lo) b = __builtin_elementwise_max(a.lo, a.hi);
    return fmaxf(fmaxf(b.x, b.y), fmaxf(b.z, b.w));
}

/// As unsigned integers, the bits of absolute values order as the values do, with every NaN above infinity.
INLINE u32x16 magnitude_bits(f32x16 v) {
    u32x16 bits;
    memcpy(&bits, &v, sizeof bits);
    return bits & 0x7fffffffu;
}

INLINE float largest_magnitude(u32x16 bits) {
    __typeof__(bits.lo) a = __builtin_elementwise_max(bits.lo, bits.hi);
    __typeof__(a.lo) b = __builtin_elementwise_max(a.lo, a.hi);
    __typeof__(b.lo) c = __builtin_elementwise_max(b.lo, b.hi);
    return fp_float_of_bits(c.x > c.y ? c.x : c.y);
}

// MARK: - Functions

/// e^x to 2 units in the last place for x from -87 to 88, and the value at the nearer end beyond: the polynomial of
/// Cephes after taking out a power of two.
INLINE f32x16 exponential(f32x16 x) {
    x = __builtin_elementwise_min(__builtin_elementwise_max(x, all(-87.0f)), all(88.0f));
    // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
    const f32x16 magic = all(12582912.0f), shifted = fma16(x, all(1.44269504f), magic), power = shifted - magic;
    const f32x16 rest = fma16(power, all(2.12194440e-4f), fma16(power, all(-0.693359375f), x));
    f32x16 sum = fma16(rest, all(1.9875691500e-4f), all(1.3981999507e-3f));
    sum = fma16(sum, rest, all(8.3334519073e-3f));
    sum = fma16(sum, rest, all(4.1665795894e-2f));
    sum = fma16(sum, rest, all(1.6666665459e-1f));
    sum = fma16(sum, rest, all(5.0000001201e-1f));
    sum = fma16(sum, rest * rest, rest + 1.0f);
    u32x16 bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + (127u - 0x4b400000u)) << 23;
    f32x16 scale;
    memcpy(&scale, &bits, sizeof scale);
    return sum * scale;
}

/// x Phi(x) within 1e-6. |x| (Phi(|x|) - 1/2) is |x| times an odd polynomial of |x| up to 5.25 and |x| / 2 beyond; the
/// polynomial is a minimax fit in t = 2 (x / 5.25)^2 - 1, where its coefficients do not cancel.
INLINE f32x16 gelu(f32x16 x) {
    static const float coefficients[] = {
        0x1.4821480p-10f, -0x1.1048460p-9f, 0x1.3a2e8a0p-9f, -0x1.1c99b60p-8f, 0x1.18bff20p-7f, -0x1.b4e8200p-7f,
        0x1.2fcf7a0p-6f, -0x1.9814300p-6f, 0x1.0654740p-5f, -0x1.45daa40p-5f, 0x1.96b4c20p-5f, -0x1.12f3280p-4f,
        0x1.13c8460p-3f,
    };
    const u32x16 bits = magnitude_bits(x), end = (u32x16)(fp_bits_of_float(5.25f));
    const u32x16 inside_bits = __builtin_elementwise_min(bits, end);
    f32x16 size, inside;
    memcpy(&size, &bits, sizeof size);
    memcpy(&inside, &inside_bits, sizeof inside);
    const f32x16 t = fma16(inside * inside, all(2.0f / (5.25f * 5.25f)), all(-1.0f));
    f32x16 sum = all(-0x1.2c330e0p-12f);
    FULL_UNROLL for (size_t i = 0; i < sizeof coefficients / sizeof *coefficients; i++) {
        sum = fma16(sum, t, all(coefficients[i]));
    }
    return fma16(size, inside * sum, x * 0.5f);
}

/// 0.5 (1 + tanh u) = 1 / (1 + e^-2u).
INLINE f32x16 tanh_gelu(f32x16 x) {
    const f32x16 u = fma16(x * x * x, all(0.044715f), x) * 0.79788456f;
    return x / (exponential(u * -2.0f) + 1.0f);
}

// MARK: - Rows

TARGET static void widen_f16(const void *halves, float *out, size_t n) {
    const uint8_t *bytes = halves;
    for (size_t i = 0; i < n; i += LANES) {
        const size_t left = n - i < LANES ? n - i : LANES;
        u16x16 h = 0;
        memcpy(&h, bytes + i * sizeof(uint16_t), left * sizeof(uint16_t));
        const u32x16 wide = __builtin_convertvector(h, u32x16), magnitude = wide & 0x7fffu;
        // Shifted into place, the exponent is 112 too small; a product puts that right and is exact for subnormals.
        // Infinities and NaNs come out at 65,536 and above, and get the exponent they must have.
        const u32x16 shifted = magnitude << 13;
        f32x16 value;
        memcpy(&value, &shifted, sizeof value);
        value *= 0x1p112f;
        u32x16 bits;
        memcpy(&bits, &value, sizeof bits);
        const i32x16 special = (i32x16)(magnitude >= 0x7c00u);
        u32x16 mask;
        memcpy(&mask, &special, sizeof mask);
        bits |= (mask & 0x7f800000u) | (wide & 0x8000u) << 16;
        memcpy(&value, &bits, sizeof value);
        store_up_to(out + i, value, left);
    }
}

TARGET static void add_i8(const int8_t *codes, float factor, float *sum, size_t n) {
    for (size_t i = 0; i < n; i += LANES) {
        const size_t left = n - i < LANES ? n - i : LANES;
        i8x16 c = 0;
        memcpy(&c, codes + i, left);
        const f32x16 value = __builtin_convertvector(c, f32x16);
        store_up_to(sum + i, fma16(value, all(factor), load_up_to(sum + i, left)), left);
    }
}

/// Quantizes one row whose largest magnitude is known.
INLINE void quantize_row(const float *x, size_t n, float largest, const fp_activations *out, size_t row) {
    // Below this, the inverse could overflow, and nothing in a network is that small.
    const float inverse = largest < 1e-30f ? 0.0f : 127.0f / largest;
    int8_t *codes = out->codes + row * out->stride;
    const u32x16 offset = 0x4b400000u;
    i32x16 sum = 0;
    size_t i = 0;
    for (; i < n; i += LANES) {
        // Adding 1.5 * 2^23 rounds half to even and leaves the integer in the low bits.
        const f32x16 shifted = load_up_to(x + i, n - i) * inverse + 12582912.0f;
        u32x16 bits;
        memcpy(&bits, &shifted, sizeof bits);
        bits -= offset;
        i32x16 code;
        memcpy(&code, &bits, sizeof code);
        const i8x16 byte = __builtin_convertvector(code, i8x16);
        memcpy(codes + i, &byte, sizeof byte);
        sum += __builtin_convertvector(byte, i32x16);
    }
    memset(codes + i, 0, out->stride - i);
    out->scales[row] = largest < 1e-30f ? 0.0f : largest / 127.0f;
    out->sums[row] = integer_sum_of(sum);
}

TARGET static void quantize(const float *x, size_t stride, size_t rows, size_t n, const fp_activations *out) {
    for (size_t row = 0; row < rows; row++) {
        u32x16 largest = 0;
        for (size_t i = 0; i < n; i += LANES) {
            largest = __builtin_elementwise_max(largest, magnitude_bits(load_up_to(x + row * stride + i, n - i)));
        }
        quantize_row(x + row * stride, n, largest_magnitude(largest), out, row);
    }
}

TARGET static void normalize(float *x, size_t rows, size_t n, const float *weight, const float *shift, float epsilon,
                             const fp_activations *out) {
    const float count = (float)n;
    for (size_t row = 0; row < rows; row++, x += n) {
        f32x16 total = 0, squares = 0;
        for (size_t i = 0; i < n; i += LANES) total += load_up_to(x + i, n - i);
        const float mean = sum_of(total) / count;
        size_t i = 0;
        for (; i + LANES <= n; i += LANES) {
            const f32x16 d = load(x + i) - mean;
            squares = fma16(d, d, squares);
        }
        if (i < n) {
            // The lanes past the end must add nothing.
            float rest[LANES];
            for (size_t lane = 0; lane < LANES; lane++) rest[lane] = i + lane < n ? x[i + lane] - mean : 0.0f;
            const f32x16 d = load(rest);
            squares = fma16(d, d, squares);
        }
        const float scale = 1.0f / sqrtf(sum_of(squares) / count + epsilon);
        u32x16 largest = 0;
        for (i = 0; i < n; i += LANES) {
            const size_t left = n - i;
            const f32x16 y = fma16((load_up_to(x + i, left) - mean) * scale, load_up_to(weight + i, left),
                                   load_up_to(shift + i, left));
            store_up_to(x + i, y, left);
            // Lanes past the end are 0: the weight and the shift are.
            largest = __builtin_elementwise_max(largest, magnitude_bits(y));
        }
        if (out) quantize_row(x, n, largest_magnitude(largest), out, row);
    }
}

TARGET static void pool(const float *x, size_t rows, size_t n, float *out) {
    u32x16 largest = 0;
    for (size_t i = 0; i < n; i += LANES) {
        f32x16 sum = load_up_to(x + i, n - i);
        for (size_t row = 1; row < rows; row++) sum += load_up_to(x + row * n + i, n - i);
        store_up_to(out + i, sum, n - i);
        largest = __builtin_elementwise_max(largest, magnitude_bits(sum));
    }
    // Divided by the largest first, so that no square overflows or vanishes.
    const float size = largest_magnitude(largest);
    if (size == 0.0f) return;
    f32x16 squares = 0;
    for (size_t i = 0; i < n; i += LANES) {
        const f32x16 y = load_up_to(out + i, n - i) / size;
        store_up_to(out + i, y, n - i);
        squares = fma16(y, y, squares);
    }
    const float length = sqrtf(sum_of(squares));
    for (size_t i = 0; i < n; i += LANES) store_up_to(out + i, load_up_to(out + i, n - i) / length, n - i);
}

// MARK: - Products

INLINE void finish_row(const i32x16 *sums, const fp_linear *linear, size_t output, float unit, fp_finish finish,
                       float *out) {
    FULL_UNROLL for (int v = 0; v < tile_vectors; v++) {
        const size_t first = output + (size_t)v * LANES;
        if (first >= linear->outputs) break;
        const size_t left = linear->outputs - first;
        f32x16 y = fma16(__builtin_convertvector(sums[v], f32x16), load(linear->scales + first) * unit,
                         load(linear->bias + first));
        switch (finish) {
        case FP_STORE: break;
        case FP_ADD: y += load_up_to(out + first, left); break;
        case FP_GELU: y = gelu(y); break;
        case FP_TANH_GELU: y = tanh_gelu(y); break;
        case FP_RELU: y = __builtin_elementwise_max(y, all(0.0f)); break;
        }
        store_up_to(out + first, y, left);
    }
}

INLINE void multiply_tile(const fp_linear *linear, const uint8_t *panel, size_t output, const fp_activations *x,
                          size_t row, int rows, fp_finish finish, float *out, size_t stride) {
    i32x16 sums[tile_rows][tile_vectors];
    const int8_t *codes = x->codes + row * x->stride;
    tile(panel, (linear->inputs + 3) / 4, codes, x->stride, rows, x->sums + row, sums);
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        finish_row(sums[r], linear, output, x->scales[row + (size_t)r], finish, out + (row + (size_t)r) * stride);
    }
}

INLINE void multiply_with(const fp_linear *linear, const fp_activations *x, size_t rows, fp_finish finish, float *out,
                          size_t stride) {
    enum { panel_width = tile_vectors * LANES };
    const size_t panel_size = (linear->inputs + 3) / 4 * 4 * panel_width;
    const uint8_t *panel = linear->panels;
    // Tiles of as equal a height as can be: a low one keeps the processor less busy.
    const size_t tiles = (rows + tile_rows - 1) / tile_rows;
    for (size_t output = 0; output < linear->outputs; output += panel_width, panel += panel_size) {
        size_t row = 0;
        for (size_t t = 0; t < tiles; t++) {
            const size_t height = (rows - row + (tiles - t) - 1) / (tiles - t);
#define TILE(rows) multiply_tile(linear, panel, output, x, row, rows, finish, out, stride)
            switch (height) {
            case 1: TILE(1); break;
            case 2: TILE(2); break;
#if TILE_ROWS >= 3
            case 3: TILE(3); break;
#endif
#if TILE_ROWS >= 4
            case 4: TILE(4); break;
#endif
#if TILE_ROWS >= 6
            case 5: TILE(5); break;
            case 6: TILE(6); break;
#endif
            default: break;
            }
            row += height;
        }
    }
}

// One function per finish, so that none carries the registers of another.
#define MULTIPLY(name, finish)                                                                                      \
    TARGET static void name(const fp_linear *linear, const fp_activations *x, size_t rows, float *out,              \
                            size_t stride) {                                                                        \
        multiply_with(linear, x, rows, finish, out, stride);                                                        \
    }
MULTIPLY(multiply_store, FP_STORE)
MULTIPLY(multiply_add, FP_ADD)
MULTIPLY(multiply_gelu, FP_GELU)
MULTIPLY(multiply_tanh_gelu, FP_TANH_GELU)
MULTIPLY(multiply_relu, FP_RELU)
#undef MULTIPLY

static void multiply(const fp_linear *linear, const fp_activations *x, size_t rows, fp_finish finish, float *out,
                     size_t stride) {
    switch (finish) {
    case FP_STORE: multiply_store(linear, x, rows, out, stride); break;
    case FP_ADD: multiply_add(linear, x, rows, out, stride); break;
    case FP_GELU: multiply_gelu(linear, x, rows, out, stride); break;
    case FP_TANH_GELU: multiply_tanh_gelu(linear, x, rows, out, stride); break;
    case FP_RELU: multiply_relu(linear, x, rows, out, stride); break;
    }
}

// MARK: - Attention

/// One head: its keys, transposed, sixteen tokens after sixteen; its values; both with zeros up to whole vectors.
typedef struct {
    size_t tokens, columns, size, width;
    /// [columns / 16][size][16], [tokens][width], [rows of a tile][columns].
    float *keys, *values, *scores;
    /// What is added to the scores of each column: 0, or minus infinity past the last token.
    float *mask;
} attention_head;

/// One column strip of scores: `vectors` times sixteen columns for `rows` rows.
INLINE void score(const attention_head *head, const float *query, size_t stride, int rows, int vectors, size_t column,
                  float factor) {
    f32x16 sums[attention_rows][attention_vectors];
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        FULL_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = 0;
    }
    const float *keys = head->keys + column * head->size;
    for (size_t d = 0; d < head->size; d++) {
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            const f32x16 q = all(query[(size_t)r * stride + d]);
            FULL_UNROLL for (int v = 0; v < vectors; v++) {
                sums[r][v] = fma16(q, load(keys + ((size_t)v * head->size + d) * LANES), sums[r][v]);
            }
        }
    }
    FULL_UNROLL for (int v = 0; v < vectors; v++) {
        const size_t c = column + (size_t)v * LANES;
        const f32x16 mask = load(head->mask + c);
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            store(head->scores + (size_t)r * head->columns + c, fma16(sums[r][v], all(factor), mask));
        }
    }
}

/// The sums of values, `vectors` times sixteen numbers of each.
INLINE void mix(const attention_head *head, int rows, int vectors, size_t first, const float *inverses, float *context,
                size_t stride) {
    f32x16 sums[attention_rows][attention_vectors];
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        FULL_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = 0;
    }
    for (size_t c = 0; c < head->tokens; c++) {
        const float *value = head->values + c * head->width + first;
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            const f32x16 p = all(head->scores[(size_t)r * head->columns + c]);
            FULL_UNROLL for (int v = 0; v < vectors; v++) {
                sums[r][v] = fma16(p, load(value + (size_t)v * LANES), sums[r][v]);
            }
        }
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        FULL_UNROLL for (int v = 0; v < vectors; v++) {
            const size_t d = first + (size_t)v * LANES;
            store_up_to(context + (size_t)r * stride + d, sums[r][v] * inverses[r], head->size - d);
        }
    }
}

INLINE void attend_rows(const attention_head *head, const float *query, size_t stride, int rows, float factor,
                        float *context, size_t context_stride) {
    const size_t columns = head->columns, step = (size_t)attention_vectors * LANES;
    size_t c = 0;
    for (; c + step <= columns; c += step) score(head, query, stride, rows, attention_vectors, c, factor);
    for (; c < columns; c += LANES) score(head, query, stride, rows, 1, c, factor);

    f32x16 largest[attention_rows], totals[attention_rows];
    float inverses[attention_rows];
    FULL_UNROLL for (int r = 0; r < rows; r++) largest[r] = load(head->scores + (size_t)r * columns);
    for (c = LANES; c < columns; c += LANES) {
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            largest[r] = __builtin_elementwise_max(largest[r], load(head->scores + (size_t)r * columns + c));
        }
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) {
        largest[r] = all(largest_of(largest[r]));
        totals[r] = 0;
    }
    // Past the last token this is e^-87, which is lost in a sum of 1 or more.
    for (c = 0; c < columns; c += LANES) {
        FULL_UNROLL for (int r = 0; r < rows; r++) {
            float *scores = head->scores + (size_t)r * columns + c;
            const f32x16 y = exponential(load(scores) - largest[r]);
            totals[r] += y;
            store(scores, y);
        }
    }
    FULL_UNROLL for (int r = 0; r < rows; r++) inverses[r] = 1.0f / sum_of(totals[r]);

    size_t d = 0;
    for (; d + step <= head->width; d += step) mix(head, rows, attention_vectors, d, inverses, context, context_stride);
    for (; d < head->width; d += LANES) mix(head, rows, 1, d, inverses, context, context_stride);
}

#define TRANSPOSE_STEP(step, low, high)                                                                             \
    FULL_UNROLL for (int i = 0; i < LANES; i++) {                                                                   \
        if ((i & (step)) == 0) {                                                                                    \
            const f32x16 a = rows[i], b = rows[i + (step)];                                                         \
            rows[i] = __builtin_shufflevector(a, b, low);                                                           \
            rows[i + (step)] = __builtin_shufflevector(a, b, high);                                                 \
        }                                                                                                           \
    }

/// Exchanges rows and columns: of each square of 2 `step` rows and columns, the two quarters off the diagonal.
INLINE void transpose(f32x16 rows[LANES]) {
#define STEP_8_LOW 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define STEP_8_HIGH 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define STEP_4_LOW 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define STEP_4_HIGH 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define STEP_2_LOW 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define STEP_2_HIGH 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define STEP_1_LOW 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define STEP_1_HIGH 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
    TRANSPOSE_STEP(8, STEP_8_LOW, STEP_8_HIGH)
    TRANSPOSE_STEP(4, STEP_4_LOW, STEP_4_HIGH)
    TRANSPOSE_STEP(2, STEP_2_LOW, STEP_2_HIGH)
    TRANSPOSE_STEP(1, STEP_1_LOW, STEP_1_HIGH)
}

/// Lays out the keys and values of a head, whose rows are `stride` apart.
INLINE void load_head(const attention_head *head, const float *key, const float *value, size_t stride) {
    for (size_t c = 0; c < head->columns; c += LANES) {
        for (size_t d = 0; d < head->size; d += LANES) {
            const size_t left = head->size - d;
            f32x16 rows[LANES];
            FULL_UNROLL for (size_t i = 0; i < LANES; i++) {
                rows[i] = 0;
                if (c + i < head->tokens) rows[i] = load_up_to(key + (c + i) * stride + d, left);
            }
            transpose(rows);
            float *block = head->keys + c * head->size + d * LANES;
            FULL_UNROLL for (size_t i = 0; i < LANES; i++) {
                if (i < left) store(block + i * LANES, rows[i]);
            }
        }
    }
    for (size_t t = 0; t < head->tokens; t++) {
        for (size_t d = 0; d < head->width; d += LANES) {
            store(head->values + t * head->width + d, load_up_to(value + t * stride + d, head->size - d));
        }
    }
}

TARGET static void attend(const float *qkv, size_t tokens, size_t heads, size_t head_size, float *scratch,
                          float *context) {
    const size_t hidden = heads * head_size, stride = 3 * hidden;
    const size_t columns = (tokens + LANES - 1) / LANES * LANES, width = (head_size + LANES - 1) / LANES * LANES;
    attention_head head = {.tokens = tokens, .columns = columns, .size = head_size, .width = width, .keys = scratch};
    head.values = head.keys + head_size * columns;
    head.mask = head.values + tokens * width;
    head.scores = head.mask + columns;
    for (size_t c = 0; c < columns; c++) head.mask[c] = c < tokens ? 0.0f : -INFINITY;
    const float factor = 1.0f / sqrtf((float)head_size);
    const size_t tiles = (tokens + attention_rows - 1) / attention_rows;
    for (size_t h = 0; h < heads; h++) {
        const float *query = qkv + h * head_size;
        load_head(&head, query + hidden, query + 2 * hidden, stride);
        float *out = context + h * head_size;
        size_t row = 0;
        for (size_t t = 0; t < tiles; t++) {
            const size_t height = (tokens - row + (tiles - t) - 1) / (tiles - t);
#define ATTEND(rows) attend_rows(&head, query + row * stride, stride, rows, factor, out + row * hidden, hidden)
            switch (height) {
            case 1: ATTEND(1); break;
            case 2: ATTEND(2); break;
            case 3: ATTEND(3); break;
            case 4: ATTEND(4); break;
#if ATTENTION_ROWS >= 6
            case 5: ATTEND(5); break;
            case 6: ATTEND(6); break;
#endif
            default: break;
            }
            row += height;
        }
    }
}

const fp_network NETWORK = {
    .panel_width = tile_vectors * LANES,
    .widen_f16 = widen_f16,
    .add_i8 = add_i8,
    .quantize = quantize,
    .normalize = normalize,
    .multiply = multiply,
    .attend = attend,
    .pool = pool,
};
