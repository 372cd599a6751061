// The forward pass of a transformer encoder in 8-bit integers: what `CKernels.h` is to search.
//
// Weights are signed bytes with one scale per output; activations are quantized token by token as they come. All
// implementations give bitwise the same results, floats included: sums of products are exact integers, and what is
// done in floats is done in sixteen lanes, with fused multiply-adds, in one order. A row's result depends on that row
// alone (in attention: on its text), never on which rows are computed beside it.
//
// Pointers need no alignment beyond their element's and must not overlap unless said.
#ifndef FINGERPOST_NETWORK_H
#define FINGERPOST_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The longest row that may be multiplied: sums of products of bytes from -127 to 127 fit 32 bits.
enum { FP_NETWORK_LARGEST_INPUTS = 131072 };

/// y = W x + b with W of `outputs` x `inputs`. All memory is the caller's.
typedef struct {
    size_t outputs, inputs;
    /// `fp_packed_size` bytes, filled by `fp_pack_row`.
    const uint8_t *panels;
    /// Per output, `fp_padded_outputs` of each: the unit of its weights, and what is added; zeros beyond `outputs`.
    const float *scales;
    const float *bias;
} fp_linear;

/// Rows of signed bytes: x[row][i] = codes[row * stride + i] * scales[row], zeros from the end of a row to `stride`.
typedef struct {
    int8_t *codes;
    /// `fp_padded_inputs` of the row length, or more.
    size_t stride;
    float *scales;
    /// The sum of each row's codes.
    int32_t *sums;
} fp_activations;

/// What becomes of each output.
typedef enum : int32_t {
    FP_STORE = 0,
    /// Added to what stands there.
    FP_ADD = 1,
    /// x times the normal distribution function at x, within 1e-6 (Hendrycks and Gimpel 2016).
    FP_GELU = 2,
    /// The same through the approximation with tanh.
    FP_TANH_GELU = 3,
    FP_RELU = 4,
} fp_finish;

typedef struct __attribute__((swift_attr("@Sendable"))) {
    /// Outputs in a panel of packed weights.
    size_t panel_width;

    /// The values of IEEE 754 half-precision numbers, which need not be aligned.
    void (*widen_f16)(const void *halves, float *out, size_t n);
    /// The values of 8-bit numbers of 4 exponent and 3 fraction bits, bias 7, without infinities: E4M3 of the Open
    /// Compute Project's 8-bit formats (arXiv 2209.05433).
    void (*widen_e4m3)(const uint8_t *bytes, float *out, size_t n);
    /// sum[i] += factor * codes[i].
    void (*add_i8)(const int8_t *codes, float factor, float *sum, size_t n);
    /// Quantizes `rows` rows of `n` floats, `stride` apart: the largest magnitude of a row becomes 127. A row with
    /// numbers that are not finite gets a scale that is not.
    void (*quantize)(const float *x, size_t stride, size_t rows, size_t n, const fp_activations *out);
    /// Each row of `n` floats normalised to mean 0 and variance 1, times `weight`, plus `shift` (Ba et al. 2016), in
    /// place; then quantized into `out` unless that is null.
    void (*normalize)(float *x, size_t rows, size_t n, const float *weight, const float *shift, float epsilon,
                      const fp_activations *out);
    /// out[row * stride + o] = finish(W x + b) for `rows` rows.
    void (*multiply)(const fp_linear *linear, const fp_activations *x, size_t rows, fp_finish finish, float *out,
                     size_t stride);
    /// Attention within one text: softmax(Q K^T / sqrt(head_size)) V for each head (Vaswani et al. 2017). `qkv` has
    /// rows of 3 * heads * head_size: queries, keys, values; `context` rows of heads * head_size. `scratch` has
    /// `fp_attention_scratch` floats.
    void (*attend)(const float *qkv, size_t tokens, size_t heads, size_t head_size, float *scratch, float *context);
    /// The sum of `rows` rows of `n` floats, scaled to length 1; zeros stay zeros.
    void (*pool)(const float *x, size_t rows, size_t n, float *out);
} fp_network;

/// Bytes that the packed weights take.
size_t fp_packed_size(const fp_network *network, size_t outputs, size_t inputs);
size_t fp_padded_outputs(const fp_network *network, size_t outputs);
size_t fp_padded_inputs(size_t inputs);
/// Floats of scratch memory for texts of up to `tokens` tokens.
size_t fp_attention_scratch(size_t tokens, size_t head_size);
/// Puts the codes of one output, `inputs` of them, where `fp_linear.panels` has them. Bytes of no output or input are
/// left as they are: any value will do.
void fp_pack_row(const fp_network *network, const int8_t *codes, size_t inputs, size_t output, uint8_t *panels);

#ifdef __cplusplus
}
#endif
#endif
