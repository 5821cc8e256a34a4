#!/usr/bin/env bash
# python.sh run|test: the virtual environment, with exactly what a lock file names.
. "$(dirname "$0")/common.sh"

VENV=$ROOT/.venv

find_python() {
  local candidate
  for candidate in python3.11 python3 python3.12 python3.13; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  die "Python 3.11 or newer with venv is missing (Debian 12: apt-get install python3-venv)"
}

has() { [ -x "$VENV/bin/python" ] && done_before python "$(content_of "$1")"; }

main() {
  local lock=$ROOT/requirements.lock dev=$ROOT/requirements-dev.lock
  # The tests' packages contain the product's: a checkout set up for tests serves both.
  has "$dev" && return
  if [ "$1" = test ]; then lock=$dev; else ! has "$lock" || return 0; fi
  [ -x "$VENV/bin/python" ] || "$(find_python)" -m venv "$VENV"
  say "installing Python packages"
  quietly python "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
    --require-hashes -r "$lock"
  mark_done python "$(content_of "$lock")"
}

main "$1"
