#!/usr/bin/env bats
# What is found in one instant, by snapshot and by top alike: who is stuck, behind whom, and who is not.
load common

@test "a deadlock from before: its circle, who is behind it, and status 10 for scripts" {
	hold deadlock
	scope snapshot --json --fail-on deadlock -p "$pid"
	has_status 10
	silent
	valid snapshot-1
	equal '.[0].deadlocks | map([(.tids | sort), .behind])' '[[[$w.threads.ping.tid, $w.threads.pong.tid] | sort, 1]]'
	equal '.[0].findings | map([.kind, .severity, (.tids | sort)])' \
		'[["deadlock", "critical", ([$w.threads.ping.tid, $w.threads.pong.tid] | sort)]]'
	scope snapshot --fail-on stuck-thread,deadlock -p "$pid"
	has_status 10
	grep -q '^CRITICAL: deadlock of 2 threads: .*; 1 more thread waits behind$' "$T/out"
	scope_well snapshot --fail-on lock-convoy,stuck-thread -p "$pid"
}

# The durations differ from look to look.
summaries() {
	jq -s '.[-1].findings | map([.kind, .severity, .tids, (.summary | gsub("[0-9.]+ (m|u)?s"; "T"))])' "$T/out"
}

as_snapshot_says() {
	scope_well snapshot --json -p "$pid"
	summaries >"$T/snapshot.findings"
	scope_well top --json -i 200ms -c 2 -p "$pid"
	summaries | diff "$T/snapshot.findings" -
}

@test "top finds a deadlock as snapshot does; it ends with the first report that has one" {
	hold deadlock
	aged
	as_snapshot_says
	scope top --json --fail-on deadlock -i 100ms -c 1 -p "$pid"
	has_status 10
	valid interval-1
	scope top --json --until-found --fail-on deadlock -i 100ms -p "$pid"
	has_status 10
	[ "$(jq -r '.findings[0].kind' "$T/out")" = deadlock ]
	scope_well top --json --until-found --fail-on log-stall -i 100ms -c 3 -p "$pid"
	scope top -i 100ms -c 1 --fail-on critical -p "$pid"
	has_status 10
	grep -q '^CRITICAL: deadlock of 2 threads: .*; 1 more thread waits behind$' "$T/out"
	[ "$(grep -c '^WARNING' "$T/out")" -eq 0 ]
	scope snapshot --count 50 -i 100ms --until-found -p "$pid"
	has_status 10
	[ "$(grep -c '^snapshot 1 of 50' "$T/out")" -ge 1 ]
	[ "$(grep -c '^snapshot 2 of' "$T/out")" -eq 0 ]
}

@test "top finds a convoy and stuck threads as snapshot does" {
	hold convoy --mode write --threads 41
	aged
	scope top --json --fail-on lock-convoy -i 200ms -c 1 -p "$pid"
	has_status 10
	expect '.[0].findings | map(select(.kind == "lock-convoy")) | length == 1 and .[0].severity == "warning" and
		(.[0].tids | length) == 42 and .[0].tids[-1] == $w.owner_tid' '.[0].findings'
	expect '.[0].findings | map(.kind) | sort == ["lock-convoy", "log-stall"]' '.[0].findings'
	scope top --json --fail-on long-wait -i 200ms -c 1 -p "$pid"
	has_status 10
}

@test "a convoy in one sentence: how many, which lock, whose, and what that waits for since when" {
	hold convoy --mode write --threads 41
	aged
	scope snapshot --json --fail-on lock-convoy -p "$pid"
	has_status 10
	expect '.[0].findings | map(.kind) == ["lock-convoy", "log-stall"] and .[0].severity == "warning" and
		(.[0].tids | length) == 42 and .[0].tids[-1] == $w.owner_tid' '.[0].findings'
	expect '.[0].findings[0].summary | test("^41 threads wait, the longest for at least [0-9.]+ s, for log_mutex \\(mutex at \($w.address)\\), held by " +
		"log-writer \\(\($w.owner_tid)\\), which has been in write\\(pipe:\\[[0-9]+\\]\\) for at least [0-9.]+ s")' '.[0].findings'
	expect '.[0].findings[1] | .severity == "warning" and (.tids | length) == 42 and .tids[0] == $w.owner_tid and
		(.path | test("^pipe:")) and (.summary | test("^log-writer \\(\($w.owner_tid)\\) has been in write\\(pipe:\\[[0-9]+\\]\\) " +
		"for at least [0-9.]+ s \\(pipe full.*\\), called from flush_log at convoy\\.c:[0-9]+ .*; 41 threads wait behind mutex log_mutex, " +
		"which it holds$"))' '.[0].findings'
	scope snapshot --fail-on log-stall -p "$pid"
	has_status 10
	scope_well snapshot --fail-on deadlock,stuck-thread -p "$pid"
	grep -q 'held by log-writer ([0-9]*), which has been in write(pipe:\[[0-9]*\]) for at least [0-9.]* m*s' "$T/out"
	grep -q '^  41 threads -> log_mutex (mutex at 0x[0-9a-f]*) -> log-writer ([0-9]*) -> write(pipe:\[[0-9]*\]), at least [0-9.]* m*s' "$T/out"
}

@test "workers that wait for work are no finding and fill no table" {
	hold idle_pool --threads "$(amount 30 5)"
	aged
	scope_well snapshot --json --fail-on deadlock,lock-convoy,stuck-thread -p "$pid"
	equal '.[0].findings' '[]'
	expect '.[0].threads | length == $w.workers + 1'
	scope_well snapshot -p "$pid"
	[ "$(grep -Ec '^(info|WARNING|CRITICAL)' "$T/out")" -eq 0 ]
	[ "$(grep -Ec 'threads? waits? for' "$T/out")" -eq 0 ]
	[ "$(wc -l <"$T/out")" -lt 60 ]
	trace top --json -i 300ms -c 1 -p "$pid"
	ended
	has_status 0
	equal '.[0].findings' '[]'
}

@test "a stopped process is said to be stopped" {
	hold idle_pool --threads 2
	kill -STOP "$pid"
	await is_stopped "$pid"
	aged
	scope_well snapshot --json -p "$pid"
	expect '.[0].findings | length == 1 and .[0].kind == "stuck-thread" and (.[0].tids | length) == $w.workers + 1 and
		(.[0].summary | test("^9 threads have been stopped for .* by SIGSTOP; SIGCONT continues it"))' '.[0].findings'
	expect '.[0].target.stopped | .by == "signal" and .duration_ns >= 1000000000' '.[0].target'
	as_snapshot_says
	expect '.[-1].processes[0].stopped.by == "signal"' '.[-1].processes'
	scope_well logs --json -i 100ms -c 1 -p "$pid"
	expect '.[0].stopped | map([.pid, .by]) == [[$w.pid, "signal"]]' '.[0].stopped'
	for view in snapshot top logs; do
		options='-i 100ms -c 1'
		[ "$view" != snapshot ] || options=
		# shellcheck disable=SC2086 # several words
		scope_well "$view" $options -p "$pid"
		grep -Eq '\): stopped for [^,]*, by SIGSTOP; SIGCONT continues it\. |: stopped for [^,]*, by SIGSTOP' <(head -n 1 "$T/out")
	done
	scope_well events --json -d 100ms -p "$pid"
	expect '.[0] | .event == "stopped" and .by == "signal" and .pid == $w.pid' '.[0]'
	kill -CONT "$pid"
	scope_well snapshot --json -p "$pid"
	equal '.[0].findings, .[0].target.stopped' '[], null'
	scope_well events --json -d 100ms -p "$pid"
	equal 'map(select(.event == "stopped"))' '[]'
}

is_stopped() {
	! grep -hq '^State:.[^T]' /proc/"$1"/task/*/status
}
