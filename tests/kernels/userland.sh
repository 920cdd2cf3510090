#!/usr/bin/env bash
# Makes FOLDER with packages of the Debian release that runs here, and with what they depend on, for another
# processor: the tools of a guest. Nothing is installed, and none of it runs here.
#   userland.sh ARCH FOLDER PACKAGE...
set -euo pipefail
# shellcheck disable=SC1091 # it is checked by itself
source "$(dirname "${BASH_SOURCE[0]}")/../debian.bash"

die() {
	printf 'userland.sh: %s\n' "$*" >&2
	exit 1
}

# Links of a merged /usr, which the packages' files go through
make_folders() { # ROOT
	local name
	for name in bin sbin lib; do
		mkdir -p "$1/usr/$name"
		ln -s "usr/$name" "$1/$name"
	done
}

main() {
	[[ $# -ge 3 ]] || die 'usage: userland.sh ARCH FOLDER PACKAGE...'
	local arch=$1 folder=$2 suite uri package
	shift 2
	# What is there may lack a package that was added since.
	[[ $(cat "$folder/packages" 2>/dev/null) != "$*" ]] || return 0
	# shellcheck disable=SC1091
	suite=$(. /etc/os-release && [[ ${ID:-} == debian ]] && echo "${VERSION_CODENAME:-}") ||
		die "the tools for $arch come from Debian, and this is another system"
	has_keyring || exit 1
	uri=$(archive)
	[[ -n $uri ]] || die 'no Debian archive among the sources of apt'
	work=$(mktemp -d "${TMPDIR:-/tmp}/threadscope-userland.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	make_apt "$work" "$suite" "$uri" "$arch"
	apt-get -qq -c "$work/apt.conf" update >"$work/log" 2>&1 || die "$(complaint "$work/log")"
	apt-get -qq -y -c "$work/apt.conf" --download-only --no-install-recommends install "$@" >"$work/log" 2>&1 ||
		die "$(complaint "$work/log")"
	make_folders "$work/root"
	for package in "$work"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$package" |
			tar -x -C "$work/root" --keep-directory-symlink --no-same-owner \
				--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
	done
	# That of the alternatives, which only an installation chooses
	ln -sf mawk "$work/root/usr/bin/awk"
	echo "$*" >"$work/root/packages"
	rm -rf "$folder"
	mkdir -p "$(dirname "$folder")"
	mv "$work/root" "$folder"
}

main "$@"
