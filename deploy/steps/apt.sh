#!/usr/bin/env bash
# apt.sh run|test: the Debian packages of deploy/packages.txt that are still missing.
# Their system services are neither started nor enabled: the product runs private ones of its own.
. "$(dirname "$0")/common.sh"

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
  local kind package _
  while read -r kind package _; do
    case "$kind" in
      run) ;;
      test) [ "$1" = test ] || continue ;;
      *) continue ;;
    esac
    # A service that comes from elsewhere (another repository, built by hand) is as good.
    case "$package" in
      nginx-light) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] && continue ;;
      mmdebstrap) system_asterisk && continue ;;
    esac
    installed "$package" || printf '%s\n' "$package"
  done < "$ROOT/deploy/packages.txt"
}

system_asterisk() { "$ROOT/deploy/steps/asterisk.sh" --system >/dev/null; }

# A policy-rc.d that forbids starts, unless the machine has a policy of its own.
forbid_service_starts() {
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] && return
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
}

# Units that this run brought are disabled, or they would take our ports at the next boot.
disable_new_units() {
  command -v systemctl >/dev/null || return 0
  local unit
  for unit in "$@"; do
    systemctl --quiet disable "$unit" >/dev/null 2>&1 || true
  done
}

known_unit() { [ -e "/lib/systemd/system/$1.service" ]; }

install_packages() {
  local unit new_units=()
  for unit in postgresql redis-server nginx; do
    known_unit "$unit" || new_units+=("$unit")
  done
  forbid_service_starts
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-update apt-get update -q -o DPkg::Lock::Timeout=120
  quietly apt-install apt-get install -y -q -o DPkg::Lock::Timeout=120 --no-install-recommends "$@"
  disable_new_units "${new_units[@]}"
}

main() {
  local missing
  mapfile -t missing < <(missing_packages "$1")
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    die "packages are missing; as root: apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  install_packages "${missing[@]}"
}

main "$1"
