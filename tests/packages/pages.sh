# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The commands of the documentation's pages, run as they stand there. Sourced, with the folder that docs/ and sdk/ lie in. A
# command that fails ends the one who sourced it.

pages=$1
ran_blocks=()

# In a machine that is thrown away everybody is root.
sudo() { "$@"; }
export -f sudo

# block PAGE LANGUAGE NUMBER: a piece of code of a page.
block() {
  awk -v begin="\`\`\`$2" -v wanted="$3" \
    '$0 == begin { inside = 1; ++number; next } $0 == "```" { inside = 0 } inside && number == wanted' "$pages/$1"
}

# run_block PAGE NUMBER: all commands of a block, where we are. One that goes on behind the others (&) has a second to begin.
run_block() {
  ran_blocks+=("$1 $2")
  bash -euo pipefail -c "$(block "$1" sh "$2" | sed 's/&$/\& sleep 1/')"
}

# run_each PAGE NUMBER: the commands of a block, each for itself. One that goes on for ever is ended after a while.
run_each() {
  local line limit status
  ran_blocks+=("$1 $2")
  while read -r line; do
    printf '       %s\n' "$line"
    limit=120 status=0
    case "$line" in *"radhost trace"* | *"radhost run"*) limit=4 ;; esac
    timeout "$limit" bash -euo pipefail -c "$line" </dev/null >/root/said 2>&1 || status=$?
    case "$limit:$status" in
    *:0 | 4:124) ;;
    *) fail "$line: exit status $status: $(cat /root/said)" ;;
    esac
  done < <(block "$1" sh "$2")
}

# not_run PAGE...: the blocks of these that nobody has run, a line each. Pages that have none at all are no pages.
not_run() {
  local page blocks number all=0
  for page in "$@"; do
    blocks=$(awk '$0 == "```sh" { ++number } END { print number + 0 }' "$pages/$page") || return
    all=$((all + blocks))
    for ((number = 1; number <= blocks; ++number)); do
      [[ " ${ran_blocks[*]/%/;}" == *" $page $number;"* ]] || printf '%s, block %d\n' "$page" "$number"
    done
  done
  [ "$all" -gt 0 ]
}
