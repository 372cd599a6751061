// Part of the template `network.h`: vectors of sixteen lanes and functions of them.

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
