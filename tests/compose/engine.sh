#!/usr/bin/env bash
# A Docker engine of our own where none runs, from the Debian archive alone, beside everything else on the machine: nothing
# outside $ROBIAN_ENGINE changes but four small packages. Debian 12, root.
# usage: tests/compose/engine.sh start | stop | env
#   start   fetches it if need be, starts it, waits until it answers
#   env     prints what to evaluate so that `docker` means this engine
# Needs: the Debian archive. It proves what engine, builder and compose do; it knows no registry, see stand-ins.sh.
set -euo pipefail

engine=${ROBIAN_ENGINE:-${XDG_CACHE_HOME:-$HOME/.cache}/robian-engine}
programs=$engine/programs
socket=unix://$engine/docker.sock
# Bookworm's own docker knows neither compose 2 nor BuildKit as a plugin; these need no newer glibc than bookworm's.
packages=(docker.io docker-cli docker-compose docker-buildx containerd)
# How long a cold start may take, in half seconds.
patience=120

say() { echo "engine: $*" >&2; }

archive() {
  awk '/^URIs:/ { print $2; exit } /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1
}

fetch() {
  [ -x "$programs/usr/sbin/dockerd" ] && return
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-upgrade runc iptables debootstrap jq >/dev/null
  # apt with lists and sources of its own: the machine's are not touched.
  local apt=$engine/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$engine/debs"
  : >"$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(archive) sid main" >"$apt/sources.list"
  cat >"$apt/apt.conf" <<CONF
Dir::State "$apt"; Dir::State::lists "$apt/lists"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "/dev/null"; APT::Sandbox::User "root";
CONF
  (
    cd "$engine/debs"
    export APT_CONFIG=$apt/apt.conf
    apt-get update -qq
    apt-get download -qq "${packages[@]}"
    for package in *.deb; do dpkg -x "$package" "$programs"; done
  )
}

start() {
  if DOCKER_HOST=$socket docker version >/dev/null 2>&1; then say 'already there'; return; fi
  mkdir -p "$engine/config/cli-plugins"
  ln -sf "$programs"/usr/libexec/docker/cli-plugins/* "$engine/config/cli-plugins/"
  # The hard limit of this machine: asking for more, as dockerd does by itself, fails in a sandbox.
  printf '{"default-ulimits":{"nofile":{"Name":"nofile","Hard":%s,"Soft":%s}}}\n' "$(ulimit -Hn)" "$(ulimit -Hn)" >"$engine/daemon.json"
  setsid dockerd --config-file "$engine/daemon.json" --host "$socket" --data-root "$engine/data" --exec-root "$engine/run" \
    --pidfile "$engine/dockerd.pid" --userland-proxy-path "$programs/usr/sbin/docker-proxy" >"$engine/dockerd.log" 2>&1 </dev/null &
  for ((try = 0; try < patience; try++)); do
    DOCKER_HOST=$socket docker version >/dev/null 2>&1 && { say 'answers'; return; }
    sleep 0.5
  done
  tail -20 "$engine/dockerd.log" >&2
  say 'does not answer'
  return 1
}

stop() {
  [ -f "$engine/dockerd.pid" ] || return 0
  local pid
  pid=$(cat "$engine/dockerd.pid")
  kill "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
}

export PATH=$programs/usr/bin:$programs/usr/sbin:$PATH
case ${1:-} in
  start) mkdir -p "$engine"; fetch; start ;;
  stop) stop ;;
  env) printf "export DOCKER_HOST=%q DOCKER_CONFIG=%q PATH=%q:\"\$PATH\"\n" "$socket" "$engine/config" "$programs/usr/bin:$programs/usr/sbin" ;;
  *) echo 'usage: tests/compose/engine.sh start | stop | env' >&2; exit 64 ;;
esac
