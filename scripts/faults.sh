#!/usr/bin/env bash
# What docs/RELIABILITY.md promises, each by making the fault happen: tests/faults with real PostgreSQL, Redis, small disks and a
# clock that jumps. Installs what it needs from Debian as root; without that, single tests say that they are skipped.
# usage: scripts/faults.sh [ARGUMENT OF VITEST…]
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

missing=()
find /usr/lib/postgresql -name initdb 2>/dev/null | grep -q . || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
find /usr/lib -name libfaketime.so.1 2>/dev/null | grep -q . || missing+=(libfaketime)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
      || echo "could not install ${missing[*]}: what needs them is skipped"
  else
    echo "${missing[*]} missing and no right to install: what needs them is skipped"
  fi
fi
exec vitest run --config tests/faults/vitest.config.ts "$@"
