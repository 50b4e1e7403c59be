#!/usr/bin/env bash
# Dashboards, alert rules and routes, checked and run against a live Prometheus that the real product feeds. Installs the Debian
# packages it needs when it may; says what is missing and leaves with 69 when it may not. Grafana itself is in no package: what a
# panel looks like is not checked here (docs/WATCHING.md says how to look).
# usage: scripts/check-watching.sh [ARGUMENT OF VITEST…]
set -euo pipefail
cd "$(dirname "$0")/.."

needed=(prometheus prometheus-alertmanager prometheus-node-exporter prometheus-postgres-exporter
  prometheus-redis-exporter prometheus-blackbox-exporter)
missing=()
for package in "${needed[@]}"; do command -v "$package" >/dev/null || missing+=("$package"); done
find /usr/lib/postgresql -name initdb 2>/dev/null | grep -q . || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v openssl >/dev/null || missing+=(openssl)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "check-watching: ${missing[*]} missing and no right to install" >&2
    exit 69
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

export PATH="$PWD/node_modules/.bin:$PATH"
scripts/with-postgresql.sh vitest run --config tests/watching/vitest.config.ts "$@"
