#!/usr/bin/env bash
# Makes a Debian package of a binary that links Swift statically: package.sh BINARY FOLDER [VERSION]
set -euo pipefail

binary="${1:?the binary}" version="${3:-}"
mkdir -p "${2:?where the package goes}"
folder="$(cd "$2" && pwd)"
root="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

tree="$work/divar-gateway"
mkdir "$tree"
cp -r "$root/deploy/debian" "$tree/debian"
cp "$root"/deploy/systemd/divar-gateway.{service,socket} "$tree/debian/"
cp -r "$root/docs" "$root/README.md" "$root/SECURITY.md" "$root/deploy/prometheus" "$root/deploy/grafana" "$tree/"
cp "$binary" "$tree/divar-gateway"
# The service has its key as a credential of systemd's, which a variable of the environment isn't a place for.
sed 's/- env: DIVAR_API_KEY$/- credential: divar-key/' "$root/config/divar-gateway.yaml" >"$tree/divar-gateway.yaml"
grep -q -- '- credential: divar-key$' "$tree/divar-gateway.yaml"
if [ -n "$version" ]; then
    # Another version of the same, such as an upgrade's.
    sed -i "1s/(.*)/($version)/" "$tree/debian/changelog"
fi
cd "$tree"
dpkg-buildpackage --build=binary --no-sign >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
cp "$work"/divar-gateway_*.deb "$folder/"
ls "$folder"/divar-gateway_*"${version:-}"*.deb
