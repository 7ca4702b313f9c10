#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The RPM packages in a Debian root that is thrown away: installed with rpm's own check of dependencies and with their
# scripts, served from, and erased. Run as root in that root.
#
#   rpm.sh FOLDER    in which the packages lie
set -euo pipefail
cd "$1"

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR

step() { printf '  %s\n' "$*"; }

step "a package that stands for what Debian's packages have installed here"
find /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu \( -name 'lib*.so.*' -o -name 'ld-linux*.so.*' \) | /usr/lib/rpm/rpmdeps --provides | sort -u >provides
{
  printf '%s\n' 'Name: debian-root' 'Version: 12' 'Release: 1' 'Summary: what Debian has installed' 'License: none' \
    'BuildArch: x86_64' 'Provides: /bin/sh' 'Provides: rtld(GNU_HASH)' 'Provides: systemd' 'Provides: shadow-utils' 'Provides: logrotate' \
    'Provides: pkgconfig' 'Provides: cmake-filesystem' 'Provides: /usr/bin/pkg-config'
  sed 's/^/Provides: /' provides
  printf '%%description\nIt is empty.\n%%files\n'
} >debian-root.spec
rpmbuild -bb --quiet --define "_topdir $PWD/work" debian-root.spec
rpm --install --force-debian work/RPMS/x86_64/debian-root-*.rpm

step "installed, with its dependencies checked and its scripts run"
rpm --install --force-debian radhost-[0-9]*.x86_64.rpm radhost-devel-*.noarch.rpm
getent passwd radhost >/dev/null
[ "$(stat -c '%U:%G %a' /etc/radhost /etc/radhost/radhost.toml)" = $'root:radhost 750\nroot:radhost 640' ]
rpm --verify radhost radhost-devel || fail "what is installed is not what was packed"

step "the program serves from there"
radhost --version
sed -i 's/^secret = ""/secret = "testing123"/' /etc/radhost/radhost.toml
install -d -o radhost -g radhost /run/radhost /var/lib/radhost /var/log/radhost
printf '\n[[user]]\nname = "alice"\npassword = "wonderland"\n' >>/etc/radhost/users.toml
radhost check -c /etc/radhost/radhost.toml
radhost serve -c /etc/radhost/radhost.toml >/dev/null 2>/var/log/radhost/server.log &
server=$!
for _ in {1..100}; do
  radhost status >/dev/null 2>&1 && break
  sleep 0.1
done
radhost send access User-Name=alice User-Password=wonderland --secret testing123 | grep -q Access-Accept

step "a module is built against the installed SDK, served from there, and swapped"
cd /root
radhost plugin new hello
cmake -S hello -B hello/build >/dev/null
cmake --build hello/build >/dev/null
ctest --test-dir hello/build >/dev/null
radhost plugin check hello/build/hello.so
install -m 644 hello/build/hello.so /usr/lib/radhost/plugins/hello.so
install -m 644 hello/build/hello.so /usr/lib/radhost/plugins/hello-2.so
printf '%s\n' '[plugin.hello]' 'module = "hello"' '[plugin.hello.config]' 'allow = ["bob"]' \
  '[[listener]]' 'name = "hello"' 'address = "127.0.0.1:11812"' 'accepts = ["access"]' 'handlers = ["hello"]' \
  >/etc/radhost/conf.d/hello.toml
radhost reload
ask_hello() { radhost send access User-Name=bob User-Password=x --to 127.0.0.1:11812 --secret testing123; }
ask_hello | grep -qxF 'Reply-Message = "Hello, bob"'
radhost swap hello.hello /usr/lib/radhost/plugins/hello-2.so
ask_hello | grep -qxF 'Reply-Message = "Hello, bob"'
kill -TERM "$server"
wait "$server"

step "erased; what was edited is kept aside"
rm /usr/lib/radhost/plugins/hello*.so /etc/radhost/conf.d/hello.toml
rpm --erase radhost radhost-devel
[ ! -e /usr/bin/radhost ]
[ -e /etc/radhost/radhost.toml.rpmsave ]
[ ! -e /usr/lib/radhost ]
[ ! -e /usr/include/radius ]
echo "all steps passed"
