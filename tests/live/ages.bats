#!/usr/bin/env bats
# The age of a wait is that of the call, or of the first try to get the lock, although the thread ran in between.
# Programs of tests/cases that say once a second how long they have really waited.
load common

# started COMPILER NAME FLAGS ARGUMENT...: a program of tests/cases; $pid. It may not be ready yet.
started() {
	need "$1"
	# shellcheck disable=SC2086 # several words
	"$1" $3 -O2 -g -pthread -o "$T/$2" "$root/tests/cases/$2.c"
	launch "$T/$2.out" "$T/$2.err" "$T/$2" "${@:4}"
	pid=$launched
}

truth() { # NAME: the last line's ms
	sed -n 's/.* \([0-9]*\) ms, .*/\1/p' "$T/$1.out" | tail -n 1
}

# The longest wait of these threads, in ms, in the last document that shows one: they are awake now and then.
longest() { # THREAD
	query "[.[] | [.threads[] | select(.name == \"$1\" and .wait) | .wait.duration_ns / 1000000 | floor] | max] |
		map(select(.)) | last"
}

# top runs: what it says between two looks at the program's own account is between them, from its start on.
is_as_old() { # NAME THREAD
	local first least most shown
	first=$(truth "$1")
	await later "$1" $((${first:-0} + 3000))
	least=$(truth "$1")
	await documents $(($(wc -l <"$T/out") + 2))
	shown=$(longest "$2")
	await later "$1" $((shown + 1))
	most=$(truth "$1")
	echo "$least - ${first:-0} <= $shown <= $most"
	# the program looks once a second
	[ "$shown" -ge $((least - ${first:-0} - 1500)) ] && [ "$shown" -le "$most" ]
}

later() { # NAME MS
	[ "$(truth "$1")" -ge "$2" ]
}

starving() { # COMPILER FLAGS
	started "$1" starving "$2"
	await grep -qx ready "$T/starving.out"
	trace top --json -i 200ms -p "$pid"
	is_as_old starving worker
	await expect '.[-1].findings | any(.summary | test("^8 threads wait, .* for log_mutex .*, held by hog "))' '.[-1].findings'
	# one that was woken may still wait for the CPU
	expect '.[-1].threads | map(select(.name == "worker")) | length == 8 and any(.wait) and
		all(.wait == null or .wait.duration_ns > 1500000000)' \
		'[.[-1].threads[] | select(.name == "worker") | [.state, .switches, .wait.duration_ns, .not_running]]'
	finish
	valid interval-1
	scope snapshot --json -p "$pid"
	expect 'all(.[0].threads[] | select(.name == "worker") | .wait | select(.); .at_least)'
	await says_at_least
}

says_at_least() {
	scope snapshot -p "$pid"
	grep -Eq '8 threads wait, the longest for at least [0-9.]+ m?s, for log_mutex' "$T/out"
}

@test "a mutex that is tried in vain: since the first try" {
	starving gcc ''
}

@test "a std::mutex that is tried in vain: since the first try" {
	starving g++ '-x c++ -DCXX'
}

# Each wait ends with the lock. Nobody waits longer than 9 rounds of 70 ms, but how fast they are nobody knows: the
# program's own account of the longest is compared.
@test "a lock that is taken again and again: each wait for itself" {
	started gcc starving '' fair
	await grep -qx ready "$T/starving.out"
	trace top --json -i 100ms -p "$pid"
	await documents 20
	finish
	taken=$(sed -n 's/.* taken \([0-9]*\) times/\1/p' "$T/starving.out" | tail -n 1)
	[ "$taken" -gt 8 ]
	watched=$(query '.[-1].watched_ns / 1000000 | floor')
	shown=$(query '[.[].threads[] | select(.name == "worker" and .wait) | .wait.duration_ns / 1000000 | floor] | max')
	echo "$shown of $watched ms"
	[ "$shown" -lt $((watched / 2 + 700)) ]
}

@test "a system call in which the thread runs: since its beginning" {
	started gcc flock_starving '' "$T/file"
	await grep -qx ready "$T/flock_starving.out"
	trace top --json -i 200ms -p "$pid"
	is_as_old flock_starving waiter
	await expect '.[-1].threads[] | select(.name == "waiter") | .wait.syscall == "flock"'
	finish
	await young_waiter
}

# It was woken in vain less than a second ago, and no earlier look knows more. What is ready to run waits for no lock.
young_waiter() {
	scope snapshot --json -p "$pid"
	expect '.[0].threads[] | select(.name == "waiter") | .wait | .at_least and .duration_ns < 1000000000'
}

@test "the same call again and again: each for itself" {
	started gcc flock_starving '' "$T/file" fair
	await grep -qx ready "$T/flock_starving.out"
	trace top --json -i 100ms -p "$pid"
	await expect '[.[].threads[] | select(.name == "waiter" and .wait)] | length > 5'
	finish
	expect '[.[].threads[] | select(.name == "waiter" and .wait) | .wait.duration_ns] | length > 5 and max < 500000000' \
		'[.[].threads[] | select(.name == "waiter") | .wait]'
}

# The scheduler's clock is not CLOCK_MONOTONIC: no nap may seem longer than the sleepers themselves measured.
@test "naps of 50 us are no longer than they are" {
	started gcc nap_truth ''
	await grep -q longest "$T/nap_truth.out"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		scope snapshot --json -p "$pid"
		query '.[0].threads[] | select(.name == "napper" and .wait) | .wait.duration_ns / 1000 | floor' >>"$T/naps"
	done
	seen=$(sort -n "$T/naps" | tail -n 1)
	kill -TERM "$pid"
	await grep -q '^all: longest' "$T/nap_truth.out"
	longest=$(sed -n 's/^all: longest \([0-9]*\) us/\1/p' "$T/nap_truth.out")
	echo "$seen us, $longest us at most"
	[ "$seen" -le "$longest" ]
}
