#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The veneer keeps no library loaded, even where the author's compiler was given no flags for that: it leaves no
# GNU_UNIQUE symbol and no thread-local variable, optimized or not, with each compiler that is installed (g++ must be).
#   unloadable.sh INCLUDE_DIRECTORY
set -euo pipefail
include=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v g++ >/dev/null
for compiler in g++ clang++; do
  command -v "$compiler" >/dev/null || continue
  for level in -O0 -O2; do
    "$compiler" -std=c++17 -fno-rtti "$level" -shared -fPIC "-I$include" "$here/every_class.cpp" -o "$work/module.so"
    nm -C "$work/module.so" >"$work/symbols"
    grep -q ' T radius_plugin_v1$' "$work/symbols"
    if grep -E ' u ' "$work/symbols" || readelf -lW "$work/module.so" | grep -w TLS; then
      echo "$compiler $level: the veneer keeps the library loaded" >&2
      exit 1
    fi
  done
done
# What the check looks for is found where it is.
printf 'inline int &counted() { static int number; return number; }\nint one() { return ++counted(); }\n' >"$work/unique.cpp"
g++ -std=c++17 -shared -fPIC "$work/unique.cpp" -o "$work/unique.so"
nm -C "$work/unique.so" | grep -q ' u '
