#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clang-tidy over the program's sources: tidy.sh [CLANG-TIDY]
# TIDY_NODES=225000 looks as deep into each function as clang does by itself, which takes three times as long.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=${1:-clang-tidy}
flags=(-std=gnu17 -D_GNU_SOURCE -I. -Isrc -Ibuild/gen -Xclang -analyzer-config -Xclang "max-nodes=${TIDY_NODES:-60000}")
case $(uname -m) in
x86_64) other=arm64 ;;
*) other=x86 ;;
esac
# shellcheck disable=SC2016 # for the inner shell
find src -name '*.c' ! -path "*/$other/*" ! -name "arch_$other.c" -print0 | sort -z | xargs -0 -n 8 -P "$(nproc)" sh -c '
	tool=$1
	shift
	flags=
	while [ "$1" != -- ]; do flags="$flags $1"; shift; done
	shift
	exec "$tool" --quiet --warnings-as-errors="*" "$@" -- $flags' sh "$tool" "${flags[@]}" -- 2>&1 |
	{ grep -vE '^[0-9]+ warnings? generated|^Suppressed|^Use -header-filter' || true; }
