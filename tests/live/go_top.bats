#!/usr/bin/env bats
# Goroutines of running Go programs over time.
load common

need_go() {
	[ -x "$WORKLOADS/go_$1" ] || skip 'needs a Go compiler'
}

@test "a Go program in top: how many goroutines there are, come and go" {
	need_go busy
	prepare go_busy --spawn 5000 --workers 50
	trace top --json -i 100ms -p "$pid"
	await documents 2
	go
	seen=$(wc -l <"$T/out")
	await documents $((seen + 2))
	finish
	valid interval-1
	# Made: the 5,000 that ended, the workers, and what the runtime starts for itself.
	expect '(.[-1] | process).goroutines == $w.goroutines'
	expect '(.[-1] | process).go | .version == $w.go and .problem == null and .exact != null'
	expect '(.[-1] | process).go | .created_total - .ended_total == $w.goroutines + .system -
		'"$(query '(.[0] | process) | .goroutines + .go.system - .go.created_total + .go.ended_total')"
	expect '(.[-1] | process).go.created_total | . >= 5050 and . <= 5066' '.[-1] | process'
	expect 'total(process.go.created) == (.[-1] | process).go.created_total and
		total(process.go.ended) == (.[-1] | process).go.ended_total'
	trace top -i 100ms -p "$pid"
	await grep -q '^  5[0-9] goroutines; in .*: 0 created, 0 ended' "$T/out"
	finish
}

@test "no Go program in top: null" {
	hold waits
	scope_well top --json -c 1 -i 50ms -p "$pid"
	expect '.[0] | process | .goroutines == null and .go == null'
}

@test "a Go program from its start on" {
	need_go busy
	trace top --json -i 50ms -- "$WORKLOADS/go_busy" --workers 20 --ready "$T/ready" --stop "$T/stop"
	await grep -q '"goroutines":2[0-9],"go":{"version":"go1' "$T/out"
	touch "$T/stop"
	ended
	has_status 0
}

@test "a Go program in top: what was saved is shown again" {
	need_go busy
	hold go_busy --workers 20
	scope_well top --json -i 50ms -c 3 --save "$T/saved" -p "$pid"
	cp "$T/out" "$T/first"
	scope_well replay --json "$T/saved"
	[ "$(jq -c '.processes[] | [.goroutines, .go]' "$T/out")" = "$(jq -c '.processes[] | [.goroutines, .go]' "$T/first")" ]
}
