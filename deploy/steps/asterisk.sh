#!/usr/bin/env bash
# asterisk.sh: Asterisk behind .tools/bin/asterisk, its modules and its data beside it in .tools.
# asterisk.sh --system: path of an Asterisk >= 18 on this machine, or failure.
# asterisk.sh --archive: the Debian archive that this machine's APT uses.
# Debian 12 has no package: the one of a later suite is extracted (not installed), and run by its own loader.
. "$(dirname "$0")/common.sh"

SUITE=forky # Asterisk 22 LTS
PACKAGES=(asterisk asterisk-modules asterisk-core-sounds-en-wav)
OLDEST=18

system_binary() {
  local binary version
  binary=$(PATH=$PATH:/usr/sbin command -v asterisk) || return 1
  case "$binary" in "$TOOLS"/*) return 1 ;; esac
  version=$("$binary" -V | sed -nE 's/^Asterisk ([0-9]+).*/\1/p')
  [ "${version:-0}" -ge "$OLDEST" ] && printf '%s\n' "$binary"
}

# The Debian archive this machine's own APT uses.
archive_uri() {
  apt-get indextargets --no-release-info --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    awk -v codename="$(. /etc/os-release && echo "$VERSION_CODENAME")" \
      '$1 ~ /\/debian\/?$/ && ($2 == codename || !first) { first = $1 } END { print first }'
}

extract() {
  local root=$TOOLS/asterisk uri mode=auto arch
  uri=$(archive_uri)
  [ -n "$uri" ] || die "APT knows no Debian archive to take Asterisk from; install Asterisk >= $OLDEST by hand"
  [ "$(id -u)" -ne 0 ] || mode=root
  arch=$(dpkg --print-architecture)
  say "extracting Asterisk"
  rm -rf --one-file-system "$root"
  quietly asterisk mmdebstrap --variant=extract --mode=$mode --architectures="$arch" \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
    --include="$(IFS=,; echo "${PACKAGES[*]}")" "$SUITE" "$root" \
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $SUITE main" \
    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # it hands a file to /bin/sh by number, which reads one digit
  ln -sfn en_US_f_Allison "$root/usr/share/asterisk/sounds/en"
}

# Paths are found from the wrapper's own place: the checkout may be moved.
wrap_extracted() {
  local library loader
  library=$(cd "$TOOLS/asterisk/usr/lib" && echo *-linux-gnu)
  loader=$(cd "$TOOLS/asterisk/usr/lib/$library" && echo ld-linux*)
  cat > "$TOOLS/bin/asterisk.new" <<WRAPPER
#!/bin/sh
usr=\$(dirname "\$(readlink -f "\$0")")/../asterisk/usr
exec "\$usr/lib/$library/$loader" --library-path "\$usr/lib/$library" "\$usr/sbin/asterisk" "\$@"
WRAPPER
  link_parts "asterisk/usr/lib/$library/asterisk/modules" asterisk/usr/share/asterisk
  shorten_help
}

wrap_system() {
  local modules
  modules=$(for d in /usr/lib/*-linux-gnu/asterisk/modules /usr/lib/asterisk/modules /usr/lib64/asterisk/modules; do
    [ -e "$d/res_pjsip.so" ] && echo "$d" && break
  done) || die "$1 is there, but its modules are not found"
  printf '#!/bin/sh\nexec %s "$@"\n' "$1" > "$TOOLS/bin/asterisk.new"
  if [ -d /usr/share/asterisk/sounds ]; then link_parts "$modules" /usr/share/asterisk; else link_parts "$modules" /var/lib/asterisk; fi
}

link_parts() {
  ln -sfn "$1" "$TOOLS/asterisk-modules"
  rm -rf --one-file-system "$TOOLS/asterisk-data"
  ln -s "$2" "$TOOLS/asterisk-data"
}

# Of the documentation what modules must find to take their settings, and a line for each name. The
# rest is help for the console that nobody types at, and reading it was two thirds of a start.
shorten_help() {
  local help="$TOOLS/asterisk/usr/share/asterisk/documentation/core-en_US.xml"
  awk '
    /^\t<managerEvent/, /^\t<\/managerEvent>/ { next }
    /^\t<\/(agi|application|function|info|manager)>/ { help = 0 }
    !help
    help && /<synopsis>/, /<\/synopsis>/
    /^\t<(agi|application|function|info|manager) / { help = 1 }
  ' "$help" > "$help.new"
  mv "$help.new" "$help"
}

main() {
  local binary='' key
  binary=$(system_binary) || true
  key=$(content_of "$0" "$SUITE" "${PACKAGES[@]}" "system:$binary")
  done_before asterisk "$key" && [ -x "$TOOLS/bin/asterisk" ] && return
  if [ -n "$binary" ]; then
    wrap_system "$binary"
  else
    extract
    wrap_extracted
  fi
  chmod 755 "$TOOLS/bin/asterisk.new"
  mv "$TOOLS/bin/asterisk.new" "$TOOLS/bin/asterisk"
  "$TOOLS/bin/asterisk" -V >&2 || die "the Asterisk in .tools does not start"
  mark_done asterisk "$key"
}

case "${1:-}" in
  --system) system_binary ;;
  --archive) archive_uri ;;
  *) main ;;
esac
