#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a process is: command line or title, unit, age.
load common

titled() { # TITLE: a process that sets it; PID in $pid
	need perl
	# shellcheck disable=SC2016 # of Perl
	launch "$T/out.$1" "$T/err" perl -e '$0 = $ARGV[0]; $SIG{USR1} = sub { $0 = "$ARGV[0] anew" }; sleep 1 while 1' \
		"server: $1"
	pid=$launched
	await has_title "$pid" "server: $1"
}

has_title() {
	tr '\0' ' ' <"/proc/$1/cmdline" | grep -q "^$2 *\$"
}

@test "a title that the target sets, and sets anew" {
	titled checkpointer
	trace top --json -i 200ms -p "$pid"
	await shows 'process | .command == "server: checkpointer"'
	kill -USR1 "$pid"
	await has_title "$pid" 'server: checkpointer anew'
	await shows 'process | .command == "server: checkpointer anew"'
	finish
	equal '.[0] | process | .comm' '"server: checkpo"'
	scope_well top -b -c 1 -p "$pid"
	grep -Eq '^[0-9:]+  server: checkpo \([0-9]+\): 1 thread, .*; "server: checkpointer anew",( in [^ ]+,)? up [0-9]' "$T/out"
	scope_well snapshot -p "$pid"
	grep -Eq '^server: checkpo \([0-9]+\), /[^ ]*perl[^ ]*, "server: checkpointer anew",( in [^ ]+,)? up [0-9]' "$T/out"
}

@test "every process: those of one name are told apart, each has its age and unit" {
	titled 'first worker'
	first=$pid
	titled 'second worker'
	trace top --json -i 500ms
	await shows ".processes | any(.pid == $first and .command == \"server: first worker\")"
	await shows 'process | .command == "server: second worker"'
	finish
	# As old as the kernel says: field 22 of its stat, in ticks of 10 ms, against the time since boot.
	started=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20)
	expect "[.[] | process] | last | .uptime_ns | . > 0 and . <= $(awk '{ printf "%d", $1 * 100 }' /proc/uptime) * 1e7 - $started * 1e7 + 1e7"
	# The unit, where it has one, is that of the same process as a target.
	query '[.[] | process] | last | .unit' >"$T/unit"
	scope_well top --json -i 200ms -c 1 -p "$pid"
	equal '.[0] | process | .unit' "$(cat "$T/unit")"
	scope_well snapshot --json -p "$pid"
	equal '.[0].target.unit' "$(cat "$T/unit")"
	expect '.[0].target.uptime_ns > 0'
	scope_well top -b -c 1 -n 'server: *'
	grep -Eq '^ *[0-9]+  server: first worker  ' "$T/out"
	grep -Eq '^ *[0-9]+  server: second worker  ' "$T/out"
}
