#!/usr/bin/env bats
# The wall clock is set while threadscope looks: durations and rates are by the clock that only goes forward.
load common

teardown() {
	# The clock as it would be, by the uptime.
	if [ -n "${began:-}" ]; then
		date -s "@$((began + $(cut -d. -f1 /proc/uptime) - began_up))" >/dev/null || :
	fi
	kill_all
}

# bats test_tags=matrix,ends
@test "the wall clock is set forward and back: no duration, rate or age follows it" {
	[ -n "${TS_GUEST:-}" ] || skip 'only in a guest: other programs need this clock'
	hold convoy
	began=$(date +%s) began_up=$(cut -d. -f1 /proc/uptime)
	trace top --json -i 200ms -p "$pid"
	for step in 3600 -7200 86400; do
		seen=$(wc -l <"$T/out")
		date -s "@$(($(date +%s) + step))" >/dev/null
		await documents $((seen + 3))
	done
	finish
	valid interval-1
	expect 'length >= 9'
	# Intervals take what they took; waits last as long as the process has been up, not a day.
	equal '[.[].interval_ns | select(. <= 0 or . > 100000000000)]' '[]'
	equal '[.[].threads[]?.wait | select(. != null) | .duration_ns | select(. > 3000000000000)]' '[]'
	equal '[.[].processes[] | .uptime_ns // 0 | select(. > 3000000000000)]' '[]'
	# Each states the wall clock as it was: the steps are there to see.
	expect '[.[].time] as $t | any(range(1; $t | length); $t[.] < $t[. - 1])'
	scope_well snapshot --json -p "$pid"
	equal '[.[0].threads[].wait | select(. != null) | .duration_ns | select(. > 3000000000000)]' '[]'
}

# In a time namespace that is a day ahead.
a_day_ahead() {
	unshare -T --fork --monotonic 86400 --boottime 86400 true 2>/dev/null || skip 'no time namespaces here'
	printf '#!/bin/sh\nexec unshare -T --fork --monotonic 86400 --boottime 86400 "%s" "$@"\n' "$THREADSCOPE" >"$T/ahead"
	chmod +x "$T/ahead"
	THREADSCOPE=$T/ahead
}

# Of each document, with nothing to be added for a slow machine: a day would be seen.
is_of_now() {
	expect "length > 0 and all(.[]; .time | epoch_ns / 1e9 | . >= $1 - 3600 and . <= $(date +%s) + 3600)" 'map(.time)'
}

@test "in a time namespace: times, durations and intervals are the same as outside" {
	a_day_ahead
	hold convoy
	since=$(date +%s)
	scope_well snapshot --json -p "$pid"
	is_of_now "$since"
	expect '[.[0].threads[].wait | select(. != null) | .duration_ns] | length > 0 and max < 3600e9'
	scope_well top --json -c 4 -i 50ms -p "$pid"
	is_of_now "$since"
	expect 'all(.[]; .interval_ns < 3600e9 and .watched_ns < 3600e9 and .processes[0].uptime_ns < 3600e9)'
	equal '[.[].threads[]?.wait | select(. != null) | .duration_ns | select(. > 3600e9)]' '[]'
	scope events --json -- sh -c 'exit 7'
	has_status 7
	is_of_now "$since"
	# Those of its own writes that it has seen begin, and a file that it met then.
	scope_well logs --json -c 2 -i 50ms -- "$WORKLOADS/write_loop" --path "$T/log" --ms 300
	is_of_now "$since"
	expect "any(.[].files[]; .path == \"$T/log\" and .max_ns < 3600e9)"
}
