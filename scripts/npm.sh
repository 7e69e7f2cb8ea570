#!/bin/sh
# npm.sh LOG: installs in tests/clients exactly what the lock file names, once. What npm says goes to the file LOG.
set -eu
cd "$(dirname "$0")/../tests/clients"
lock=$(cksum <package-lock.json)
[ "$(cat node_modules/.installed 2>/dev/null)" != "$lock" ] || exit 0
echo "clients: npm ci" >&2
npm ci --ignore-scripts --loglevel=error >"$1" 2>&1 || {
    cat "$1" >&2
    exit 1
}
echo "$lock" >node_modules/.installed
