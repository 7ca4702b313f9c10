#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds radhost, starts it on loopback with etc/quickstart.toml, asks it a question of every
# kind, prints the answers, and goes on serving until Ctrl-C.
#
#   packaging/quickstart.sh [--check]
#
# --check: ends after the questions; exit status 0 only if every answer was right.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/dependencies.sh
. packaging/dependencies.sh

readonly folder=build/quickstart
readonly radhost=$folder/host/radhost
readonly config=etc/quickstart.toml
readonly log=$folder/server.log
readonly accounting=$folder/state/accounting.jsonl
readonly secret=testing123

check=no
case "$#:${1-}" in
0:) ;;
1:--check) check=yes ;;
*)
  echo "usage: packaging/quickstart.sh [--check]" >&2
  exit 64
  ;;
esac

server=
serving=no
wrong_answers=0

heading() { printf '\n== %s\n' "$*"; }

stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  for _ in {1..100}; do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$server" 2>/dev/null || true
  wait || true
  server=
}

finish() {
  stop_server
  hand_back_build
}

interrupted() {
  [ "$serving" = yes ] && exit 0
  exit 130
}

build() {
  cmake --preset release -B "$folder" -DBUILD_TESTING=OFF >"$folder/configure.log" ||
    fail "The build cannot be configured; $folder/configure.log says more."
  cmake --build "$folder" || fail "The build failed."
}

start_server() {
  # A session of its own: Ctrl-C reaches this script alone, which then ends the server in order.
  setsid "$radhost" serve -c "$config" 2>"$log" </dev/null &
  server=$!
  for _ in {1..100}; do
    grep -qE '^[^ ]+ info ready( |$)' "$log" && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  fail "The server did not become ready."
}

# ask HEADING STATUS TEXT ARGUMENT...: sends a question and prints the answer, which is right when `radhost send` exits
# with STATUS and the lines of TEXT are in it.
ask() {
  local title=$1 right_status=$2 right_lines=$3 status=0 answer line
  shift 3
  local command=("$radhost" send "$@" --secret "$secret")
  heading "$title"
  printf '$%s\n' "$(printf ' %q' "${command[@]}")"
  answer=$("${command[@]}") || status=$?
  printf '%s\n' "$answer"
  [ "$status" -eq "$right_status" ] || wrong "the exit status is $status, not $right_status"
  while read -r line; do
    grep -qxF -- "$line" <<<"$answer" || wrong "the line '$line' is not in the answer"
  done <<<"$right_lines"
}

wrong() {
  echo "WRONG: $*" >&2
  wrong_answers=$((wrong_answers + 1))
}

ask_everything() {
  local session
  session=quickstart-$(date +%s)-$$
  ask "Access: alice and her password" 0 $'Packet-Type = Access-Accept\nReply-Message = "Hello, alice"' \
    access --to 127.0.0.1:11812 User-Name=alice User-Password=wonderland
  ask "Access: alice and another password" 1 'Packet-Type = Access-Reject' \
    access --to 127.0.0.1:11812 User-Name=alice User-Password=looking-glass
  ask "Status-Server: the server is well" 0 'Packet-Type = Access-Accept' \
    status --to 127.0.0.1:11812
  ask "Accounting: her session starts" 0 'Packet-Type = Accounting-Response' \
    accounting --to 127.0.0.1:11813 User-Name=alice Acct-Status-Type=Start "Acct-Session-Id=$session"
  ask "CoA: a plugin agrees" 0 'Packet-Type = CoA-ACK' \
    coa --to 127.0.0.1:13799 User-Name=alice "Acct-Session-Id=$session"
  ask "Disconnect: no plugin is there to decide" 1 $'Packet-Type = Disconnect-NAK\nError-Cause = Unsupported-Extension' \
    disconnect --to 127.0.0.1:13799 User-Name=alice "Acct-Session-Id=$session"

  heading "What the accounting log holds of it ($accounting)"
  grep -F -- "$session" "$accounting" || wrong "the session is not in it"
}

trap finish EXIT
trap interrupted INT TERM HUP

install_packages "$build_packages"
prepare_build
mkdir -p "$folder/state"
heading "Building in $folder"
build
start_server
ask_everything

[ "$wrong_answers" -eq 0 ] || fail "" "Not every answer was right. The server's log:" "$(cat "$log")"
if [ "$check" = yes ]; then
  heading "Every answer was right; the server ends, and counts what it saw"
  stop_server
  exit 0
fi

heading "Serving on loopback with $config; Ctrl-C ends it"
serving=yes
tail --pid="$server" --sleep-interval=0.2 -n +1 -f "$log" >&2 &
wait "$server"
