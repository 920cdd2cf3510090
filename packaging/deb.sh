#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A package of Debian, for this release and processor, in build/packages; prints its name. `make deb` has built the
# program.
set -euo pipefail
# shellcheck source=packaging/common.bash
source "$(dirname "$0")/common.bash"

arch=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/threadscope
doc=$root/usr/share/doc/threadscope
stage "$root" /usr "$build/threadscope" "${STRIP:-strip}"

# As Debian's policy wants them: the license is one that every system has, text is compressed.
rm "$doc/LICENSE"
cp packaging/copyright "$doc/copyright"
mv "$doc/CHANGELOG.md" "$doc/changelog"
cat >"$doc/changelog.Debian" <<TEXT
threadscope ($version-1) unstable; urgency=medium

  * Version $version; changelog.gz has its changes.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
TEXT
gzip -9n "$doc/changelog" "$doc/changelog.Debian" "$root/usr/share/man/man8/threadscope.8"

mkdir -p "$root/DEBIAN" "$work/debian"
: >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "$root/usr/sbin/threadscope" | sed -n 's/^shlibs:Depends=//p')
cat >"$root/DEBIAN/control" <<TEXT
Package: threadscope
Version: $version-1
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(du -k -s --apparent-size "$root/usr" | cut -f 1)
Depends: $depends
Suggests: libdebuginfod1
Section: utils
Priority: optional
Description: shows what the threads of a running process wait for
 For a running process, threadscope shows what every thread waits for, since
 when, and which thread or process makes it wait; where threads come from and
 whether they pile up; and what writes and syncs cost, file by file.
 .
 It uses eBPF, needs Linux 5.10 or newer with BTF, and changes nothing in the
 process that it watches.
TEXT
(cd "$root" && find usr -type f | sort | xargs md5sum >DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$build/packages"
package=$build/packages/threadscope_$version-1_$arch.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >&2
echo "$package"
