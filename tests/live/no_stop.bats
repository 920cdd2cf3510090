#!/usr/bin/env bats
# A snapshot does not stop its target: a thread of the target that looks at the clock in a loop sees no gap.
load common

gaps() { # FIELD: the largest since the last call, in us; ticking writes it at SIGUSR1
	rm -f "$T/gaps"
	kill -USR1 "$pid"
	await test -e "$T/gaps"
	jq ".$1 / 1000 | floor" "$T/gaps"
}

@test "20 snapshots of a process of 2,000 threads do not stop a thread of it, gdb does" {
	local usual during by_gdb
	command -v gdb >/dev/null || skip 'gdb, to compare with, is not installed'
	hold ticking --threads 2000 --gaps "$T/gaps"
	# Time on a run queue is left out of all: that is this machine's load.
	gaps stopped_ns
	sleep 1
	usual=$(gaps stopped_ns)
	for ((i = 0; i < 20; i++)); do
		scope_well snapshot -p "$pid"
	done
	during=$(gaps stopped_ns)
	gdb -nx -batch -p "$pid" -ex 'thread apply all bt' >/dev/null 2>&1 || :
	by_gdb=$(gaps stopped_ns)
	echo "longest gap in us: $usual usually, $during in 20 snapshots, $by_gdb under gdb"
	[ "$by_gdb" -gt 100000 ] || skip 'gdb may not attach here'
	# A virtual machine's own pauses count for both; a stop would be in the order of gdb's.
	[ "$during" -le $((usual + 1000)) ] || [ "$during" -le $((by_gdb / 20)) ]
}

@test "target_stopped_ns is 0, and nothing traces the target" {
	hold ticking --threads 50 --gaps "$T/gaps"
	scope_well snapshot --json -p "$pid"
	equal '.[0].cost.target_stopped_ns' 0
	grep -q '^TracerPid:.0$' "/proc/$pid/status"
}
