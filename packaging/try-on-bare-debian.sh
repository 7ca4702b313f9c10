#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tries the README's commands where nothing is installed: in a minimal Debian root, made for it and removed afterwards.
#
#   sudo packaging/try-on-bare-debian.sh [--tests] [bookworm | trixie]
#
# --tests: tests/run.sh too. What is tried is the last commit. Needs mmdebstrap, git, and a machine that gets its own
# packages from a Debian mirror: the root uses the same one (or $DEBIAN_MIRROR).
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

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

# debian_mirror: where this machine gets Debian's own packages from.
debian_mirror() {
  # shellcheck disable=SC2016 # the $(WORDS) are apt's
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | head -n 1
}

[ "$(id -u)" -eq 0 ] || fail "Run this as root: it makes a root file system and changes into it."
for program in mmdebstrap git unshare; do
  command -v "$program" >/dev/null || fail "$program is not here; install it first."
done
mirror=${DEBIAN_MIRROR:-$(debian_mirror)}
[ -n "$mirror" ] || fail "This machine's apt names no Debian mirror; give one as DEBIAN_MIRROR."
[ -z "$(git status --porcelain)" ] || echo "Note: what is not committed is not tried."

folder=$(mktemp -d "${TMPDIR:-/tmp}/bare-debian.XXXXXX")
readonly folder root=$folder/root checkout=/home/checkout

# The mounts below live in a mount namespace of their own and are gone with its last process.
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

make_root() {
  mmdebstrap --quiet --variant=minbase "$suite" "$root" "$mirror"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  mkdir -p "$root$checkout"
  git archive HEAD | tar -x -C "$root$checkout"
}

# inside COMMAND...: in the root's checkout, with nothing of this machine's environment.
inside() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare --mount --pid --fork --kill-child bash -euc '
    root=$1 checkout=$2
    shift 2
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t sysfs -o ro sys "$root/sys"
    exec chroot "$root" env -i HOME=/root TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 CI="${CI:-}" \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      ${CMAKE_BUILD_PARALLEL_LEVEL:+CMAKE_BUILD_PARALLEL_LEVEL="$CMAKE_BUILD_PARALLEL_LEVEL"} \
      ${CTEST_PARALLEL_LEVEL:+CTEST_PARALLEL_LEVEL="$CTEST_PARALLEL_LEVEL"} \
      sh -c "cd \"\$0\" && exec \"\$@\"" "$checkout" "$@"
  ' bash "$root" "$checkout" "$@" </dev/null
}

timed "a bare $suite root" make_root
timed "packaging/quickstart.sh --check" inside packaging/quickstart.sh --check
timed "packaging/quickstart.sh --check, again" inside packaging/quickstart.sh --check
if [ "$tests" = yes ]; then
  timed "tests/run.sh" inside tests/run.sh
fi

printf '\n=== on a bare %s\n' "$suite"
printf '%s\n' "${times[@]}"
