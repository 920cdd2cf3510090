#!/usr/bin/env bats
# Writes and syncs by io_uring: in the rows of their files, exact, and marked.
load common

the='.files[] | select(.path == $w.path)'

watch_ring() { # VIEW, then what uring_writer is to do
	local view=$1
	shift
	prepare uring_writer "$@"
	trace "$view" --json -i 200ms -p "$pid"
	go
	[ "$(fact .ring)" = true ] || skip "this kernel gives no ring: $(fact .reason)"
}

see_calls() { # OPTION...
	watch_ring logs --path "$T/the.log" "$@"
	finish
	valid logs-1
	equal '.[-1].files[] | select(.path == $w.path) | .total | [.writes.count, .bytes, .errors, .short_writes, .fsyncs.count]' \
		'$w | [.writes, .bytes, 0, 0, .fsyncs]'
	equal '.[-1].files[] | select(.path == $w.path) | .io_uring | [.total_writes, .total_fsyncs]' '$w | [.writes, .fsyncs]'
	equal '[total(file($w.path) | .writes), total(file($w.path) | .io_uring | .writes)]' '$w | [.writes, .writes]'
	equal '.[-1].files[] | select(.path == $w.path) | [.append, .unsynced_writes, .unsynced_bytes]' '[true, 0, 0]'
	equal '.[-1].files[] | select(.kind == "socket") | [.total.writes.count, .total.bytes, .io_uring.total_writes]' \
		'$w | [.socket_writes, .socket_bytes, .socket_writes]'
	equal '[.[] | file("/dev/full") | .errors_by.ENOSPC] | add' '$w.full_errors'
	expect 'no_losses' 'map(.lost)'
}

# bats test_tags=matrix
@test "each kind of request: calls and bytes per file are exact, a linked sync covers what it is linked to" {
	see_calls
	expect ".[-1] | $the | .fd == \$w.fd or .fd == null" # before 5.19 the kernel does not tell it
	equal '[.[-1].files[] | select(.path != $w.path and .kind == "file" and .path != "/dev/full") | .io_uring] | unique' '[null]'
}

@test "the same where the ring has a thread of its own that submits" {
	see_calls --sqpoll 1
}

@test "requests through a pipe take as long as the program measures, within 12.5 % + 1 ms" {
	watch_ring logs --mode pipe --writes "$(amount 100 40)"
	finish
	equal ".[-1] | $the | [.kind, .total.writes.count, .total.bytes, .io_uring.total_writes]" \
		'["pipe", $w.count, $w.bytes, $w.count]'
	for figure in p50_ns p99_ns max_ns; do
		expect ".[-1] | $the | .total.writes.$figure | as_measured(\"$figure\")" '.[-1].files'
	done
	expect "length > 3 and (map($the | .total.writes.count) | . == sort)"
}

# bats test_tags=matrix
@test "a request that hangs counts and is told while it does, by who submitted it" {
	watch_ring logs --mode hang
	await shows 'any(.in_flight[]; .io_uring and .age_ns > 300000000)'
	finish
	valid logs-1
	expect '.[-1].in_flight | length == 1 and (.[0] | .path == $w.path and (.fd == $w.fd or .fd == null) and .call == "write" and .tid == $pid and
		.name == "uring-writer" and .syscall == "io_uring_enter" and .wait == null and .state == null)' '.[-1].in_flight'
	expect '.[-1] | (.time | epoch_ns) - .in_flight[0].age_ns | began($w.since_ns)'
	equal ".[-1] | $the | [.in_flight, .total.writes.count, .io_uring.total_writes]" '[1, 2, 1]'
	equal "total($the | .writes)" 2
	expect '.[-1].findings[] | select(.kind == "log-stall") | (.tids == [$pid]) and
		(.summary | test("^an io_uring write on pipe:.* in flight for [0-9.]+ m?s, submitted by uring-writer"))' '.[-1].findings'
	scope_well logs -i 200ms -c 1 -p "$pid"
}

@test "slow requests are events and slow calls, of unknown whereabouts" {
	prepare uring_writer --mode pipe --writes 20 --every-us 20000
	trace events --json --slow-write 5ms -p "$pid"
	go
	[ "$(fact .ring)" = true ] || skip "this kernel gives no ring: $(fact .reason)"
	await shows '.event == "write" and .path == $w.path'
	finish
	expect '[.[] | select(.event == "write" and .path == $w.path)] | length >= ([surely_took(6e6), 1] | max) and length <= maybe_took(4e6) and all(.syscall == "io_uring_enter" and
		.tid == $pid and .bytes == 65536 and .duration_ns >= 5000000)' 'map(select(.event == "write"))'

	instance=2 watch_ring logs --mode pipe --writes 20 --every-us 20000
	finish
	expect ".[-1] | $the | .slow | (.total_writes.count | . > 0 and . >= surely_took(11e6) and . <= maybe_took(9e6)) and .total_writes.parts.unknown_ns == .total_writes.ns and
		(.slowest_ever | .syscall == \"io_uring_enter\" and .tid == \$pid and .stack == null)" '.[-1].files'
}

@test "top shows them, too, and its samples keep what is under way" {
	prepare uring_writer --mode hang
	trace top --json -i 200ms --save "$T/run" -p "$pid"
	go
	[ "$(fact .ring)" = true ] || skip "this kernel gives no ring: $(fact .reason)"
	await shows 'any(.files[]; .path == $w.path and .in_flight == 1 and .oldest_in_flight_ns > 300000000)'
	finish
	valid interval-1
	# a saved run does not have the first look
	jq -c 'select(.interval_ns > 0)' "$T/out" >"$T/live"
	scope_well replay --json "$T/run"
	cmp "$T/live" "$T/out"
}

# Where a completion tells no more than user_data, it cannot be told which request it is of: then nothing is claimed.
# bats test_tags=matrix
@test "requests with the same user_data are counted, and no outcome is made up" {
	watch_ring logs --path "$T/the.log" --same 1
	finish
	equal '.[-1].files[] | select(.path == $w.path) | .io_uring | [.total_writes, .total_fsyncs]' '$w | [.writes, .fsyncs]'
	equal '.[-1].files[] | select(.path == $w.path) | .total.writes.count' '$w.writes'
	expect '.[-1].files[] | select(.path == $w.path) | .total.bytes <= $w.bytes and .total.bytes >= $w.bytes - 300'
}

@test "without io_uring's tracepoints: said, by logs and by doctor, and not counted" {
	watch_ring_without() {
		prepare uring_writer --path "$T/the.log"
		trace logs "$@" -i 200ms --hook io_uring=none -p "$pid"
		go
		finish
	}
	watch_ring_without --json
	valid logs-1
	equal 'map(.io_uring_seen) | unique' '[false]'
	equal '[.[].files[] | select(.path == $w.path)]' '[]'
	instance=2 watch_ring_without
	grep -q "^not counted: writes and syncs by io_uring ('threadscope doctor'" "$T/out"
	scope_well doctor --json --hook io_uring=none
	expect '.[0].checks[] | select(.name == "io_uring") | .state == "fallback" and .chosen == "none" and .reason != ""'
}
