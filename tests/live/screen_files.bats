#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the full-screen view writes to files.

load common
load screen

# asks_for FILE [KEY]: what the screen keeps is to be written there, and the key follows at once.
asks_for() {
	keys Escape w C-u
	keys -l "$1"
	keys Enter "${@:2}"
}

# There is an interval to write.
has_written() {
	asks_for "$1"
	await has "intervals? written to $1|no interval has been measured"
	has "intervals? written to $1"
}

intervals_in() {
	"$THREADSCOPE" replay --json "$1" | jq -s 'map(select(.interval_ns > 0)) | length'
}

@test "a file is written beside the screen, which says so; one that cannot be written says why" {
	hold convoy
	session 150 40 "$THREADSCOPE" -i 100ms -p "$pid"
	shows 'FINDINGS'
	await has_written "$T/kept"
	[ "$(intervals_in "$T/kept")" -ge 1 ]
	asks_for "$T/no/folder"
	shows "cannot write .*no/folder.*No such file or directory"
	keys q
	shows 'ended with 0'
}

@test "quitting at once does not cut the file that was asked for" {
	hold convoy
	session 150 40 "$THREADSCOPE" -i 100ms -p "$pid"
	shows 'FINDINGS'
	await has_written "$T/kept"
	asks_for "$T/last" q
	shows 'ended with 0'
	shows 'written to .*last'
	[ "$(intervals_in "$T/last")" -ge "$(intervals_in "$T/kept")" ]
}
