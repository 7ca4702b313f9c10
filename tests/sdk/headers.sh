#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles each header of the SDK by itself: as C11 and C17, and as C++17, C++20 and C++23, without a warning, with each
# compiler that is installed (gcc must be). For tools that read neither assertions nor attributes, both can be left out.
set -euo pipefail
include=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only "-I$include")
compiled=0

compile() { # COMPILER STANDARD HEADER SUFFIX
  local source="$work/one.$4"
  # Twice, for the include guard; a use of the headers' largest type, for what a parse alone does not see.
  printf '#include <%s>\n#include <%s>\n' "$3" "$3" >"$source"
  "$1" "-std=$2" "${flags[@]}" "$source" || { echo "$1 -std=$2: <$3> does not compile" >&2; exit 1; }
  compiled=$((compiled + 1))
}

command -v gcc >/dev/null
cd "$include"
for header in radius/*.h radius/ext/*.h; do
  for pair in gcc:g++ clang:clang++; do
    command -v "${pair%:*}" >/dev/null || continue
    for standard in c11 c17; do compile "${pair%:*}" "$standard" "$header" c; done
    for standard in c++17 c++20 c++2b; do compile "${pair#*:}" "$standard" "$header" cpp; done
  done
done
bare=(-std=c11 "-I$include" '-DRADIUS_STATIC_ASSERT(condition,message)=' -DRADIUS_EXPORT=)
printf '#include <%s>\n' radius/*.h radius/ext/*.h >"$work/all.c"
gcc "${bare[@]}" -fsyntax-only "$work/all.c"
gcc "${bare[@]}" -E "$work/all.c" >"$work/bare.i"
gcc -std=c11 "-I$include" -E "$work/all.c" >"$work/whole.i"
for word in _Static_assert visibility; do
  grep -q "$word" "$work/whole.i"
  ! grep "$word" "$work/bare.i" || { echo "$word cannot be left out" >&2; exit 1; }
done
for compiler in g++ clang++; do
  command -v "$compiler" >/dev/null || continue
  # Each of the veneer's headers includes what it needs; plugin.hpp includes them all.
  for header in radius/cpp/*.hpp; do compile "$compiler" c++17 "$header" cpp; done
  for standard in c++17 c++20 c++2b; do compile "$compiler" "$standard" radius/plugin.hpp cpp; done
done
echo "$compiled compilations"
[ "$compiled" -ge 100 ]
