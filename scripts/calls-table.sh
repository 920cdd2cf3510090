#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# data/calls.tsv as rows of C, to be compiled in: X86_64(number, name) and ARM64(number, name).
set -eu
cd "$(dirname "$0")/../data"
awk '
	/^#/ || $1 == "name" { next }
	$2 != "-" { printf "X86_64(%d, %s)\n", $2, $1 }
	$3 != "-" { printf "ARM64(%d, %s)\n", $3, $1 }' calls.tsv
