#!/bin/sh
# test.sh BUILD: runs every test there is and ends with one line, "N passed, N failed, N skipped", over all of them.
# A program that dies before it could report counts as one failure.
set -u
cd "$(dirname "$0")/.."
build=$1
results=$PWD/$build/results
rm -rf "$results"
mkdir -p "$results"

passed=0 failed=0 skipped=0
add() {
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

GTEST_OUTPUT="xml:$results/" ctest --test-dir "$build" --output-on-failure -j "$(nproc)" \
    --output-log "$results/ctest.log"
for binary in $(ctest --test-dir "$build" -N | sed -n 's/^ *Test *#[0-9]*: //p'); do
    if [ -s "$results/$binary.xml" ]; then
        # shellcheck disable=SC2046
        add $(awk '/<testcase /        { total++ }
                   /result="(skipped|suppressed)"/ { skipped++ }
                   /<testcase /        { open = 1 }
                   /<failure / && open { failed++; open = 0 }
                   END { print total - failed - skipped, failed + 0, skipped + 0 }' "$results/$binary.xml")
    elif grep -Eqx '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$results/$binary.summary" 2>/dev/null; then
        # shellcheck disable=SC2046
        add $(awk '{ print $1, $3, $5 + 0 }' "$results/$binary.summary")
    else
        echo "test: $binary ended without a report" >&2
        add 0 1 0
    fi
done

if scripts/clients.sh "$build"; then verdict=0; else verdict=1; fi
if [ -s "$results/clients.tap" ]; then
    # shellcheck disable=SC2046
    add $(awk '$1 == "#" && $2 == "pass"      { passed += $3 }
               $1 == "#" && $2 == "fail"      { failed += $3 }
               $1 == "#" && $2 == "cancelled" { failed += $3 }
               $1 == "#" && $2 == "skipped"   { skipped += $3 }
               END { print passed + 0, failed + 0, skipped + 0 }' "$results/clients.tap")
fi
if [ "$verdict" -ne 0 ] && ! grep -Eq '^# (fail|cancelled) [1-9]' "$results/clients.tap" 2>/dev/null; then
    echo "test: the client tests ended without a report" >&2
    add 0 1 0
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
