#!/bin/sh
# Sees to it that the package can be built here: Swift, a C BLAS and LAPACK, SQLite's headers. On Debian and Ubuntu it
# installs the libraries that are missing; elsewhere it says what to install. Where all is there it does nothing.
set -eu

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# --- Swift -----------------------------------------------------------------------------------------------------------

swift_hint='Install it from https://www.swift.org/install, check that "swift --version" works, and run make again.'
command -v swift >/dev/null || fail "Fingerpost needs Swift 6.1 or newer, and there is no swift command here." "$swift_hint"
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
[ -n "$version" ] || fail "Cannot tell which Swift this is: swift --version says nothing that I understand." "$swift_hint"
major=${version%%.*}
minor=${version#*.}
if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 1 ]; }; then
    fail "Fingerpost needs Swift 6.1 or newer; this is Swift $version." "$swift_hint"
fi

# --- Libraries -------------------------------------------------------------------------------------------------------

# Accelerate and SQLite come with the system.
[ "$(uname -s)" != Darwin ] || exit 0

# Whether a program that uses the libraries compiles and links.
libraries_work() {
    probe=$(mktemp -d)
    trap 'rm -rf "$probe"' EXIT
    cat >"$probe/probe.c" <<'PROBE'
#include <cblas.h>
#include <sqlite3.h>
void dpotrf_(const char *, const int *, double *, const int *, int *);
int main(void) {
    int n = 0, info = 0;
    dpotrf_("U", &n, 0, &n, &info);
    return cblas_sdot(0, 0, 1, 0, 1) != 0 || sqlite3_libversion_number() == 0;
}
PROBE
    clang "$probe/probe.c" -lblas -llapack -lsqlite3 -o "$probe/probe" 2>/dev/null
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    libraries_work || fail \
        "Fingerpost needs a C BLAS (cblas.h, -lblas), LAPACK (-llapack) and SQLite (sqlite3.h, -lsqlite3)." \
        "Install the development packages of the three with your system's package manager, and run make again;" \
        "on Fedora, for instance: sudo dnf install blas-devel lapack-devel openblas sqlite-devel"
    exit 0
fi

# The interface to link against, and OpenBLAS to serve it: some twenty times as fast as the reference library.
missing=
for package in libblas-dev liblapack-dev libopenblas0-pthread libsqlite3-dev; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "These packages are missing:$missing" \
        "There is no sudo here, so run as root: apt-get install$missing"
    as_root=sudo
fi

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"
}

echo "Installing$missing" >&2
# A machine that has never fetched the lists of packages knows none of these; old lists may name versions long gone.
# shellcheck disable=SC2086
{
    apt-cache show $missing >/dev/null 2>&1 || apt update >&2
    apt install -y --no-install-recommends $missing >&2 || { apt update >&2 && apt install -y --no-install-recommends $missing >&2; }
} || fail "Could not install$missing. Install these packages, and run make again."
