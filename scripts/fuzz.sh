#!/bin/sh
# fuzz.sh BUILD SECONDS: runs each fuzzer for that long, from the corpus kept in tests/fuzz/corpus and what BUILD/corpus
# has grown to; stops at the first finding.
set -eu
cd "$(dirname "$0")/.."
build=$1
for program in "$build"/fuzz/*_fuzz; do
    name=$(basename "$program")
    kept=tests/fuzz/corpus/$name
    mkdir -p "$build/corpus/$name"
    [ -d "$kept" ] || kept=
    echo "fuzz: $name, $2 s" >&2
    # shellcheck disable=SC2086
    "$program" -max_total_time="$2" -print_final_stats=0 -verbosity=0 -artifact_prefix="$build/$name-" \
        "$build/corpus/$name" $kept
done
