# SPDX-License-Identifier: GPL-2.0-or-later
# What the files of this folder begin with: `load common`, and their setup calls it.
# shellcheck shell=bash disable=SC2034 # the tests use the variables

program() { # the program, and where its output goes
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	THREADSCOPE=$(realpath "${THREADSCOPE:-$root/build/threadscope}")
	samples=$root/tests/samples
	T=$BATS_TEST_TMPDIR
	out=$T/out err=$T/err
	export LC_ALL=C
	[ -x "$THREADSCOPE" ] || skip "$THREADSCOPE is not built"
}
