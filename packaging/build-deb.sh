#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian packages of the last commit into build/deb/RELEASE: radhost, radhost-dev and their debug symbols.
#
#   sudo packaging/build-deb.sh [bookworm | trixie]    in a minimal root of that release, made for it and removed afterwards
#   packaging/build-deb.sh --here                      on this machine, with what is installed; into build/deb/here
#   packaging/build-deb.sh --built BUILD               of what a folder holds that cmake has built; into build/deb/built
#
# A release has its own packages because the libraries that they need have other names there. Two builds of one commit are
# the same, octet for octet. Needs git; for a release root and mmdebstrap, else dpkg-dev and debhelper. --built takes this folder
# as it is, and is no more than a quick look at what would be packed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/bare_debian.sh
. packaging/bare_debian.sh

release=bookworm built=
case "$#:${1-}" in
0:) ;;
1:bookworm | 1:trixie) release=$1 ;;
1:--here) release=here ;;
2:--built)
  release=built
  built=$(realpath "$2")
  ;;
*)
  echo "usage: packaging/build-deb.sh [bookworm | trixie | --here | --built BUILD]" >&2
  exit 64
  ;;
esac

readonly target=$PWD/build/deb/$release source=/build/radhost
# The same folder each time, so that a compiler's cache knows it again.
readonly folder=$target.work
rm -rf --one-file-system "$folder"
mkdir -p "$folder"
trap 'rm -rf --one-file-system "$folder"' EXIT
trap 'exit 130' INT TERM HUP

# prepare ROOT FOLDER: the commit, with debian/ where dpkg-buildpackage looks for it.
prepare() {
  copy_commit "$1" "$2"
  mv "$1$2/packaging/deb" "$1$2/debian"
}

# collect FOLDER: what dpkg-buildpackage left there.
collect() {
  rm -rf "$target"
  mkdir -p "$target"
  cp "$1"/*.deb "$1"/*.buildinfo "$1"/*.changes "$target"
  printf '%s\n' "$target"/*.deb
}

if [ "$release" = built ]; then
  mkdir "$folder/radhost"
  cp -r packaging LICENSE "$folder/radhost"
  mv "$folder/radhost/packaging/deb" "$folder/radhost/debian"
  # What only building needs need not be here.
  (cd "$folder/radhost" && RADHOST_BUILT=$built DEB_BUILD_OPTIONS=noautodbgsym \
    dpkg-buildpackage --build=binary --no-sign --no-check-builddeps)
  collect "$folder"
elif [ "$release" = here ]; then
  prepare "$folder" /radhost
  (cd "$folder/radhost" && dpkg-buildpackage --build=binary --no-sign)
  collect "$folder"
else
  need mmdebstrap git unshare
  make_root "$release" "$folder/root" dpkg-dev,debhelper
  prepare "$folder/root" "$source"
  inside "$folder/root" "$source" sh -euc '
    apt-get -qq update
    apt-get -qq -y --no-install-recommends build-dep . >/dev/null
    dpkg-buildpackage --build=binary --no-sign'
  collect "$folder/root${source%/*}"
fi
