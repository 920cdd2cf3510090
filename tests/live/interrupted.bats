#!/usr/bin/env bats
# Writes that a signal or the end of their thread interrupts: each is one call, and lasts no longer than it did.
load common

watch_interrupted() { # MODE [TOP-OPTION...]
	prepare interrupted --mode "$1" --path "$T/the.log"
	trace top --json -i 50ms -p "$pid" "${@:2}"
	go
	finish
	valid interval-1
}

pipe='(.files[] | select(.kind == "pipe" and (.bytes > 0 or .errors > 0 or .in_flight > 0 or .writes > 0)))'
sums="[total($pipe | .writes), total($pipe | .bytes), total($pipe | .errors)]"

@test "a write that fails with EINTR ends when the signal comes, not with the thread's next write" {
	watch_interrupted fails
	equal "$sums" '[2, 4096, 1]'
	expect "[.[] | $pipe | .max_ns, .oldest_in_flight_ns] | max <= \$w.max_ns" "map(.files)"
}

@test "a write whose signal handler jumps out of it is under way no more, and has not failed" {
	prepare interrupted --mode jump --path "$T/the.log"
	trace top --json -i 50ms -p "$pid"
	go
	await expect "[.[] | $pipe | .in_flight] | length > 0 and last == 0"
	kill -KILL "$pid"
	ended
	equal "$sums" '[2, 4096, 0]'
	expect "[.[] | $pipe | .in_flight] | last == 0" 'map(.files)'
}

@test "a write that goes on after a handler that writes itself is one call without an error" {
	watch_interrupted handler
	equal "$sums" '[2, 4108, 0]'
	equal '[total(file($w.path) | .writes), total(file($w.path) | .bytes)]' '[1, 8]'
	expect "[.[] | $pipe | .max_ns] | max | as_measured(\"max_ns\")" 'map(.files)'
}

@test "a thread that is killed in a write has begun it; one that executes a program keeps its record" {
	for storage in task hash; do
		scope doctor --hook storage=$storage
		[ "$status" -ne 4 ] || continue
		rm -f "$T"/interrupted.* "$T/the.log"
		watch_interrupted killed --hook storage=$storage
		equal "$sums" '[2, 4096, 0]'
		# its announcement is none of them
		equal '[total(file($w.path) | .writes), total(file($w.path) | .bytes)]' '[$w.lines, $w.lines * 6]'
	done
}
