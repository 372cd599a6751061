// What this CPU, and the operating system under it, can run.
#ifndef FINGERPOST_CKERNELS_FEATURES_H
#define FINGERPOST_CKERNELS_FEATURES_H

#include "internal.h"

enum {
    FP_HAS_AVX2 = 1 << 0,      // and FMA
    FP_HAS_AVX_VNNI = 1 << 1,  // and AVX2
    FP_HAS_AVX512 = 1 << 2,    // F, BW, VL and VNNI
    FP_HAS_CRC32C = 1 << 3,    // SSE4.2 with PCLMULQDQ, or Armv8's CRC32 with PMULL
    FP_HAS_SHA256 = 1 << 4,
    FP_HAS_DOTPROD = 1 << 5,
};

/// The features above that may be used, found out on first call. Safe from any thread.
uint32_t fp_cpu_features(void);

#endif
