#!/usr/bin/env bats
# Thread creation, exit and growth.
load common

spawn_and_check() { # SHORT STAY THREADSCOPE-OPTION...
	prepare spawner --short "$1" --stay "$2"
	trace top --json -i 200ms -p "$pid" "${@:3}"
	go
	finish
	equal '[.[-1] | process | .created_total, .exited_total]' '[$w.created, $w.exited]'
	equal '[total(process | .created), total(process | .exited)]' '[$w.created, $w.exited]'
	equal '.[-1] | process | .threads' '$w.alive + 1'
	equal 'map(.lost.events) | max' 0
}

@test "20,000 short threads and 200 that stay are counted exactly, and none is lost" {
	spawn_and_check "$(amount 20000 4000)" 200
}

@test "the threads that stay are named by the stack that created them" {
	spawn_and_check "$(amount 5000 500)" 200
	equal '[.[-1].creators[] | select(calls(["leak_thread", "grow_pool", "main"]))] | map(.alive, .created, .exited)' \
		'[200, 200, 0]'
	equal '[.[-1].creators[] | select(functions | index("make_short"))] |
		[(map(.created) | add), (map(.exited) | add), (map(.alive) | add)]' '[$w.exited, $w.exited, 0]'
}

@test "creators add up to the threads created" {
	spawn_and_check "$(amount 2000 500)" 50
	equal '[.[-1].creators[] | select(.pid == $pid) | .created] | add' '$w.created'
	equal '[.[-1].creators[] | select(.pid == $pid) | .alive] | add' '$w.alive'
}

@test "growth is a finding that names the creating function" {
	prepare spawner --short 0 --stay 100
	trace top --json -i 100ms -p "$pid"
	go
	await documents 4
	finish
	expect 'any(.[].findings[]; .summary | test("leak_thread|grow_pool"))' 'map(.findings)'
}

@test "threads that come and go all the time are counted exactly" {
	prepare thread_churn --makers 3
	trace top --json -i 50ms -p "$pid"
	go
	await documents 5
	touch "$W.stop"
	await gone "$pid"
	ended
	has_status 0
	facts=$W.out
	equal '[.[].processes[] | select(.pid == $pid) | .created_total] | max' '$w.created'
	expect 'no_losses' 'map(.lost)'
}

@test "a target that executes another program stays the target" {
	prepare exec_self --threads 3
	trace top --json -i 100ms -p "$pid"
	go
	await shows 'process | .threads == 4'
	finish
	equal '.[-1] | process | .created_total' '$w.created'
	# its three threads and the old main thread, whose place the caller of exec took
	equal '.[-1] | process | .exited_total' 4
	equal '.[-1] | process | .comm' '"second-life"'
}

@test "threads that end between two intervals are not shown as alive" {
	prepare spawner --short 100 --stay 5
	trace top --json -i 100ms -p "$pid"
	go
	await shows 'process | .created_total == 105'
	await shows '[.threads[] | select(.pid == $pid)] | length == 6'
	finish
}

@test "every process: thread counts are those of /proc" {
	hold many_threads --threads "$(amount 500 100)"
	trace top --json -i 200ms -c 2
	ended
	has_status 0
	equal '.[-1] | process | .threads' '$w.threads'
	expect '.[-1].processes | length > 1'
	# Processes that live as before, with the threads as before, are all there
	for f in /proc/[0-9]*/status; do
		sed -n -e 's/^Tgid:\t//p' -e 's/^Threads:\t//p' "$f" 2>/dev/null | paste -s -d ' '
	done | sort >"$T/proc"
	query '.[-1].processes[] | "\(.pid) \(.threads)"' | tr -d '"' | sort >"$T/seen"
	[ "$(grep -cxFf "$T/proc" "$T/seen")" -ge $(($(wc -l <"$T/seen") * 9 / 10)) ] || {
		diff "$T/proc" "$T/seen"
		return 1
	}
}
