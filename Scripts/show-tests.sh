#!/usr/bin/env bash
# Passes on what `swift test` prints, without the two lines for each test that began and passed: what is left is what
# failed, with its details, what was skipped and why, and the sum. On a terminal the last line counts the tests.
passed=0
has_begun=false
is_kept=true
while IFS= read -r line; do
    # A line with a mark is an event; lines without one belong to the event before.
    case $line in
    '✔ Test run '* | '✘'* | '➜'*) is_kept=true ;;
    '◇ Test run started.')
        has_begun=true
        is_kept=false
        ;;
    '✔ Test '*)
        is_kept=false
        passed=$((passed + 1))
        if [ -t 1 ]; then printf '\r  %d tests have passed' "$passed"; fi
        ;;
    '◇'* | '✔'*) is_kept=false ;;
    # Of the tests themselves, and of a process that died.
    'BLAS: '* | 'error: '* | *'Fatal error: '*) is_kept=true ;;
    esac
    $is_kept || ! $has_begun || continue
    if [ -t 1 ]; then printf '\r\033[K'; fi
    printf '%s\n' "$line"
    if [[ $line == '✔ Test run '* ]]; then has_begun=false; fi
done
