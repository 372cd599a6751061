// The layout of packed weights: panels of `panel_width` outputs; in a panel, groups of four inputs; in a group, for
// each output its four weights, each plus 128.
#include "internal.h"

enum { lanes = 16, attention_rows_at_most = 6 };

static size_t round_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

size_t fp_padded_inputs(size_t inputs) { return round_up(inputs, lanes); }

size_t fp_padded_outputs(const fp_network *network, size_t outputs) {
    return round_up(outputs, network->panel_width);
}

size_t fp_packed_size(const fp_network *network, size_t outputs, size_t inputs) {
    return fp_padded_outputs(network, outputs) * round_up(inputs, 4);
}

size_t fp_attention_scratch(size_t tokens, size_t head_size) {
    const size_t columns = round_up(tokens, lanes);
    return head_size * columns + tokens * round_up(head_size, lanes) + (1 + attention_rows_at_most) * columns;
}

void fp_pack_row(const fp_network *network, const int8_t *codes, size_t inputs, size_t output, uint8_t *panels) {
    const size_t width = network->panel_width, group = width * 4;
    uint8_t *place = panels + output / width * width * round_up(inputs, 4) + output % width * 4;
    size_t i = 0;
    for (; i + 4 <= inputs; i += 4, place += group) {
        uint32_t four;
        memcpy(&four, codes + i, sizeof four);
        four ^= 0x80808080u;
        memcpy(place, &four, sizeof four);
    }
    for (size_t j = 0; i + j < inputs; j++) place[j] = (uint8_t)codes[i + j] ^ 0x80u;
}
