#!/usr/bin/env bats
# Snapshots of Go programs, stripped.
load common

need_go() {
	[ -x "$WORKLOADS/go_$1" ] || skip 'needs a Go compiler'
}

in_source() { # WORKLOAD PATTERN: number of the line that matches
	grep -n "$2" "$root/tests/workloads/go/$1.go" | cut -d : -f 1
}

# A traceback without what is not told from outside (arguments, how long) and of goroutines that wait.
waiting_only() {
	awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^goroutine [0-9]+ \[(running|runnable|syscall|IO wait)/' |
		sed -E '/^(goroutine|\t|created by)/!s/\([^()]*\)$/(...)/; s/^(goroutine.*), [0-9]+ minutes/\1/'
}

@test "a Go program: goroutines in groups, with state, stack, creator and channel" {
	need_go many
	hold go_many --count 1000
	scope_well snapshot --json -p "$pid"
	silent
	valid snapshot-1
	expect '.[0].target.runtime | .kind == "go" and .version == $w.go'
	expect '.[0].goroutines | .total == $w.goroutines and .problem == null and .by_state["chan receive"] == 1000'
	expect '.[0].goroutines.groups[0] | .count == 1000 and .state == "chan receive" and (.goids | length) == 10 and
		.chan.len == 0 and .chan.cap == 0 and .targets == 1 and .stack_end == "complete" and .wait_exact == false' \
		'.[0].goroutines.groups[0]'
	expect ".[0].goroutines.groups[0].stack[0] | .function == \"main.waits\" and .line == $(in_source many '<-c$') and (.file | endswith(\"/many.go\"))"
	expect ".[0].goroutines.groups[0].created_by | .function == \"main.main\" and .line == $(in_source many '^		go waits(never)')"
	expect '[.[0].goroutines.groups[].count] | add == ($w.goroutines + '"$(query '.[0].goroutines.system')"')'
	expect '.[0].goroutines.threads | map(.count) | add == '"$(query '.[0].threads | length')"
}

@test "a Go program: text and its parts" {
	need_go many
	hold go_many --count 100
	scope_well snapshot --goroutines -p "$pid"
	grep -q '^100 goroutines: chan receive on chan 0x[0-9a-f]* (0 of 0)' "$T/out"
	grep -q '^  #0  main.waits at .*/many.go:[0-9]*$' "$T/out"
	[ "$(grep -c "the runtime's own)" "$T/out")" -eq 0 ]
	scope_well snapshot --goroutines --all -p "$pid"
	grep -q "(the runtime's own)" "$T/out"
	scope_well snapshot -p "$pid"
	grep -q '^100 goroutines: chan receive' "$T/out"
	grep -qE '^[0-9]+ threads: .*idle' "$T/out"
}

@test "a Go program: --goroutines=full is what Go's own dump says" {
	need_go many
	need curl
	hold go_many --count 50 --serve
	curl -sf "http://127.0.0.1:$(fact .port)/debug/pprof/goroutine?debug=2" >"$T/own"
	scope_well snapshot --goroutines=full -p "$pid"
	silent
	waiting_only <"$T/out" >"$T/ours"
	waiting_only <"$T/own" >"$T/theirs"
	[ "$(grep -c ^goroutine "$T/theirs")" -ge 50 ]
	diff <(tr '\n' '~' <"$T/ours" | sed 's/~~/\n/g' | sort) <(tr '\n' '~' <"$T/theirs" | sed 's/~~/\n/g' | sort)
	scope_well snapshot --goroutines=full --json -p "$pid"
	valid snapshot-1
	expect '.[0].goroutines | (.list | length) == .total + .system'
}

@test "a Go program: what was saved is shown again" {
	need_go many
	hold go_many --count 100
	scope_well snapshot --json --save "$T/saved" -p "$pid"
	cp "$T/out" "$T/first"
	scope_well replay --json "$T/saved"
	[ "$(jq -c '.goroutines' "$T/out")" = "$(jq -c '.goroutines' "$T/first")" ]
}

@test "no Go program: null, and one sentence where goroutines were asked for" {
	hold waits
	scope_well snapshot --json -p "$pid"
	expect '.[0].goroutines == null and .[0].target.runtime.kind == "native"'
	scope snapshot --goroutines -p "$pid"
	fails_with 2 'not a Go program'
}
