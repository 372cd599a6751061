#!/bin/sh
# Compiles the kernels and their self-test for arm64 and runs them under emulation, once on a processor with the
# dot-product, CRC and SHA instructions and once on one that has none of the first. On an arm64 machine it simply runs.
# Skips (status 0, with a message) where the tools are missing. On Debian:
#     apt-get install libc6-dev-arm64-cross libgcc-12-dev-arm64-cross binutils-aarch64-linux-gnu qemu-user
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels=$here/../../Sources/CKernels
CC=${CC:-clang}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v "$CC" >/dev/null; then
    echo "arm64 self-test skipped: no $CC" >&2
    exit 0
fi

case $(uname -m) in
aarch64 | arm64)
    "$CC" -O2 -Wall -Wextra -Werror -I "$kernels/include" "$here/selftest.c" "$kernels"/*.c -lm -o "$work/selftest"
    "$work/selftest"
    exit
    ;;
esac

if ! command -v qemu-aarch64 >/dev/null || ! command -v aarch64-linux-gnu-ld >/dev/null ||
    [ ! -d /usr/aarch64-linux-gnu/include ]; then
    echo "arm64 self-test skipped: it needs qemu-user and Debian's arm64 cross tools (see the top of $0)" >&2
    exit 0
fi
# Objects first, then a link through the cross compiler's own start files.
for source in "$here/selftest.c" "$kernels"/*.c; do
    "$CC" --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include -O2 -Wall -Wextra -Werror \
        -I "$kernels/include" -c "$source" -o "$work/$(basename "$source").o"
done
"$CC" --target=aarch64-linux-gnu -fuse-ld=/usr/bin/aarch64-linux-gnu-ld -static -rtlib=libgcc \
    "$work"/*.o -lm -pthread -o "$work/selftest"
for cpu in max cortex-a72; do
    echo "arm64, emulated $cpu:"
    qemu-aarch64 -cpu $cpu "$work/selftest"
done
