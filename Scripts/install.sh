#!/usr/bin/env bash
# Installs the command, its models and its shell completions under PREFIX, or removes them with --remove.
# DESTDIR goes before PREFIX, for packagers. What is installed needs neither this folder nor Swift.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/usr/local}
case $prefix in
/*) ;;
'~'/*) prefix=$HOME/${prefix#'~/'} ;;
*) prefix=$PWD/$prefix ;;
esac
root=${DESTDIR:-}$prefix
models=$root/share/fingerpost/models

# program, argument and file of each shell's completions
completions=(
    "bash:share/bash-completion/completions/fingerpost"
    "zsh:share/zsh/site-functions/_fingerpost"
    "fish:share/fish/vendor_completions.d/fingerpost.fish"
)

remove() {
    rm -f "$root/bin/fingerpost"
    rm -rf "$root/share/fingerpost"
    for completion in "${completions[@]}"; do rm -f "$root/${completion#*:}"; done
}

if [ "${1:-}" = --remove ]; then
    remove
    echo "Removed fingerpost from $root"
    exit
fi

# Both are for tests: FINGERPOST_BINARY names a program built before, FINGERPOST_CONFIGURATION is debug for one that is
# built sooner.
binary=${FINGERPOST_BINARY:-}
if [ -z "$binary" ]; then
    flags=(-c "${FINGERPOST_CONFIGURATION:-release}" --product fingerpost)
    # Swift's own libraries go into the program: it then runs where no Swift is, and starts sooner.
    [ "$(uname -s)" = Darwin ] || flags+=(--static-swift-stdlib --scratch-path .build/install)
    # Foundation's URLSession wants libcurl under the name that only its development package gives it.
    if [ "$(uname -s)" != Darwin ]; then
        curl=$({ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | awk '$1 == "libcurl.so.4" { print $NF; exit }') || true
        if [ -z "$curl" ]; then
            echo "libcurl is missing: apt-get install libcurl4-openssl-dev, or libcurl of your system." >&2
            exit 1
        fi
        mkdir -p .build/install-links
        ln -sf "$curl" .build/install-links/libcurl.so
        flags+=(-Xlinker "-L$PWD/.build/install-links")
    fi
    # shellcheck disable=SC2086
    swift build "${flags[@]}" ${SWIFT_FLAGS:-}
    # shellcheck disable=SC2086
    binary=$(swift build "${flags[@]}" ${SWIFT_FLAGS:-} --show-bin-path)/fingerpost
fi

if ! mkdir -p "$root/bin" 2>/dev/null || [ ! -w "$root/bin" ]; then
    echo "Cannot write to $root/bin. Use sudo make install, or a PREFIX of your own: make install PREFIX=~/.local" >&2
    exit 1
fi
remove
install -m 755 "$binary" "$root/bin/fingerpost"
if [ "$(uname -s)" != Darwin ] && command -v strip >/dev/null; then strip "$root/bin/fingerpost"; fi
mkdir -p "$models"
for folder in fingerpost-small sample-corpus; do
    cp -R "models/$folder" "$models/"
done
chmod -R u+rwX,go+rX,go-w "$root/share/fingerpost"
for completion in "${completions[@]}"; do
    file=$root/${completion#*:}
    mkdir -p "$(dirname "$file")"
    "$root/bin/fingerpost" --generate-completion-script "${completion%%:*}" >"$file"
done

echo "Installed $root/bin/fingerpost"
case ":$PATH:" in
*":$prefix/bin:"*) ;;
*) echo "Add $prefix/bin to your PATH to run it by name." ;;
esac
