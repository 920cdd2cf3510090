#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A package of Fedora and its like, for this processor, in build/packages; prints its name. `make rpm` has built the
# program.
#   rpm.sh PROGRAM
set -euo pipefail
# shellcheck source=packaging/common.bash
source "$(dirname "$0")/common.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage "$work/root" /usr "$1" "${STRIP:-strip}"
gzip -9n "$work/root/usr/share/man/man8/threadscope.8"
find "$work/root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
rpmbuild --quiet -bb --define "_topdir $work/rpm" --define "_dbpath $work/db" --define "stage $work/root" \
	--define "version_here $version" packaging/threadscope.spec >&2
mkdir -p "$build/packages"
package=$(cd "$work/rpm/RPMS" && echo */*.rpm)
cp "$work/rpm/RPMS/$package" "$build/packages/"
echo "$build/packages/${package##*/}"
