#!/usr/bin/env bash
# Brings docker-compose.yml of this folder up, or up to date, on this machine. Doing it twice leaves what doing it once leaves.
# usage: scripts/deploy.sh init            makes secrets/ and .env where they are missing; changes nothing that is there
#        scripts/deploy.sh check           says what is missing, and changes nothing
#        scripts/deploy.sh deploy [IMAGE]  checks, builds (or takes IMAGE), backs up, migrates, then puts the next instances beside
#                                          the old ones and takes the old ones away when the next are ready; if they do not become
#                                          ready, it takes the next away: the old ones never stopped
#        scripts/deploy.sh rollback        deploys the image before the current one
#        scripts/deploy.sh status          what runs, and how it is
# DEPLOY_BACKUP=off leaves the backup before a migration out. COMPOSE, if set, is what runs compose (default: docker compose).
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra compose <<<"${COMPOSE:-docker compose}"
# The roles that are replaced one after the other: who answers listeners first.
roles=(api worker scheduler)
# An instance opens its database, and its tools are looked for: seconds. A minute more on a machine that is busy.
ready_within=${DEPLOY_READY_SECONDS:-120}
# The image and its layers, and a backup of the database.
disk_floor_mb=3000
secrets=(database_url postgres_password jwt_secret admin_token grafana_password tls_certificate tls_key)

say() { printf '%s\n' "$*"; }
die() { printf 'deploy: %s\n' "$*" >&2; exit 1; }

setting() { [ -f .env ] && sed -n "s/^$1=//p" .env | tail -1; }

# Replaces or adds one line of .env, whole or not at all.
remember() {
  { grep -v "^$1=" .env || true; printf '%s=%s\n' "$1" "$2"; } >.env.next
  mv .env.next .env
}

random() { openssl rand -base64 36 | tr -d '/+=\n'; }

init() {
  command -v openssl >/dev/null || die 'openssl is missing'
  # Who is not the owner of the folder does not get to the files, which containers read as another user.
  mkdir -p secrets && chmod 700 secrets
  local name
  for name in postgres_password jwt_secret admin_token grafana_password; do
    [ -s "secrets/$name" ] || random >"secrets/$name"
  done
  [ -s secrets/database_url ] || printf 'postgresql://robian:%s@postgres:5432/robian\n' "$(cat secrets/postgres_password)" >secrets/database_url
  if [ ! -s secrets/tls_certificate ]; then
    local host=${1:-localhost}
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
      -keyout secrets/tls_key -out secrets/tls_certificate 2>/dev/null
    say "secrets/tls_certificate is signed by nobody, for 30 days: put a real one, and its key, in its place"
  fi
  chmod 644 secrets/*
  if [ ! -f .env ]; then
    printf 'PUBLIC_URL=https://%s\nCOMPOSE_PROFILES=core\n' "${1:-localhost}" >.env
    say '.env is made: PUBLIC_URL is the address of the site; COMPOSE_PROFILES=core,monitoring watches it too'
  fi
}

# Everything that can be known before anything is changed; all that is wrong at once.
check() {
  local wrong=() name
  docker version >/dev/null 2>&1 || wrong+=('no Docker engine answers')
  "${compose[@]}" version >/dev/null 2>&1 || wrong+=('docker compose (version 2) is missing')
  [ -n "$(setting PUBLIC_URL)" ] || wrong+=('.env names no PUBLIC_URL: scripts/deploy.sh init HOST')
  for name in "${secrets[@]}"; do
    [ -s "secrets/$name" ] || wrong+=("secrets/$name is missing: scripts/deploy.sh init")
  done
  if [ -s secrets/tls_certificate ] && [ -s secrets/tls_key ]; then
    openssl x509 -in secrets/tls_certificate -noout -checkend 86400 >/dev/null 2>&1 || wrong+=('the certificate is over within a day')
    [ "$(openssl x509 -in secrets/tls_certificate -noout -pubkey 2>/dev/null)" = "$(openssl pkey -in secrets/tls_key -pubout 2>/dev/null)" ] ||
      wrong+=('the key in secrets/tls_key is not that of the certificate')
  fi
  if [ ${#wrong[@]} -eq 0 ]; then
    local complaint
    complaint=$("${compose[@]}" config -q 2>&1) || wrong+=("docker-compose.yml: $complaint")
    local free
    free=$(df -Pm "$(docker info --format '{{.DockerRootDir}}')" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$disk_floor_mb" ] || wrong+=("$free MB free where Docker keeps its data; $disk_floor_mb are needed")
  fi
  [ ${#wrong[@]} -eq 0 ] || die "$(printf '%s\n' "${wrong[@]}")"
}

# One name for one image, so that the image of before is still there under its own.
name_of() { docker image inspect --format '{{.Id}}' "$1" | sed -E 's/^sha256:(.{12}).*/robianapi:\1/'; }

make_image() {
  local image=$1 named
  if [ -z "$image" ]; then
    image=robianapi:built
    docker build ${DEPLOY_BUILD_OPTIONS:+$DEPLOY_BUILD_OPTIONS} -q -f deploy/docker/Dockerfile -t "$image" \
      --build-arg "VERSION=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)" \
      --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" . >/dev/null
  elif ! docker image inspect "$image" >/dev/null 2>&1; then
    docker pull -q "$image" >/dev/null
  fi
  named=$(name_of "$image")
  docker tag "$image" "$named"
  printf '%s' "$named"
}

ids() { "${compose[@]}" ps -aq "$1"; }

state() { docker inspect --format '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$1"; }

# Waits until one container is healthy; fails at once when it has given up.
wait_ready() {
  local until=$((SECONDS + ready_within)) now restarts
  while [ "$SECONDS" -lt "$until" ]; do
    now=$(state "$1")
    restarts=$(docker inspect --format '{{.RestartCount}}' "$1")
    case $now in
      'running healthy') return 0 ;;
      exited* | dead* | *unhealthy) return 1 ;;
    esac
    [ "$restarts" -lt 3 ] || return 1
    sleep 1
  done
  return 1
}

# Puts an instance of the next image beside those of a role; names the new ones in `added`.
added=()
add_beside() {
  local role=$1 before after id count
  before=$(ids "$role")
  count=$(wc -w <<<"$before")
  "${compose[@]}" up -d --no-deps --no-recreate --scale "$role=$((count + 1))" "$role" >/dev/null 2>&1 || true
  after=$(ids "$role")
  for id in $after; do grep -q "$id" <<<"$before" || { added+=("$id"); wait_ready "$id" || return 1; }; done
  [ -n "$after" ] && [ "$after" != "$before" ]
}

# Stops the instances of a role that are not of the next image: each finishes what it is at.
take_away_old() {
  local id
  for id in $(ids "$1"); do
    [[ " ${added[*]} " == *" $id "* ]] && continue
    docker stop "$id" >/dev/null
    docker rm "$id" >/dev/null
  done
}

deploy() {
  check
  local next current role id
  next=$(make_image "${1:-}")
  current=$(setting ROBIAN_IMAGE || true)
  export ROBIAN_IMAGE=$next
  "${compose[@]}" up -d --wait postgres redis >/dev/null 2>&1 || die 'PostgreSQL or Redis did not come up; nothing else was changed'
  if [ "$next" != "$current" ] && [ -n "$current" ] && [ -n "$("${compose[@]}" ps -q --status running api)" ]; then
    if [ "${DEPLOY_BACKUP:-on}" = on ]; then
      ROBIAN_IMAGE=$current "${compose[@]}" run --rm --no-deps backup --once >/dev/null || die 'no backup could be taken; nothing was changed (DEPLOY_BACKUP=off to go on without)'
    fi
    local migrated
    migrated=$("${compose[@]}" run --rm --no-deps migrate --json migrate 2>/dev/null) || die 'the migration failed, and nothing of it was applied; the old instances go on'
    say "database: $migrated"
    for role in "${roles[@]}"; do
      if ! add_beside "$role"; then
        say "the next $role is not ready; its last lines:"
        # Those of the one that failed, which is the last.
        docker logs --tail 20 "${added[-1]}" 2>&1 | sed 's/^/  /' || true
        for id in "${added[@]}"; do docker rm -f "$id" >/dev/null; done
        die "rolled back to $current: its instances never stopped"
      fi
    done
    for role in "${roles[@]}"; do take_away_old "$role"; done
    remember ROBIAN_IMAGE_BEFORE "$current"
    remember ROBIAN_IMAGE "$next"
  fi
  "${compose[@]}" up -d --no-recreate --wait --wait-timeout "$ready_within" "${roles[@]}" proxy >/dev/null 2>&1 || die 'not everything is healthy: scripts/deploy.sh status'
  "${compose[@]}" up -d >/dev/null 2>&1 || die 'not everything could be started: scripts/deploy.sh status'
  refresh_proxy
  remember ROBIAN_IMAGE "$next"
  say "deployed $next${current:+ (before: $current)}"
}

# Files that are mounted one by one stay the old ones in a running container when they are replaced.
refresh_proxy() {
  local inside outside
  inside=$("${compose[@]}" exec -T proxy cat /etc/nginx/nginx.conf /run/secrets/tls_certificate | sha256sum)
  outside=$(cat deploy/proxy/nginx.conf secrets/tls_certificate | sha256sum)
  [ "$inside" = "$outside" ] && return
  "${compose[@]}" run --rm --no-deps proxy nginx -t -q || die 'the proxy does not accept deploy/proxy/nginx.conf; the old one goes on'
  "${compose[@]}" up -d --no-deps --force-recreate --wait proxy >/dev/null 2>&1
}

case ${1:-} in
  init) init "${2:-}" ;;
  check) check && say 'ready to deploy' ;;
  deploy) deploy "${2:-}" ;;
  rollback)
    before=$(setting ROBIAN_IMAGE_BEFORE || true)
    [ -n "$before" ] || die 'no image before the current one is known'
    deploy "$before"
    ;;
  status) "${compose[@]}" ps -a --format 'table {{.Service}}\t{{.Image}}\t{{.Status}}' ;;
  *) sed -n '3,10s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
