#!/usr/bin/env bash
# Proves docs/BACKUP.md, "To any second": a PostgreSQL of its own archives with pgBackRest, the product writes, a mistake deletes,
# and the restore to the second before it has everything written until then; the product starts on it.
# Installs Debian's postgresql and pgbackrest as root; without them it says that it skips, and ends with 0.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

find_binaries() { find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1; }
if ! command -v pgbackrest >/dev/null || [ -z "$(find_binaries)" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql pgbackrest >/dev/null || true
  fi
fi
binaries=$(find_binaries)
if ! command -v pgbackrest >/dev/null || [ ! -x "${binaries:-}/initdb" ]; then
  echo 'skipped: pgbackrest or PostgreSQL is missing, and there is no right to install them'
  exit 0
fi

folder=$(mktemp -d /var/tmp/robian-pitr.XXXXXX)
as_owner=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$folder")
fi
control() { (cd "$folder" && "${as_owner[@]}" "$binaries/pg_ctl" -D "$folder/data" -w "$@" >/dev/null); }
backrest() { (cd "$folder" && "${as_owner[@]}" pgbackrest --config="$folder/pgbackrest.conf" --stanza=robian --log-level-console=error "$@"); }
clean() {
  control -m immediate stop 2>/dev/null || true
  rm -rf "$folder"
}
trap clean EXIT

port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
(cd "$folder" && "${as_owner[@]}" "$binaries/initdb" -D "$folder/data" -U robian -A trust -E UTF8 --locale=C.UTF-8 -k >/dev/null)
cat >> "$folder/data/postgresql.conf" <<X
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
wal_level = replica
archive_mode = on
archive_command = 'pgbackrest --config=$folder/pgbackrest.conf --stanza=robian archive-push %p'
X
cat > "$folder/pgbackrest.conf" <<X
[global]
repo1-path=$folder/repository
repo1-retention-full=2
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=$(head -c 24 /dev/urandom | base64)
log-path=$folder
lock-path=$folder/lock
spool-path=$folder/spool
start-fast=y
[robian]
pg1-path=$folder/data
pg1-port=$port
pg1-user=robian
pg1-database=postgres
pg1-socket-path=$folder
X
chmod 644 "$folder/pgbackrest.conf"
control -l "$folder/log" start

query() { psql -XAtq -h 127.0.0.1 -p "$port" -U robian -d postgres -c "$1"; }
robian() { DATA_DIR="$folder-data" DATABASE_URL="postgresql://robian@127.0.0.1:$port/postgres" node src/cli/robian.ts "$@"; }
trap 'clean; rm -rf "$folder-data"' EXIT

backrest stanza-create
backrest check
robian migrate >/dev/null
robian admin create --email before-the-backup@example.org --generate >/dev/null
backrest --type=full backup
robian admin create --email after-the-backup@example.org --generate >/dev/null
moment=$(query 'select clock_timestamp()')
query 'delete from accounts' >/dev/null
# A target in time needs a later commit in the archive.
query 'create table later (); select pg_switch_wal()' >/dev/null
backrest check
[ "$(query 'select count(*) from accounts')" = 0 ] || { echo '✗ the mistake was not made'; exit 1; }

control -m immediate stop
started=$SECONDS
backrest --delta --type=time "--target=$moment" --target-action=promote restore
control -l "$folder/log" start
until [ "$(query 'select pg_is_in_recovery()' 2>/dev/null)" = f ]; do
  [ $((SECONDS - started)) -lt 60 ] || { echo '✗ no recovery within a minute'; exit 1; }
  sleep 0.2
done
found=$(query 'select string_agg(email, $$ $$ order by email) from accounts')
[ "$found" = 'after-the-backup@example.org before-the-backup@example.org' ] || { echo "✗ restored: $found"; exit 1; }
robian migrate | grep -q 'up to date' || { echo '✗ the product does not start on it'; exit 1; }
robian admin create --email on-the-restored@example.org --generate >/dev/null
echo "✓ restored to the second before the mistake, in $((SECONDS - started)) s, with what was written after the backup; the product writes on"
