#!/usr/bin/env bats
# Deadlocks and owners of programs as they are shipped, contained, and lying; targets that are hard to read.
load common

# Both threads and locks of the circle; the third is behind it and not in it.
circle_of() { # LEFT RIGHT BEHIND
	equal '.[0].deadlocks | map([(.tids | sort), .behind])' "[[[\$w.threads.$1.tid, \$w.threads.$2.tid] | sort, 1]]"
	equal '.[0] as $d | $d.deadlocks[0] | [.tids, .locks] | transpose | map([.[0], $d.locks[.[1]].address]) | sort' \
		"[\$w.threads.$1, \$w.threads.$2] | map([.tid, .address]) | sort"
	equal ".[0] as \$d | \$d.threads[] | select(.tid == \$w.threads.$3.tid) | .wait |
		[.kind, \$d.locks[.lock].address, .blocked_by]" "[\"mutex\", \$w.threads.$3.address, \$w.threads.$1.tid]"
}

cxx_deadlock() { # STRIP-OPTION
	need strip
	[ -x "$WORKLOADS/cxx_deadlock" ] || skip 'no C++ compiler'
	strip "$1" -o "$T/cxx_deadlock" "$WORKLOADS/cxx_deadlock"
	WORKLOADS=$T hold cxx_deadlock
	await wait_for_futex 3 "$pid"
	scope snapshot --json --fail-on deadlock -p "$pid"
	has_status 10
	silent
	circle_of left right behind
	expect '.[0].threads | all(.stack_end == "complete")' '.[0].threads | map([.name, .stack_end])'
}

wait_for_futex() { # THREADS PID
	[ "$(cat /proc/"$2"/task/*/syscall | grep -c '^202 ')" -eq "$1" ]
}

@test "two std::mutex, without debug information and frame pointers: the circle, its locks by name" {
	[ "$(uname -m)" = x86_64 ] || skip 'the number of futex is that of x86_64'
	cxx_deadlock -g
	equal '.[0] as $d | $d.deadlocks[0].locks | map($d.locks[.].symbol) | sort' '["orders_mutex", "stock_mutex"]'
	expect '.[0].threads[] | select(.name == "left") | functions | index("shop::take<std::mutex>") == 2' \
		'.[0].threads[] | select(.name == "left") | functions'
}

@test "two std::mutex, without any symbol: the circle, its locks by address" {
	[ "$(uname -m)" = x86_64 ] || skip 'the number of futex is that of x86_64'
	cxx_deadlock -s
	equal '.[0].locks | map(.symbol)' '[null, null]'
	scope_well snapshot -p "$pid"
	grep -Eq "^  left \([0-9]+\) waits for the mutex at $(fact .threads.left.address), held by right \([0-9]+\)\$" "$T/out"
}

# bats test_tags=matrix
@test "a circle through a mutex that inherits priority" {
	hold deadlock --pong pi
	scope snapshot --json --fail-on deadlock -p "$pid"
	has_status 10
	circle_of ping pong bystander
}

@test "a deadlock in another PID namespace: by the TIDs of ours" {
	need unshare
	unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no PID namespaces here'
	launch "$T/ns.out" "$T/ns.err" unshare --pid --fork --mount-proc --kill-child \
		"$WORKLOADS/deadlock" --ready "$T/ns.ready"
	await test -e "$T/ns.ready"
	pid=$(child_of "$launched")
	facts=$T/ns.ready
	[ "$(fact .threads.ping.tid)" -lt 100 ]
	scope snapshot --json --fail-on deadlock -p "$pid"
	has_status 10
	equal '.[0].deadlocks[0].tids | sort' '[.[0].threads[] | select(.name == "ping" or .name == "pong") | .tid] | sort'
	expect '.[0] as $d | $d.threads | map(select(.name == "ping" or .name == "pong")) | length == 2 and
		all(.wait.blocked_by as $by | any($d.threads[]; .tid == $by))' '.[0].threads | map([.name, .wait])'
	equal '.[0] as $d | [$d.threads[] | select(.name == "bystander") | .wait.blocked_by]' \
		'[.[0].threads[] | select(.name == "ping") | .tid]'
}

@test "a lock that names a thread elsewhere, or none, has no owner" {
	hold lying_lock
	scope_well snapshot --json -p "$pid"
	equal '.[0] as $d | [$w.threads | to_entries[] | .value as $v | $d.threads[] | select(.tid == $v.tid) |
		[.name, .wait.kind, .wait.blocked_by, $d.locks[.wait.lock].owner_tid, $d.locks[.wait.lock].address == $v.address]] |
		sort' '["elsewhere", "ended", "negative", "nobody"] | map([., "mutex", null, null, true])'
	equal '.[0].deadlocks, .[0].findings' '[], []'
}

@test "a thread in vfork, in state D: it waits for its child" {
	hold vfork_wait
	scope_well snapshot --json -p "$pid"
	equal '.[0].threads[] | select(.tid == $w.tid) | [.state, .wait.kind, .stack_end == "running"]' '["D", "wait-child", false]'
	expect '.[0].threads[] | select(.tid == $w.tid) | .stack[0].function | test("vfork")' '.[0].threads[].stack'
}

@test "a 32-bit process: its waits without a wrong name, the end of its stacks said" {
	[ "$(uname -m)" = x86_64 ] || skip 'made of x86 instructions'
	need gcc
	# pause by its 32-bit number; no C library needed
	cat >"$T/short.c" <<-'END'
		void rest(void) { for (;;) __asm__ volatile("int $0x80" : : "a"(29) : "memory"); }
		void _start(void) { rest(); }
	END
	gcc -m32 -nostdlib -static -o "$T/short" "$T/short.c"
	launch "$T/short.out" "$T/short.err" "$T/short"
	await grep -q '^State:.S' "/proc/$launched/status"
	scope_well snapshot --json -p "$launched"
	silent
	equal '.[0].threads | map([.state, .wait.syscall, .wait.lock])' '[["S", null, null]]'
	expect '.[0].threads[0].stack_end | . == "unreadable" or . == "truncated"' '.[0].threads'
	expect '.[0].threads[0].stack | map(.function) | all(. == null or . == "rest" or . == "_start")' '.[0].threads'
	scope_well snapshot -p "$launched"
}

@test "a process that is killed at any moment of a snapshot: 0 or 3, whole output or one sentence" {
	for i in $(seq "$(amount 24 6)"); do
		instance=$i hold many_threads --threads "$(amount 400 50)"
		(
			sleep "0.0$((i * 17 % 37 / 10))$((i * 17 % 37 % 10))"
			kill -KILL "$pid"
		) 3>&- &
		scope snapshot --json -p "$pid"
		wait "$!"
		has_status 0 3
		if [ "$status" -eq 0 ]; then
			expect '.[0].schema == "threadscope/snapshot/1"'
		else
			says
		fi
	done
}
