#!/usr/bin/env bash
# Builds the tests with a sanitizer (thread or address) in a scratch folder of its own and runs them. Further arguments
# go to `swift test`, for instance --filter. Fails where a test fails, or where any process that ran left a report.
#
# The build is optimised, with assertions: a debug build takes many times as long and sees nothing more. Our Swift and C
# are instrumented, and so are GRDB and Yams; BLAS, SQLite and Swift's libraries are not.
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
reports=$PWD/$scratch/reports
rm -rf "$reports"
mkdir -p "$reports"

# Tests start the command, kill it, and read what it prints: reports of all of them go to files of their own.
export TSAN_OPTIONS="log_path=$reports/report suppressions=$PWD/Scripts/sanitize-thread.txt ${TSAN_OPTIONS:-}"
# Leaks are not what these runs look for, and LeakSanitizer cannot run where ptrace is forbidden.
export ASAN_OPTIONS="log_path=$reports/report detect_leaks=0 ${ASAN_OPTIONS:-}"

skipped=()
# It limits the address space, of which sanitizers take terabytes.
skipped+=(--skip 'BadInputTests/hugeLine')
if [ "$sanitizer" = thread ]; then
    # They limit the size of files, and Thread Sanitizer keeps its own tables in a file, far larger.
    skipped+=(--skip 'HostileDiskTests/fileSizeLimit' --skip 'HostileDiskTests/embedWithoutSpace')
fi

status=0
# shellcheck disable=SC2086
swift test --disable-xctest --configuration release --sanitize "$sanitizer" --scratch-path "$scratch" \
    -Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug \
    ${SWIFT_FLAGS:-} "${skipped[@]}" "$@" 2>&1 | tee "$scratch/test.log" |
    Scripts/show-tests.sh || status=$?

count=$(find "$reports" -type f -size +0 | wc -l)
if [ "$count" -gt 0 ]; then
    find "$reports" -type f -size +0 -exec cat {} +
    echo "$0: FAILED: reports in $scratch/reports: $count" >&2
    exit 1
fi
if [ "$status" -ne 0 ]; then
    echo "$0: FAILED: the whole output is in $scratch/test.log" >&2
    exit "$status"
fi
echo "$0: no reports"
