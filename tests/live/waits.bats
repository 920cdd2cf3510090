#!/usr/bin/env bats
# Waits in top: since when, on what, and how much in all.
load common

@test "a deadlock from before attaching shows every stuck thread, its lock and its true since" {
	hold deadlock
	aged
	trace top --json -i 200ms -c 1 -p "$pid"
	ended
	has_status 0
	valid interval-1
	for name in ping pong bystander; do
		expect '.[0] as $d | $w.threads.'$name' as $t | .[0].threads[] | select(.tid == $t.tid) |
			.name == "'$name'" and .state == "S" and (.wait.kind | . == "mutex" or . == "futex") and
			.wait.syscall == "futex" and (.wait | since_ns($d) | began($t.since_ns))' \
			'.[0] | .time, .threads'
		expect '$w.threads.'$name'.address as $a | any(.[0].locks[]; .address == $a)' '.[0].locks'
	done
}

@test "since stays the same from interval to interval" {
	hold deadlock
	aged
	trace top --json -i 200ms -c 3 -p "$pid"
	ended
	has_status 0
	expect 'length == 3 and all(.[]; . as $d | $w.threads[] | . as $t | $d.threads[] | select(.tid == $t.tid) |
		.wait | since_ns($d) | began($t.since_ns))' '.[-1] | .time, .threads'
}

# Of all these intervals together, as one may be charged a little before or after its end, and of each roughly.
time_of_eight() { # DOCUMENTS
	expect "$1 | (map(.interval_ns) | add) as \$i | total(process | .futex.wait_ns) | near(8 * \$i; 0.8 * \$i)" \
		'map([.interval_ns, (process | .futex)])'
	expect "$1 | all(.[]; .interval_ns as \$i | process | .futex.wait_ns | near(8 * \$i; 4 * \$i))" \
		'map([.interval_ns, (process | .futex)])'
}

@test "waits in flight count in every interval: time is interval times waiting threads" {
	hold convoy --mode sleep --threads 8
	trace top --json -i 300ms -c 4 -p "$pid"
	ended
	has_status 0
	expect 'length == 4'
	time_of_eight .
	expect 'all(.[]; process | .futex.max_ns >= 0 and .futex.waits >= 8)' 'map(process | .futex)'
}

@test "waits that begin after attaching count while they are in flight" {
	prepare convoy --mode sleep --threads 8
	trace top --json -i 200ms -p "$pid"
	go
	before=$(wc -l <"$T/out")
	await documents $((before + 5))
	finish
	# the intervals after all threads were waiting, but not the last one, cut short
	expect ".[$before + 1:-1] | length >= 3"
	time_of_eight ".[$before + 1:-1]"
}

@test "the lock that threads wait for is named, with its waiters and its owner" {
	hold convoy --mode sleep --threads 8
	trace top --json -i 200ms -c 2 -p "$pid"
	ended
	has_status 0
	equal '.[-1].locks[] | select(.address == $w.address) | [.pid, .symbol, .waiters]' '[$w.pid, "log_mutex", 8]'
	expect '.[-1].locks[] | select(.address == $w.address) | .owner_tid == null or .owner_tid == $w.owner_tid' \
		'.[-1].locks'
}

@test "finished waits: number and longest are what the waiter measured" {
	prepare handoff --rounds 20 --hold-ms 30
	trace top --json -i 10m -p "$pid"
	go
	finish
	expect '.[-1].locks[] | select(.address == $w.address) | .waits == $w.waited' \
		'[.[-1].lost, .[-1].locks, (.[-1].threads | map([.tid, .waits, .wait_ns]))]'
	expect '.[-1].locks[] | select(.address == $w.address) | .max_ns | as_measured("max_ns")' \
		'.[-1].locks'
	expect '.[-1].locks[] | select(.address == $w.address) |
		(.wait_ns | as_measured("sum_ns"))' '.[-1].locks'
}

@test "waits over interval borders count once" {
	prepare handoff --rounds 10 --hold-ms 120
	trace top --json -i 50ms -p "$pid"
	go
	finish
	expect 'total(.locks[] | select(.address == $w.address) | .wait_ns) | as_measured("sum_ns")' \
		'map(.locks[] | select(.address == $w.address))'
}

@test "threads are counted as running or blocked" {
	hold convoy --mode sleep --threads 8
	trace top --json -i 200ms -c 2 -p "$pid"
	ended
	has_status 0
	equal '.[-1] | process | [.threads, .running, .blocked]' '[10, 0, 10]'
}

@test "a long wait is a finding" {
	hold deadlock
	trace top --json -i 1500ms -c 1 -p "$pid"
	ended
	has_status 0
	expect '[.[0].findings[].tids[]?] as $t | [$w.threads.ping.tid, $w.threads.pong.tid] - $t == []' '.[0].findings'
}
