#!/usr/bin/env bash
# Gets one of Debian's cloud kernels, without touching the system's apt.
#   fetch.sh --arch ARCH NAME      prints "VERSION<TAB>PATH" of the vmlinuz; NAME as in --list
#   fetch.sh --arch ARCH --list    prints "NAME<TAB>SUITES<TAB>CACHED-VERSION or -"
# The archive is the one that the system's own apt is configured with (or
# THREADSCOPE_DEBIAN_ARCHIVE); its signature is checked with Debian's own keys.
# A kernel in the cache is used as it is for a week, and longer while the
# archive cannot be reached.
set -euo pipefail

cache=${THREADSCOPE_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/threadscope/kernels}
fresh_days=${THREADSCOPE_KERNEL_FRESH_DAYS:-7}
# shellcheck disable=SC1091 # it is checked by itself
source "$(dirname "${BASH_SOURCE[0]}")/../debian.bash"

die() {
	printf 'fetch.sh: %s\n' "$*" >&2
	exit 1
}

# --- the cache: NAME.version names the current file vmlinuz-VERSION ---

cached_version() {
	local version
	[[ -r $cache/$1.version ]] || return 1
	version=$(<"$cache/$1.version")
	[[ -s $cache/vmlinuz-$version ]] || return 1
	printf '%s\n' "$version"
}

is_fresh() {
	[[ -n $(find "$cache/$1.version" -mtime "-$fresh_days" 2>/dev/null) ]]
}

# Renamed into place, so that a run beside this one never boots half a kernel
store() { # NAME VERSION [VMLINUZ]
	if [[ -n ${3:-} ]]; then
		cp "$3" "$cache/.new.$$" && mv "$cache/.new.$$" "$cache/vmlinuz-$2" || return
	fi
	printf '%s\n' "$2" >"$cache/.new.$$" && mv "$cache/.new.$$" "$cache/$1.version" || return
	find "$cache" -name 'vmlinuz-*' -mtime +60 ! -name "vmlinuz-$2" -delete
}

show() { # VERSION
	touch "$cache/vmlinuz-$1"
	printf '%s\t%s\n' "$1" "$cache/vmlinuz-$1"
}

# --- apt, in a state directory of its own ---

# The newest versioned packages behind the meta package. From 6.19 on the image
# itself is in linux-binary-*, and linux-image-* only depends on it.
image_packages() { # DIRECTORY
	apt-cache -c "$1/apt.conf" depends --recurse --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances "$meta" 2>/dev/null |
		grep -E '^linux-(image|binary)-[0-9].*-cloud-'"$arch"'(-unsigned)?$' | sort -u
}

# From 7.2 on it is no longer in /boot but under /usr/lib/modules/VERSION
extract_vmlinuz() { # DIRECTORY
	local deb
	for deb in "$1"/*.deb; do
		mkdir -p "$1/files"
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$1/files" --wildcards '*/vmlinuz*' 2>/dev/null || true
	done
	find "$1/files" -type f -name 'vmlinuz*' -size +1M | head -n 1
}

# 0: stored. 1: this suite cannot give a kernel, the reason is in $work/reason
fetch_from() { # NAME SUITE ARCHIVE
	local apt=$work/$2 packages version vmlinuz
	make_apt "$apt" "$2" "$3" "$arch"
	if ! apt-get -qq -c "$apt/apt.conf" update >"$apt/log" 2>&1; then
		printf '%s: %s\n' "$2" "$(complaint "$apt/log")" >>"$work/reason"
		return 1
	fi
	mapfile -t packages < <(image_packages "$apt")
	if [[ ${#packages[@]} -eq 0 ]]; then
		printf '%s: no %s\n' "$2" "$meta" >>"$work/reason"
		return 1
	fi
	version=$(candidate_version "$apt" "${packages[0]}")
	if [[ -s $cache/vmlinuz-$version ]]; then
		store "$1" "$version"
		return
	fi
	if ! (cd "$apt" && apt-get -qq -c apt.conf download "${packages[@]}") >"$apt/log" 2>&1; then
		printf '%s: %s\n' "$2" "$(complaint "$apt/log")" >>"$work/reason"
		return 1
	fi
	vmlinuz=$(extract_vmlinuz "$apt")
	if [[ -z $vmlinuz ]]; then
		printf '%s: no vmlinuz in %s\n' "$2" "${packages[*]}" >>"$work/reason"
		return 1
	fi
	store "$1" "$version" "$vmlinuz"
}

refresh() { # NAME SUITES
	local suite uri
	work=$(mktemp -d "${TMPDIR:-/tmp}/threadscope-fetch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	has_keyring 2>"$work/reason" || return 1
	uri=$(archive)
	[[ -n $uri ]] || { echo 'no Debian archive among the sources of apt' >"$work/reason"; return 1; }
	mkdir -p "$cache"
	for suite in ${2//,/ }; do
		! fetch_from "$1" "$suite" "$uri" || return 0
	done
	return 1
}

list() {
	local name suites
	while IFS=$'\t' read -r name suites; do
		printf '%s\t%s\t%s\n' "$name" "$suites" "$(cached_version "$name" || echo -)"
	done < <(kernels)
}

main() {
	[[ $# -eq 3 && $1 == --arch ]] || die 'usage: fetch.sh --arch ARCH NAME | --list'
	arch=$2 meta=linux-image-cloud-$2
	shift 2
	# shellcheck source=tests/kernels/arch/amd64.bash
	source "${BASH_SOURCE[0]%/*}/arch/$arch.bash"
	[[ $arch == amd64 ]] || cache+=/$arch
	[[ $1 != --list ]] || { list; return; }
	local suites version
	suites=$(kernels | awk -F '\t' -v name="$1" '$1 == name { print $2 }')
	[[ -n $suites ]] || die "no kernel '$1'; there are: $(kernels | cut -f 1 | paste -sd ' ')"
	if version=$(cached_version "$1") && is_fresh "$1"; then
		show "$version"
	elif refresh "$1" "$suites"; then
		show "$(cached_version "$1")"
	elif [[ -n $version ]]; then
		printf 'fetch.sh: %s from the cache, not refreshed: %s\n' "$version" "$(paste -sd ';' "$work/reason")" >&2
		show "$version"
	else
		die "$(paste -sd ';' "$work/reason")"
	fi
}

main "$@"
