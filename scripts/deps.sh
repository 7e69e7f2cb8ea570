#!/bin/sh
# deps.sh WORD...: installs the packages that scripts/packages.txt lists for each word and that are missing here.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build

# A package counts as there when dpkg has it, or when the program it stands for was installed another way.
have() {
    case $1 in
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    *) dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed ;;
    esac
}

missing=
for word; do
    for package in $(awk -v word="$word" '$1 == word { print $2 }' scripts/packages.txt); do
        have "$package" || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

run=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "deps: as root, run: apt-get install$missing" >&2
        exit 1
    }
    run=sudo
fi

echo "deps: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
{
    $run apt-get update -qq &&
        $run apt-get install -y -qq --no-install-recommends $missing
} >build/deps.log 2>&1 || {
    cat build/deps.log >&2
    exit 1
}
