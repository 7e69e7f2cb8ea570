#!/bin/sh
# coverage.sh BUILD: builds and runs the tests of the layers whose lines BUILD counts, and prints a row a layer, then
# every file below ninety percent with the lines that nothing ran. Tests that fail make it fail.
set -eu
cd "$(dirname "$0")/.."
build=$1
layers=$(sed -n 's/^PLUME_COVERAGE:STRING=//p' "$build/CMakeCache.txt" | tr ';' ' ')
programs="scenarios_test consensus_test"
for layer in $layers; do programs="$programs ${layer}_test"; done

# shellcheck disable=SC2086
cmake --build "$build" --target plume-conformance $programs
find "$build" -name '*.gcda' -delete
ctest --test-dir "$build" --output-on-failure -j "$(nproc)" \
    -R "^(conformance_test|$(echo "$programs" | tr ' ' '|'))\$"

filters=
for layer in $layers; do filters="$filters --filter src/$layer/"; done
# shellcheck disable=SC2086
gcovr --root . --object-directory "$build" $filters --exclude '.*_test\.cpp' \
    --exclude-unreachable-branches --csv "$build/coverage.csv" --txt "$build/coverage.txt" "$build"
awk -F, 'NR > 1 { split($1, path, "/"); lines[path[2]] += $2; run[path[2]] += $3 }
         END { for (layer in lines) printf "%-10s %6d of %6d lines  %5.1f %%\n",
                   layer, run[layer], lines[layer], 100 * run[layer] / lines[layer] }' \
    "$build/coverage.csv" | sort
echo
awk '/^src\// && $4 + 0 < 90' "$build/coverage.txt"
