#!/usr/bin/env bash
# Runs a command with TEST_DATABASE_URL naming a real PostgreSQL of its own: a fresh cluster on a private socket and a free
# loopback port, removed at the end. Needs Debian's postgresql package (any version from 15); works as root or as a user.
# usage: scripts/with-postgresql.sh COMMAND [ARGUMENT…]
set -euo pipefail

binaries=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
[ -x "${binaries:-}/initdb" ] || { echo "with-postgresql: no PostgreSQL server found (apt-get install postgresql)" >&2; exit 69; }

folder=$(mktemp -d)
# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$folder")
fi
stop() {
  "${as_owner[@]}" "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT

port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
cd "$folder"
"${as_owner[@]}" "$binaries/initdb" -D "$folder/data" -U robian -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
"${as_owner[@]}" "$binaries/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o \
  "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c fsync=off -c max_connections=200" start >/dev/null
cd "$OLDPWD"
TEST_DATABASE_URL="postgresql://robian@127.0.0.1:$port/postgres" "$@"
