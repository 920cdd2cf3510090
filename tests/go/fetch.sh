#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Gets Go toolchains and servers written in Go out of Debian's packages, without installing them.
#   fetch.sh NAME      prints the directory they are unpacked in; NAME as in --list
#   fetch.sh --list    prints "NAME<TAB>SUITES<TAB>PACKAGES"
# What is in the cache is used for a month, and longer while the archive cannot be reached.
set -euo pipefail

cache=${THREADSCOPE_GO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/threadscope/go}
# shellcheck disable=SC1091 # it is checked by itself
source "$(dirname "${BASH_SOURCE[0]}")/../debian.bash"

# The suites of one name are tried in order. A package's name may be a pattern: the newest that fits.
things() {
	printf '%s\t%s\t%s\n' \
		stable bookworm 'golang-1.19-go golang-1.19-src' \
		newest trixie-backports,sid 'golang-1.*-go golang-1.*-src' \
		servers bookworm 'caddy prometheus' \
		servers-newer trixie 'caddy prometheus' \
		servers-newest sid 'caddy prometheus'
}

die() {
	printf 'fetch.sh: %s\n' "$*" >&2
	exit 1
}

# The newest package whose name fits a pattern.
newest_package() { # DIRECTORY PATTERN
	apt-cache -c "$1/apt.conf" pkgnames "${2%%\**}" | grep -xE "${2/\*/[0-9]+}" | sort -V | tail -n 1
}

# 0: unpacked at $work/root. 1: not from this suite, the reason is in $work/reason
fetch_from() { # SUITE ARCHIVE PACKAGE...
	local apt=$work/$1 deb name names=()
	make_apt "$apt" "$1" "$2"
	if ! apt-get -qq -c "$apt/apt.conf" update >"$apt/log" 2>&1; then
		printf '%s: %s\n' "$1" "$(complaint "$apt/log")" >>"$work/reason"
		return 1
	fi
	for name in "${@:3}"; do
		[[ $name != *\** ]] || name=$(newest_package "$apt" "$name")
		names+=("$name")
	done
	if ! (cd "$apt" && apt-get -qq -c apt.conf download "${names[@]}") >"$apt/log" 2>&1; then
		printf '%s: %s\n' "$1" "$(complaint "$apt/log")" >>"$work/reason"
		return 1
	fi
	for deb in "$apt"/*.deb; do
		dpkg-deb -x "$deb" "$work/root"
	done
}

refresh() { # NAME SUITES PACKAGE...
	local suite uri
	work=$(mktemp -d "${TMPDIR:-/tmp}/threadscope-fetch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	has_keyring 2>"$work/reason" || return 1
	uri=$(archive)
	[[ -n $uri ]] || { echo 'no Debian archive among the sources of apt' >"$work/reason"; return 1; }
	for suite in ${2//,/ }; do
		rm -rf "$work/root"
		fetch_from "$suite" "$uri" "${@:3}" || continue
		mkdir -p "$cache"
		# Renamed into place: a run beside this one has either the old one or the new one.
		rm -rf "$cache/$1.old"
		mv "$work/root" "$cache/$1.new.$$"
		[[ ! -e $cache/$1 ]] || mv "$cache/$1" "$cache/$1.old"
		mv "$cache/$1.new.$$" "$cache/$1"
		touch "$cache/$1"
		return 0
	done
	return 1
}

main() {
	[[ $# -eq 1 ]] || die 'usage: fetch.sh NAME | --list'
	[[ $1 != --list ]] || { things; return; }
	local suites list packages
	IFS=$'\t' read -r _ suites list < <(things | awk -F '\t' -v name="$1" '$1 == name') || die "there is no '$1'"
	if [[ -z $(find "$cache/$1" -maxdepth 0 -mtime -30 2>/dev/null) ]]; then
		read -ra packages <<<"$list"
		if ! (refresh "$1" "$suites" "${packages[@]}"); then
			[[ -d $cache/$1 ]] || die "$1 cannot be had"
			printf 'fetch.sh: %s from the cache, it could not be refreshed\n' "$1" >&2
		fi
	fi
	printf '%s\n' "$cache/$1"
}

main "$@"
