#!/usr/bin/env bats
# Who writes a line: a thread, or, in a Go program, a goroutine that moves between threads.
load common

log='(.files[] | select(.path == $w.path))'

# The goroutines are known once threadscope has looked at the program, which is in its first sample.
go_writers() { # COMMAND MODE
	[ -x "$WORKLOADS/go_lines" ] || skip 'needs a Go compiler'
	prepare go_lines --path "$T/the.log" --mode "$2" --rounds 300
	trace "$1" --json -i 200ms -p "$pid"
	await documents 1
	go
	finish
	equal "total($log | .writes)" "$3"
	equal "[total($log | .torn_lines), total($log | .overwrites)]" '$w | [.torn_lines, 0]'
}

moved() {
	expect "[.[] | $log | .writers] | max > 1" "[.[] | $log]"
}

@test "one goroutine that moves between threads tears no lines" {
	for view in top logs; do
		go_writers $view copied 600
		moved
		expect "[.[] | $log | .torn_lines] | all(. == 0)" "[.[] | $log]"
		expect 'all(.[].findings[]; .kind != "torn-lines")' 'map(.findings)'
	done
}

@test "one goroutine that moves between threads overwrites nothing of another" {
	for view in top logs; do
		go_writers $view state 300
		moved
		expect 'all(.[].findings[]; .kind != "overwrites")' 'map(.findings)'
	done
}

@test "two goroutines that tear lines: each is counted" {
	for view in top logs; do
		go_writers $view torn 900
		expect 'any(.[].findings[]; .kind == "torn-lines")' 'map(.findings)'
	done
}
