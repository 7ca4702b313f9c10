#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the RPM packages of the last commit into build/rpm: radhost and radhost-devel.
#
#   packaging/build-rpm.sh
#
# On Fedora and the relatives of RHEL with their own macros and build requirements (dnf builddep installs those). On Debian
# with macros that stand in for theirs, to try the spec: what it makes fits this machine's libraries. Two builds of one commit
# are the same, octet for octet. Needs git and rpmbuild; on Debian debugedit and elfutils, too.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh

[ $# -eq 0 ] || {
  echo "usage: packaging/build-rpm.sh" >&2
  exit 64
}
command -v rpmbuild >/dev/null || fail "rpmbuild is not here; install it first (rpm-build, on Debian rpm)."

# Where it is built is part of what is built in: the same folder each time.
readonly target=$PWD/build/rpm
readonly top=$target/work
version=$(sed -n 's/^Version: *//p' packaging/rpm/radhost.spec)
rm -rf "$target"
mkdir -p "$top/SOURCES"
cp packaging/systemd/radhost.sysusers "$top/SOURCES"
git archive --prefix="radhost-$version/" --output "$top/SOURCES/radhost-$version.tar.gz" HEAD

options=()
if ! command -v dnf >/dev/null; then
  # The names in BuildRequires are Fedora's; rpm looks for them in its own database, which is empty here.
  options=(--nodeps --load packaging/rpm/macros.debian)
fi
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
rpmbuild -ba --quiet "${options[@]}" --define "_topdir $top" packaging/rpm/radhost.spec
mv "$top"/RPMS/*/*.rpm "$top"/SRPMS/*.rpm "$target"
rm -rf "$top"
printf '%s\n' "$target"/*.rpm
