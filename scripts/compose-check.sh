#!/usr/bin/env bash
# Runs docker-compose.yml for real on this machine, from an empty folder to a sitting that plays through TLS, then breaks a
# deployment on purpose. About 4 minutes where nothing is cached. Debian 12, root, no registry: images are stand-ins of Debian's
# packages (tests/compose), so nothing is proven of the official ones; Grafana and Loki have none, and are only read by `compose config`.
# usage: scripts/compose-check.sh [--keep]     --keep leaves it running, and says how to reach it and how to end it
# Commands in single quotes are for the shells they are given to.
# shellcheck disable=SC2016
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo 'compose-check: skipped: it needs root and apt-get, for a Docker engine of its own'
  printf '0 passed, 0 failed, 1 skipped\n'
  exit 0
fi

passed=0
failed=0
ok() { passed=$((passed + 1)); printf '✓ %s\n' "$1"; }
no() { failed=$((failed + 1)); printf '✗ %s\n' "$1"; }
# what, then a command that must succeed
expect() { local what=$1; shift; if "$@" >/dev/null 2>&1; then ok "$what"; else no "$what"; fi; }
# what, wanted, given
same() { if [ "$2" = "$3" ]; then ok "$1"; else no "$1: wanted $2, was given $3"; fi; }
# seconds, then a command that is tried until it succeeds
within() { local until=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ "$SECONDS" -lt "$until" ] || return 1; sleep 1; done; }

tests/compose/engine.sh start || exit 1
eval "$(tests/compose/engine.sh env)"
engine=${ROBIAN_ENGINE:-${XDG_CACHE_HOME:-$HOME/.cache}/robian-engine}
monitoring=(prometheus alertmanager loki log-shipper node-exporter postgres-exporter redis-exporter blackbox-exporter)
tests/compose/stand-ins.sh base node postgres redis nginx prometheus alertmanager syslog-ng node-exporter postgres-exporter redis_exporter blackbox-exporter || exit 1

# A folder as an operator has it: what is committed, and what is about to be.
tree=$PWD
site=$(mktemp -d)
git ls-files -co --exclude-standard | while IFS= read -r file; do [ -e "$file" ] && printf '%s\n' "$file"; done | tar -c -T - | tar -x -C "$site"
cd "$site" || exit 1
end() {
  docker compose --profile '*' down -v --timeout 5 >/dev/null 2>&1
  "$tree/tests/compose/engine.sh" stop
  cd / && rm -rf "$site"
}
[ "${1:-}" = --keep ] || trap end EXIT
export DEPLOY_BUILD_OPTIONS='--network=host'

echo '── before anything is there'
expect 'the check refuses, and says what is missing' bash -c '! scripts/deploy.sh check'
scripts/deploy.sh init localhost >/dev/null
cat >>.env <<FILE
HTTP_PORT=18080
HTTPS_PORT=18443
COMPOSE_FILE=docker-compose.yml:tests/compose/check.yml
DOCKER_CONTAINERS=$engine/data/containers
FILE
kept=$(cat secrets/* | sha256sum)
scripts/deploy.sh init localhost >/dev/null
same 'made twice, secrets stay' "$kept" "$(cat secrets/* | sha256sum)"
expect 'the check is content' scripts/deploy.sh check
expect 'docker compose takes every service and profile' docker compose --profile '*' config -q
expect 'the Dockerfile has no warning' docker buildx build --check -f deploy/docker/Dockerfile .

echo '── the first deployment'
if scripts/deploy.sh deploy; then ok 'everything is built, migrated and healthy'; else no 'the first deployment'; docker compose logs --tail 20; fi
size=$(docker image inspect --format '{{.Size}}' robianapi:built)
if [ "$size" -lt 450000000 ]; then ok "the image has $((size / 1000000)) MB"; else no "the image has $((size / 1000000)) MB"; fi
expect 'the image lists what it is made of' bash -c 'node scripts/sbom.ts robianapi:built | grep -q pkg:deb/debian/yt-dlp'

echo '── a sitting, from the portal to a listener'
api=https://localhost:18443
get() { curl -sS --cacert secrets/tls_certificate --max-time 20 "$@"; }
list() { get "$api/api/debates/?per_page=50"; }
# Ids of debates for which an expression in `d` holds, one a line.
ids_where() { list | node -e "for (const d of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) if ($1) console.log(d.id)"; }
ingested() { [ "$(ids_where 'd.source_url !== null' | wc -l)" -ge 6 ]; }
playable() { [ -n "$(ids_where 'd.has_audio')" ]; }
expect 'the scheduler ingests' within 120 ingested
for id in $(ids_where 'd.source_url !== null && !d.is_live' | head -5); do get -o /dev/null -X POST "$api/api/streaming/$id/extract"; done
if within 60 playable; then ok 'the worker takes the sound'; else no 'no sound was taken'; docker compose logs --tail 30 worker; fi
id=$(ids_where 'd.has_audio' | head -1)
stream="$api/api/streaming/$id/stream"
get -D head -o piece -H 'range: bytes=1000-1999' -H 'x-request-id: listener-1' "$stream"
same 'a range plays through TLS' '206 1000' "$(awk 'NR == 1 { print $2 }' head) $(wc -c <piece)"
get -o whole "$stream"
same 'the piece is that of the whole' "$(tail -c +1001 whole | head -c 1000 | sha256sum)" "$(sha256sum <piece)"
etag=$(awk 'tolower($1) == "etag:" { print $2 }' head | tr -d '\r')
same 'what is known is not sent again' 304 "$(get -o /dev/null -w '%{http_code}' -H "if-none-match: $etag" "$stream")"
expect 'nginx sent it, from the file' bash -c "docker compose logs --no-log-prefix proxy | grep '\"request_id\":\"listener-1\"' | grep -q '\"handed_over\":\"yes\"'"
same 'the place of the file cannot be asked for' 404 "$(get -o /dev/null -w '%{http_code}' "$api/stored-sound/")"
same 'neither can the numbers' 404 "$(get -o /dev/null -w '%{http_code}' "$api/metrics")"
same 'plain HTTP leads to TLS' 308 "$(get -o /dev/null -w '%{http_code}' http://localhost:18080/)"

echo '── who can be reached, and what they may'
same 'only the proxy has a port' proxy "$(docker compose ps --format '{{.Service}} {{.Publishers}}' | awk '/0\.0\.0\.0|\[::\]|:::/ { print $1 }' | sort -u | tr '\n' ' ' | sed 's/ $//')"
expect 'the product is not root' bash -c '[ "$(docker compose exec -T api id -u)" = 1000 ]'
expect 'its file system cannot be written' bash -c '! docker compose exec -T api sh -c "touch /app/x"'
expect 'the proxy cannot reach the stores' bash -c '! docker compose exec -T proxy bash -c "exec 3<>/dev/tcp/postgres/5432"'
expect 'no secret stands in the environment' bash -c '! docker inspect $(docker compose ps -q) | grep -qF -f <(cat secrets/jwt_secret secrets/admin_token secrets/postgres_password)'
expect 'no address stands in the lines of the proxy and the product' bash -c '! docker compose logs --no-log-prefix proxy api | grep -qE "\"(172|192|10|127)\.[0-9]+\.[0-9]+\.[0-9]+\"|client: "'

echo '── backups'
expect 'one can be taken' docker compose run --rm --no-deps backup --once
expect 'and reads back' docker compose exec -T backup node /app/src/cli/robian.ts backup verify --from /backups

echo '── a second deployment'
before=$(docker compose ps -q api worker scheduler)
scripts/deploy.sh deploy >/dev/null
same 'of the same changes nothing' "$before" "$(docker compose ps -q api worker scheduler)"
# Another image that does the same.
printf 'FROM robianapi:built\nLABEL next=1\n' | docker build -q -t robianapi:next - >/dev/null
# A listener who asks all the time, until told to stop.
( until [ -e stop ]; do code=$(get -o /dev/null -w '%{http_code}' -H 'range: bytes=0-99' "$stream") || code=broken; echo "$code"; sleep 0.1; done ) >codes 2>/dev/null &
listener=$!
if scripts/deploy.sh deploy robianapi:next >/dev/null; then ok 'of another replaces the instances'; else no 'the second deployment'; fi
expect 'which are all others' bash -c "! docker compose ps -q api worker scheduler | grep -qF '$before'"
cat >broken <<'FILE'
FROM robianapi:built
ENTRYPOINT ["tini", "--", "/bin/sh", "-c", "case \"$*\" in *migrate*) exec node /app/src/cli/robian.ts \"$@\" ;; esac; sleep 1; exit 1", "sh"]
FILE
docker build -q -t robianapi:broken - <broken >/dev/null
running=$(docker compose ps -q api worker scheduler)
image=$(sed -n 's/^ROBIAN_IMAGE=//p' .env)
expect 'of a broken one fails' bash -c '! scripts/deploy.sh deploy robianapi:broken'
same 'and the instances of before are there, as they were' "$running" "$(docker compose ps -q api worker scheduler)"
same 'and stay the current ones' "$image" "$(sed -n 's/^ROBIAN_IMAGE=//p' .env)"
if scripts/deploy.sh rollback >/dev/null; then ok 'the image before can be had back'; else no 'rollback'; fi
touch stop && wait "$listener"
same 'and a listener noticed none of it' 206 "$(sort -u codes | tr '\n' ' ' | sed 's/ $//')"

echo '── watching'
# Whether an answer within the networks satisfies a function of its text.
inside() { docker compose exec -T api node -e "fetch('$1').then(async (a) => { const t = await a.text(); process.exit(a.ok && ($2)(t) ? 0 : 1); }, () => process.exit(1))"; }
sed -i 's/^COMPOSE_PROFILES=.*/COMPOSE_PROFILES=core,monitoring/' .env
if [ -f deploy/prometheus/prometheus.yml ]; then
  docker compose up -d "${monitoring[@]}" >/dev/null 2>&1
  expect 'Prometheus sees each role' within 90 inside 'http://prometheus:9090/api/v1/query?query=count(up{job=%22robian%22}==1)' "(t) => t.includes('\"3\"')"
  expect 'and the exporters' within 60 inside 'http://prometheus:9090/api/v1/query?query=count(up{job=~%22node|postgres|redis%22}==1)' "(t) => t.includes('\"3\"')"
  expect 'Alertmanager is ready' within 30 inside 'http://alertmanager:9093/-/ready' '() => true'
else
  echo '- skipped: deploy/prometheus is not there'
  docker compose up -d loki log-shipper >/dev/null 2>&1
fi
get -o /dev/null -H 'x-request-id: find-this-one' "$api/api/debates/?per_page=1"
loki='http://loki:3100/loki/api/v1/query_range?query='
expect 'a line of the product is found by its id' within 60 inside "$loki$(node -p 'encodeURIComponent(`{stream="stdout"} |= "find-this-one"`)')" '(t) => t.includes("/api/debates")'
[ "$(docker compose ps -q log-shipper)" ] && docker compose logs --tail 5 log-shipper
echo '- Grafana was not started: there is no package of it here'

if [ "${1:-}" = --keep ]; then
  printf 'it runs: %s, in %s. To end it: cd %s && docker compose down -v; tests/compose/engine.sh stop\n' "$api" "$site" "$site"
fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
