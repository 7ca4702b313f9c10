#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the fuzz targets of build/fuzz, as many at once as there are cores.
#
#   tests/fuzz/run.sh SECONDS [TARGET...]
#
# Each runs for SECONDS. What it finds new stays in build/fuzz/tests/fuzz/corpus/TARGET.found for the next run; an input
# that makes it fail is left in build/fuzz/tests/fuzz, and the exit status is 1. Build them with
# `cmake --preset fuzz && cmake --build --preset fuzz`.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ $# -gt 0 ] || {
  echo "usage: tests/fuzz/run.sh SECONDS [TARGET...]" >&2
  exit 64
}
readonly seconds=$1 folder=build/fuzz/tests/fuzz
shift
targets=("$@")
if [ $# -eq 0 ]; then
  for program in "$folder"/*_fuzz; do
    name=${program##*/}
    targets+=("${name%_fuzz}")
  done
fi

# one TARGET: its log ends with what libFuzzer says of the run.
one() {
  local target=$1 log=$folder/$1.log
  mkdir -p "$folder/corpus/$target.found"
  if (cd "$folder" && "./${target}_fuzz" -max_total_time="$seconds" -timeout=10 -max_len=8192 -rss_limit_mb=2048 \
    -artifact_prefix="$target-" -print_final_stats=1 "corpus/$target.found" "corpus/$target") >"$log" 2>&1; then
    printf '%-12s %s\n' "$target" "$(grep '^Done' "$log")"
  else
    printf '%-12s FAILED\n' "$target"
    tail -n 60 "$log"
    return 1
  fi
}
export -f one
export folder seconds

printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I '{}' bash -c 'one {}'
