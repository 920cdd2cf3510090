#!/usr/bin/env bats
# Which processes are watched.
load common

@test "two targets, each with its own figures" {
	instance=a prepare spawner --short 100 --stay 3
	first=$pid first_go=$W.go first_ready=$W.ready
	instance=b prepare spawner --short 200 --stay 5
	for option in "-p $first,$pid" "-p $first -p $pid"; do
		# shellcheck disable=SC2086 # two words
		trace top --json -i 100ms $option
		if [ ! -e "$first_go" ]; then
			touch "$first_go"
			await test -e "$first_ready"
			go
			await shows 'process | .created_total == 205'
			finish
			equal '.[-1] | process | [.created_total, .exited_total]' '[205, 200]'
			equal ".[-1].processes[] | select(.pid == $first) | [.created_total, .exited_total]" '[103, 100]'
		else
			await documents 1
			finish
		fi
		equal '.[-1].processes | map(.pid) | sort' "[$first, \$pid] | sort"
	done
}

@test "a TID names its process" {
	hold convoy --mode sleep
	scope_well snapshot --json -p "$(fact .waiter_tid)"
	equal '.[0].target.pid' '$pid'
	equal '.[0].threads | length' '$w.waiters + 2'
}

# bats test_tags=alone
@test "-n: processes of that name, also ones that start later" {
	instance=1 prepare spawner --short 10 --stay 2
	early=$pid
	trace top --json -i 100ms -n 'spawne?'
	await shows 'process'
	go
	instance=2 prepare spawner --short 20 --stay 3
	await shows 'process'
	go
	await shows 'process | .created_total == 23'
	finish
	equal '.[-1] | process | [.created_total, .exited_total]' '[23, 20]'
	equal ".[-1].processes[] | select(.pid == $early) | [.created_total, .exited_total]" '[12, 10]'
	equal '[.[].processes[].comm] | unique' '["spawner"]'
}

# bats test_tags=alone
@test "-n: of a process that has ended and been told of nothing stays" {
	trace top --json -i 100ms -n 'spawne?'
	prepare spawner --short 10 --stay 2
	await shows 'process'
	go
	await shows 'process | .created_total == 12'
	expect 'any(.[].creators[]; .pid == $pid)' 'map(.creators) | last'
	stop_workload
	await shows 'process | .ended'
	await documents $(($(wc -l <"$T/out") + 2))
	finish
	equal '.[-1] | [.processes, .creators, .locks, .files, .threads]' '[[], [], [], [], []]'
}

# The child that a shell forks has its name until it executes the command, which has another one.
@test "-n: of a process that executes a program of another name nothing stays" {
	local name=forker$$ # no other test's

	facts=/dev/null pid=null
	# a script has its own name, whatever reads it
	cat >"$T/$name" <<-'END'
		#!/bin/sh
		i=0
		while [ $i -lt 50 ]; do /bin/sleep 0; i=$((i + 1)); done
		: >"$1"
		read -r _ <"$2"
	END
	chmod +x "$T/$name"
	mkfifo "$T/end"
	trace top --json -i 100ms -n "$name"
	"$T/$name" "$T/done" "$T/end" &
	await test -e "$T/done"
	await documents $(($(wc -l <"$T/out") + 2))
	echo >"$T/end"
	wait $!
	finish
	expect 'any(.[].processes[]; .comm == "'$name'")'
	# A reading may fall between the new name and the event that takes the process away; none stays.
	expect '[.[].processes[] | select(.comm != "'$name'")] | length < 5'
	expect '.[-1].processes | length <= 1 and all(.comm == "'$name'")'
	expect 'all(.[].processes[]; .ended | not) or (map(.processes[] | select(.ended)) | length) == 1'
}

@test "-n: nothing of that name yet is not an error" {
	trace top --json -i 100ms -n 'file_write*'
	prepare file_writer --path "$T/the.log" --writes 40
	await shows 'process'
	go
	await shows 'file($w.path) | .writes > 0'
	finish
	equal 'total(file($w.path) | .writes)' 40
}

@test "a command is counted from its first instruction" {
	facts=$T/facts
	pid=null
	scope_well top --json -i 100ms -- "$WORKLOADS/file_writer" --path "$T/the.log" --writes 70 --ready "$facts" --go / \
		--stop /
	grep -v '^{"pid"' "$T/out" >"$T/json"
	mv "$T/json" "$T/out"
	pid=$(fact .pid)
	equal 'total(file($w.path) | .writes)' 70
}

@test "a command's threads are counted from its first instruction" {
	facts=$T/facts
	scope_well top --json -i 10m -- "$WORKLOADS/spawner" --short 500 --stay 5 --ready "$facts" --stop /
	grep -v '^{"pid"' "$T/out" >"$T/json"
	mv "$T/json" "$T/out"
	pid=$(fact .pid)
	equal '.[-1] | process | .created_total' 505
}

@test "a command's exit status is passed on" {
	scope top --json -i 100ms -- sh -c 'exit 0'
	has_status 0
	scope top --json -i 100ms -- sh -c 'exit 7'
	has_status 7
	scope top --json -i 100ms -- sh -c 'kill -TERM $$'
	has_status 143
	scope top --json -i 100ms -- sh -c 'kill -KILL $$'
	has_status 137
	for command in 'top -i 10m' 'logs -i 10m' events; do
		# shellcheck disable=SC2086 # words
		scope $command -- sh -c 'exit 7'
		has_status 7
	done
}

@test "a command that cannot be started is an error, in one sentence" {
	scope top --json -- "$T/no such command"
	[ "$status" -ne 0 ]
	says 'no such command'
	[ ! -s "$T/out" ]
}

@test "a command's arguments are its own" {
	scope top --json -i 100ms -- sh -c 'echo "$*" >"$0"' "$T/said" -p 1 --help
	has_status 0
	[ "$(cat "$T/said")" = '-p 1 --help' ]
}

@test "a signal to threadscope ends its command, too" {
	trace top --json -i 100ms -- sleep 1000
	pid=$(child_of "$(collector_of "$ts_pid")" sleep)
	echo "$pid" >>"$T/pids"
	kill -TERM "$ts_pid"
	ended
	await gone "$pid"
}

@test "a target that ends is the end, with status 0 and exact figures" {
	prepare spawner --short 50 --stay 4
	trace top --json -i 10m -p "$pid"
	go
	stop_workload
	ended
	has_status 0
	equal '.[-1] | process | [.created_total, .comm]' '[54, "spawner"]'
}

# Of threadscope and its collector, in ticks of 10 ms.
cpu_of() { # PID
	local fields p sum=0
	for p in "$1" $(collector_of "$1"); do
		read -ra fields <"/proc/$p/stat"
		sum=$((sum + fields[13] + fields[14]))
	done
	echo $sum
}

@test "several targets: only the last one's end is the end, and nothing spins until then" {
	for command in 'top --json -i 10m' 'events --json'; do
		hold zombie
		first=$pid
		instance=2 hold zombie
		# shellcheck disable=SC2086 # words
		trace $command -p "$first" -p "$pid"
		kill -KILL "$first"
		await gone "$first"
		before=$(cpu_of "$ts_pid")
		sleep 1
		kill -0 "$ts_pid"
		[ $(($(cpu_of "$ts_pid") - before)) -lt 30 ]
		kill -KILL "$pid"
		ended
		has_status 0
	done
}

@test "text: targets that end after making threads are shown once more" {
	for i in 1 2 3 4 5; do
		instance=$i prepare pingpong --ms 100
		trace top -i 10m -p "$pid"
		go
		stop_workload
		ended
		has_status 0
		grep -q pingpong "$T/out"
	done
}

@test "events end with the target, too" {
	prepare spawner --short 50 --stay 4
	trace events --json -p "$pid"
	go
	stop_workload
	ended
	has_status 0
	equal '[.[] | select(.event == "thread-create")] | length' 54
}

@test "a target in another PID namespace" {
	need unshare
	unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no PID namespaces here'
	launch "$T/ns.out" "$T/ns.err" unshare --pid --fork --mount-proc --kill-child \
		"$WORKLOADS/convoy" --mode sleep --ready "$T/ns.ready" --up "$T/ns.up" --go "$T/ns.go"
	await test -e "$T/ns.up"
	pid=$(child_of "$launched")
	facts=$T/ns.ready
	trace top --json -i 200ms -p "$pid"
	touch "$T/ns.go"
	await test -e "$facts"
	await shows 'process | .blocked == 10'
	finish
	equal '.[-1] | process | [.threads, .created_total]' '[10, 9]'
	equal '.[-1].locks[] | select(.address == $w.address) | [.symbol, .waiters]' '["log_mutex", 8]'
	scope_well snapshot --json -p "$pid"
	# the target knows its own TIDs only, threadscope shows those of its own namespace
	equal '[.[0].threads[] | select(.ns_tid == $w.owner_tid) | .name]' '["log-writer"]'
	equal '[.[0].threads[].ns_tid] | sort' '[range(1; 11)]'
	[ "$(query '.[0].threads[].tid' | sort -n | paste -s -d ' ')" = \
		"$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | paste -s -d ' ')" ]
	# whoever is named as owner is named by threadscope's TID
	expect '.[0] as $d | ($d.threads[] | select(.name == "log-writer") | .tid) as $owner |
		all($d.locks[] | select(.address == $w.address); .owner_tid == null or .owner_tid == $owner)' '.[0].locks'
}

@test "threadscope itself in another PID namespace" {
	need unshare
	cat >"$T/inside" <<-END
		set -e
		"$WORKLOADS/spawner" --short 100 --stay 5 --up "$T/up" --go "$T/go" --ready "$T/ready" &
		pid=\$!
		"$THREADSCOPE" top --json -i 100ms -p \$pid --ready-file "$T/attached" >"$T/out" &
		scope=\$!
		while [ ! -e "$T/attached" ] || [ ! -e "$T/up" ]; do kill -0 \$scope; sleep 0.02; done
		touch "$T/go"
		while [ ! -e "$T/ready" ]; do sleep 0.02; done
		kill -TERM \$scope
		wait \$scope
		"$THREADSCOPE" snapshot --json -p \$pid >"$T/snapshot"
		ls /proc/\$pid/task >"$T/tasks"
	END
	unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no PID namespaces here'
	launch "$T/inside.out" "$T/inside.err" unshare --pid --fork --mount-proc --kill-child bash "$T/inside"
	await gone "$launched"
	wait "$launched" || {
		cat "$T/inside.err"
		return 1
	}
	facts=$T/ready
	pid=$(fact .pid)
	[ "$pid" -lt 100 ]
	equal '.[-1] | process | [.created_total, .exited_total, .threads]' '[105, 100, 6]'
	mv "$T/snapshot" "$T/out"
	[ "$(query '.[0].threads[].tid' | sort -n)" = "$(sort -n "$T/tasks")" ]
}

# bats test_tags=alone
@test "every process: new ones are seen, with exact figures" {
	trace top --json -i 100ms
	prepare spawner --short 100 --stay 5
	await shows 'process'
	go
	await shows 'process | .created_total == 105'
	finish
	equal '.[-1] | process | [.created_total, .exited_total, .comm]' '[105, 100, "spawner"]'
	expect 'no_losses' 'map(.lost)'
}

# bats test_tags=alone
@test "every process: short-lived ones do no harm" {
	prepare fork_many --children "$(amount 200 30)" --threads 2
	trace top --json -i 100ms
	go
	finish
	expect 'no_losses' 'map(.lost)'
}

# What is said of a target whose PID another process gets while threadscope is stopped: $T/out, $facts.
reuse_pid() { # alone|beside COMMAND ARGUMENT...
	rm -rf "$T/reused"
	mkdir "$T/reused"
	status=0
	timeout -s KILL $((2 * limit)) unshare --mount --pid --fork --kill-child --mount-proc bash \
		"$root/tests/live/reused.sh" "$T/reused" "$WORKLOADS" "$1" "$THREADSCOPE" "${@:2}" 2>"$T/err" || status=$?
	cp "$T/reused/out" "$T/out"
	facts=$T/reused/facts
	has_status 0
	expect '$w.new == $w.pid' '$w'
	pid=$(fact .pid)
	expect '[.. | strings | select(test("spawner|leaked|/new"))] == []' '[.. | strings] | unique'
}

@test "a PID that is used again while threadscope looks away: the end is told, and nothing of the new process" {
	need unshare
	[ -w /proc/sys/kernel/ns_last_pid ] || skip 'this kernel does not let PIDs be chosen'
	unshare --mount --pid --fork --mount-proc true 2>/dev/null || skip 'no mount or PID namespaces here'
	reuse_pid alone top --json -i 100ms
	expect '.[-1] | process | .ended and .comm == "many_threads"' '.[-1].processes'
	reuse_pid beside top --json -i 100ms
	expect 'any(.[]; process | .ended) and (.[-1].processes | map(.pid) | length == 1 and .[0] != $w.pid)' '[.[].processes]'
	reuse_pid alone logs --json -i 100ms
	reuse_pid beside logs --json -i 100ms
	reuse_pid alone snapshot --json -c 1000 -i 100ms
	expect 'length >= 2 and all(.threads | length == 4)' 'map(.threads | length)'
	reuse_pid beside snapshot --json -c 1000 -i 100ms
	expect 'map(.threads | length) | unique == [3, 4]' 'map(.threads | length)'
	expect '.[-2:] | all(.target.pid != $w.pid)' 'map(.target)'
}
