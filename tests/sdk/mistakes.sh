#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the veneer's types must refuse does not compile; what is right beside it does.
#   mistakes.sh INCLUDE_DIRECTORY COMPILER
set -euo pipefail
include=$(realpath "$1")
compiler=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Compiled once, for all.
echo '#include <radius/plugin.hpp>' >"$work/all.hpp"
"$compiler" -std=c++17 "-I$include" -x c++-header "$work/all.hpp" -o "$work/all.hpp.gch"

compiles() { # STATEMENT
  cat >"$work/one.cpp" <<EOF
void one(radius::Request& request, radius::Attr<uint32_t> number, radius::Attr<std::string_view> text,
         radius::Attr<radius::Ipv4> address, radius::Attr<radius::Tlv> tlv, radius::Instance& instance,
         radius::Pending pending, radius::OwnList own, bool yes) {
  static_cast<void>(request), static_cast<void>(number), static_cast<void>(text), static_cast<void>(address);
  static_cast<void>(tlv), static_cast<void>(instance), static_cast<void>(yes);
  $1
}
EOF
  "$compiler" -std=c++17 "-I$include" -include "$work/all.hpp" -fsyntax-only "$work/one.cpp" 2>"$work/errors"
}

right() {
  compiles "$1" || { echo "this must compile: $1" >&2; cat "$work/errors" >&2; exit 1; }
}
wrong() {
  ! compiles "$1" || { echo "this must not compile: $1" >&2; exit 1; }
}

right 'request.reply().add(number, 5); request.reply().add(text, "words"); request.reply().add(address, radius::Ipv4{});'
wrong 'request.reply().add(number, "words");'
wrong 'request.reply().add(number, yes);'
wrong 'request.reply().add(number, radius::Ipv4{});'
wrong 'request.reply().add(text, 5);'
wrong 'request.reply().add(address, "192.0.2.1");'
wrong 'request.reply().add(tlv, 5);'

right 'uint32_t value = *request.get(number); static_cast<void>(value);'
wrong 'std::string_view value = *request.get(number); static_cast<void>(value);'
wrong 'request.get<uint64_t>(number);'
wrong 'request.get(number.handle());'
wrong 'request.get<bool>(number.handle());'
wrong 'request.get(tlv);'

right 'request.reply().add("Reply-Message", "hello");'
wrong 'request.request().add("Reply-Message", "hello");'

right 'radius::Pending moved(std::move(pending)); moved.accept();'
wrong 'radius::Pending copied(pending); copied.accept();'
wrong 'radius::List copied(own); radius::OwnList other(own);'
