#!/usr/bin/env bats
# events: the owner of a lock is the one of the time when the wait began, not the waiter, which has it when it ends.
load common

other_owned() { # COMPILER FLAGS
	need "$1"
	# shellcheck disable=SC2086 # several words
	"$1" $2 -O2 -g -pthread -o "$T/turns" "$root/tests/cases/turns_of_two.c"
	launch "$T/turns.out" "$T/turns.err" "$T/turns"
	pid=$launched
	await grep -qx ready "$T/turns.out"
	trace events --json -p "$pid"
	await documents 40
	finish
	expect '[.[] | select(.event == "futex-wait")] | length >= 40' 'map(.event)'
	# never itself
	equal '[.[] | select(.event == "futex-wait" and .lock.owner_tid == .tid)]' '[]'
	# each waited for the other; in the moment of handing over nobody may have it yet
	expect '[.[] | select(.event == "futex-wait" and .lock.owner_tid)] as $known | ($known | length) >= 36 and
		($known | map([.tid, .lock.owner_tid]) | unique | length) == 2' 'map([.name, .tid, .lock, .waker_tid])'
	valid event-1
}

@test "a mutex" {
	other_owned gcc ''
}

@test "a mutex of musl" {
	other_owned musl-gcc ''
}

@test "a std::mutex" {
	other_owned g++ '-x c++ -DCXX'
}

@test "an rwlock that is written" {
	other_owned gcc -DRWLOCK
}

@test "a mutex in another PID namespace: by the TIDs of ours" {
	need unshare gcc
	unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no PID namespaces here'
	gcc -O2 -g -pthread -o "$T/turns" "$root/tests/cases/turns_of_two.c"
	launch "$T/turns.out" "$T/turns.err" unshare --pid --fork --mount-proc --kill-child "$T/turns"
	await grep -qx ready "$T/turns.out"
	pid=$(child_of "$launched")
	trace events --json -p "$pid"
	await documents 20
	finish
	tids=$(printf '%s,' "/proc/$pid/task/"*)
	tids=${tids%,} tids=${tids//"/proc/$pid/task/"/}
	expect "[.[] | select(.event == \"futex-wait\" and .lock.owner_tid)] | length >= 10 and
		all(.[]; .lock.owner_tid != .tid and ([.lock.owner_tid] | inside([$tids])))" 'map([.tid, .lock])'
}
