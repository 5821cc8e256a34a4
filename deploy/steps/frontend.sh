#!/usr/bin/env bash
# frontend.sh: builds agent_ui into agent_ui/dist.
. "$(dirname "$0")/common.sh"

UI=$ROOT/agent_ui
npm=$ROOT/deploy/steps/npm.sh

sources() {
  cd "$ROOT"
  git ls-files -z --cached --others --exclude-standard agent_ui | { xargs -0 sha256sum 2>/dev/null || true; } | sha256sum | cut -d' ' -f1
}

main() {
  local packages built
  packages=$(content_of "$UI/package-lock.json")
  if ! done_before npm "$packages" || [ ! -d "$UI/node_modules" ]; then
    say "installing the front end's packages"
    quietly npm-ci "$npm" ci --no-audit --no-fund
    mark_done npm "$packages"
  fi
  built=$(sources)
  if ! done_before frontend "$built" || [ ! -e "$UI/dist/index.html" ]; then
    say "building the front end"
    quietly frontend "$npm" run build
    mark_done frontend "$built"
  fi
}

main
