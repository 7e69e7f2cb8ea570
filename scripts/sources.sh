#!/bin/sh
# sources.sh: every C++ file that is written by hand, one a line.
cd "$(dirname "$0")/.." && find src tests -name node_modules -prune -o \( -name '*.hpp' -o -name '*.cpp' \) -print | sort
