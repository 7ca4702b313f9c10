#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a server can go through without losing a request, shown on one that is asked all the time: a module is swapped, a
# bad one is refused, the swap is taken back, the configuration is reloaded, and at last another process takes over.
#
#   tests/integration/demo.sh [BUILD]
#
# BUILD: a build folder with the test modules, build/release unless given. Everything else happens in a temporary folder
# and on loopback ports that the system chooses. Exit status 1 when anything went otherwise than it says.
set -euo pipefail
umask 027
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/release}
radhost=${RADHOST:-$build/host/radhost}
modules=${RADHOST_TEST_PLUGIN_PATH:-$build/tests/plugins}
dictionary=${RADHOST_DICTIONARY:-$root/dictionaries/dictionary}
folder=$(mktemp -d)
started=()

finish() {
  local pid
  for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT

say() {
  echo
  printf '# %s\n' "$@"
}
# in_all NAME FILE: a number of the load's report. Its totals come first.
in_all() { grep -o "\"$1\":[0-9]*" "$2" | head -n 1 | cut -d: -f2; }
fail() {
  printf 'demo: %s\n' "$*" >&2
  [ ! -s "$folder/log" ] || tail -n 20 "$folder/log" >&2
  exit 1
}

# show COMMAND...: what an operator would type, and what comes of it.
show() {
  printf '$ radhost %s\n' "$(printf '%s ' "$@" | sed -e "s|$folder|.|g" -e "s|$modules|MODULES|g" -e 's/ $//')"
  "$radhost" "$@" 2>&1 | sed -e "s|$folder|.|g" -e "s|$modules|MODULES|g"
}

# await WHAT COMMAND...: until it succeeds, for at most ten seconds.
await() {
  local what=$1 look
  shift
  for ((look = 0; look < 200; ++look)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  fail "$what does not come"
}

# answers WHOM: the next answer must be from this build.
answers() {
  local text
  text=$("$radhost" send access User-Name=now User-Password=hello --secret testing123 --to "$address")
  printf '$ radhost send access User-Name=now …\n  %s\n' "$(grep Reply-Message <<<"$text" | sed 's/^ *//')"
  grep -q "Reply-Message = \"$1\"" <<<"$text" || fail "the answer is not from $1"
}

status() { "$radhost" status --json --control "$folder/control.sock"; }
pid_now() { status | grep -o '"pid":[0-9]*' | cut -d: -f2; }

# configure TEXT: what the module answers; empty for its build's name.
configure() {
  cat >"$folder/radhost.toml" <<END
[server]
workers = 1
dictionary = ["$dictionary"]
plugin_path = ["$modules"]
control = "$folder/control.sock"
state_directory = "$folder/state"
user = "$(id -un)"

[log]
format = "json"

[[client]]
name = "loopback"
address = "127.0.0.1"
secret = "testing123"

[plugin.login]
module = "stamped_a"
${1:+config.text = \"$1\"}

[[listener]]
name = "auth"
transport = "udp"
address = "127.0.0.1:0"
accepts = ["access"]
handlers = ["login"]
END
}

mkdir "$folder/state"
configure ''

say "A server with one module. It says which build of it answers."
"$radhost" serve -c "$folder/radhost.toml" >"$folder/counters" 2>>"$folder/log" &
started+=($!)
await "the server" status
address=$(status | grep -o '"address":"[^"]*"' | cut -d'"' -f4)
control=(--control "$folder/control.sock")
show status "${control[@]}"
answers a

say "From here on it is asked 500 times a second, until the end."
"$radhost" load access --to "$address" --secret testing123 --rate 500 --count 4000 --json \
  User-Name=now User-Password=hello >"$folder/load" &
load=$!
started+=("$load")

say "Another build of the module, on this listener alone: the new one is loaded, made and started first;" \
  "then requests go to it, and the old one is unloaded once its last request is answered."
show swap auth.login "$modules/stamped_b.so" "${control[@]}"
answers b

say "A file that was only half copied is refused before anything has changed. The reason is told."
head -c 2000 "$modules/stamped_a.so" >"$folder/half.so"
if show swap auth.login "$folder/half.so" "${control[@]}"; then fail "half a module was taken"; fi
answers b

say "The way back, to the file that was there before."
show rollback auth.login "${control[@]}"
answers a

say "Another configuration. First what would change; then all of it, or nothing."
configure 'from the file'
show reload --dry-run "${control[@]}"
answers a
show reload "${control[@]}"
answers 'from the file'

say "One with a mistake: it is shown where it stands, and nothing changes."
cp "$folder/radhost.toml" "$folder/good.toml"
sed -i 's/secret = /sekret = /' "$folder/radhost.toml"
if show reload "${control[@]}"; then fail "a mistake was taken"; fi
cp "$folder/good.toml" "$folder/radhost.toml"
answers 'from the file'

say "Another process, of a newer program perhaps, takes over: it has the sockets themselves and knows what was answered." \
  "The first finishes what it has in hand, and ends."
before=$(pid_now)
configure 'from another process'
printf '$ radhost serve -c ./radhost.toml --takeover\n'
"$radhost" serve -c "$folder/radhost.toml" --takeover >>"$folder/counters" 2>>"$folder/log" &
started+=($!)
is_another() { [ "$(pid_now)" != "$before" ]; }
is_gone() { ! kill -0 "$before"; }
await "the other process" is_another
await "the first one's end" is_gone
answers 'from another process'

say "What became of those who asked all the while."
wait "$load" || fail "the load did not end well"
lost=$(in_all lost "$folder/load")
answered=$(in_all answered "$folder/load")
printf '  %s answered, %s lost\n' "$answered" "$lost"
[ "$lost" = 0 ] || fail "requests were lost"

say "The end: what is in hand is answered first."
show drain "${control[@]}"
