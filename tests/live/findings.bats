#!/usr/bin/env bats
# A snapshot's findings: who is stuck, behind whom, and who is not.
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

@test "a convoy in one sentence: how many, which lock, whose, and what that waits for since when" {
	hold convoy --mode write --threads 41
	aged
	scope snapshot --json --fail-on lock-convoy -p "$pid"
	has_status 10
	expect '.[0].findings | map(.kind) == ["lock-convoy", "log-stall"] and .[0].severity == "warning" and
		(.[0].tids | length) == 42 and .[0].tids[-1] == $w.owner_tid' '.[0].findings'
	expect '.[0].findings[0].summary | test("^41 threads wait, up to [0-9.]+ s, for log_mutex \\(mutex at \($w.address)\\), held by " +
		"log-writer \\(\($w.owner_tid)\\), which has been in write\\(pipe:\\[[0-9]+\\]\\) for [0-9.]+ s$")' '.[0].findings'
	expect '.[0].findings[1] | .severity == "warning" and (.tids | length) == 42 and .tids[0] == $w.owner_tid and
		(.path | test("^pipe:")) and (.summary | test("^log-writer \\(\($w.owner_tid)\\) has been in write\\(pipe:\\[[0-9]+\\]\\) " +
		"for [0-9.]+ s \\(pipe full\\), called from flush_log at convoy\\.c:[0-9]+ .*; 41 threads wait behind mutex log_mutex, " +
		"which it holds$"))' '.[0].findings'
	scope snapshot --fail-on log-stall -p "$pid"
	has_status 10
	scope_well snapshot --fail-on deadlock,stuck-thread -p "$pid"
	grep -q 'held by log-writer ([0-9]*), which has been in write(pipe:\[[0-9]*\]) for [0-9.]* m*s$' "$T/out"
	grep -q '^  41 threads -> log_mutex (mutex at 0x[0-9a-f]*) -> log-writer ([0-9]*) -> write(pipe:\[[0-9]*\]), [0-9.]* m*s$' "$T/out"
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
		(.[0].summary | test("^9 threads have been stopped for .* by a signal; SIGCONT continues it"))' '.[0].findings'
	kill -CONT "$pid"
	scope_well snapshot --json -p "$pid"
	equal '.[0].findings' '[]'
}

is_stopped() {
	! grep -hq '^State:.[^T]' /proc/"$1"/task/*/status
}
