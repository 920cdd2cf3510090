#!/usr/bin/env bats
# Threads that do not run although nothing that they do keeps them: no CPU, stopped, frozen. Programs of tests/cases.
# bats file_tags=alone
load common

teardown() {
	kill_all
	[ -z "${group:-}" ] || [ ! -d "$group" ] || rmdir "$group"
}

# case_ready COMPILER NAME ARGUMENT...: a program of tests/cases that is in its state; $pid
case_ready() {
	need "$1"
	"$1" -O2 -g -pthread -o "$T/$2" "$root/tests/cases/$2.c"
	launch "$T/$2.out" "$T/$2.err" "$T/$2" "${@:3}"
	pid=$launched
	await grep -qx ready "$T/$2.out"
}

# A CPU cgroup for this test; $group
cpu_group() {
	group=$(awk '$3 == "cgroup" && $4 ~ /(^|,)cpu(,|$)/ { print $2; exit }' /proc/mounts)
	[ -n "$group" ] || group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$group" ] || skip 'there is no cgroup hierarchy here'
	[ ! -e "$group/cgroup.controllers" ] || echo +cpu >"$group/cgroup.subtree_control" ||
		skip 'this cgroup hierarchy has no CPU controller'
	group=$group/threadscope-halt.$$
	mkdir "$group" || skip 'no cgroup can be made'
	[ -e "$group/cpu.stat" ] || skip 'this cgroup hierarchy has no CPU controller'
}

owned_by() { # THREAD
	holder="(.[-1].threads[] | select(.name == \"$1\"))"
}

is_held_up() { # REASON: a snapshot found it so
	scope snapshot --json -p "$pid"
	expect "$holder | .not_running | .reason == \"$1\" and .throttled != 0" "$holder"
}

@test "an owner that its cgroup throttles: which one, how much it may use, how often" {
	cpu_group
	case_ready gcc quota_holder "$group"
	owned_by holder
	await is_held_up throttled
	expect "$holder | .state == \"R\" and .wait == null and (.not_running | .cgroup == \"${group##*/}\" and .quota_ns == 5000000 and
		.period_ns == 100000000 and .throttled > 0 and .throttled <= .periods and .duration_ns < 100000000)" "$holder"
	quota="its cgroup ${group##*/} may use 0.05 CPUs and was (so far )?throttled in [0-9]+ of [0-9]+ periods of 100 ms"
	convoy="threads wait, .* for cache_lock .*, held by holder .*, which is (running|runnable, but throttled for [0-9.]+ m?s).*[:;] $quota"
	says_convoy() {
		scope snapshot -p "$pid"
		grep -Eq "$convoy" "$T/out" && grep -Eq "^  8 threads -> cache_lock .* -> holder .*$quota" "$T/out"
	}
	await says_convoy
	trace top --json -i 500ms -p "$pid"
	await documents 6
	finish
	expect "any(.[] | .threads[] | select(.name == \"holder\") | .not_running | select(.);
		.reason == \"throttled\" and .throttled <= .periods and .periods <= 7)" \
		'map(.threads[] | select(.name == "holder") | .not_running)'
	valid interval-1
}

low_owner() { # COMPILER ARGUMENT WORDS
	local low=$3
	case_ready "$1" low_holder "$2"
	owned_by indexer
	await is_held_up low-priority
	says_why() {
		scope snapshot -p "$pid"
		grep -Eq "3 threads wait, .* for index_lock .*, held by indexer .*, which is runnable, but without a CPU for [0-9.]+ m?s \\($low; burner \\([0-9]+\\) has CPU [0-9]+\\)" "$T/out"
	}
	await says_why
	trace top --json -i 100ms -p "$pid"
	says_why_live() {
		expect 'any(.[].threads[]; .name == "indexer" and .not_running.reason == "low-priority")' \
			'map(.threads[] | select(.name == "indexer") | .not_running)'
	}
	await says_why_live
	finish
}

@test "an owner with SCHED_IDLE beside a busy thread" {
	low_owner gcc idle SCHED_IDLE
}

@test "an owner with nice 19 beside a busy thread, musl" {
	low_owner musl-gcc nice 'nice 19'
}

@test "who stopped a thread: the signal, the tracer" {
	hold convoy --mode sleep --threads 3
	kill -STOP "$pid"
	is_held_up_all() { # REASON
		scope snapshot --json -p "$pid"
		expect "all(.[0].threads[]; .not_running.reason == \"$1\")" '.[0].threads | map(.not_running)'
	}
	await is_held_up_all stopped
	expect 'all(.[0].threads[]; .not_running.signal == "SIGSTOP")' '.[0].threads | map(.not_running)'
	await stuck_for_a_second
	scope snapshot -p "$pid"
	grep -Eq 'have been stopped for .*, by SIGSTOP; SIGCONT continues it' "$T/out"
	kill -CONT "$pid"
	need gdb
	launch "$T/gdb.out" "$T/gdb.err" gdb -q -batch -ex 'shell sleep 1000' -p "$pid"
	await is_held_up_all traced
	expect "all(.[0].threads[]; .not_running | .by_name == \"gdb\" and .by_tid == $launched)" '.[0].threads | map(.not_running)'
	scope snapshot -p "$pid"
	grep -Eq 'stopped by the tracer gdb' "$T/out"
}

stuck_for_a_second() {
	scope snapshot --json -p "$pid"
	expect '.[0].findings | any(.kind == "stuck-thread")' '.[0].findings'
}
