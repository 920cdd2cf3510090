#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the Debian package, installs it into a root of its own, uses it there, and removes it: nothing stays.
# lintian, where it is installed, finds no error.
set -euo pipefail
# shellcheck source=packaging/common.bash
source "$(dirname "$0")/common.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=$(bash packaging/deb.sh 2>"$work/log") || { cat "$work/log" && exit 1; }
if command -v lintian >/dev/null; then
	lintian --fail-on error "$package"
fi

# dpkg asks for root; fakeroot is enough, because the package has no scripts.
as_root=()
[ "$(id -u)" = 0 ] || as_root=(fakeroot)
root=$work/root
mkdir -p "$root/var/lib/dpkg"/{info,updates,triggers}
: >"$root/var/lib/dpkg/status"
dpkg_there() {
	"${as_root[@]}" dpkg --root="$root" --log=/dev/null --force-depends --force-script-chrootless "$@" >"$work/log" 2>&1 ||
		{ cat "$work/log" && exit 1; }
}
files() {
	(cd "$root" && find . ! -path './var*' ! -path .) >"$1"
}

files "$work/before"
dpkg_there --install "$package"
for file in sbin/threadscope share/man/man8/threadscope.8.gz share/bash-completion/completions/threadscope \
	share/zsh/site-functions/_threadscope share/fish/vendor_completions.d/threadscope.fish \
	share/doc/threadscope/{copyright,changelog.gz,changelog.Debian.gz}; do
	test -s "$root/usr/$file"
done
[ "$("$root/usr/sbin/threadscope" --version)" = "threadscope $version" ]
bash -n "$root/usr/share/bash-completion/completions/threadscope"
[ -z "$(dpkg --root="$root" --verify threadscope)" ]
dpkg_there --purge threadscope
files "$work/after"
cmp "$work/before" "$work/after"
