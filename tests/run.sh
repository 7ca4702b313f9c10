#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need, builds, and runs all tests: as released, and under AddressSanitizer and
# UndefinedBehaviorSanitizer; holds what a request costs in instructions against the figures kept; then runs each fuzz
# target for a short while. A summary of the steps ends it; the exit status is 0 only if every step passed.
#
#   tests/run.sh [--all]
#
# --all: ThreadSanitizer, valgrind, clang, longer fuzzing, mutations and benchmarks too.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh

all=no
fuzz_seconds=20 # each target
case "$#:${1-}" in
0:) ;;
1:--all)
  all=yes
  fuzz_seconds=90
  ;;
*)
  echo "usage: tests/run.sh [--all]" >&2
  exit 64
  ;;
esac

# The first report ends a run, and nothing is suppressed.
export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1:strict_init_order=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

summary=()
failed=no

# step NAME COMMAND...: runs it, and remembers how it went and for how long.
step() {
  local name=$1 begin=$SECONDS outcome=passed
  shift
  printf '\n=== %s\n' "$name"
  "$@" || outcome=FAILED
  summary+=("$(printf '%-32s %s %5d s' "$name" "$outcome" $((SECONDS - begin)))")
  [ "$outcome" = passed ] || failed=yes
  [ "$outcome" = passed ]
}

# The packages of FreeRADIUS, radsecproxy and Prometheus would start servers, now and at every boot. policy-rc.d is how a
# Debian system says that no package may start anything.
readonly packaged_services=(freeradius radsecproxy prometheus)
readonly policy=/usr/sbin/policy-rc.d
our_policy=no

forbid_services() {
  [ ! -e "$policy" ] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  our_policy=yes
}

allow_services() {
  [ "$our_policy" = yes ] || return 0
  rm -f "$policy"
  our_policy=no
}

install_test_packages() {
  local manager service lists=("$build_packages" "$test_packages" "$packing_packages") not_enabled=()
  [ "$all" = no ] || lists+=("$all_test_packages")
  manager=$(package_manager)
  for service in "${packaged_services[@]}"; do
    systemctl --quiet is-enabled "$service" 2>/dev/null || not_enabled+=("$service")
    if [ "$manager" = apt ] && ! is_installed apt "$service" && [ "$(id -u)" -eq 0 ]; then forbid_services; fi
  done
  install_packages "${lists[@]}"
  allow_services
  [ -d /run/systemd/system ] || return 0
  for service in "${not_enabled[@]}"; do
    # Where the system has no such unit, there is nothing to disable.
    systemctl --quiet disable "$service" 2>/dev/null || true
  done
}

# What the programs of a build are started under.
launcher=()

build() { cmake --preset "$1" >"build/configure-$1.log" && "${launcher[@]}" cmake --build --preset "$1"; }

# Tests may run beside each other.
run_tests() {
  "${launcher[@]}" ctest --test-dir "build/$1" -j "$(nproc)" --output-on-failure --no-tests=error --timeout 300
}

# suite PRESET: builds it and runs all its tests.
suite() { step "build $1" build "$1" && step "test $1" run_tests "$1"; }

# The sanitizers' older runtimes find no room for their shadow where addresses are randomised in more than 28 bits.
without_random_addresses() {
  local fixed=(setarch "$(uname -m)" --addr-no-randomize)
  if [ "$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)" -gt 28 ] && "${fixed[@]}" true 2>/dev/null; then
    launcher=("${fixed[@]}")
  fi
  "$@"
  launcher=()
}

# executables FOLDER NAME: the programs in it whose names match, one a line.
executables() { find "$1" -type f -executable -name "$2" ! -path '*/CMakeFiles/*' 2>/dev/null | sort; }

# Valgrind sees reads of what was never written, which no sanitizer here looks for. The programs of unit tests are all
# named something_test or something_tests.
unit_tests_under_valgrind() {
  local programs program
  mapfile -t programs < <(executables build/release '*_test*')
  [ "${#programs[@]}" -gt 0 ] || {
    echo "there is no unit test in build/release" >&2
    return 1
  }
  for program in "${programs[@]}"; do
    echo "$program"
    valgrind --quiet --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=definite,indirect "$program" ||
      return 1
  done
}

# A mistake in a decoder shows soon or late: some seconds in every run, longer with --all.
fuzz() { "${launcher[@]}" tests/fuzz/run.sh "$fuzz_seconds"; }

# The figures are multiples of yardsticks from the same run. None of them fails a test: this machine may be busy.
benchmarks() {
  cmake --build --preset release --target codec_bench &&
    build/release/tests/bench/codec_bench --benchmark_format=json --benchmark_min_time=0.05 \
      --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true | tests/bench/table.py
}

# What a request costs may not creep up unnoticed, and nothing may be allocated for it. Instructions are counted, so the
# machine may be busy.
instructions() { "$PWD/tests/bench/instructions"; }

# Rules that are taken out of a copy of the code, other ones every week: the tests must notice.
mutations() { "$PWD/tests/conformance/mutate.py" --seed "$(date +%G%V)"; }

finish() {
  allow_services
  hand_back_build
  [ "${#summary[@]}" -gt 0 ] || return 0
  printf '\n=== summary\n'
  printf '%s\n' "${summary[@]}"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

step "install what the tests need" install_test_packages || exit 1
prepare_build

if suite release; then step "instructions a request" instructions || true; fi
without_random_addresses suite asan || true
if step "build fuzz" build fuzz; then without_random_addresses step "fuzz" fuzz || true; fi
if [ "$all" = yes ]; then
  without_random_addresses suite tsan || true
  step "unit tests under valgrind" unit_tests_under_valgrind || true
  step "mutations" mutations || true
  step "build clang" build clang || true
  step "benchmarks" benchmarks || true
fi

[ "$failed" = no ]
