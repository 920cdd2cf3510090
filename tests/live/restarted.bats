#!/usr/bin/env bats
# Calls that go on after a stop or a debugger's visit: the kernel's restart_syscall is the call that it was before.
load common

as_before() {
	scope snapshot --json -p "$pid"
	equal '.[0] as $d | [.[0].threads[] | [.name, .wait.kind, .wait.syscall, .wait.timed, $d.locks[.wait.lock // 99].symbol]]' \
		'[["restarted", "signal", "pause", false, null], ["owner", "sleep", "clock_nanosleep", true, null],
		["locker", "mutex", "futex", true, "report_lock"], ["reader", "rwlock-read", "futex", true, "table_lock"],
		["sleeper", "sleep", "nanosleep", true, null], ["poller", "poll", "poll", true, null]]'
	equal '.[0].threads[] | select(.name == "locker") | .wait.blocked_by' '.[0].threads[] | select(.name == "owner") | .tid'
}

all_restarted() { # all but the one in pause
	[ "$(cat /proc/"$pid"/task/*/syscall | grep -c '^219 ')" -eq 5 ]
}

as_before_live() { # DOCUMENTS
	await documents "$1"
	equal '.[-1] as $d | [.[-1].threads[] | [.name, .wait.kind, .wait.syscall, $d.locks[.wait.lock // 99].symbol]] | sort' \
		'[["locker", "mutex", "futex", "report_lock"], ["owner", "sleep", "clock_nanosleep", null], ["poller", "poll", "poll", null],
		["reader", "rwlock-read", "futex", "table_lock"], ["restarted", "signal", "pause", null], ["sleeper", "sleep", "nanosleep", null]]'
}

restarted() { # COMPILER
	[ "$(uname -m)" = x86_64 ] || skip 'the numbers of calls are those of x86_64'
	need "$1"
	"$1" -O2 -g -pthread -o "$T/restarted" "$root/tests/cases/restarted.c"
	launch "$T/restarted.out" "$T/restarted.err" "$T/restarted"
	pid=$launched
	await grep -qx ready "$T/restarted.out"
	as_before
	# once with probes that saw it, once with those that did not
	trace top --json -i 200ms -p "$pid"
	kill -STOP "$pid"
	await grep -q '^State:.T' "/proc/$pid/status"
	kill -CONT "$pid"
	await all_restarted
	as_before_live $(($(wc -l <"$T/out") + 2))
	finish
	trace top --json -i 200ms -p "$pid"
	as_before_live 1
	finish
	as_before
	if command -v gdb >/dev/null; then
		gdb -q -batch -p "$pid" >"$T/gdb" 2>&1
		await all_restarted
		as_before
	fi
}

@test "after SIGSTOP and SIGCONT, and a debugger's visit: the calls, locks and owners as before" {
	restarted gcc
}

@test "the same with musl" {
	restarted musl-gcc
}
