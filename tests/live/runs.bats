#!/usr/bin/env bats
# How a run begins and ends, and that nothing is left of it.
load common

@test "-c: that many intervals" {
	hold zombie
	scope_well top --json -i 100ms -c 3 -p "$pid"
	silent
	valid interval-1
	equal length 3
	equal 'map(.schema) | unique' '["threadscope/interval/1"]'
}

# A run of threadscope, and beside it as many sleeps, each of them timed: a busy machine is late for both.
beside_sleeps() { # SECONDS COUNT ARGUMENT...
	for _ in $(seq "$2"); do
		local began=${EPOCHREALTIME/[.,]/}
		sleep "$1"
		echo $(((${EPOCHREALTIME/[.,]/} - began) * 1000))
	done >"$T/slept" 3>&- &
	local sleeps=$!
	scope_well "${@:3}"
	wait "$sleeps"
	slept=$(jq -s 'add' "$T/slept")
}

@test "-i: intervals are that long" {
	hold zombie
	beside_sleeps 0.3 4 top --json -i 300ms -c 4 -p "$pid"
	expect "map(.interval_ns) | add | . >= 1150000000 and . < $slept * 1.5" 'map(.interval_ns)'
	expect 'map(.time) | . == sort and (unique | length) == 4' 'map(.time)'
}

# Each is late by what handling takes and the machine is busy with, but not by more each time.
@test "-i: intervals do not drift" {
	[ -z "${TS_GUEST:-}" ] || skip 'no speed in guests'
	hold zombie
	scope_well top --json -i 500ms -c 12 -p "$pid"
	times='map(.time | capture("(?<s>.*)[.](?<f>[0-9]+)Z") | (.s + "Z" | fromdate) % 3600 * 1000 + (("0." + .f) | tonumber) * 1000)'
	expect "$times"' | .[0] as $first | map((. - $first + 250) % 500 - 250) | (.[-6:] | min) < (.[:6] | min) + 40' "$times"
}

@test "-i: 1s is the default" {
	hold zombie
	beside_sleeps 1 1 top --json -c 1 -p "$pid"
	expect ".[0].interval_ns | . >= 950000000 and . < $slept * 1.2" 'map(.interval_ns)'
}

@test "-d: ends after that time, with a last, shorter interval" {
	hold zombie
	scope_well top --json -i 400ms -d 1s -p "$pid"
	expect 'map(.interval_ns) | add >= 950000000' 'map(.interval_ns)'
	expect 'length >= 2 and length <= 4'
}

@test "SIGINT: the last interval is written whole, status 0" {
	hold zombie
	trace top --json -i 10m -p "$pid"
	finish INT
	silent
	equal length 1
	equal '.[0].schema' '"threadscope/interval/1"'
}

@test "SIGTERM: the last interval is written whole, status 0" {
	hold zombie
	trace top --json -i 10m -p "$pid"
	finish TERM
	silent
	equal length 1
}

@test "SIGINT ends events with status 0" {
	hold zombie
	trace events --json -p "$pid"
	finish INT
	says 'lost: 0 events'
	if grep -Eq 'cost: [0-9]{4}' "$T/err"; then cat "$T/err" && return 1; fi # per cent of a CPU
}

@test "SIGTERM ends each command that waits, with status 0" {
	hold zombie
	for command in 'logs --json -i 10m' 'logs --heatmap -i 10m'; do
		# shellcheck disable=SC2086 # words
		trace $command -p "$pid"
		finish TERM
		silent
		[ -s "$T/out" ]
	done
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot --json -i 10m -c 9 -p "$pid"
	ts_pid=$launched
	await documents 1
	finish TERM
	silent
	equal length 2
	trace events -p "$pid"
	finish TERM
	says 'lost: 0 events'
}

@test "signals in the middle of an interval leave only whole lines" {
	hold many_threads --threads 200
	for _ in 1 2 3 4 5; do
		trace top --json -i 20ms -p "$pid"
		await documents 2
		finish TERM
		equal 'map(.schema) | unique' '["threadscope/interval/1"]'
		[ -z "$(tail -c 1 "$T/out")" ]
	done
}

@test "a closed pipe ends it silently" {
	hold zombie
	"$THREADSCOPE" top --json -i 50ms -p "$pid" 2>"$T/err" | head -n 1 >"$T/out"
	silent
	[ "$(jq -s length "$T/out")" -eq 1 ]
	"$THREADSCOPE" snapshot --json -p "$pid" 2>"$T/err" | true
	silent
	"$THREADSCOPE" top -i 50ms -p "$pid" 2>"$T/err" | head -n 1 >"$T/out"
	silent
}

@test "the ready file is made once all is attached, and is not there before" {
	prepare spawner --short 100 --stay 1
	trace top --json -i 10m -p "$pid"
	go
	finish
	equal '.[-1] | process | .created_total' 101
	[ -z "$(find "$T" -name 'attached?*')" ]
}

@test "a ready file that cannot be made is an error in one sentence" {
	hold zombie
	scope top --json -c 1 -i 50ms -p "$pid" --ready-file "$T/no/such/directory"
	has_status 1 2
	says 'no/such/directory'
}

@test "standard output on a full disk: status 1 and one sentence" {
	hold zombie
	for arguments in 'snapshot' 'snapshot --json' 'snapshot --folded --idle' 'top --json -i 50ms -c 2' 'top -i 50ms -c 2' 'doctor' \
		'doctor --json'; do
		target=(-p "$pid")
		[[ $arguments != doctor* ]] || target=()
		status=0
		# shellcheck disable=SC2086 # words
		timeout "$limit" "$THREADSCOPE" $arguments "${target[@]}" >/dev/full 2>"$T/err" || status=$?
		echo "$arguments"
		has_status 1
		says 'space|full'
	done
}

@test "events on a full disk: status 1 and one sentence" {
	prepare spawner --short 100 --stay 1
	launch /dev/full "$T/err" "$THREADSCOPE" events --json -p "$pid" --ready-file "$T/attached"
	ts_pid=$launched
	await test -e "$T/attached"
	go
	ended
	has_status 1
	says 'space|full'
}

# bats test_tags=alone
@test "nothing is left in the kernel after a run, however it ends" {
	[ -d /sys/fs/bpf ] || skip 'no /sys/fs/bpf'
	remember_bpf
	prepare thread_churn
	trace top --json -i 50ms -p "$pid"
	go
	finish
	nothing_left
	trace top --json -i 50ms
	kill -KILL "$ts_pid"
	await gone "$ts_pid"
	nothing_left
	scope_well snapshot --json -p "$pid"
	nothing_left
	trace events -p "$pid"
	finish TERM
	nothing_left
}

@test "the target is never stopped, and runs on afterwards" {
	hold thread_churn --stop "$T/thread_churn.stop"
	trace top --json -i 20ms -p "$pid"
	for _ in $(seq 30); do
		scope_well snapshot --json -p "$pid"
		if grep -l '^State:.[tT]' "/proc/$pid/task/"*/status 2>/dev/null; then return 1; fi
	done
	finish
	touch "$W.stop"
	await gone "$pid"
	wait "$pid"
}

@test "text: a block per interval with the process, its threads and its longest wait" {
	hold convoy --mode write --threads 4
	scope_well top -i 100ms -c 2 -p "$pid"
	silent
	grep -q 'convoy' "$T/out"
	grep -q 'log-writer' "$T/out"
	grep -q 'log_mutex' "$T/out"
	[ "$(grep -c 'log-writer' "$T/out")" -ge 2 ]
	if grep -q "$(printf '\033')" "$T/out"; then return 1; fi
}

@test "top is what is run without a command" {
	hold zombie
	scope_well -p "$pid" --json -i 50ms -c 1
	equal '.[0].schema' '"threadscope/interval/1"'
}

@test "cost and losses are in every document" {
	hold zombie
	scope_well top --json -i 100ms -c 2 -p "$pid"
	expect 'all(.[]; .cost.rss_bytes > 1000000 and .cost.cpu_ns >= 0 and .lost.events == 0 and .lost.stacks == 0)'
}

@test "doctor: every check has a state, and each 'no' a reason and a remedy" {
	scope_well doctor --json
	valid doctor-1
	expect '.[0].checks | length > 3 and all(.state == "ok" or .state == "fallback" or .state == "missing")'
	expect '.[0].checks | all(.state == "ok" or (.reason | length) > 5)'
	expect '.[0].checks | all(.state != "missing" or (.remedy | length) > 5)'
	scope_well doctor
	[ -s "$T/out" ]
}

@test "the cost has the kernel memory of the maps, and what attaching took" {
	hold idle_pool
	trace top --json -i 100ms -p "$pid"
	await documents 2
	maps=$(grep -ls '^map_type:' /proc/"$(collector_of "$ts_pid")"/fdinfo/* | xargs awk '$1 == "memlock:" { n += $2 } END { print n }')
	finish
	expect ".[-1].cost.maps_bytes | near($maps; $maps / 20)" ".[-1].cost, $maps"
	expect '.[-1].cost.attach_ns > 1000000' '.[-1].cost'
	trace top -i 100ms -p "$pid"
	await grep -Eq '; cost: .* in the kernel; attached in [0-9.]+ m?s$' "$T/out"
	finish
}
