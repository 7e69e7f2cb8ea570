#!/bin/sh
# fuzz.sh BUILD SECONDS: runs each fuzzer for that long on its kept corpus; stops at the first finding.
set -eu
cd "$(dirname "$0")/.."
build=$1
for program in "$build"/fuzz/*_fuzz; do
    name=$(basename "$program")
    mkdir -p "$build/corpus/$name"
    echo "fuzz: $name, $2 s" >&2
    "$program" -max_total_time="$2" -print_final_stats=0 -verbosity=0 -artifact_prefix="$build/$name-" \
        "$build/corpus/$name"
done
