// Writing panels: the same for every instruction set.
#include "internal.h"

void fp_panel_set(uint8_t *panel, size_t groups, size_t place, const uint8_t *codes) {
    const size_t shift = place < FP_PANEL_WIDTH / 2 ? 0 : 4;
    uint8_t *bytes = panel + place % (FP_PANEL_WIDTH / 2);
    for (size_t g = 0; g < groups; g++) {
        uint8_t *byte = bytes + g * FP_CODEWORDS;
        *byte = (uint8_t)((*byte & ~(0x0f << shift)) | codes[g] << shift);
    }
}

void fp_panel_copy(uint8_t *panel, size_t groups, size_t place, const uint8_t *source, size_t source_place) {
    const size_t half = FP_PANEL_WIDTH / 2;
    const int from = source_place < half ? 0 : 4, to = place < half ? 0 : 4;
    uint8_t *bytes = panel + place % half;
    const uint8_t *others = source + source_place % half;
    for (size_t i = 0; i < groups * FP_CODEWORDS; i += FP_CODEWORDS) {
        bytes[i] = (uint8_t)((bytes[i] & ~(0x0f << to)) | (others[i] >> from & 0x0f) << to);
    }
    for (size_t table = 0; table < 2; table++) {
        const size_t start = groups * FP_CODEWORDS + table * FP_PANEL_WIDTH * 2;
        memcpy(panel + start + place * 2, source + start + source_place * 2, 2);
    }
}

static uint16_t bf16_of(float value) {
    const uint32_t bits = fp_bits_of_float(value);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float fp_round_to_bf16(float value) { return fp_float_of_bits((uint32_t)bf16_of(value) << 16); }

void fp_panel_set_factors(uint8_t *panel, size_t groups, size_t place, float factor, float shift) {
    const uint16_t rounded[2] = {bf16_of(factor), bf16_of(shift)};
    uint8_t *factors = panel + groups * FP_CODEWORDS;
    memcpy(factors + place * 2, &rounded[0], 2);
    memcpy(factors + (FP_PANEL_WIDTH + place) * 2, &rounded[1], 2);
}
