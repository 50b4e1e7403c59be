#!/usr/bin/env bash
# Several instances, proven: two api, two worker and two scheduler processes, each with a data folder of its own, on a real
# PostgreSQL, Redis and S3, behind nginx; killed, restarted and asked for more than they may give. Installs what is missing.
# Takes the arguments of vitest. Exits with 69 (EX_UNAVAILABLE) where the servers cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

missing=()
find /usr/lib/postgresql -name initdb 2>/dev/null | grep -q . || missing+=(postgresql)
for program in redis-server nginx wrk; do command -v "$program" >/dev/null || missing+=("$program"); done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "test-cluster: ${missing[*]} missing and no right to install" >&2
    exit 69
  fi
  apt-get update -qq >&2 || true
  # RUNLEVEL=1: the servers are started by the tests, on ports of their own.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 \
    || { echo "test-cluster: ${missing[*]} could not be installed" >&2; exit 69; }
fi

exec scripts/with-s3.sh scripts/with-postgresql.sh vitest run --config tests/cluster/vitest.config.ts "$@"
