# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034 # for the scripts that pack
# The time of the last commit is the time of every file, so that what is packed twice is
# equal. From a source archive, whose files have that time, it is the time of one of them.
umask 022
export LC_ALL=C TZ=UTC

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
version=$(sed -n 's/^#define TS_VERSION "\(.*\)"/\1/p' src/version.h)
build=${BUILD:-build}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(if [ -e .git ]; then git log -1 --format=%ct; else stat -c %Y CHANGELOG.md; fi)}
export SOURCE_DATE_EPOCH
# Who packs, as Debian's tools have it.
maintainer="${DEBFULLNAME:-threadscope packagers} <${DEBEMAIL:-packagers@threadscope.invalid}>"

# What every package has below its prefix: the program, stripped, and what is read.
stage() { # FOLDER PREFIX PROGRAM STRIP
	local doc=$1$2/share/doc/threadscope
	make -s install BUILD="$build" DESTDIR="$1" prefix="$2" PROGRAM="$3"
	"$4" --strip-all --remove-section=.comment "$1$2/sbin/threadscope"
	mkdir -p "$doc/docs/schema"
	install -m 644 README.md CHANGELOG.md SECURITY.md LICENSE "$doc"
	install -m 644 docs/interface.md docs/security.md "$doc/docs"
	install -m 644 docs/schema/* "$doc/docs/schema"
	find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

# The files of a folder as an archive, the same bytes for the same files.
pack() { # ARCHIVE FOLDER NAME...
	tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
		--mtime="@$SOURCE_DATE_EPOCH" -C "$2" -c "${@:3}" | gzip -9n >"$1"
}
