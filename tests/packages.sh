#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the packages and tries them where they are to be installed: in minimal roots of Debian that are made for it, booted,
# and removed afterwards. Longer than tests/run.sh, which does a short form.
#
#   sudo tests/packages.sh [bookworm] [trixie] [rpm] [bare]    all of them unless some are named
#
# What is tried is the last commit.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/bare_debian.sh
. packaging/bare_debian.sh

wanted=("${@:-bookworm trixie rpm bare}")
read -r -a wanted <<<"${wanted[*]}"

# What a root needs to boot, and to build a module.
readonly root_packages=systemd,systemd-sysv,dbus,kmod,procps,man-db,logrotate,cmake,g++,make,pkgconf

folder=$(mktemp -d "${TMPDIR:-/tmp}/packages.XXXXXX")
readonly folder
trap 'rm -rf --one-file-system "$folder"; hand_back_build' EXIT
trap 'exit 130' INT TERM HUP

# next_version FOLDER TARGET: the same packages with a higher version.
next_version() {
  local package tree=$folder/repacked
  mkdir -p "$2"
  for package in "$1"/radhost_*.deb "$1"/radhost-dev_*.deb; do
    rm -rf "$tree"
    dpkg-deb --raw-extract "$package" "$tree"
    sed -i 's/^\(Version: .*\)$/\1.1/; s/(= \([^)]*\))/(= \1.1)/' "$tree/DEBIAN/control"
    dpkg-deb --build --root-owner-group "$tree" "$2/$(basename "${package/_amd64/.1_amd64}")" >/dev/null
  done
}

# boot ROOT COMMAND...: boots the root, runs the command in it, and shuts it down; the command's exit status.
boot() {
  local root=$1
  shift
  cat >"$root/etc/systemd/system/trial.service" <<UNIT
[Unit]
After=multi-user.target
SuccessAction=exit-force
FailureAction=exit-force
SuccessActionExitStatus=0
FailureActionExitStatus=1
[Service]
Type=oneshot
ExecStart=$*
StandardOutput=truncate:/root/trial.log
StandardError=inherit
TimeoutStartSec=900
UNIT
  mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
  ln -sf ../trial.service "$root/etc/systemd/system/multi-user.target.wants/trial.service"
  local status=0
  timeout 1200 systemd-nspawn --quiet --boot --directory "$root" --register=no --keep-unit --private-network \
    --console=pipe </dev/null >"$folder/boot.log" 2>&1 || status=$?
  cat "$root/root/trial.log" || tail -n 50 "$folder/boot.log"
  return "$status"
}

# same_twice FOLDER COMMAND...: the packages that a command makes in a folder are the same, octet for octet, when they are made
# again.
same_twice() {
  local made=$1
  shift
  "$@" >"$folder/build.log" 2>&1 || fail "$(tail -n 30 "$folder/build.log")"
  find "$made" \( -name '*.deb' -o -name '*.rpm' \) -exec sha256sum {} + >"$folder/first"
  cat "$folder/first"
  "$@" >"$folder/build.log" 2>&1 || fail "$(tail -n 30 "$folder/build.log")"
  sha256sum --check --quiet "$folder/first" || fail "two builds are not the same: $made"
}

# try_deb RELEASE
try_deb() {
  local root=$folder/$1
  printf '\n=== %s\n' "$1"
  same_twice "build/deb/$1" packaging/build-deb.sh "$1"
  lintian --fail-on error "build/deb/$1"/*.changes
  make_root "$1" "$root" "$root_packages"
  rm "$root/usr/sbin/policy-rc.d"
  mkdir -p "$root/packages/build/deb/$1"
  cp "build/deb/$1"/radhost{,-dev}_*.deb "$root/packages/build/deb/$1"
  next_version "build/deb/$1" "$root/packages/upgrade"
  copy_commit "$root" /packages/commit
  mv "$root/packages/commit"/{docs,sdk,tests/packages/*.sh} "$root/packages"
  rm -rf "$root/packages/commit"
  sed -i "s/bookworm/$1/" "$root/packages/docs/install.md"
  # Booted, it has no network: what apt needs is there.
  echo 'APT::Get::Assume-Yes "true";' >"$root/etc/apt/apt.conf.d/trial"
  inside "$root" / sh -euc 'apt-get -qq update; apt-get -qq --download-only install /packages/build/deb/*/*.deb' \
    >"$folder/apt.log" 2>&1 || fail "$(tail -n 30 "$folder/apt.log")"
  boot "$root" /bin/bash /packages/installed.sh /packages
}

# try_rpm: on this machine, whose libraries the root has too.
try_rpm() {
  local root=$folder/rpm
  printf '\n=== rpm\n'
  same_twice build/rpm packaging/build-rpm.sh
  rpmlint --config packaging/rpm/rpmlint.toml build/rpm/*.rpm
  make_root bookworm "$root" rpm,cmake,g++,make,procps
  mkdir "$root/packages"
  cp build/rpm/radhost-[0-9]*.x86_64.rpm build/rpm/radhost-devel-*.noarch.rpm "$root/packages"
  # The libraries that Debian's own package of it asks for.
  inside "$root" / sh -euc 'apt-get -qq update; apt-get -qq -y --no-install-recommends install \
    libmicrohttpd12 libprometheus-cpp-core1.0 libspdlog1.10-fmt9 libtomlplusplus3 libuv1' >"$folder/apt.log" 2>&1 ||
    fail "$(tail -n 30 "$folder/apt.log")"
  cp tests/packages/rpm.sh "$root/root/rpm.sh"
  # In a network of its own: what is installed listens at all addresses.
  systemd-nspawn --quiet --directory "$root" --register=no --keep-unit --private-network --pipe \
    /bin/bash /root/rpm.sh /packages </dev/null
}

[ "$(package_manager)" = apt ] || fail "Packages are tried on Debian."
install_packages "$build_packages" "$packing_packages" "$package_test_packages"
prepare_build
need mmdebstrap git unshare systemd-nspawn dpkg-deb
for each in "${wanted[@]}"; do
  case $each in
  bookworm | trixie) try_deb "$each" ;;
  rpm) try_rpm ;;
  bare) packaging/try-on-bare-debian.sh --tests bookworm ;;
  *) fail "$each is not known" ;;
  esac
done
