// Vectors of sixteen lanes, whatever the registers are; the compiler makes as many of those as it takes.
#ifndef FINGERPOST_CKERNELS_LANES_H
#define FINGERPOST_CKERNELS_LANES_H

#include "internal.h"

#define LANES 16
#define FULL_UNROLL _Pragma("clang loop unroll(full)")

typedef float f32x16 __attribute__((ext_vector_type(LANES)));
typedef int32_t i32x16 __attribute__((ext_vector_type(LANES)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(LANES)));
typedef uint16_t u16x16 __attribute__((ext_vector_type(LANES)));
typedef uint8_t u8x16 __attribute__((ext_vector_type(LANES)));
typedef int8_t i8x16 __attribute__((ext_vector_type(LANES)));

#endif
