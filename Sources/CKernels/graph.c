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
