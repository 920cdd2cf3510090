#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing on Debian, Ubuntu and Fedora: `deps.sh build` to build, `deps.sh test` for the tests
# too, `deps.sh bench` for the peers that `make bench` compares with, `deps.sh agreement` for
# the programs of `make agreement`, `deps.sh field` for those of `make field`, `deps.sh dist` to pack,
# `deps.sh arm64` for `make check-arm64`.
# Nothing is installed that is there already.
# shellcheck disable=SC2034,SC2046,SC1091 # lists are chosen by name, and split into words
set -eu

what=${1:-build}

debian_build='gcc make pkg-config clang llvm bpftool libbpf-dev libelf-dev libdw-dev zlib1g-dev liblzma-dev libjansson-dev libcap-ng-dev libseccomp-dev libiberty-dev uthash-dev libncurses-dev'
debian_test="$debian_build g++ bats jq git shellcheck clang-format clang-tidy cppcheck python3-jsonschema busybox-static cpio binutils procps tmux
	qemu-system-x86 debian-archive-keyring redis-server redis-tools postgresql rsyslog nginx wrk logrotate e2fsprogs btrfs-progs strace gdb util-linux man-db musl-tools libclang-rt-dev golang-go libxml2-utils xz-utils default-jdk-headless
	mariadb-server ruby liburing-dev sqlite3
	gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
debian_agreement='gdb python3 redis-server memcached nginx-light postgresql rsyslog mariadb-server default-jdk-headless'
debian_field="$debian_agreement jq curl redis-tools nginx wrk nodejs etcd-server prometheus caddy nats-server syncthing bsdutils"
debian_dist="$debian_build git lintian rpm file xz-utils debian-archive-keyring gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
debian_arm64="$debian_build gcc-aarch64-linux-gnu g++-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm bats jq
	busybox-static cpio binutils util-linux debian-archive-keyring golang-go"
debian_bench="$debian_build bpftrace linux-perf strace gdb elfutils"

fedora_build='gcc make pkgconf-pkg-config clang llvm bpftool libbpf-devel elfutils-libelf-devel elfutils-devel zlib-devel xz-devel jansson-devel libcap-ng-devel libseccomp-devel binutils-devel uthash-devel ncurses-devel'
fedora_test="$fedora_build gcc-c++ bats jq git ShellCheck clang-tools-extra cppcheck python3-jsonschema busybox cpio binutils procps-ng tmux
	qemu-system-x86-core redis postgresql-server rsyslog nginx wrk logrotate e2fsprogs btrfs-progs strace gdb util-linux man-db musl-gcc compiler-rt golang libxml2 xz java-latest-openjdk-devel"
fedora_agreement='gdb python3 redis memcached nginx postgresql-server rsyslog mariadb-server java-latest-openjdk-devel'
fedora_field="$fedora_agreement jq curl wrk nodejs etcd caddy syncthing util-linux"
fedora_dist="$fedora_build git rpm-build file"
fedora_arm64="$fedora_build" # the libraries and tools for arm64 are Debian's
fedora_bench="$fedora_build bpftrace perf strace gdb elfutils"

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "threadscope: packages are missing, and installing them needs root: run this as root" >&2
		exit 1
	fi
}

# Of a list of names, those that dpkg does not have.
debian_missing() {
	for p in "$@"; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"
	done
}

debian() {
	# shellcheck disable=SC2086 # a list of names
	set -- $(debian_missing $1)
	[ $# -gt 0 ] || return 0
	echo "installing: $*"
	as_root apt-get update -q -o Acquire::Retries=3 >/dev/null
	# A server that is installed for a test must not start by itself.
	as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
		apt-get install -y -q --no-install-recommends -o Acquire::Retries=3 "$@" >/dev/null
}

# bpftool is a package of its own from Debian 12 on; Ubuntu has it in linux-tools.
bpftool_name() {
	if apt-cache show bpftool 2>/dev/null | grep -q '^Version'; then
		echo bpftool
	else
		echo linux-tools-generic
	fi
}

fedora() {
	# shellcheck disable=SC2086
	set -- $(for p in $1; do rpm -q "$p" >/dev/null 2>&1 || echo "$p"; done)
	[ $# -gt 0 ] || return 0
	echo "installing: $*"
	as_root dnf install -y -q "$@" >/dev/null
}

if command -v apt-get >/dev/null; then
	list=$(eval "printf '%s' \"\$debian_$what\"")
	if [ "$(. /etc/os-release && echo "${ID:-}")" = ubuntu ]; then
		list=$(echo "$list" | sed "s/\bbpftool\b/$(bpftool_name)/; s/debian-archive-keyring//; s/linux-perf/linux-tools-generic/")
	fi
	debian "$list"
elif command -v dnf >/dev/null; then
	fedora "$(eval "printf '%s' \"\$fedora_$what\"")"
else
	echo "threadscope: this script knows Debian, Ubuntu and Fedora; README.md lists what to install" >&2
	exit 1
fi
