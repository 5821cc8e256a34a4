# Shared by the steps of deploy/setup; sourced, not run.
# Each step is skipped when its inputs are those of its last success (a stamp of their content).
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TOOLS=$ROOT/.tools
mkdir -p "$TOOLS/stamps" "$TOOLS/bin" "$TOOLS/log"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# content_of FILE|FOLDER|word... → one hash of all of them
content_of() {
  local item
  for item in "$@"; do
    if [ -d "$item" ]; then
      (cd "$item" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum)
    elif [ -e "$item" ]; then
      sha256sum < "$item"
    else
      printf '%s\n' "$item"
    fi
  done | sha256sum | cut -d' ' -f1
}

# done_before STEP HASH: did STEP succeed with exactly these inputs?
done_before() { [ "$(cat "$TOOLS/stamps/$1" 2>/dev/null)" = "$2" ]; }
mark_done() { printf '%s\n' "$2" > "$TOOLS/stamps/$1"; }

# quietly STEP COMMAND...: output goes to a log, which is shown only on failure
quietly() {
  local log=$TOOLS/log/$1.log
  shift
  if ! "$@" > "$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "failed: $* (whole output in ${log#"$ROOT"/})"
  fi
}
