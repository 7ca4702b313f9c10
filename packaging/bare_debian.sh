# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A minimal Debian root, and commands in it. Sourced. Needs root, mmdebstrap, and a machine that gets its own packages from
# a Debian mirror: the root uses the same one (or $DEBIAN_MIRROR).

# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh

# debian_mirror: where this machine gets Debian's own packages from.
debian_mirror() {
  [ -z "${DEBIAN_MIRROR:-}" ] || {
    echo "$DEBIAN_MIRROR"
    return
  }
  # shellcheck disable=SC2016 # the $(WORDS) are apt's
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | head -n 1
}

# need PROGRAM...: of this machine, as root.
need() {
  local program
  [ "$(id -u)" -eq 0 ] || fail "Run this as root: it makes a root file system and changes into it."
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "$program is not here; install it first."
  done
}

# make_root SUITE FOLDER [PACKAGE,...]: in which services are not started by installing them.
make_root() {
  local mirror
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || fail "This machine's apt names no Debian mirror; give one as DEBIAN_MIRROR."
  mmdebstrap --quiet --variant=minbase ${3:+--include="$3"} "$1" "$2" "$mirror"
  cp /etc/resolv.conf "$2/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d"
  chmod +x "$2/usr/sbin/policy-rc.d"
}

# copy_commit ROOT FOLDER: what is committed, into a folder of the root.
copy_commit() {
  mkdir -p "$1$2"
  git archive HEAD | tar -x -C "$1$2"
}

# inside ROOT FOLDER COMMAND...: in that folder of the root, with nothing of this machine's environment. The mounts live in
# a mount namespace of their own and are gone with its last process.
inside() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare --mount --pid --fork --kill-child bash -euc '
    root=$1 folder=$2
    shift 2
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t sysfs -o ro sys "$root/sys"
    exec chroot "$root" env -i HOME=/root TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 CI="${CI:-}" \
      DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      ${CMAKE_BUILD_PARALLEL_LEVEL:+CMAKE_BUILD_PARALLEL_LEVEL="$CMAKE_BUILD_PARALLEL_LEVEL"} \
      ${CTEST_PARALLEL_LEVEL:+CTEST_PARALLEL_LEVEL="$CTEST_PARALLEL_LEVEL"} \
      sh -c "cd \"\$0\" && exec \"\$@\"" "$folder" "$@"
  ' bash "$@" </dev/null
}
