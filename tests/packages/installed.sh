#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What must hold where radhost is installed from its packages, in a Debian that has booted with systemd. Run as root in a
# machine that is thrown away: it installs, starts, kills, upgrades and purges the service, and runs the commands of all pages
# that are for operators and authors, as they stand there.
#
#   installed.sh FOLDER    in which lie build/deb/RELEASE, the packages; upgrade/, their next version; docs/ and sdk/
#
# Every step is printed; the first one that fails ends it with exit status 1.
set -Eeuo pipefail
cd "$1"

readonly packages=$1 secret=between-test-and-server config=/etc/radhost/radhost.toml
export RADHOST_SECRET=$secret
ran=0
# shellcheck source=tests/packages/pages.sh
. "$1/pages.sh" "$1"

# step WHAT: what the commands that follow show.
step() {
  ran=$((ran + 1))
  printf '%3d  %s\n' "$ran" "$*"
}

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  systemctl --no-pager --full status radhost.service >&2 || true
  journalctl --no-pager --unit radhost.service --lines 60 >&2 || true
  exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR

# within SECONDS COMMAND...: until it succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "not in time: $*"
    sleep 0.1
  done
}

# refused COMMAND...: it must fail. (`! COMMAND` would not end this script.)
refused() {
  if "$@" >/dev/null 2>&1; then fail "this must not succeed: $*"; fi
}

main_pid() { systemctl show --property MainPID --value radhost.service; }
is_active() { systemctl --quiet is-active radhost.service; }
is_another_process() { [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ] && is_active; }
ask() { radhost send access User-Name=alice "User-Password=$1" --timeout-ms 2000; }
# says LINE COMMAND...: the command says it, in a line of its own.
says() {
  local line=$1
  shift
  "$@" >/root/said 2>&1 || fail "$*: $(cat /root/said)"
  grep -qxF -- "$line" /root/said || fail "$*: $(cat /root/said)"
}
answers() { ask wonderland | grep -qxF "$1"; }
hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }

step "it is installed as its page says, disabled and not started"
run_block docs/install.md 2 >/root/said 2>&1 || fail "$(cat /root/said)"
refused systemctl --quiet is-enabled radhost.service
refused is_active
getent passwd radhost >/dev/null
[ "$(stat -c '%U:%G %a' /etc/radhost $config /etc/radhost/users.toml)" = $'root:radhost 750\nroot:radhost 640\nroot:radhost 640' ]
[ "$(stat -c '%U:%G %a' /var/lib/radhost /var/log/radhost)" = $'radhost:radhost 750\nradhost:radhost 750' ]
radhost --version | grep -q '^radhost [0-9]'

step "no file that ships holds a secret: the check names the one that must be set, and nothing else"
status=0
radhost check -c $config >/root/mistakes 2>&1 || status=$?
[ "$status" = 1 ]
[ "$(grep -cE '^[^ ]+:[0-9]+:[0-9]+: ' /root/mistakes)" = 1 ] || fail "$(cat /root/mistakes)"
grep -q 'a secret must not be empty' /root/mistakes

step "the first server, as its page makes it"
run_block docs/first-server.md 1
block docs/first-server.md toml 1 >>/etc/radhost/users.toml
run_block docs/first-server.md 2
run_block docs/first-server.md 3 >/root/said
grep -q 'Packet-Type = Access-Accept' /root/said
grep -q 'Packet-Type = Accounting-Response' /root/said
grep -q '"first"' /var/log/radhost/accounting.jsonl
block docs/first-server.md toml 2 >/etc/radhost/conf.d/office.toml
run_block docs/first-server.md 4
radhost config -c $config | grep -q 'name = "office-wifi"'
sed -i "s/^secret = .*/secret = \"$secret\"/" $config

step "the unit is verified, and exposes little"
systemd-analyze verify radhost.service
systemd-analyze security --offline=true --threshold=20 radhost.service | tail -n 1

step "it starts, and is ready when systemd says so"
systemctl restart radhost.service
is_active
answers 'Reply-Message = "Hello, alice"'
refused ask looking-glass
radhost send accounting User-Name=alice Acct-Status-Type=Start Acct-Session-Id=one >/dev/null
grep -q '"one"' /var/log/radhost/accounting.jsonl
radhost status | grep -q auth

step "an author comes from nothing to an answer, as the SDK's pages say"
systemctl stop radhost.service
mkdir -p /home/you/c
cd /home/you
run_block sdk/README.md 1 >/dev/null
cd hello
(pages=/home/you run_each hello/README.md 1)
block sdk/README.md cpp 1 >hello.cpp
says ACCEPT run_block sdk/README.md 2
says 'Reply-Message = "hello, bob"' run_block sdk/README.md 3
pkill -f 'radhost run'
block sdk/README.md toml 1 >hello.toml
says 'Reply-Message = "welcome, bob"' run_block sdk/README.md 4
run_block sdk/docs/replacing.md 1
pkill -f 'serve -c hello.toml'
cd ../c
block sdk/README.md c 1 >hello.c
run_block sdk/README.md 5
cd ../hello/build
run_each sdk/docs/testing.md 1
# shellcheck disable=SC2046 # words
c++ -std=c++17 -shared -fPIC -fsanitize=address $(pkg-config --cflags radhost-sdk) ../hello.cpp -o hello.so
run_each sdk/docs/testing.md 2

step "a module is made and built, and put where the service finds it"
cd /root
rm -rf hello
radhost plugin new hello
cmake -S hello -B hello/build >/dev/null
cmake --build hello/build >/dev/null
radhost plugin check hello/build/hello.so
install -m 644 hello/build/hello.so /usr/lib/radhost/plugins/hello.so
cat >/etc/radhost/conf.d/hello.toml <<'HELLO'
[plugin.hello]
module = "hello"
[plugin.hello.config]
allow = ["bob"]
greeting = "welcome"

[[listener]]
name = "hello"
address = "127.0.0.1:11812"
accepts = ["access"]
handlers = ["hello"]
HELLO

step "systemctl reload goes over to it, in the same process"
mv /etc/radhost/conf.d/hello.toml /root
systemctl start radhost.service
mv /root/hello.toml /etc/radhost/conf.d
before=$(main_pid)
systemctl reload radhost.service
[ "$(main_pid)" = "$before" ]
radhost send access User-Name=bob User-Password=x --to 127.0.0.1:11812 | grep -q welcome

step "the commands of the other pages"
cd /etc/radhost
run_each docs/configuration.md 1
run_each docs/operating.md 1
run_each docs/operating.md 2
run_each docs/operating.md 3
run_each docs/operating.md 4
run_each docs/performance.md 1
is_active
cd /root

step "by hand: taken over, and ended, without systemd"
systemctl stop radhost.service
install -d -o radhost -g radhost /run/radhost
runuser -u radhost -- radhost serve -c $config 2>/root/first.log &
first=$!
within 10 radhost status
runuser -u radhost -- bash -c "$(block docs/operating.md sh 5)" 2>/root/second.log &
second=$!
ran_blocks+=("docs/operating.md 5")
wait "$first"
answers 'Reply-Message = "Hello, alice"'
run_block docs/operating.md 6
wait "$second"
systemctl start radhost.service

step "a reload that cannot be changes nothing, and systemctl says so"
cp $config /root/radhost.toml.good
echo 'nonsense = 1' >>/etc/radhost/conf.d/hello.toml
refused systemctl reload radhost.service
answers 'Reply-Message = "Hello, alice"'
sed -i '$d' /etc/radhost/conf.d/hello.toml

step "a module is swapped and rolled back by the installed command"
sed -i 's/greeting_ + ", "/greeting_ + "! "/' hello/*.cpp
cmake --build hello/build >/dev/null
refused radhost swap hello.hello /root/hello/build/hello.so # homes are not the service's to read
install -m 644 hello/build/hello.so /usr/lib/radhost/plugins/hello-2.so
radhost swap hello.hello /usr/lib/radhost/plugins/hello-2.so
radhost send access User-Name=bob User-Password=x --to 127.0.0.1:11812 | grep -q 'welcome! '
radhost rollback hello.hello
radhost send access User-Name=bob User-Password=x --to 127.0.0.1:11812 | grep -q 'welcome, '

step "killed, it is started again"
before=$(main_pid)
kill -KILL "$before"
within 10 is_another_process "$before"
within 10 answers 'Reply-Message = "Hello, alice"'

step "hung, it is ended by the watchdog, and started again"
mkdir -p /run/systemd/system/radhost.service.d
printf '[Service]\nWatchdogSec=2\n' >/run/systemd/system/radhost.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart radhost.service
sleep 5
before=$(main_pid)
[ "$(systemctl show --property NRestarts --value radhost.service)" = 0 ] # well, it is left alone
kill -STOP "$before"
within 15 is_another_process "$before"
within 10 answers 'Reply-Message = "Hello, alice"'
journalctl --unit radhost.service | grep -qi 'watchdog timeout'

step "a secret is given as a credential"
mkdir -p /run/systemd/system/radhost.service.d
install -m 600 /dev/stdin /etc/radhost/secrets/office <<<"$secret"
rm /etc/radhost/conf.d/office.toml # whose client has that file read by the service
block docs/security.md ini 1 >/run/systemd/system/radhost.service.d/credential.conf
sed -i "s|^secret = .*|$(block docs/security.md toml 1)|" $config
run_block docs/security.md 1
systemctl daemon-reload
systemctl restart radhost.service
answers 'Reply-Message = "Hello, alice"'

step "upgraded, the new program takes over, and has watchdog and credential; not one request is lost, and what was edited stays"
before=$(main_pid)
edited=$(hash_of $config)
radhost load access User-Name=alice User-Password=wonderland --rate 500 --duration-s 12 --retries 0 --expect ACCEPT --json \
  >/root/load.json &
load=$!
sleep 2
DEBIAN_FRONTEND=noninteractive apt-get -qq -y install "$packages"/upgrade/*.deb >/dev/null
within 20 is_another_process "$before"
wait "$load"
cat /root/load.json
grep -qE '"lost": ?0\b' /root/load.json
grep -qE '"wrong": ?0\b' /root/load.json
[ "$(hash_of $config)" = "$edited" ]
[ "/proc/$(main_pid)/exe" -ef /usr/bin/radhost ]
systemctl reload radhost.service
after=$(main_pid)
sleep 5 # the watchdog, which wants to hear of it every 2 s, does
[ "$(main_pid)" = "$after" ]
kill -KILL "$after"
within 10 is_another_process "$after"
within 10 answers 'Reply-Message = "Hello, alice"'
rm -r /run/systemd/system/radhost.service.d
cp /root/radhost.toml.good $config
systemctl daemon-reload
systemctl restart radhost.service

step "log files are rotated"
size=$(stat -c %s /var/log/radhost/accounting.jsonl)
[ "$size" -gt 0 ]
logrotate --force /etc/logrotate.d/radhost
radhost send accounting User-Name=alice Acct-Status-Type=Stop Acct-Session-Id=two >/dev/null
within 5 grep -q '"two"' /var/log/radhost/accounting.jsonl
refused grep -q '"one"' /var/log/radhost/accounting.jsonl

step "manual pages and completions are found"
man --where radhost >/dev/null
man --where radhost-reload >/dev/null
man --where 5 radhost.toml >/dev/null
man --where 3 radius_plugin_v1 >/dev/null

step "purged, nothing is left but the user"
rm -f /usr/lib/radhost/plugins/hello*.so /etc/radhost/conf.d/hello.toml /etc/radhost/secrets/office
rmdir /etc/radhost/secrets
run_block docs/install.md 3 >/dev/null 2>&1
getent passwd radhost >/dev/null
find / -xdev \( -path /root -o -path /packages -o -path /proc -o -path /sys -o -path /run/systemd -o -path /var/cache/man \) \
  -prune -o -name '*radhost*' -print >/root/left
[ ! -s /root/left ] || fail "left: $(cat /root/left)"

step "no command of the pages has been left out"
cd "$pages"
ran_blocks+=("docs/install.md 1") # which has made the packages
not_run docs/*.md sdk/*.md sdk/docs/*.md >/root/left
[ ! -s /root/left ] || fail "not run: $(cat /root/left)"

printf 'all %d steps passed\n' "$ran"
