#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Archives of the last commit, in build/dist: the source, and static programs with manual page and completions, to be
# unpacked below /usr/local. `make dist` has built the programs. Without git (in the unpacked source) there is no
# archive of the source.
#   dist.sh ARCHITECTURE:PROGRAM:STRIP...
set -euo pipefail
# shellcheck source=packaging/common.bash
source "$(dirname "$0")/common.bash"

if [ -e .git ] && ! git diff --quiet HEAD; then
	echo 'dist.sh: files differ from the last commit, which the archives are of: commit first' >&2
	exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$build/dist"
mkdir -p "$build/dist"
name=threadscope-$version
[ ! -e .git ] || git archive --format=tar --prefix="$name/" HEAD | gzip -9n >"$build/dist/$name.tar.gz"
for each in "$@"; do
	IFS=: read -r arch program strip <<<"$each"
	folder=$name-linux-$arch
	stage "$work/$folder" '' "$program" "$strip"
	pack "$build/dist/$folder.tar.gz" "$work" "$folder"
done
cd "$build/dist"
sha256sum -- *.tar.gz >SHA256SUMS
cat SHA256SUMS
