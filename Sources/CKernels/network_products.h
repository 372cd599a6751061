// Part of the template `network.h`: products of quantized rows with packed weights, and what follows them.

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
