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
	grep -v '"interval_ns":0,' "$T/out" >"$T/first"
	scope_well replay --json "$T/saved"
	[ "$(jq -c '[.processes[] | .goroutines, .go], .goroutine_groups, .goroutine_creators' "$T/out")" = "$(jq -c '[.processes[] | .goroutines, .go], .goroutine_groups, .goroutine_creators' "$T/first")" ]
}

another() { # SUFFIX NAME OPTION...: as hold, beside the others
	instance=.$1
	hold "${@:2}"
	instance=
}

of() { # PID FILTER: true of the last document's process
	[ "$(tail -n 1 "$T/out" | jq --argjson pid "$1" "$2")" = true ]
}

leaks() { # a document names one
	grep -q '"kind":"goroutine-leak"' "$T/out"
}

@test "a leak is told; a healthy server under load and a steady pool are none" {
	need_go busy
	[ -z "${TS_GUEST:-}" ] || skip 'takes 40 s'
	another leak go_many --count 1000 --leak 20 && leak=$pid
	another server go_busy --workers 50 --requests 500 && server=$pid
	another pool go_busy --workers 200 && pool=$pid
	trace top --json --fail-on goroutine-leak --save "$T/saved" -p "$leak,$server,$pool"
	patience=240 await leaks
	seen=$(wc -l <"$T/out")
	kill -INT "$ts_pid"
	ended
	has_status 10
	valid interval-1
	pid=$leak
	made="many.go:$(grep -n '^		go waits(c)' "$root/tests/workloads/go/many.go" | cut -d : -f 1)"
	at="many.go:$(grep -n '1 + <-c$' "$root/tests/workloads/go/many.go" | cut -d : -f 1)"
	# The sentence, and nobody else's
	expect ".[$seen - 1].findings | map(select(.kind == \"goroutine-leak\")) | length == 1 and (.[0] |
		.pid == \$pid and (.summary | test(\"^.* leaks goroutines: [0-9,]+ created at $made wait in chan receive at $at, \\\\+[0-9.]+/s, none ended in [0-9a-z. ]+ s, about [0-9.]+ [KM]iB of stacks\")))" \
		".[$seen - 1].findings"
	expect 'all(.[].findings[]; .kind != "goroutine-leak" or .pid == $pid)'
	expect ".[$seen - 1].findings | any(.[]; .kind == \"goroutine-growth\" and .pid == \$pid)"
	expect "all(.[].findings[]; .kind != \"goroutine-growth\" or .pid != $pool)"
	expect 'all(.[].findings[]; .kind != "goroutine-growth" or .pid == $pid)' '[.[].findings[] | select(.kind == "goroutine-growth")] | .[-1]'
	# What makes them, and where they stay
	expect ".[$seen - 1].goroutine_groups | map(select(.pid == \$pid)) | .[0] | .leak and .none_left_ns == .span_ns and
		.growth_per_s > 5 and .growth_per_s < 22 and .wait_at_least and .wait_max_ns > 25000000000 and
		.stack[0].function == \"main.waits\" and .created_by.function == \"main.grow\"" ".[$seen - 1].goroutine_groups[0:2]"
	expect ".[$seen - 1].goroutine_creators | map(select(.pid == \$pid)) | .[0].created_by.function == \"main.grow\""
	# Requests come and go.
	expect "[.[:$seen][].processes[] | select(.pid == $server).go] | (map(.ended) | add) > 100 and (map(.created) | add) > 100"
	expect ".[$seen - 1].goroutine_groups | map(select(.pid == $pool)) | .[0] | .count == 200 and .growth_per_s == 0 and (.leak | not)"
	scope replay "$T/saved" --fail-on goroutine-leak
	has_status 10
	grep -q "^WARNING:  .* leaks goroutines: .* created at $made" "$T/out"
	grep -q "^ *$leak .*LEAK: chan receive  at least .* $at *$made" "$T/out"
}

@test "several snapshots: how long goroutines have been seen to wait" {
	need_go busy
	hold go_busy --workers 30
	scope_well snapshot --json -c 4 -i 300ms -p "$pid"
	valid snapshot-1
	expect '.[0].goroutines.groups | all(.[]; .wait_at_least | not)'
	# since the first of the four
	expect '([.[3, 0].time | epoch_ns] | .[0] - .[1]) as $seen | [.[3].goroutines.groups[] | select(.count == 30)] | length == 1 and (.[0] |
		.wait_at_least and .wait_min_ns > $seen * 0.75 and .wait_max_ns < $seen * 1.25 and (.wait_exact | not))' \
		'[.[3].goroutines.groups[] | select(.count == 30)]'
	scope_well snapshot --goroutines -c 3 -i 200ms -p "$pid"
	grep -Eq '^30 goroutines: chan receive on chan .*, at least ([2-9][0-9]{2}|[0-9.]+ s)' "$T/out"
}

@test "a full log queue in top" {
	need_go logqueue
	hold go_logqueue --way range --senders 40
	trace top --json --fail-on log-queue-full -i 200ms -p "$pid"
	await grep -q '"kind":"log-queue-full"' "$T/out"
	kill -INT "$ts_pid"
	ended
	has_status 10
	query '[.[].findings[] | select(.kind == "log-queue-full")] | .[-1] | .summary' |
		grep -E '40 goroutines blocked sending on chan 0x[0-9a-f]+ \(64/64\)( in each reading for [0-9.]+ s)?; its receiver is in write\(pipe:\[[0-9]+\]\) at logqueue.go:[0-9]+ for [0-9.]+ m?s( \(read [0-9.]+ m?s ago\))?"$'
}

# Builds a workload with Debian's newest Go; its path goes to $program.
build_newest() { # NAME
	local dir go_root
	dir=$(bash "$root/tests/go/fetch.sh" newest 2>"$T/fetch") || skip "$(tail -n 1 "$T/fetch")"
	go_root=$(echo "$dir"/usr/lib/go-*)
	program=$T/$1
	(
		cd "$root/tests/workloads/go" && export GOROOT=$go_root GOTOOLCHAIN=local GO111MODULE=off GOFLAGS='' CGO_ENABLED=0
		export GOCACHE="${THREADSCOPE_GO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/threadscope/go}/build"
		"$go_root/bin/go" build -o "$program" '-ldflags=-s -w' "$1.go" workload.go
	)
}

@test "newest Go, stripped: the same counts" {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
	build_newest busy
	WORKLOADS=$T
	prepare busy --spawn 5000 --workers 50
	trace top --json -i 100ms -p "$pid"
	await documents 2
	go
	seen=$(wc -l <"$T/out")
	await documents $((seen + 2))
	finish
	expect '(.[-1] | process) | .goroutines == $w.goroutines and .go.version == $w.go'
	expect '(.[-1] | process).go.created_total | . >= 5050 and . <= 5066' '.[-1] | process'
	scope_well top --json -c 1 -i 50ms -p "$pid"
	expect '[.[0].goroutine_groups[] | select(.count == 50)] | .[0].stack[0].function == "main.work"' '.[0].goroutine_groups'
}
