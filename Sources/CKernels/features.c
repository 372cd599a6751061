#include "features.h"

#include <stdatomic.h>

#if FP_X86
#include <cpuid.h>

static uint32_t detect(void) {
    uint32_t a, b, c, d, features = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    const uint32_t basic = c;
    uint32_t saved = 0;  // XCR0: which registers the operating system saves when it switches threads
    if (basic & bit_OSXSAVE) __asm__("xgetbv" : "=a"(saved), "=d"(d) : "c"(0));
    const bool saves_ymm = (saved & 0x06) == 0x06, saves_zmm = (saved & 0xe6) == 0xe6;
    uint32_t extended = 0, extended_c = 0, extended_a = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
        extended = b, extended_c = c;
        if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) extended_a = a;
    }
    if (saves_ymm && (basic & bit_AVX) && (basic & bit_FMA) && (extended & bit_AVX2)) {
        features |= FP_HAS_AVX2;
        if (extended_a & (1u << 4)) features |= FP_HAS_AVX_VNNI;
        const uint32_t wanted = bit_AVX512F | bit_AVX512BW | bit_AVX512VL;
        if (saves_zmm && (extended & wanted) == wanted && (extended_c & (1u << 11))) features |= FP_HAS_AVX512;
    }
    if ((basic & bit_SSE4_2) && (basic & bit_PCLMUL)) features |= FP_HAS_CRC32C;
    if ((basic & bit_SSSE3) && (basic & bit_SSE4_1) && (extended & (1u << 29))) features |= FP_HAS_SHA256;
    return features;
}

#elif FP_ARM64 && defined(__linux__)
#include <sys/auxv.h>

static uint32_t detect(void) {
    // Bits of AT_HWCAP as the kernel's documentation "ARM64 ELF hwcaps" numbers them.
    const unsigned long capabilities = getauxval(AT_HWCAP);
    const unsigned long pmull = 1ul << 4, sha2 = 1ul << 6, crc32 = 1ul << 7, dotprod = 1ul << 20;
    uint32_t features = 0;
    if ((capabilities & (pmull | crc32)) == (pmull | crc32)) features |= FP_HAS_CRC32C;
    if (capabilities & sha2) features |= FP_HAS_SHA256;
    if (capabilities & dotprod) features |= FP_HAS_DOTPROD;
    return features;
}

#elif FP_ARM64 && defined(__APPLE__)
#include <sys/sysctl.h>

static bool has(const char *name) {
    int value = 0;
    size_t size = sizeof value;
    return sysctlbyname(name, &value, &size, NULL, 0) == 0 && value != 0;
}

static uint32_t detect(void) {
    uint32_t features = 0;
    if (has("hw.optional.armv8_crc32") && has("hw.optional.arm.FEAT_PMULL")) features |= FP_HAS_CRC32C;
    if (has("hw.optional.arm.FEAT_SHA256")) features |= FP_HAS_SHA256;
    if (has("hw.optional.arm.FEAT_DotProd")) features |= FP_HAS_DOTPROD;
    return features;
}

#else

static uint32_t detect(void) { return 0; }

#endif

uint32_t fp_cpu_features(void) {
    enum { known = 1 << 30 };
    static _Atomic uint32_t cache;
    uint32_t features = atomic_load_explicit(&cache, memory_order_relaxed);
    if (!(features & known)) {
        features = detect() | known;
        atomic_store_explicit(&cache, features, memory_order_relaxed);
    }
    return features & ~(uint32_t)known;
}
