#!/usr/bin/env bats
# Targets out of the ordinary: they are shown as what they are.
load common

no_control_characters() { # FILE
	[ "$(LC_ALL=C tr -d '\n\t\40-\176\200-\377' <"$1" | wc -c)" -eq 0 ]
	[ "$(grep -c "$(printf '\342\200\256')" "$1")" -eq 0 ]
}

@test "a process whose main thread has ended: that one is no running thread, the others are all there" {
	hold dead_leader
	scope_well snapshot --json -p "$pid"
	valid snapshot-1
	equal '.[0].threads | length' '$w.named + 2'
	equal '.[0].threads[] | select(.tid == $pid) | [.state, .wait, .stack_end]' '["Z", null, "unreadable"]'
	equal '[.[0].groups[] | select(.wait == "ended") | .tids[]]' '[$pid]'
	equal '[.[0].threads[] | select(.wait.kind == "signal" and .stack_end == "complete")] | length' '$w.named + 1'
	scope_well snapshot -p "$pid"
	grep -Eq "^1 thread: ended: ev.*\($pid\)$" "$T/out"
	[ "$(grep -c 'running' "$T/out")" -eq 0 ]
	scope_well snapshot --folded -p "$pid"
	grep -qx '\[ended\] 1' "$T/out"
	scope_well top --json -c 2 -i 50ms -p "$pid"
	valid interval-1
	equal '[.[].processes[] | .running, .blocked] | unique' '[0, $w.named + 1]'
}

@test "names that could move the cursor, end a line or are no UTF-8: escaped in text, valid in JSON" {
	hold dead_leader
	for options in 'snapshot' 'snapshot --all' 'snapshot --folded' 'top -c 2 -i 50ms' 'logs -c 2 -i 50ms'; do
		# shellcheck disable=SC2086 # words
		scope_well $options -p "$pid"
		no_control_characters "$T/out"
	done
	scope_well snapshot --json -p "$pid"
	equal '.[0].target.comm' '"ev)il\u001b[1m\n(x"'
	equal '[.[0].threads[] | select(.tid != $pid and .tid != $w.teller_tid) | .name] | sort' \
		'["\u001b[2J\u001b[31mred", ") S 1 2 (", "two\nlines\t", "\\xff\\xfe\\xc3(", "", "\u202eright", "\\x5cx1b\"", "%s%n"] | sort'
}
