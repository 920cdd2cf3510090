#!/usr/bin/env bats
# events --panics: panics of a stripped Go program, told by probes.
load common

go_program() {
	[ -x "$WORKLOADS/go_panics" ] || skip 'needs a Go compiler'
}

panic() { # TEXT: filter for the one panic with that text
	echo "[.[] | select(.event == \"panic\" and .value.text == \"$1\")] | (length == 1) and (.[0] |"
}

# bats test_tags=matrix,ends
@test "panics: type, text, goroutine and stack of every kind of value, recovered" {
	go_program
	watch_panics() {
		prepare go_panics
		trace events --json --panics -p "$pid"
		go
		finish
	}
	losing_nothing watch_panics
	valid event-1
	expect 'no_losses'
	expect "$(panic 'plain text') .value.type == \"string\" and .goid == \$w.goid and .outcome == \"recovered\")"
	expect "$(panic 'an error') .value.type == \"*errors.errorString\" and .outcome == \"recovered\")"
	expect "$(panic 'wrapped: file already closed') .value.type == \"*fmt.wrapError\")"
	expect "$(panic 'main.code(42)') .value.type == \"main.code\")"
	expect "$(panic true) .value.type == \"bool\")"
	expect "$(panic 'runtime error: index out of range [5] with length 0') .value.type == \"runtime.boundsError\")"
	expect "$(panic 'runtime error: slice bounds out of range [:2] with capacity 0') true)"
	expect "$(panic 'runtime error: invalid memory address or nil pointer dereference') true)"
	expect "$(panic 'runtime error: integer divide by zero') true)"
	expect "$(panic 'assignment to entry in nil map') true)"
	expect "$(panic 'close of nil channel') true)"
	# What only the program's own method could say is not made up.
	expect '[.[] | select(.event == "panic" and .value.type == "*main.failure")] | length == 1 and .[0].value.text == null'
	expect '[.[] | select(.event == "panic" and .value.type == "main.pair")] | length == 1 and .[0].value.text == null'
	expect "$(panic 'in another') .goid == \$w.other)"
	# One each, also where the stack had to grow at the panic itself.
	equal '[.[] | select(.event == "panic" and .value.text == "deep")] | length' '$w.deep'
	equal '[.[] | select(.event == "panic")] | length' '19 + $w.deep'
	expect "$(panic inner) .outcome == \"recovered\")"
	expect "$(panic outer) .outcome == \"recovered\")"
	expect "$(panic second) .outcome == \"recovered\")"
	expect "$(panic first) .outcome == null)"
}

@test "panics: the stack as Go prints it" {
	go_program
	prepare go_panics
	trace events --json --panics -p "$pid"
	go
	finish
	expect 'all(.[] | select(.event == "panic"); .stack_end == "complete" or .value.text == "first")' \
		'[.[] | select(.event == "panic" and .stack_end != "complete")]'
	expect "$(panic 'an error') calls([\"main.level2\", \"main.level1\", \"main.recovered\", \"main.every\", \"main.main\"]))"
	expect "$(panic 'an error') any(.stack[]; .function == \"main.level2\" and .line == $(grep -n '^func level2' "$root/tests/workloads/go/panics.go" | cut -d : -f 1) and (.file | endswith(\"panics.go\"))))"
}

@test "panics: one that kills the process, with the text of the error's own method" {
	go_program
	prepare go_panics --die custom
	trace events --json --panics -p "$pid"
	go
	# what names the frames is read from the process, and kept
	await shows '.event == "panic" and .value.text == "before the end" and calls(["main.level2", "main.level1"])'
	touch "$W.stop"
	ended
	[ "$status" -eq 0 ]
	expect '[.[] | select(.event == "panic" and .outcome == "killed")] | length == 1 and (.[0] |
		.value.type == "*main.failure" and .value.text == "failed to live" and calls(["main.level2", "main.level1"]))'
	grep -q '^panic: .*failed to live' "$W.err" # Go's own words
}

@test "panics: a deferred function that takes long: told without outcome, then with" {
	go_program
	prepare go_panics --slow 2500ms
	trace events --json --panics -p "$pid"
	go
	finish
	expect '[.[] | select(.value.text == "slow to end")] | length == 2 and
		.[0].duration_ns < .[1].duration_ns and
		(.[0] | .event == "panic" and .outcome == null and .duration_ns >= 1000000000) and
		(.[1] | .event == "panic-end" and .outcome == "recovered" and .duration_ns >= 2500000000)'
}

# bats test_tags=alone
@test "panics: no probe stays, and one line of text each" {
	go_program
	remember_bpf
	prepare go_panics --die error
	trace events --panics -p "$pid"
	go
	touch "$W.stop"
	ended
	grep -q 'goroutine 1 panicked: no way: failed to go on of type \*fmt.wrapError, kills the process after' "$T/out"
	nothing_left
}

@test "panics: of a program that is no Go program" {
	hold waits
	scope events --panics -p "$pid"
	fails_with 2 'not a Go program'
}

# What the workload does at its end, in JSON; its own words are in $W.err, its status in $ended.
dies() { # HOW
	prepare go_panics --die "$1"
	trace events --json --panics -p "$pid"
	go
	touch "$W.stop"
	ended
	[ "$status" -eq 0 ]
	ended=0
	wait "$pid" || ended=$?
	equal '.[-1] | [.event, .exit_status, .exit_signal]' "[\"process-end\", $ended, null]"
}

# bats test_tags=matrix,ends
@test "panics: in another goroutine, at once, with every frame and its creator" {
	go_program
	dies other
	[ "$ended" -eq 2 ]
	grep -q '^panic: of another' "$W.err"
	expect "$(panic 'of another') .outcome == \"killed\" and .stack_end == \"complete\" and calls([\"main.main.func3\", \"main.level2\", \"main.level1\"]) or
		(.outcome == \"killed\" and .stack_end == \"complete\" and calls([\"main.level2\", \"main.level1\"])))" '[.[] | select(.value.text == "of another")]'
	expect "$(panic 'of another') .created_by.function == \"main.main\" and .created_by.line > 0 and (.created_by.file | endswith(\"panics.go\")))"
}

@test "panics: one in a deferred function of another, in Go's order" {
	go_program
	dies again
	grep -A 1 '^panic: first of two \[recovered' "$W.err" | grep -q 'again: first of two'
	equal '[.[] | select(.event == "panic" and (.value.text // "" | test("first of two"))) | [.value.text, .outcome]]' \
		'[["first of two", "replaced"], ["again: first of two", "killed"]]'
}

@test "fatal errors of Go's runtime, and ends" {
	go_program
	dies maps
	text=$(sed -n 's/^fatal error: //p' "$W.err" | head -n 1)
	expect '[.[] | select(.event == "fatal-error")] | length >= 1 and all(.value.text == "'"$text"'" and .outcome == "killed" and .goid > 1 and
		calls(["main.writeMap"]) and .created_by.function == "main.main")'
	instance=.overflow
	dies overflow
	grep -q '^fatal error: stack overflow' "$W.err"
	expect '[.[] | select(.event == "fatal-error").value.text] == ["stack overflow"]'
	instance=.exit
	dies exit
	[ "$ended" -eq 3 ]
	# Nothing else is shown.
	expect 'all(.[]; .event | test("^(panic|panic-end|fatal-error|process-end)$"))' '[.[].event] | unique'
}
