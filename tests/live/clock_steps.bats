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
