#!/usr/bin/env bash
# Everything that must hold before a change is taken: the manifest, a build without warnings, the tests, LinearAlgebra on
# both BLAS libraries, the kernels on arm64, the sample corpus, installation, and every command the README shows.
set -euo pipefail
cd "$(dirname "$0")/.."

# The C kernels as they ship, where a debug build has them unoptimised and an encoding takes many times as long: the Swift
# around them keeps its assertions.
export SWIFT_FLAGS="-Xcc -O2 ${SWIFT_FLAGS:-}"

started=$SECONDS
logs=.build/logs
mkdir -p "$logs"
summary=()

step() { printf '\n==> %s\n' "$*"; }
# What failed, and the log of it where there is one.
fail() {
    printf '\nmake test: FAILED: %s\n' "$1" >&2
    if [ -n "${2:-}" ]; then
        printf 'The whole of it is in %s, which ends so:\n' "$2" >&2
        tail -n 20 "$2" >&2
    fi
    exit 1
}

step "The manifest"
# unsafeFlags would bar the package from being a dependency; binary targets would hide what is built.
if grep -nE 'unsafeFlags|binaryTarget' Package.swift; then fail "Package.swift uses what it must not"; fi
if [ -e .gitmodules ]; then fail "the package has a git submodule"; fi

step "Build"
# shellcheck disable=SC2086
swift build --build-tests ${SWIFT_FLAGS:-} 2>&1 | tee "$logs/build.log" || fail "the build"
# Warnings of our own sources, and of the package manager about our package. (A build that compiles nothing shows none.)
own="$(pwd -P)/(Sources|Tests|models)/.*: warning:|^warning: '?$(basename "$(pwd -P)" | tr '[:upper:]' '[:lower:]')'?:"
if grep -E "$own" "$logs/build.log" | sort -u; then fail "the build has warnings"; fi

step "Tests"
# shellcheck disable=SC2086
swift test --disable-xctest --skip-build ${SWIFT_FLAGS:-} 2>&1 | tee "$logs/test.log" | Scripts/show-tests.sh ||
    fail "the tests" "$logs/test.log"
line=$(grep -E 'Test run with [0-9]+ tests?.* passed' "$logs/test.log" | tail -n 1) ||
    fail "no test ran" "$logs/test.log"
summary+=("${line#* }")

step "LinearAlgebra on each BLAS"
Tests/test-each-blas.sh --disable-xctest --skip-build 2>&1 | tee "$logs/blas.log" | Scripts/show-tests.sh ||
    fail "LinearAlgebra on each BLAS" "$logs/blas.log"
while read -r line; do summary+=("LinearAlgebra: ${line#* }"); done \
    < <(grep -E 'Test run with [0-9]+ tests?.* passed' "$logs/blas.log")

step "Kernels on arm64"
Tests/CKernelsSelfTest/arm64.sh || fail "the kernels on arm64"

if command -v python3 >/dev/null; then
    step "The sample corpus"
    python3 models/sample-corpus/check.py || fail "the sample corpus"
fi

if command -v python3 >/dev/null; then
    step "The encoder's recipe, on the sample corpus"
    Scripts/test-recipe.sh 2>&1 | tee "$logs/recipe.log" || fail "the recipe"
fi

step "The commands in the README, and installation"
Scripts/check-docs.sh "$(swift build --show-bin-path)" || fail "the commands in the README"

step "The command with Swift's libraries in it, as installed"
installed=$PWD/.build/installed
rm -rf "$installed"
PREFIX=$installed FINGERPOST_CONFIGURATION=debug Scripts/install.sh >"$logs/install.log" 2>&1 ||
    fail "the installation" "$logs/install.log"
# Away from this folder, and from every library of Swift's.
(cd / && env -i PATH=/usr/bin:/bin HOME=/ "$installed/bin/fingerpost" doctor >"$OLDPWD/$logs/doctor.log" 2>&1) ||
    fail "the installed command" "$logs/doctor.log"
PREFIX=$installed Scripts/install.sh --remove >/dev/null

printf '\n'
printf '%s\n' "${summary[@]}"
printf 'make test: everything passed in %d min %02d s\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60))
