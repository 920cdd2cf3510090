#!/usr/bin/env bats
# Full channels of Go programs: who waits, who should receive, and the finding log-queue-full.
load common

need_go() {
	[ -x "$WORKLOADS/go_$1" ] || skip 'needs a Go compiler'
}

# Until all senders wait, the writer has hung for a while, and the workers beside it hang, too.
all_wait() {
	scope_well snapshot --json -p "$pid"
	[ "$(query '.[0].goroutines.queues | length == 1 and .[0].senders == $w.senders')" = true ] &&
		[ "$(query '[.[0].goroutines.groups[] | select(any(.stack[]; .function == "main.worker")).count] | sort == [1, 9, 10]')" = true ]
}

# One queue whose only reader is this function, by this evidence.
reader_is() { # FUNCTION EVIDENCE CERTAIN
	valid snapshot-1
	equal '.[0].goroutines.queues[0] | [.len, .cap, .evidence, .certain, [.readers[].function]]' \
		"[\$w.room, \$w.room, \"$2\", $3, [\"main.$1\"]]"
}

told() { # PATTERN OF THE SUMMARY
	expect '[.[0].findings[] | select(.kind == "log-queue-full")] | length == 1'
	query '.[0].findings[] | select(.kind == "log-queue-full").summary' | grep -E "$1"
}

@test "log-queue-full: the writer, in a write, is told from workers that hang elsewhere" {
	need_go logqueue
	hold go_logqueue --way range
	await all_wait
	aged
	scope snapshot --json --fail-on log-queue-full -p "$pid"
	has_status 10
	reader_is '(*logger).runRange' frame true
	expect '.[0].goroutines.queues[0].readers[0] | .state == "syscall" and .call == "write" and .wait_exact and .wait_ns >= 1e9'
	expect '.[0] as $d | $d.goroutines.queues[0].readers[0] as $r |
		any($d.threads[]; .tid == $r.tid and .goid == $r.goid and .wait.kind == "write" and .wait.file == $r.file and .wait.duration_ns == $r.wait_ns)'
	told '^"128 goroutines blocked sending on chan 0x[0-9a-f]+ \(64/64\); its receiver is in write\(pipe:\[[0-9]+\]\) at logqueue.go:[0-9]+ for [0-9.]+ s"$'
	equal '.[0].findings[] | select(.kind == "log-queue-full") | [.severity, .tids]' \
		'["warning", [.[0].goroutines.queues[0].readers[0].tid]]'
	scope_well snapshot --goroutines -p "$pid"
	[ "$(grep -c '128 goroutines blocked sending on chan .*its receiver is in write' "$T/out")" -eq 1 ]
}

@test "log-queue-full: a channel in a field, in a variable, in a select" {
	need_go logqueue
	for way in 'field (*logger).runField object true' 'global runGlobal variable true' 'select (*logger).runSelect frame false'; do
		read -r name reader <<<"$way"
		instance=.$name
		hold go_logqueue --way "$name" --senders 30
		await all_wait
		# shellcheck disable=SC2086 # words
		reader_is $reader
		expect '.[0].goroutines.queues[0].readers[0].call == "write"'
	done
	told "^\"30 goroutines blocked .*; its likely receiver is in write"
}

@test "log-queue-full: a writer in the network poller" {
	need_go logqueue
	hold go_logqueue --way field --poller --room 8 --senders 5
	await all_wait
	reader_is '(*logger).runField' object true
	expect '.[0].goroutines.queues[0].readers[0] | .state == "IO wait" and .call == "write" and .tid == null and (.file | test("^pipe:"))'
	told '^"5 goroutines blocked .* \(8/8\); its receiver is in write\(pipe:\[[0-9]+\]\)'
}

@test "log-queue-full: senders that wait in a select" {
	need_go logqueue
	hold go_logqueue --way range --cancel --senders 40
	await all_wait
	reader_is '(*logger).runRange' frame true
	expect '.[0].goroutines.queues[0].readers[0].call == "write"'
	told '^"40 goroutines blocked sending on chan 0x[0-9a-f]+ \(64/64\); its receiver is in write'
	expect 'any(.[0].goroutines.groups[]; .count == 40 and .state == "select" and .select_cases == 3 and .chan.len == 64 and .targets == 1)'
}

@test "log-queue-full: what the reader does otherwise, several readers, and none" {
	need_go logqueue
	hold go_logqueue --way range --idle --writers 3
	await all_wait
	expect '.[0].goroutines.queues[0] | .certain and (.readers | map([.state, .call]) == [["chan receive", null], ["chan receive", null], ["chan receive", null]])'
	told 'of its 3 receivers, goroutine [0-9]+ is in chan receive below main.\(\*logger\).runRange'
	instance=.none
	hold go_logqueue --way none --room 0
	await all_wait
	valid snapshot-1
	expect '.[0].goroutines.queues[0] | .readers == [] and .evidence == null and .certain == false and .cap == 0'
	told 'on unbuffered chan 0x[0-9a-f]+; its receiver is unknown'
	scope_well snapshot --json --save "$T/saved" -p "$pid"
	cp "$T/out" "$T/first"
	scope_well replay --json "$T/saved"
	[ "$(jq -c '[.goroutines.queues, .findings]' "$T/out")" = "$(jq -c '[.goroutines.queues, .findings]' "$T/first")" ]
}

@test "no full channel: no finding, and nothing is told" {
	need_go many
	hold go_many --count 100
	scope_well snapshot --json --fail-on log-queue-full -p "$pid"
	expect '.[0].goroutines.queues == [] and .[0].goroutines.queues_more == 0'
}

# The receiver is always in a write or a sync, or between two, but never for long: what is said of it holds at the
# instant when it was read, or it is not said.
short_calls() { # of each of the snapshots
	local line sync write
	write=$(grep -n 'l.out.Write(line)' "$root/tests/workloads/go/logqueue.go" | cut -d : -f 1)
	sync=$(grep -n 'l.out.Sync()' "$root/tests/workloads/go/logqueue.go" | cut -d : -f 1)
	line="(.at == $write and .callee == \"os.(*File).Write\" and (.call == null or .call == \"write\")) or
		(.at == $sync and .callee == \"os.(*File).Sync\" and (.call == null or .call == \"fsync\")) or .callee == null"
	expect "[.[].goroutines.queues[0].readers[0] | . + {at: ([.stack[] | select(.function | startswith(\"main.\"))][0].line)}] |
		all(.[]; $line) and (map(select(.callee)) | length * 10 >= asked * 9)" '[.[].goroutines.queues[0].readers]'
}

@test "log-queue-full: a receiver of short calls, as its own frames say" {
	need_go logqueue
	hold go_logqueue --way range --file "$T/log"
	scope_well snapshot --json -c 40 -i 20ms --all -p "$pid"
	valid snapshot-1
	asked=40
	expect 'length == 40 and all(.[]; .goroutines.queues | length == 1 and .[0].senders > 64)'
	definitions="$definitions def asked: $asked;" short_calls
	# Never a call of another goroutine on that thread: epoll_pwait, futex.
	expect 'all(.[].goroutines.groups[]; .syscall == null or (.syscall | test("^(write|fsync)$")))' '[.[].goroutines.groups[] | select(.syscall)]'
	expect '.[0].findings[] | select(.kind == "log-queue-full") | .severity == "info"' '.[0].findings'
	scope_well snapshot --json -c 3 -i 1s -p "$pid"
	expect '.[-1].findings[] | select(.kind == "log-queue-full") | .severity == "warning" and (.summary | test("in each reading for 2.[0-9] s; its receiver is (in|run)"))' '.[-1].findings'
}

@test "log-queue-full in top: it does not come and go" {
	need_go logqueue
	hold go_logqueue --way range --file "$T/log"
	scope_well top --json -c 8 -i 400ms -p "$pid"
	# In each interval, and a warning from one second on.
	expect '[.[] | [.findings[] | select(.kind == "log-queue-full")] | length] | all(.[]; . == 1)' '[.[].findings]'
	expect '.[-1].findings[] | select(.kind == "log-queue-full") | .severity == "warning"'
}
