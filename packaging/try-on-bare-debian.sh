#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tries the README's commands where nothing is installed: in a minimal Debian root, made for it and removed afterwards.
#
#   sudo packaging/try-on-bare-debian.sh [--tests] [bookworm | trixie]
#
# --tests: tests/run.sh too. What is tried is the last commit. Needs mmdebstrap and git.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/bare_debian.sh
. packaging/bare_debian.sh

suite=bookworm
tests=no
for argument in "$@"; do
  case $argument in
  --tests) tests=yes ;;
  bookworm | trixie) suite=$argument ;;
  *)
    echo "usage: packaging/try-on-bare-debian.sh [--tests] [bookworm | trixie]" >&2
    exit 64
    ;;
  esac
done

need mmdebstrap git unshare
[ -z "$(git status --porcelain)" ] || echo "Note: what is not committed is not tried."

folder=$(mktemp -d "${TMPDIR:-/tmp}/bare-debian.XXXXXX")
readonly folder root=$folder/root checkout=/home/checkout
trap 'rm -rf --one-file-system "$folder"' EXIT
trap 'exit 130' INT TERM HUP

times=()

# timed NAME COMMAND...
timed() {
  local name=$1 begin=$SECONDS
  shift
  "$@" || fail "" "FAILED after $((SECONDS - begin)) s: $name"
  times+=("$(printf '%5d s  %s' $((SECONDS - begin)) "$name")")
}

timed "a bare $suite root" make_root "$suite" "$root"
copy_commit "$root" "$checkout"
timed "packaging/quickstart.sh --check" inside "$root" "$checkout" packaging/quickstart.sh --check
timed "packaging/quickstart.sh --check, again" inside "$root" "$checkout" packaging/quickstart.sh --check
if [ "$tests" = yes ]; then
  timed "tests/run.sh" inside "$root" "$checkout" tests/run.sh
fi

printf '\n=== on a bare %s\n' "$suite"
printf '%s\n' "${times[@]}"
