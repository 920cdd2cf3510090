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

# bats test_tags=matrix,ends
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

# A program of one function, NAME, that sets things up by ASSEMBLER and then waits; its snapshot.
snapshot_of_code() { # NAME ASSEMBLER
	[ "$(uname -m)" = x86_64 ] || skip 'made of x86_64 instructions'
	need gcc
	printf '.globl _start\n_start:\n.type "%s",@function\n"%s":\n%b\n1: mov $34, %%eax\nsyscall\njmp 1b\n.size "%s", .-"%s"\n%s' \
		"$1" "$1" "$2" "$1" "$1" "${3:-}" >"$T/code.s"
	gcc -nostdlib -static -o "$T/code" "$T/code.s"
	launch "$T/code.out" "$T/code.err" "$T/code"
	await grep -q '^34 ' "/proc/$launched/syscall"
	scope_well snapshot --json -p "$launched"
	silent
	expect '.[0].threads | length == 1 and .[0].wait.syscall == "pause"' '.[0].threads'
}

@test "a symbol of 1 MB: its name is cut, or none" {
	snapshot_of_code "$(head -c 1000000 /dev/zero | tr '\0' a)" ''
	expect '.[0].threads[0].stack[0].function | . == null or (test("^a+(\\.\\.\\.)?$") and length < 5000)' \
		'.[0].threads[0].stack[0].function[:99]'
	scope_well snapshot -p "$launched"
	[ "$(wc -c <"$T/out")" -lt 20000 ]
}

@test "a symbol with terminal escapes: not to the terminal" {
	snapshot_of_code "$(printf 'evil\033[31m\033]0;x\007')" ''
	expect '.[0].threads[0].stack[0].function | test("^evil")' '.[0].threads[0].stack'
	for options in '' --all '--folded --idle'; do
		# shellcheck disable=SC2086 # words
		scope_well snapshot $options -p "$launched"
		grep -q evil "$T/out"
		[ "$(tr -d '\n\t -~' <"$T/out" | wc -c)" -eq 0 ]
	done
}

@test "frame pointers that point to themselves: an end that is said" {
	# a frame whose caller is itself
	snapshot_of_code round 'lea 2f(%rip), %rax\npush %rax\npush %rbp\nmov %rsp, %rbp\nmov %rbp, (%rbp)\n2:'
	expect '.[0].threads[0] | .stack_end != "complete" and .stack_end != "running" and (.stack | length) <= 256' \
		'.[0].threads[0] | .stack_end, (.stack | length)'
}

@test "call frame information that loops: an end that is said" {
	# the caller's frame is this one: CFA is the stack pointer plus 0, with this function's address in it
	snapshot_of_code round '.cfi_startproc\nlea 2f(%rip), %rax\npush %rax\n.cfi_def_cfa rsp, 0\n.cfi_offset rip, 0\n2:' \
		"$(printf '.cfi_endproc\n')"
	expect '.[0].threads[0] | .stack_end != "complete" and .stack_end != "running" and (.stack | length) <= 256' \
		'.[0].threads[0] | .stack_end, (.stack | length)'
}

@test "call frame information that points outside: an end that is said" {
	snapshot_of_code round '.cfi_startproc\n.cfi_def_cfa rsp, 0x70000000\nnop' "$(printf '.cfi_endproc\n')"
	equal '.[0].threads[0] | [.stack_end, (.stack | length)]' '["unreadable", 1]'
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
	equal '.[0].threads | map([.state, .wait.syscall, .wait.lock])' '[["S", "pause", null]]'
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
