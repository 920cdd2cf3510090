#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds archives and packages of the last commit twice, from a checkout and from the archive of its source, in other
# folders, zones, locales and with other umasks: the bytes must be equal. What is built is then looked at.
# Takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^#define TS_VERSION "\(.*\)"/\1/p' src/version.h)
[ "${NO_DEPS:-}" ] || sh scripts/deps.sh dist

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
one=$work/one two=$work/the/second/one

# Nothing of the caller's environment, no cache of objects.
build() { # FOLDER JOBS VARIABLE...
	env -i PATH="$PATH" CCACHE_DISABLE=1 "${@:3}" make -s -C "$1" -j"$2" dist deb rpm
}

sums() { # FOLDER
	(cd "$1/build" && sha256sum -- dist/*-linux-*.tar.gz packages/*)
}

fails() {
	printf 'not ok - %s\n' "$*"
	exit 1
}

git clone -q --no-local . "$one"
git -C "$one" checkout -q "$(git rev-parse HEAD)"
# The libraries for arm64, fetched once.
if [ -d build/arm64-root ]; then
	mkdir "$one/build" && cp -r build/arm64-root "$one/build/"
fi
(umask 022 && build "$one" "$(nproc)" HOME=/root TZ=UTC LANG=C)
mkdir -p "$two"
tar -xzf "$one/build/dist/threadscope-$version.tar.gz" --strip-components=1 -C "$two"
if [ -d "$one/build/arm64-root" ]; then
	mkdir "$two/build" && cp -r "$one/build/arm64-root" "$two/build/"
fi
(umask 077 && build "$two" 1 HOME=/ TZ=Asia/Tokyo LANG=C.UTF-8 LC_ALL=C.UTF-8)

sums "$one" >"$work/one.sums"
sums "$two" >"$work/two.sums"
diff "$work/one.sums" "$work/two.sums" || fails 'two builds differ'
cat "$work/one.sums"
echo 'ok - two builds are equal'

cmp <(tar -tzf "$one/build/dist/threadscope-$version.tar.gz" | sed 's,^[^/]*/,,' | grep -v '/$' | grep . | sort) \
	<(git -C "$one" ls-tree -r --name-only HEAD | sort) || fails 'the archive of the source is not the commit'
echo 'ok - the archive of the source has all files of the commit'

for archive in "$one"/build/dist/*-linux-*.tar.gz; do
	mkdir "$work/unpacked"
	tar -xzf "$archive" --strip-components=1 -C "$work/unpacked"
	program=$work/unpacked/sbin/threadscope
	arch=${archive##*-linux-} arch=${arch%.tar.gz}
	LC_ALL=C readelf -hW "$program" | grep -Eqi "machine:.*${arch/_/.}" || fails "$archive is not for $arch"
	[ "$(readelf -lW "$program" | grep -c INTERP)" = 0 ] || fails "$archive: not static"
	[ "$(readelf -dW "$program" | grep -c NEEDED)" = 0 ] || fails "$archive: not static"
	[ "$(strings -a "$program" | grep -cF "$work")" = 0 ] || fails "$archive: has the path that it was built in"
	[ "$arch" != "$(uname -m)" ] || "$program" --version
	rm -r "$work/unpacked"
	echo "ok - ${archive##*/}: static, without paths of the build"
done
[ "$(rpm --dbpath "$work/db" -qp --requires "$one"/build/packages/*.rpm 2>/dev/null | grep -vc '^rpmlib(')" = 0 ] ||
	[ "$(command -v dnf)" ] || fails 'the rpm needs other packages'
rpm --dbpath "$work/db" -qpl "$one"/build/packages/*.rpm >"$work/files"
for file in sbin/threadscope share/man/man8/threadscope.8.gz share/bash-completion/completions/threadscope \
	share/doc/threadscope/LICENSE share/doc/threadscope/CHANGELOG.md; do
	grep -qx "/usr/$file" "$work/files" || fails "the rpm lacks $file"
done
echo 'ok - the rpm has program, page, completions, license and changes'
make -s -C "$one" deb-check
echo 'ok - the deb installs, removes, and pleases lintian'
