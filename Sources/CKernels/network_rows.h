// Part of the template `network.h`: what is done to each row by itself.

// Floats of a smaller format: `wide` has their bits, the sign `sign` places below a float's. Shifted into place, the
// exponent is too small by the difference of the biases, and a product with 2 to that puts it right, subnormals too,
// exactly. Magnitudes from `special` on are infinities and NaNs, and get the exponent that those have.
TARGET static inline f32x16 widened(u32x16 wide, int sign, int shift, float factor, uint32_t special) {
    const uint32_t sign_bit = 0x80000000u >> sign;
    const u32x16 magnitude = wide & (sign_bit - 1), shifted = magnitude << shift;
    f32x16 value;
    memcpy(&value, &shifted, sizeof value);
    value *= factor;
    u32x16 bits, mask;
    memcpy(&bits, &value, sizeof bits);
    const i32x16 is_special = (i32x16)(magnitude >= special);
    memcpy(&mask, &is_special, sizeof mask);
    bits |= (mask & 0x7f800000u) | (wide & sign_bit) << sign;
    memcpy(&value, &bits, sizeof value);
    return value;
}

TARGET static void widen_f16(const void *halves, float *out, size_t n) {
    const uint8_t *bytes = halves;
    for (size_t i = 0; i < n; i += LANES) {
        const size_t left = n - i < LANES ? n - i : LANES;
        u16x16 h = 0;
        memcpy(&h, bytes + i * sizeof(uint16_t), left * sizeof(uint16_t));
        store_up_to(out + i, widened(__builtin_convertvector(h, u32x16), 16, 13, 0x1p112f, 0x7c00u), left);
    }
}

TARGET static void widen_e4m3(const uint8_t *bytes, float *out, size_t n) {
    for (size_t i = 0; i < n; i += LANES) {
        const size_t left = n - i < LANES ? n - i : LANES;
        u8x16 b = 0;
        memcpy(&b, bytes + i, left);
        store_up_to(out + i, widened(__builtin_convertvector(b, u32x16), 24, 20, 0x1p120f, 0x7fu), left);
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
