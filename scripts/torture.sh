#!/bin/sh
# torture.sh BUILD WHAT TRIALS: runs plume-torture (tests/torture/main.cpp) and leaves one line for test.sh in
# BUILD/results. SEED=... chooses other trials.
set -u
build=$1
results=$build/results
name=torture_$2
mkdir -p "$results"
"$build/plume-torture" "$2" "$3" "${SEED:-1}" >"$results/$name.log" 2>&1
verdict=$?
cat "$results/$name.log"
if [ $verdict -eq 0 ]; then echo "1 passed, 0 failed, 0 skipped"; else echo "0 passed, 1 failed, 0 skipped"; fi \
    >"$results/$name.summary"
exit $verdict
