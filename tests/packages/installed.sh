#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What must hold where radhost was installed from its packages, in a Debian that has booted with systemd. Run as root in a
# machine that is thrown away: it starts, kills, upgrades and purges the service.
#
#   installed.sh FOLDER    in which lie upgrade/, the packages' next version, and docs/, whose commands are run as they stand
#
# Every step is printed; the first one that fails ends it with exit status 1.
set -Eeuo pipefail
cd "$1"

readonly packages=$1 secret=between-test-and-server config=/etc/radhost/radhost.toml
export RADHOST_SECRET=$secret
ran=0

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

# block PAGE LANGUAGE NUMBER: a piece of code of a page.
block() {
  awk -v begin="\`\`\`$2" -v wanted="$3" \
    '$0 == begin { inside = 1; ++number; next } $0 == "```" { inside = 0 } inside && number == wanted' "$packages/docs/$1"
}

# run_block PAGE NUMBER: the commands of a block, as they stand there.
run_block() { bash -euo pipefail -c "$(block "$1" sh "$2")"; }

# run_each PAGE: all commands of a page, each for itself; one that goes on for ever is ended.
run_each() {
  local number=1 commands line status
  while commands=$(block "$1" sh "$number") && [ -n "$commands" ]; do
    while read -r line; do
      status=0
      printf '       %s\n' "$line"
      timeout 5 bash -euo pipefail -c "$line" </dev/null >/root/said 2>&1 || status=$?
      case "$line:$status" in
      *:0 | "radhost trace"*:124) ;;
      *) fail "$line: exit status $status: $(cat /root/said)" ;;
      esac
    done <<<"$commands"
    number=$((number + 1))
  done
}

main_pid() { systemctl show --property MainPID --value radhost.service; }
is_active() { systemctl --quiet is-active radhost.service; }
is_another_process() { [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ] && is_active; }
ask() { radhost send access User-Name=alice "User-Password=$1" --timeout-ms 2000; }
answers() { ask wonderland | grep -qxF "$1"; }
hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }

step "it is installed, disabled and not started"
refused systemctl --quiet is-enabled radhost.service
refused is_active
getent passwd radhost >/dev/null
[ "$(stat -c '%U:%G %a' /etc/radhost $config /etc/radhost/users.toml)" = $'root:radhost 750\nroot:radhost 640\nroot:radhost 640' ]
[ "$(stat -c '%U:%G %a' /var/lib/radhost /var/log/radhost)" = $'radhost:radhost 750\nradhost:radhost 750' ]
radhost --version | grep -q '^radhost [0-9]'

step "no file that ships holds a secret: the check names the one that must be set, and nothing else"
refused radhost check -c $config
radhost check -c $config >/root/mistakes 2>&1 || true
[ "$(grep -cE '^[^ ]+:[0-9]+:[0-9]+: ' /root/mistakes)" = 1 ] || fail "$(cat /root/mistakes)"
grep -q 'a secret must not be empty' /root/mistakes

step "the first server, as its page makes it"
run_block first-server.md 1
block first-server.md toml 1 >>/etc/radhost/users.toml
run_block first-server.md 2
run_block first-server.md 3 >/root/said
grep -q 'Packet-Type = Access-Accept' /root/said
grep -q 'Packet-Type = Accounting-Response' /root/said
grep -q '"first"' /var/log/radhost/accounting.jsonl
block first-server.md toml 2 >/etc/radhost/conf.d/office.toml
run_block first-server.md 4
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

step "a module is made, built and tested against the installed SDK"
cd /root
rm -rf hello
radhost plugin new hello
cmake -S hello -B hello/build >/dev/null
cmake --build hello/build >/dev/null
ctest --test-dir hello/build >/dev/null
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
before=$(main_pid)
systemctl reload radhost.service
[ "$(main_pid)" = "$before" ]
radhost send access User-Name=bob User-Password=x --to 127.0.0.1:11812 | grep -q welcome

step "the commands of the other pages"
cd /etc/radhost
run_each configuration.md
run_each operating.md
run_each performance.md
cd /root

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
rm -r /run/systemd/system/radhost.service.d
systemctl daemon-reload
systemctl restart radhost.service

step "upgraded, the new program takes over; not one request is lost, and what was edited stays"
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
sleep 3 # the watchdog goes on
is_active

step "a secret is given as a credential"
mkdir -p /run/systemd/system/radhost.service.d
install -m 600 /dev/stdin /root/office <<<"$secret"
printf '[Service]\nLoadCredential=office:/root/office\n' >/run/systemd/system/radhost.service.d/credential.conf
# shellcheck disable=SC2016 # the server expands it
sed -i 's|^secret = .*|secret_file = "${CREDENTIALS_DIRECTORY}/office"|' $config
systemctl daemon-reload
systemctl restart radhost.service
answers 'Reply-Message = "Hello, alice"'
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
rm -f /usr/lib/radhost/plugins/hello*.so /etc/radhost/conf.d/hello.toml /etc/radhost/conf.d/office.toml /etc/radhost/secrets/office
rmdir /etc/radhost/secrets
DEBIAN_FRONTEND=noninteractive apt-get -qq -y purge radhost radhost-dev >/dev/null
getent passwd radhost >/dev/null
left=$(find / -xdev -path /proc -prune -o -name '*radhost*' -print | grep -vE '^/(root|packages|proc|sys|run/systemd|var/cache/man)(/|$)' || true)
[ -z "$left" ] || fail "left: $left"

printf 'all %d steps passed\n' "$ran"
