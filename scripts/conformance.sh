#!/bin/sh
# conformance.sh PROGRAM [half|all]: runs plume-conformance on the public tests that scripts/fixtures.sh unpacks: all of
# them, or every second file. Leaves its last line in results/conformance_test.summary beside the program, for test.sh.
# Without the tests it skips, visibly: exit code 77.
set -u
cd "$(dirname "$0")/.."
program=$1
part=${2:-all}
fixtures=build/fixtures/plume-conformance-dev
summary=$(dirname "$program")/results/conformance_test.summary
mkdir -p "$(dirname "$summary")"

if [ ! -d "$fixtures" ]; then
    echo "conformance: the public tests are not installed (scripts/fixtures.sh)" >&2
    echo "0 passed, 0 failed, 1 skipped" >"$summary"
    exit 77
fi

every=1
[ "$part" = half ] && every=2
output=$(dirname "$summary")/conformance_test.log
"$program" --every $every "$fixtures/basic" "$fixtures/blocks" "$fixtures/state" "$fixtures/vectors" >"$output" 2>&1
verdict=$?
cat "$output"
tail -n 1 "$output" >"$summary"
exit $verdict
