#!/bin/sh
# npm.sh LOG [FOLDER]: installs in FOLDER, tests/clients unless it is given, exactly what its lock file names, once.
# What npm says goes to the file LOG. NODE is the node.js that runs npm, which leaves out what another is too old for.
set -eu
cd "$(dirname "$0")/../${2:-tests/clients}"
lock=$(cksum <package-lock.json)
[ "$(cat node_modules/.installed 2>/dev/null)" != "$lock" ] || exit 0
echo "${2:-clients}: npm ci" >&2
${NODE:-node} "$(readlink -f "$(command -v npm)")" ci --ignore-scripts --loglevel=error >"$1" 2>&1 || {
    cat "$1" >&2
    exit 1
}
echo "$lock" >node_modules/.installed
