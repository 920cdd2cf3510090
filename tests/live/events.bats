#!/usr/bin/env bats
# events: one line per event.
load common

@test "thread-create and thread-exit: one each, with TIDs and the creating stack" {
	prepare spawner --short "$(amount 1000 200)" --stay 20
	trace events --json -p "$pid"
	go
	finish
	valid event-1
	equal '[.[] | select(.event == "thread-create")] | length' '$w.created'
	equal '[.[] | select(.event == "thread-exit")] | length' '$w.exited'
	equal '[.[] | select(.event == "thread-create") | .child_tid] | unique | length' '$w.created'
	equal '[.[] | select(.event == "thread-exit") | .tid] - [.[] | select(.event == "thread-create") | .child_tid]' '[]'
	expect 'all(.[] | select(.event == "thread-create"); .pid == $pid and .tid == $pid)'
	equal '[.[] | select(.event == "thread-create" and calls(["leak_thread", "grow_pool", "main"]))] | length' 20
	equal '[.[] | select(.event == "thread-create") | select(functions | index("make_short"))] | length' '$w.exited'
}

@test "events come in the order of their time" {
	prepare spawner --short 300 --stay 5
	trace events --json -p "$pid"
	go
	finish
	expect 'length >= 605'
	equal 'map(.time)' 'map(.time) | sort'
}

# bats test_tags=matrix
@test "futex-wait: duration, lock and who woke it" {
	watch_handoff() {
		prepare handoff --rounds 10 --hold-ms 30
		trace events --json --min-wait 10ms -p "$pid"
		go
		finish
	}
	losing_nothing watch_handoff
	equal '[.[] | select(.event == "futex-wait" and .lock.address == $w.address)] | length' '$w.rounds'
	expect 'all(.[] | select(.event == "futex-wait"); .duration_ns >= 10000000)'
	expect 'all(.[] | select(.event == "futex-wait" and .lock.address == $w.address);
		.tid == $w.waiter_tid and .name == "waiter" and .waker_tid == $w.holder_tid and .waker_name == "holder" and
		(.duration_ns | within($w.least.min_ns; $w.max_ns)))' \
		'[.[] | select(.event == "futex-wait")]'
	expect 'all(.[] | select(.event == "futex-wait" and .lock.address == $w.address); .lock.symbol == "log_mutex")' \
		'[.[] | select(.event == "futex-wait") | .lock]'
	expect 'all(.[] | select(.event == "futex-wait" and .lock.address == $w.address); functions | index("contend") != null)' \
		'[.[] | select(.event == "futex-wait") | functions]'
}

@test "futex-wait: shorter ones than --min-wait are not shown" {
	prepare handoff --rounds 10 --hold-ms 5
	trace events --json --min-wait 10s -p "$pid"
	go
	finish
	equal '[.[] | select(.event == "futex-wait")] | length' 0
	expect 'any(.[]; .event == "thread-create")'
}

@test "write: every slow one, with path, descriptor, size, result and stack" {
	prepare pipe_writer --writes 20
	trace events --json --slow-write 5ms -p "$pid"
	go
	finish
	# The first one fits into the pipe, the others wait for the reader. On a busy machine the program's own line
	# of figures, on another descriptor, may be slow as well.
	local slow='[.[] | select(.event == "write" and .fd == $w.fd)]'
	expect "$slow"' | length | . > 0 and . >= surely_took(6e6) and . <= maybe_took(4e6)' 'map([.event, .fd])'
	expect "$slow"' | all(.bytes == 65536 and .result == 65536 and
		.duration_ns >= 5000000 and .duration_ns <= $w.max_ns * 1.125 and (.path | startswith("pipe:")) and
		(functions | index("write_block") != null))' '[.[] | select(.event == "write")]'
}

@test "fsync: slow ones, with path" {
	prepare file_writer --path "$T/the.log" --writes 50 --fsync-every 10
	trace events --json --slow-write 1ns -p "$pid"
	go
	finish
	equal '[.[] | select(.event == "fsync" and .path == $w.path)] | length' '$w.fsyncs'
	equal '[.[] | select(.event == "write" and .path == $w.path)] | length' '$w.writes'
	expect 'all(.[] | select(.event == "fsync"); .result == 0 and .fd == $w.fd and .pid == $pid)'
}

@test "text: one line per event" {
	prepare spawner --short 10 --stay 3
	trace events -p "$pid"
	go
	finish
	[ "$(grep -c 'thread-create' "$T/out")" -eq 13 ]
	[ "$(grep -c 'thread-exit' "$T/out")" -eq 10 ]
	grep 'thread-create' "$T/out" | grep -q leak_thread
}

@test "only the target's events are shown" {
	instance=other prepare spawner --short 100 --stay 0
	other_pid=$pid other_W=$W
	prepare spawner --short 50 --stay 0
	trace events --json -p "$pid"
	touch "$other_W.go"
	await test -e "$other_W.ready"
	go
	finish
	equal 'map(.pid) | unique' '[$pid]'
	[ "$pid" -ne "$other_pid" ]
}

@test "how a process ends: its status, or the signal" {
	scope events --json -- sh -c 'exit 7'
	has_status 7
	expect '.[-1] | .event == "process-end" and .exit_status == 7 and .exit_signal == null'
	valid event-1
	scope events --json -- sh -c 'kill -TERM $$'
	expect '.[-1] | .event == "process-end" and .exit_status == null and .exit_signal == 15'
	scope events -- sh -c 'kill -SEGV $$'
	tail -n 1 "$T/out" | grep -Eq 'process-end .* killed by SIGSEGV$'
}

stopped() {
	[ "$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat")" = T ]
}

@test "what finds the ring buffer full while threadscope is stopped is counted by kind" {
	[ -z "${TS_GUEST:-}" ] || skip 'takes long where the CPU is emulated'
	prepare spawner --short 70000 --stay 0
	trace events --json -p "$pid"
	collector=$(collector_of "$ts_pid")
	kill -STOP "$collector"
	await stopped "$collector"
	go
	kill -CONT "$collector"
	finish
	valid event-1
	for kind in create exit; do
		expect '.[-1].lost.by_kind.thread_'$kind' > 0' '.[-1].lost'
		equal '.[-1].lost.by_kind.thread_'$kind' + (map(select(.event == "thread-'$kind'")) | length)' '$w.created'
		grep -q "lost: .*$(query '.[-1].lost.by_kind.thread_'$kind) thread_$kind" "$T/err"
	done
	equal '.[-1].lost | .by_kind | add' '.[-1].lost.events'
}
