#!/bin/sh
# clients.sh BUILD [NAME]: runs tests/clients/*.test.mjs (or NAME.test.mjs) against BUILD/plume. The outcome in TAP
# form goes to BUILD/results/clients.tap. npm installs exactly what the lock file names, once.
set -eu
cd "$(dirname "$0")/.."
results=$PWD/$1/results
PLUME=${PLUME:-$PWD/$1/plume}
export PLUME
mkdir -p "$results"

cd tests/clients
lock=$(cksum <package-lock.json)
if [ "$(cat node_modules/.installed 2>/dev/null)" != "$lock" ]; then
    echo "clients: npm ci" >&2
    npm ci --ignore-scripts --loglevel=error >"$results/npm.log" 2>&1 || {
        cat "$results/npm.log" >&2
        exit 1
    }
    echo "$lock" >node_modules/.installed
fi

node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$results/clients.tap" \
    $(ls ./${2:-*}.test.mjs)
