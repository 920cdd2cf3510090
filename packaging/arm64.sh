#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's libraries for arm64, to link with, without touching the system's apt: makes FOLDER, if it is not there,
# with the libraries of scripts/deps.sh in it. They are of the release that runs here, whose headers and
# cross compiler they fit.
#   arm64.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/debian.bash
source tests/debian.bash

die() {
	printf 'arm64.sh: %s\n' "$*" >&2
	exit 1
}

folder=${1:?which folder}
# What is there may lack a library that was added since.
needed=$(sed -n "s/^debian_build='\(.*\)'/\1/p" scripts/deps.sh)
if [ "$(cat "$folder/needed" 2>/dev/null)" = "$needed" ]; then
	exit
fi
rm -rf "$folder"
# shellcheck disable=SC1091
suite=$(. /etc/os-release && [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") ||
	die 'the libraries for arm64 come from Debian, and this is another system'
has_keyring || exit 1
source=$(archive)
[ -n "$source" ] || die 'apt has no archive of Debian here'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make_apt "$work" "$suite" "$source" arm64
apt-get -c "$work/apt.conf" update >"$work/log" 2>&1 || die "$(complaint "$work/log")"

# The libraries, and those that their static forms need; names that this release lacks are left out.
wanted=()
for package in $(tr ' ' '\n' <<<"$needed" | grep -- '-dev$') libbz2-dev libzstd-dev; do
	[ -z "$(candidate_version "$work" "$package")" ] || wanted+=("$package")
done
(cd "$work" && apt-get -c apt.conf download "${wanted[@]}" >log 2>&1) || die "$(complaint "$work/log")"
mkdir "$work/root"
for package in "$work"/*.deb; do
	dpkg-deb -x "$package" "$work/root"
done
echo "$needed" >"$work/root/needed"
mkdir -p "$(dirname "$folder")"
mv "$work/root" "$folder"
