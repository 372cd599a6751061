#!/usr/bin/env bash
# Builds the tests with a sanitizer (thread or address) in a scratch folder of its own and runs them. Further arguments
# go to `swift test`, for instance --filter.
#
# BLAS and the standard libraries are not instrumented; the C kernels and SQLite's Swift layer are.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
thread | address) ;;
*)
    echo "usage: $0 thread|address [swift test arguments]" >&2
    exit 2
    ;;
esac
sanitizer=$1
shift
scratch=.build/sanitize-$sanitizer
export TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}"
# Leaks are not what these runs look for, and LeakSanitizer cannot run where ptrace is forbidden.
export ASAN_OPTIONS="detect_leaks=0 ${ASAN_OPTIONS:-}"
# shellcheck disable=SC2086
swift test --sanitize="$sanitizer" --scratch-path "$scratch" ${SWIFT_FLAGS:-} "$@"
