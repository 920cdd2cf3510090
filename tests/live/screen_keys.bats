#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The full-screen view with sanitizers: random keys, mouse reports, resizes, stops and files, on a program that makes
# threads all the while. The long run: make fuzz-screen
load common

@test "random keys at 10 ms: no report of a sanitizer, memory flat, no thread lost, the terminal as it was" {
	[ -x "$root/build/asan/threadscope" ] || skip 'build/asan/threadscope is not built'
	command -v python3 >/dev/null || skip 'python3 is not installed'
	TS_TIMEOUT_SCALE=$scale python3 -B "$root/tests/fuzz/screen_keys.py" --refreshes 1000 "$root/build/asan/threadscope" \
		"$WORKLOADS/thread_churn"
}
