#!/bin/sh
# fixtures.sh: unpacks the public conformance vectors into build/fixtures, once. PLUME_FIXTURES_ARCHIVE names the
# archive; by default it lies beside the project. Tests that need it are skipped, visibly, when it is not there.
set -eu
cd "$(dirname "$0")/.."
archive=${PLUME_FIXTURES_ARCHIVE:-../shared/fixtures/plume-conformance-dev.tar.xz}
folder=build/fixtures/plume-conformance-dev

[ ! -e "$folder/.complete" ] || exit 0
if [ ! -e "$archive" ]; then
    echo "fixtures: $archive is not there; the tests on public vectors will be skipped" >&2
    exit 0
fi
echo "fixtures: unpacking $archive" >&2
mkdir -p build/fixtures
tar -xJf "$archive" -C build/fixtures
touch "$folder/.complete"
