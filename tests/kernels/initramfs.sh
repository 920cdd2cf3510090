#!/usr/bin/env bash
# Makes the initramfs that a kernel test guest runs: see README.md.
#   initramfs.sh --arch ARCH [--root DIR] OUT.cpio [BATS-ARGUMENT...]
# Needs no root. DIR is the project to test (default: the one this file is in).
# What goes in comes from this machine; for another processor, from packages for it in a folder, $system.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
project=$(readlink -f "$here/../..")
PATH=$PATH:/usr/sbin:/sbin # ldconfig is not in a plain user's PATH
system=

die() {
	printf 'initramfs.sh: %s\n' "$*" >&2
	exit 1
}

# Directories, with the links of a merged /usr: a library keeps the path that
# it has on the host, and so the module names in the output are the same.
make_skeleton() {
	mkdir -p "$guest"/{dev,proc,sys,run,tmp,root,project,etc,usr/{bin,sbin,lib,lib64,share},var/tmp}
	local name
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$guest/$name"
	done
	printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' \
		'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin' >"$guest/etc/passwd"
	printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' >"$guest/etc/group"
	printf '%s\n' 'passwd: files' 'group: files' 'hosts: files' >"$guest/etc/nsswitch.conf"
	printf '127.0.0.1 localhost\n' >"$guest/etc/hosts"
	install -m 755 "$here/init" "$guest/init"
}

# put PATH [DESTINATION]: one file, directory or link (then its target too), and
# the libraries that it needs. Directories above are resolved, names are kept.
put() {
	local from to
	from=$(realpath "${1%/*}")/${1##*/}
	to=$guest${2:-${from#"$system"}}
	[[ ! -e $to && ! -L $to ]] || return 0
	mkdir -p "${to%/*}"
	if [[ -d $from && ! -L $from ]]; then
		cp -rL --preserve=mode,timestamps "$from" "$to"
	elif [[ -L $from && -z ${2:-} ]]; then
		put_link "$from" "$to"
	else
		cp -L --preserve=mode,timestamps "$from" "$to"
	fi
	put_libraries "$to"
}

put_link() {
	local end
	# Straight to the end of the chain, which may pass through /etc/alternatives
	end=$(readlink -f "$1")
	ln -s "$(realpath --relative-to="${1%/*}" "$end")" "$2"
	put "$end"
}

put_libraries() {
	local file need list
	while IFS= read -r -d '' file; do
		is_elf "$file" || continue
		list=$(needed_by "$file")
		for need in $list; do
			put "$need"
		done
	done < <(find "$1" -type f -size +100c \( -perm /111 -o -name '*.so*' \) -print0)
}

is_elf() {
	local magic
	LC_ALL=C IFS= read -r -N 4 magic <"$1" 2>/dev/null && [[ $magic == $'\x7fELF' ]]
}

# The interpreter and the NEEDED libraries of an ELF file, as host paths. Asked
# of readelf rather than ldd, which runs the file and fails on foreign ones.
needed_by() {
	local name
	while read -r name; do
		if [[ $name == /* ]]; then
			printf '%s\n' "$system$name"
		elif [[ -n ${library[$name]:-} ]]; then
			printf '%s\n' "${library[$name]}"
		elif [[ $name != libc.so && ! -e ${1%/*}/$name ]]; then
			# libc.so without a number is musl's, which is its own interpreter
			die "$1 needs $name, which is not on this machine"
		fi
	done < <(LC_ALL=C readelf -lWd "$1" 2>/dev/null |
		sed -n -e 's/.*program interpreter: \(.*\)\]/\1/p' -e 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}

# library[name] is the path: of the loader's cache, or of the folder that the loader searches without one
find_libraries() {
	local name path
	while read -r name path; do
		[[ -n ${library[$name]:-} ]] || library[$name]=$path
	done < <(if [[ -n $system ]]; then
		find "$system"/usr/lib/*-linux-gnu -maxdepth 1 -name '*.so*' -printf '%f %p\n'
	else
		ldconfig -p | awk -v type="$library_type" 'index($0, type) { print $1, $NF }'
	fi)
}

# Prints the path of a command, or nothing if it is not installed.
find_tool() { # NAME
	if [[ -n $system ]]; then
		find "$system"/usr/{bin,sbin} -name "$1" -print -quit
	else
		type -P "$1" || true
	fi
}

put_project() {
	local from=$project/$build
	[[ -x $from/$program ]] || die "$from/$program is missing: build it first"
	put "$from/$program" /project/build/threadscope
	[[ ! -d $from/tests ]] || put "$from/tests" /project/build/tests
	put "$project/tests/live" /project/tests/live
	find "$guest/project/build" -type f \( -name '*.[oad]' -o -name '*.gc??' \) \
		! -name '*.bpf.o' -delete
	chmod -R a+rX "$guest/project"
}

put_bats() {
	local bats directory
	bats=$(find_tool bats)
	[[ -n $bats ]] || die 'bats is missing (package bats)'
	bats=$(readlink -f "$bats")
	# bats finds these from its own place, as lib and libexec beside bin
	for directory in "${bats%/*/*}"/lib{,exec}/bats-core; do
		put "$directory"
	done
	put "$bats"
}

put_listed() {
	local kind what path
	while read -r kind what; do
		case $kind in
		tool)
			path=$(find_tool "$what")
			[[ -z $path ]] || put_tool "$what" "$path"
			;;
		path) put_glob "$what" "$system/" ;;
		file) put_glob "$what" "$project/" /project/ ;;
		'' | '#'*) ;;
		*) die "guest.list: unknown entry '$kind $what'" ;;
		esac
	done <"$here/guest.list"
}

put_tool() {
	put "$(readlink -f "$2")" "/usr/bin/$1"
}

# put_glob GLOB PREFIX [GUEST-PREFIX]
put_glob() {
	local path
	while IFS= read -r path; do
		put "$path" ${3:+"$3${path#"$2"}"}
	done < <(compgen -G "$2${1#/}")
}

put_busybox() {
	local busybox name
	busybox=$(find_tool busybox)
	[[ -n $busybox ]] || die 'busybox is missing (package busybox-static)'
	! LC_ALL=C readelf -lW "$busybox" | grep -q INTERP || die 'busybox must be the static one (package busybox-static)'
	put_tool busybox "$busybox"
	while read -r name; do
		[[ -e $guest/usr/bin/$name ]] || ln -s busybox "$guest/usr/bin/$name"
	done < <(busybox --list) # this machine's, of the same release
}

put_run_script() {
	{
		# shellcheck disable=SC2016 # expanded in the guest
		printf '%s\n' '#!/bin/bash' 'cd /project' \
			'tags=$(sed -n "s/.*ts_tags=\([^ ]*\).*/\1/p" /proc/cmdline)'
		printf 'set --'
		printf ' %q' "$@"
		printf '\n'
		# Only the files with such a test: to look into all of them takes a minute here.
		# shellcheck disable=SC2016
		printf '%s\n' '[ -z "$tags" ] || set -- $(grep -lE "test_tags=(.*,)?${tags%%,*}(,|$)" tests/live/*.bats)' \
			'exec bats --tap ${tags:+--filter-tags "$tags"} "$@"'
	} >"$guest/run-tests"
	chmod 755 "$guest/run-tests"
}

main() {
	[[ ${1:-} == --arch ]] || die 'usage: initramfs.sh --arch ARCH [--root DIR] OUT.cpio [BATS-ARGUMENT...]'
	# shellcheck source=tests/kernels/arch/amd64.bash
	source "$here/arch/$2.bash" && arch=$2 && shift 2
	[[ ${1:-} != --root ]] || { project=$(readlink -f "$2") && shift 2; }
	[[ $# -ge 1 && $1 != -* ]] || die 'which file?'
	if [[ -n $userland ]]; then
		system=$(readlink -f "$project/$build")/userland
		# shellcheck disable=SC2086 # names
		"$here/userland.sh" "$arch" "$system" $userland
	fi
	local out
	out=$(realpath "$1") && shift
	[[ $# -gt 0 ]] || set -- tests/live
	guest=$(mktemp -d "${TMPDIR:-/tmp}/threadscope-initramfs.XXXXXX")
	trap 'rm -rf "$guest"' EXIT
	umask 022
	# A test may run as nobody, and mktemp's directory, which becomes the guest's
	# root directory, is closed to everyone else
	chmod 755 "$guest"
	declare -gA library=()

	find_libraries
	make_skeleton
	put_bats
	put_listed
	put_project
	put_busybox
	put_run_script "$@"
	if [[ -z $system ]]; then
		cp -rL /etc/ld.so.conf* "$guest/etc/"
		ldconfig -r "$guest"
	fi
	(cd "$guest" && find . -print0 | sort -z | cpio --quiet -0 -o -H newc -R 0:0) >"$out.new"
	mv "$out.new" "$out"
}

main "$@"
