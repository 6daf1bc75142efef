#!/usr/bin/env bash
# Installs the Debian packages that a purpose needs and that are missing: build, test, lint, deb or bench.
set -euo pipefail

purpose="${1:?build, test, lint, deb or bench}"
case "$purpose" in
    build) packages=(libssl-dev zlib1g-dev libsqlite3-dev ca-certificates curl) ;;
    test) packages=(python3 python3-venv curl openssl strace chromium chromium-driver debhelper debootstrap) ;;
    lint) packages=(shellcheck) ;;
    bench) packages=(gcc libc6-dev nginx-light haproxy varnish wrk) ;;
    deb) packages=(debhelper lintian) ;;
    *)
        echo "setup.sh: $purpose is none of build, test, lint, deb and bench" >&2
        exit 2
        ;;
esac

if ! command -v swift >/dev/null; then
    echo "setup.sh: Swift 6.2 or newer is needed and not installed; see https://www.swift.org/install/linux/" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "installing through apt: ${missing[*]}"
"${sudo[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
