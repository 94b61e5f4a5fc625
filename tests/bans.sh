#!/usr/bin/env bash
# What a crate must not contain: the pure ones no runtime, no web server, no database; the engine no
# runtime and no web server. Looks at what is linked, not at what is written.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
ban() {
  local crate=$1
  shift
  # With all its features, but the store without the one that brings PostgreSQL and with it a runtime.
  local features=--all-features
  [ "$crate" = store ] && features=--no-default-features
  local tree
  # Fails when the crate is not there, so that a renamed one is noticed.
  tree=$(cargo tree --package "$crate" --edges normal --prefix none "$features")
  for banned in "$@"; do
    if grep --quiet "^$banned v" <<<"$tree"; then
      echo "$crate contains $banned: cargo tree -p $crate -e normal -i $banned" >&2
      failed=1
    fi
  done
}

for crate in authoring forms workflows papers; do
  ban "$crate" tokio axum hyper sled store engine server
done
ban authoring forms workflows papers
ban forms workflows papers
ban workflows forms papers
ban papers forms workflows
ban store tokio tokio-postgres axum hyper forms workflows papers engine
ban engine tokio axum hyper server
exit "$failed"
