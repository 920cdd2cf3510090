#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the full-screen view sends to its terminal per refresh, which often is at the end of a slow line.

load common

few_bytes() { # ROWS COLUMNS KEYS
	local bytes
	bytes=$(python3 -B "$root/tests/live/screen_bytes.py" --keys "$3" "$1" "$2" 10 "$THREADSCOPE" -p "$pid" -i 200ms)
	echo "$2x$1, keys '$3': $bytes bytes per refresh"
	((bytes > 0 && bytes < 900))
}

@test "a refresh of a steady target, 50 idle threads and a lock convoy, sends less than 900 bytes" {
	command -v python3 >/dev/null || skip 'python3 is not installed'
	hold convoy --idle 50
	few_bytes 24 80 1
	few_bytes 40 120 1
	few_bytes 40 120 $'2G\eOC'
}
