#!/bin/sh
# Runs the tests of LinearAlgebra once on the reference BLAS and once on OpenBLAS, whichever the system prefers, and
# has a test assert that the library meant is the one loaded. Arguments go to `swift test` (--skip-build, -j 2, ...).
set -eu
cd "$(dirname "$0")/.."

if [ "$(uname -s)" = Darwin ]; then
    exec swift test --filter '^LinearAlgebraTests\.' "$@"
fi

triplet=$(clang -print-multiarch 2>/dev/null || true)
[ -n "$triplet" ] || triplet=$(gcc -print-multiarch 2>/dev/null || true)
[ -n "$triplet" ] || triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || true)
libraries=/usr/lib/$triplet

run() {
    name=$1
    shift
    path=$1
    shift
    echo "LinearAlgebra on $name"
    FINGERPOST_EXPECT_BLAS=$name LD_LIBRARY_PATH=$path${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
        swift test --filter '^LinearAlgebraTests\.' "$@"
}

openblas=
for variant in openblas-pthread openblas-openmp openblas-serial; do
    if [ -e "$libraries/$variant/libblas.so.3" ]; then
        openblas=$libraries/$variant
        break
    fi
done
if [ ! -e "$libraries/blas/libblas.so.3" ] || [ ! -e "$libraries/lapack/liblapack.so.3" ] || [ -z "$openblas" ]; then
    echo "$0: not both libraries are under $libraries; on Debian: apt-get install libblas-dev liblapack-dev libopenblas0-pthread" >&2
    exit 1
fi
run reference "$libraries/blas:$libraries/lapack" "$@"
run openblas "$openblas" "$@"
