// Part of the template `network.h`: attention within one text.

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
