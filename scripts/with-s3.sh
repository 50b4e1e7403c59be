#!/usr/bin/env bash
# Runs a command with TEST_S3_URL naming an empty bucket of a real S3 server of its own, and the AWS variables that open it:
# OpenStack Swift with its s3api (Debian's swift-proxy, swift-account, swift-container, swift-object and memcached) in a fresh folder on
# free loopback ports, all removed at the end. Installs what is missing where it may. Needs root: Swift's storage servers take
# the identity of the user swift.
# Swift checks signatures, their expiry, Content-MD5 and If-Match as S3 does, and refuses parts below 5 MiB.
# usage: scripts/with-s3.sh COMMAND [ARGUMENT…]
set -euo pipefail

# EX_UNAVAILABLE of sysexits.h
unavailable() { echo "with-s3: $1" >&2; exit 69; }

packages=(swift-proxy swift-account swift-container swift-object memcached)
programs=(swift-proxy-server swift-account-server swift-container-server swift-object-server swift-ring-builder memcached)
if ! command -v "${programs[@]}" >/dev/null || [ "$(command -v "${programs[@]}" | wc -l)" -lt ${#programs[@]} ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    unavailable "no Swift and no right to install it (apt-get install ${packages[*]})"
  fi
  apt-get update -qq >&2 || true
  # RUNLEVEL=1: Debian would start the servers at once, with a configuration of its own.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null 2>&1 \
    || unavailable "Swift could not be installed"
fi
[ "$(id -u)" = 0 ] || unavailable 'only root can start Swift'

folder=$(mktemp -d)
mkdir -p "$folder/etc" "$folder/devices/disk" "$folder/log"
servers=()
stop() {
  local pid
  for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

read -r proxy cache account container object < <(node -e '
  const { createServer } = require("node:net");
  const servers = Array.from({ length: 5 }, () => createServer().listen(0, "127.0.0.1"));
  Promise.all(servers.map((s) => new Promise((done) => s.on("listening", done)))).then(() => {
    console.log(servers.map((s) => s.address().port).join(" "));
    servers.forEach((s) => s.close());
  })')

cat > "$folder/etc/swift.conf" <<CONF
[swift-hash]
swift_hash_path_prefix = robian
swift_hash_path_suffix = robian

[storage-policy:0]
name = only
default = yes
CONF

common="swift_dir = $folder/etc
user = swift
bind_ip = 127.0.0.1
workers = 0
log_address = /nowhere"

for server in "account $account" "container $container" "object $object"; do
  read -r kind port <<<"$server"
  cat > "$folder/etc/$kind.conf" <<CONF
[DEFAULT]
$common
bind_port = $port
devices = $folder/devices
mount_check = false

[pipeline:main]
pipeline = $kind-server

[app:$kind-server]
use = egg:swift#$kind
CONF
  # One copy on one device, in 2^4 partitions: nothing here is to survive.
  builder="$folder/etc/$kind.builder"
  swift-ring-builder "$builder" create 4 1 0 >/dev/null
  swift-ring-builder "$builder" add "r1z1-127.0.0.1:$port/disk" 1 >/dev/null
  swift-ring-builder "$builder" rebalance >/dev/null
done

cat > "$folder/etc/proxy.conf" <<CONF
[DEFAULT]
$common
bind_port = $proxy

[pipeline:main]
pipeline = catch_errors cache listing_formats s3api tempauth slo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true

[filter:catch_errors]
use = egg:swift#catch_errors

# The authentication middleware refuses to work without.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$cache

[filter:listing_formats]
use = egg:swift#listing_formats

[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
check_bucket_owner = false

[filter:tempauth]
use = egg:swift#tempauth
user_robian_tests = not-a-secret .admin

[filter:slo]
use = egg:swift#slo
CONF
chown -R swift "$folder"
chmod 755 "$folder"

memcached -u swift -l 127.0.0.1 -p "$cache" -U 0 >"$folder/log/memcached" 2>&1 &
servers+=($!)
for kind in account container object proxy; do
  "swift-$kind-server" "$folder/etc/$kind.conf" -v >"$folder/log/$kind" 2>&1 &
  servers+=($!)
done

export AWS_ACCESS_KEY_ID=robian:tests AWS_SECRET_ACCESS_KEY=not-a-secret AWS_REGION=us-east-1
endpoint="http://127.0.0.1:$proxy"
# The project's own client: curl takes no key with a colon in it.
node --input-type=module - "$endpoint" <<'MAKE' || { tail -n 3 "$folder"/log/* >&2; unavailable 'Swift did not start'; }
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
const client = new S3Client({ endpoint: process.argv[2], forcePathStyle: true, maxAttempts: 1 });
// Python takes some seconds to load all of it on a busy machine.
for (const until = Date.now() + 60_000; ; await new Promise((next) => setTimeout(next, 100))) {
  const failure = await client.send(new CreateBucketCommand({ Bucket: 'robian' })).then(() => null, (error) => error);
  if (failure === null) break;
  if (Date.now() > until) throw failure;
}
MAKE

TEST_S3_URL="s3://robian/audio?endpoint=$endpoint" "$@"
