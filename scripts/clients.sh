#!/bin/sh
# clients.sh BUILD [NAME]: runs tests/clients/*.test.mjs (or NAME.test.mjs) against BUILD/plume. The outcome in TAP
# form goes to BUILD/results/clients.tap.
set -eu
cd "$(dirname "$0")/.."
results=$PWD/$1/results
PLUME=${PLUME:-$PWD/$1/plume}
export PLUME
mkdir -p "$results"

scripts/npm.sh "$results/npm.log"
# The suites of others: where one cannot be installed, its test says so and is skipped.
case ${2:-foreign} in
foreign*)
    for suite in zeppelin hardhat2; do
        scripts/npm.sh "$results/npm-$suite.log" "tests/foreign/$suite" || echo "clients: no tests/foreign/$suite" >&2
    done
    ;;
esac
cd tests/clients
node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$results/clients.tap" \
    $(ls ./${2:-*}.test.mjs)
