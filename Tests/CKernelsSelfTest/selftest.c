// Checks every implementation that this CPU runs against plain loops, without Swift: for processors that are only
// emulated where the tests run. Prints what was checked; any difference ends it with status 1.
#include "CKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { longest = 1100, row_count = 23, row_stride = longest + 3 };

static uint64_t seed = 42;

static uint64_t next(void) {  // SplitMix64
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void require(bool holds, const char *what, const char *kernels, size_t n) {
    if (holds) return;
    fprintf(stderr, "%s differs: kernels %s, n %zu\n", what, kernels, n);
    exit(1);
}

static float a32[longest + 8], b32[longest + 8], rows32[row_count * row_stride], out32[row_count];
static int8_t a8[longest + 8], b8[longest + 8], rows8[row_count * row_stride], codes[longest + 8];
static int32_t out_i32[row_count];

static void check_floats(const fp_kernels *k, size_t n) {
    const float *a = a32 + n % 4, *b = b32 + n % 3;
    double dot = 0, size = 0, distance = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)a[i] - b[i];
        dot += (double)a[i] * b[i], size += fabs((double)a[i] * b[i]), distance += d * d;
    }
    const double bound = (n / 32.0 + 10) * 0x1p-24, least = (double)n * 0x1p-149;
    require(fabs(k->dot_f32(a, b, n) - dot) <= bound * size + least, "dot_f32", k->name, n);
    require(fabs(k->squared_l2_f32(a, b, n) - distance) <= bound * distance + least, "squared_l2_f32", k->name, n);

    float top = 0;
    for (size_t i = 0; i < n; i++) top = fmaxf(top, fabsf(a[i]));
    require(k->max_abs_f32(a, n) == top, "max_abs_f32", k->name, n);
    const float scale = top > 0 ? 140 / top : 1;  // some values beyond the clamp
    memset(codes, 99, sizeof codes);
    k->quantize_i8(a, scale, codes + 1, n);
    for (size_t i = 0; i < n; i++) {
        float expected = fminf(fmaxf(nearbyintf(a[i] * scale), -127), 127);
        require(codes[i + 1] == (int8_t)expected, "quantize_i8", k->name, n);
    }
    require(codes[0] == 99 && codes[n + 1] == 99, "quantize_i8 bounds", k->name, n);

    float v[longest];
    memcpy(v, a, n * sizeof *v);
    double squares = 0, after = 0;
    for (size_t i = 0; i < n; i++) squares += (double)v[i] * v[i];
    const float length = k->normalize_f32(v, n);
    for (size_t i = 0; i < n; i++) after += (double)v[i] * v[i];
    require(fabs(length - sqrt(squares)) <= 1e-5 * sqrt(squares), "normalize_f32 length", k->name, n);
    require(n == 0 || fabs(after - 1) <= 1e-5, "normalize_f32", k->name, n);

    const float *places[row_count];
    for (size_t i = 0; i < row_count; i++) places[i] = rows32 + next() % row_count * row_stride;
    const size_t count = n % (row_count + 1);
    k->dot_f32_gather(a, places, n, count, out32);
    for (size_t i = 0; i < count; i++) {
        require(out32[i] == k->dot_f32(a, places[i], n), "dot_f32_gather", k->name, n);
    }
    k->dot_f32_rows(a, rows32, row_stride, n, count, out32);
    for (size_t i = 0; i < count; i++) {
        require(out32[i] == k->dot_f32(a, rows32 + i * row_stride, n), "dot_f32_rows", k->name, n);
    }
}

static void check_bytes(const fp_kernels *k, const int8_t *a, const int8_t *b, size_t n) {
    int32_t dot = 0, distance = 0;
    for (size_t i = 0; i < n; i++) dot += a[i] * b[i], distance += (a[i] - b[i]) * (a[i] - b[i]);
    require(k->dot_i8(a, b, n) == dot, "dot_i8", k->name, n);
    require(k->squared_l2_i8(a, b, n) == distance, "squared_l2_i8", k->name, n);
}

static void check_byte_rows(const fp_kernels *k, size_t n) {
    const int8_t *places[row_count];
    for (size_t i = 0; i < row_count; i++) places[i] = rows8 + next() % row_count * row_stride;
    const size_t count = n % (row_count + 1);
    k->dot_i8_gather(a8, places, n, count, out_i32);
    for (size_t i = 0; i < count; i++) {
        require(out_i32[i] == k->dot_i8(a8, places[i], n), "dot_i8_gather", k->name, n);
    }
    k->dot_i8_rows(a8, rows8, row_stride, n, count, out_i32);
    for (size_t i = 0; i < count; i++) {
        require(out_i32[i] == k->dot_i8(a8, rows8 + i * row_stride, n), "dot_i8_rows", k->name, n);
    }
}

static void check_special(const fp_kernels *k) {
    for (size_t n = 1; n < 70; n++) {
        float v[70] = {0};
        int8_t c[70];
        v[n - 1] = NAN;
        require(isnan(k->max_abs_f32(v, n)), "max_abs_f32 of NaN", k->name, n);
        k->quantize_i8(v, 1, c, n);
        require(c[n - 1] == 0, "quantize_i8 of NaN", k->name, n);
        v[n - 1] = -INFINITY;
        require(k->max_abs_f32(v, n) == INFINITY, "max_abs_f32 of infinity", k->name, n);
        k->quantize_i8(v, 1, c, n);
        require(c[n - 1] == -127, "quantize_i8 of infinity", k->name, n);
        require(isinf(k->normalize_f32(v, n)) && v[n - 1] == -INFINITY, "normalize_f32 of infinity", k->name, n);
        v[n - 1] = 2.5f;
        k->quantize_i8(v, 1, c, n);
        require(c[n - 1] == 2, "quantize_i8 of a tie", k->name, n);
        v[n - 1] = 1e-40f;
        require(k->normalize_f32(v, n) == 1e-40f && v[n - 1] == 1, "normalize_f32 of a denormal", k->name, n);
    }
}

static void check_checksums(void) {
    require(fp_crc32c(0, "123456789", 9) == 0xe3069283u, "crc32c", "known answer", 9);
    enum { size = 20000 };
    static uint8_t bytes[size];
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)next();
    for (size_t i = 0; i < 3000; i++) {
        size_t from = next() % 64, n = i < 1500 ? i : next() % (size - 64), cut = n ? next() % n : 0;
        uint32_t crc = fp_crc32c(0, bytes + from, n);
        require(crc == fp_crc32c_portable(0, bytes + from, n), "crc32c", "accelerated", n);
        require(crc == fp_crc32c(fp_crc32c(0, bytes + from, cut), bytes + from + cut, n - cut), "crc32c", "split", n);
    }
    for (size_t blocks = 0; blocks < 200; blocks++) {
        uint32_t x[8], y[8];
        for (int i = 0; i < 8; i++) x[i] = y[i] = (uint32_t)next();
        fp_sha256_blocks(x, bytes + blocks % 5, blocks);
        fp_sha256_blocks_portable(y, bytes + blocks % 5, blocks);
        require(memcmp(x, y, sizeof x) == 0, "sha256", "accelerated", blocks);
    }
    uint32_t abc[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t block[64] = {'a', 'b', 'c', 0x80, [63] = 24};
    fp_sha256_blocks(abc, block, 1);
    require(abc[0] == 0xba7816bf && abc[7] == 0xf20015ad, "sha256", "FIPS 180 example", 1);
}

enum { tokens = 21, hidden = 72, heads = 3, wide = 130 };

/// A layer's steps over numbers that are the same for all kernels: its results must be too, to the last bit.
static void check_network(const fp_kernels *k, bool isFirst) {
    static float expected[tokens * hidden], x[tokens * hidden], qkv[tokens * 3 * hidden], mixed[tokens * hidden],
        inner[tokens * wide], scratch[1 << 14], scales[256], bias[256], ones[hidden];
    static int8_t x_codes[tokens * 256], row_codes[wide];
    static float x_scales[tokens];
    static int32_t x_sums[tokens];
    static uint8_t panels[1 << 16];
    const fp_network *network = k->network;
    const struct {
        size_t outputs, inputs;
        const float *from;
        fp_finish finish;
        float *to;
    } products[] = {
        {3 * hidden, hidden, x, FP_STORE, qkv},
        {hidden, hidden, mixed, FP_ADD, x},
        {wide, hidden, x, FP_GELU, inner},
        {hidden, wide, inner, FP_ADD, x},
    };
    const uint64_t saved = seed;
    seed = 7;
    for (size_t i = 0; i < tokens * hidden; i++) x[i] = (float)((double)next() * 0x1p-63 - 1);
    for (size_t i = 0; i < hidden; i++) ones[i] = 1;
    network->normalize(x, tokens, hidden, ones, ones, 1e-12f, NULL);
    for (size_t p = 0; p < sizeof products / sizeof *products; p++) {
        const size_t outputs = products[p].outputs, inputs = products[p].inputs;
        require(fp_packed_size(network, outputs, inputs) <= sizeof panels, "size of packed weights", k->name, outputs);
        memset(scales, 0, sizeof scales), memset(bias, 0, sizeof bias);
        for (size_t o = 0; o < outputs; o++) {
            for (size_t i = 0; i < inputs; i++) row_codes[i] = (int8_t)(next() % 255 - 127);
            scales[o] = 0x1p-11f, bias[o] = (float)o * 0x1p-9f;
            fp_pack_row(network, row_codes, inputs, o, panels);
        }
        const fp_activations activations = {x_codes, fp_padded_inputs(inputs), x_scales, x_sums};
        network->quantize(products[p].from, inputs, tokens, inputs, &activations);
        const fp_linear linear = {outputs, inputs, panels, scales, bias};
        network->multiply(&linear, &activations, tokens, products[p].finish, products[p].to, outputs);
        if (p == 0) {
            require(fp_attention_scratch(tokens, hidden / heads) <= sizeof scratch / sizeof *scratch, "scratch", k->name,
                    tokens);
            network->attend(qkv, tokens, heads, hidden / heads, scratch, mixed);
        }
    }
    network->normalize(x, tokens, hidden, ones, ones, 1e-12f, NULL);
    seed = saved;
    if (isFirst) memcpy(expected, x, sizeof x);
    require(memcmp(expected, x, sizeof x) == 0, "a layer of an encoder", k->name, tokens);
}

/// Codebooks, tables, panels and beams: against plain loops, and bitwise as the first implementation.
static void check_graph(const fp_kernels *k, bool isFirst) {
    enum { dimensions = 61, most = 64, capacity = 50 };
    static float codewords[dimensions * 16], half_squares[most * 16], expected_scores[64][32];
    static uint8_t panel[FP_PANEL_SIZE(most)], all_codes[32][most], table[most * 16];
    for (size_t round = 0; round < 64; round++) {
        seed = 1000 + round;
        const size_t groups = round % 16 * 4 + 4;
        uint32_t starts[most + 1] = {0};
        for (size_t g = 0; g < groups; g++) starts[g + 1] = (uint32_t)(dimensions * (g + 1) / groups);
        for (size_t i = 0; i < dimensions * 16; i++) codewords[i] = (float)((double)next() * 0x1p-63 - 1);
        for (size_t g = 0; g < groups; g++) {
            for (size_t c = 0; c < 16; c++) {
                float square = 0;
                for (size_t d = starts[g]; d < starts[g + 1]; d++) square += codewords[d * 16 + c] * codewords[d * 16 + c];
                half_squares[g * 16 + c] = square / 2;
            }
        }
        const fp_codebook codebook = {groups, starts, codewords, half_squares};
        float x[dimensions], products[most * 16], unit, offset;
        memset(panel, 0xff, sizeof panel);
        float factors[32], shifts[32];
        for (size_t place = 0; place < 32; place++) {
            for (size_t d = 0; d < dimensions; d++) x[d] = (float)((double)next() * 0x1p-63 - 1);
            const float similarity = k->graph->encode(&codebook, x, all_codes[place]);
            double product = 0;
            for (size_t g = 0; g < groups; g++) {
                double nearest = INFINITY, own = 0;
                for (size_t c = 0; c < 16; c++) {
                    double distance = 0;
                    for (size_t d = starts[g]; d < starts[g + 1]; d++) {
                        const double e = (double)x[d] - codewords[d * 16 + c];
                        distance += e * e;
                    }
                    nearest = fmin(nearest, distance);
                    if (c == all_codes[place][g]) own = distance;
                }
                require(own <= nearest + 1e-5, "encode", k->name, groups);
                for (size_t d = starts[g]; d < starts[g + 1]; d++) {
                    product += (double)x[d] * codewords[d * 16 + all_codes[place][g]];
                }
            }
            require(fabs(product - similarity) < 1e-4, "encode's product", k->name, groups);
            factors[place] = fp_round_to_bf16((float)((double)next() * 0x1p-63 - 1));
            shifts[place] = fp_round_to_bf16((float)((double)next() * 0x1p-63 - 1));
            fp_panel_set(panel, groups, place, all_codes[place]);
            fp_panel_set_factors(panel, groups, place, factors[place], shifts[place]);
        }
        for (size_t d = 0; d < dimensions; d++) x[d] = (float)((double)next() * 0x1p-63 - 1);
        k->graph->tabulate(&codebook, x, products);
        k->graph->round_table(products, groups, table, &unit, &offset);
        const fp_table_query query = {groups, table, unit, offset};
        float scores[32];
        const uint32_t above = k->graph->score_panel(&query, panel, 0.25f, 0.5f, panel, round % 9, scores);
        for (size_t place = 0; place < 32; place++) {
            double product = 0;
            for (size_t d = 0, g = 0; d < dimensions; d++) {
                while (d >= starts[g + 1]) g++;
                product += (double)x[d] * codewords[d * 16 + all_codes[place][g]];
            }
            const double score = 0.25 + shifts[place] + factors[place] * product;
            require(fabs(score - scores[place]) <= unit * (double)groups / 2 + 1e-4, "score_panel", k->name, groups);
            require((above >> place & 1) == (scores[place] > 0.5f), "score_panel's bits", k->name, groups);
        }
        // Each neighbour at another's place of another panel scores as it did.
        static uint8_t turned[FP_PANEL_SIZE(most)];
        memset(turned, 0xff, sizeof turned);
        for (size_t place = 0; place < 32; place++) fp_panel_copy(turned, groups, (place * 5 + 3) % 32, panel, place);
        float turned_scores[32];
        k->graph->score_panel(&query, turned, 0.25f, 0.5f, NULL, 0, turned_scores);
        for (size_t place = 0; place < 32; place++) {
            require(turned_scores[(place * 5 + 3) % 32] == scores[place], "fp_panel_copy", k->name, groups);
        }
        if (isFirst) memcpy(expected_scores[round], scores, sizeof scores);
        require(memcmp(expected_scores[round], scores, sizeof scores) == 0, "score_panel bitwise", k->name, groups);

        // A beam, against sorting by hand; few different keys, so that there are ties.
        const size_t limit = 1 + round % capacity;
        float keys[capacity + 32], sorted[capacity + 1];
        uint32_t ids[capacity + 32], sorted_ids[capacity + 1];
        for (size_t i = 0; i < capacity + 32; i++) keys[i] = -INFINITY;
        size_t count = 0;
        for (uint32_t id = 0; id < 200; id++) {
            const float key = (float)(next() % 37);
            if (count == limit && !(key > keys[limit - 1])) continue;
            size_t place = 0;
            while (place < count && sorted[place] >= key) place++;
            memmove(sorted + place + 1, sorted + place, (count - place) * sizeof *sorted);
            memmove(sorted_ids + place + 1, sorted_ids + place, (count - place) * sizeof *sorted_ids);
            sorted[place] = key, sorted_ids[place] = id;
            require(k->graph->insert(keys, ids, count, limit, key, id) == place, "insert", k->name, limit);
            if (count < limit) count++;
            require(memcmp(keys, sorted, count * sizeof *keys) == 0, "insert's keys", k->name, limit);
            require(memcmp(ids, sorted_ids, count * sizeof *ids) == 0, "insert's ids", k->name, limit);
            require(keys[count] == -INFINITY, "insert's end", k->name, limit);
        }

        uint32_t places[most * 16 + 16];
        const size_t n = round * 11, found = k->graph->find_above(codewords, n, 0.25f, places);
        size_t expected = 0;
        for (size_t i = 0; i < n; i++) {
            if (codewords[i] > 0.25f) {
                require(expected < found && places[expected] == i, "find_above", k->name, n);
                expected++;
            }
        }
        require(found == expected, "find_above's count", k->name, n);
    }
}

/// The common subsequences of random texts of all lengths around the words of a pattern, against the table of Wagner and
/// Fischer, one by one and several at a time; and the overlaps of bags.
static void check_texts(void) {
    enum { alphabet = 5, longest_text = 200, texts = 11 };
    static uint64_t masks[alphabet * 4];
    static uint16_t pattern[longest_text], text[texts * longest_text], table[longest_text + 1];
    for (size_t round = 0; round < 1500; round++) {
        const size_t m = next() % (longest_text + 1), n = 1 + next() % longest_text, words = (m + 63) / 64;
        const size_t letters = 1 + next() % alphabet;
        memset(masks, 0, sizeof masks);
        for (size_t i = 0; i < m; i++) {
            pattern[i] = (uint16_t)(next() % letters);
            masks[pattern[i] * words + i / 64] |= (uint64_t)1 << i % 64;
        }
        uint32_t places[texts], lengths[texts], expected[texts];
        const size_t count = next() % (texts + 1), least = next() % (m + 2);
        uint64_t row[4];
        for (size_t t = 0; t < texts; t++) {
            for (size_t i = 0; i < n; i++) text[t * n + i] = (uint16_t)(next() % letters);
            memset(table, 0, sizeof table);
            for (size_t i = 0; i < n; i++) {
                uint16_t diagonal = 0;
                for (size_t j = 0; j < m; j++) {
                    const uint16_t above = table[j + 1];
                    if (text[t * n + i] == pattern[j]) table[j + 1] = (uint16_t)(diagonal + 1);
                    else if (table[j] > above) table[j + 1] = table[j];
                    diagonal = above;
                }
            }
            expected[t] = table[m] >= least ? table[m] : 0;
            const size_t found = fp_common_subsequence(masks, words, text + t * n, n, least, row);
            require(found == expected[t], "fp_common_subsequence", "texts", m);
        }
        for (size_t i = 0; i < count; i++) places[i] = (uint32_t)(next() % texts), lengths[i] = 12345;
        fp_common_subsequences(masks, words, text, n, places, count, least, row, lengths);
        for (size_t i = 0; i < count; i++) {
            require(lengths[i] == expected[places[i]], "fp_common_subsequences", "texts", m);
        }
    }
    static uint8_t bag[FP_BAG_SIZE], bags[33 * FP_BAG_SIZE];
    for (size_t count = 0; count <= 33; count++) {
        // At the end also the largest counts there can be.
        for (size_t i = 0; i < FP_BAG_SIZE; i++) bag[i] = count == 33 ? 255 : (uint8_t)next();
        for (size_t i = 0; i < count * FP_BAG_SIZE; i++) bags[i] = count == 33 ? 255 : (uint8_t)next();
        uint16_t overlaps[34];
        overlaps[count] = 12345;
        fp_bag_overlaps(bag, bags, count, overlaps);
        for (size_t i = 0; i < count; i++) {
            unsigned sum = 0;
            for (size_t j = 0; j < FP_BAG_SIZE; j++) {
                const uint8_t other = bags[i * FP_BAG_SIZE + j];
                sum += bag[j] < other ? bag[j] : other;
            }
            require(overlaps[i] == sum, "fp_bag_overlaps", "texts", count);
        }
        require(overlaps[count] == 12345, "fp_bag_overlaps' bounds", "texts", count);
    }
}

int main(void) {
    for (size_t index = 0; fp_kernels_at(index); index++) {
        const fp_kernels *k = fp_kernels_at(index);
        for (size_t n = 0; n <= longest; n++) {
            for (size_t i = 0; i < longest + 8; i++) {
                a32[i] = (float)((double)next() * 0x1p-63 - 1), b32[i] = (float)((double)next() * 0x1p-63 - 1);
                a8[i] = (int8_t)next(), b8[i] = (int8_t)next();
            }
            if (n % 50 == 0) {
                for (size_t i = 0; i < row_count * row_stride; i++) {
                    rows32[i] = (float)((double)next() * 0x1p-63 - 1), rows8[i] = (int8_t)next();
                }
            }
            check_floats(k, n);
            check_bytes(k, a8 + n % 7, b8 + n % 5, n);
            check_byte_rows(k, n);
            memset(a8, -128, sizeof a8), memset(b8, n % 2 ? 127 : -128, sizeof b8);
            check_bytes(k, a8, b8, n);
            check_byte_rows(k, n);
        }
        check_special(k);
        check_network(k, index == 0);
        check_graph(k, index == 0);
        printf("kernels %s: every length from 0 to %d agrees\n", k->name, longest);
    }
    check_checksums();
    check_texts();
    printf("checksums and comparisons of texts agree; %d processors\n", fp_available_processors());
    return 0;
}
