// One query against many rows: a template, included once per element type and instruction set with
//     ROWS_TARGET   the function attribute of the instruction set
//     ROWS_ELEMENT  float or int8_t
//     ROWS_RESULT   float or int32_t
//     ROWS_PREPARE  what is computed from the query once: PREPARE(query, n), or nothing
//     ROWS_TILE     scores up to `tile` rows: TILE(query, prepared, rows, count, n, out)
//     ROWS_MANY, ROWS_GATHER, ROWS_RUN   the functions to define
// No include guard: it is meant to be included again.

ROWS_TARGET FP_INLINE void ROWS_MANY(const ROWS_ELEMENT *query, const ROWS_ELEMENT *const *places,
                                     const ROWS_ELEMENT *base, size_t stride, size_t n, size_t count,
                                     ROWS_RESULT *out) {
    const int32_t prepared = ROWS_PREPARE(query, n);
    const ROWS_ELEMENT *rows[tile];
    size_t i = 0;
    if (places) {
        for (size_t r = 0; r < tile && r < count; r++) fp_prefetch_row(places[r], n, sizeof *base);
    }
    for (; i + tile <= count; i += tile) {
        for (size_t r = 0; r < tile; r++) rows[r] = places ? places[i + r] : base + (i + r) * stride;
        // Memory is asked for the next tile while this one is scored; neighbouring rows the CPU foresees by itself.
        for (size_t r = i + tile; places && r < i + 2 * tile && r < count; r++) {
            fp_prefetch_row(places[r], n, sizeof *base);
        }
        ROWS_TILE(query, prepared, rows, tile, n, out + i);
    }
    const size_t left = count - i;
    for (size_t r = 0; r < left; r++) rows[r] = places ? places[i + r] : base + (i + r) * stride;
    if (tile > 3 && left == 3) {
        ROWS_TILE(query, prepared, rows, 3, n, out + i);
    } else if (tile > 2 && left == 2) {
        ROWS_TILE(query, prepared, rows, 2, n, out + i);
    } else if (left == 1) {
        ROWS_TILE(query, prepared, rows, 1, n, out + i);
    }
}

ROWS_TARGET static void ROWS_GATHER(const ROWS_ELEMENT *query, const ROWS_ELEMENT *const *rows, size_t n,
                                    size_t count, ROWS_RESULT *out) {
    if (count > 0) ROWS_MANY(query, rows, NULL, 0, n, count, out);
}

ROWS_TARGET static void ROWS_RUN(const ROWS_ELEMENT *query, const ROWS_ELEMENT *base, size_t stride, size_t n,
                                 size_t count, ROWS_RESULT *out) {
    ROWS_MANY(query, NULL, base, stride, n, count, out);
}

#undef ROWS_TARGET
#undef ROWS_ELEMENT
#undef ROWS_RESULT
#undef ROWS_PREPARE
#undef ROWS_TILE
#undef ROWS_MANY
#undef ROWS_GATHER
#undef ROWS_RUN
