#!/bin/sh
# Takes a backup each night at BACKUP_AT_UTC (HH:MM) into /backups, and after a failure again each hour until one is good.
# BACKUP_ARGUMENTS: further words for `robian backup`, such as --audio. With `--once` it takes one now and leaves with its code.
set -eu

take() {
  # Words on purpose: a list of options.
  # shellcheck disable=SC2086
  node /app/src/cli/robian.ts --json backup --to /backups ${BACKUP_ARGUMENTS:-}
}

[ "${1:-}" = --once ] && { take; exit; }

# Between two tries after a failure, in seconds.
retry_seconds=3600
trap 'exit 0' TERM INT
pause() { sleep "$1" & wait $!; }

while :; do
  now=$(date -u +%s)
  next=$(date -u -d "${BACKUP_AT_UTC}" +%s)
  [ "$next" -gt "$now" ] || next=$((next + 86400))
  pause $((next - now))
  until take; do pause "$retry_seconds"; done
done
