#!/usr/bin/env bats
# Thread creation, exit and growth.
load common

spawn_and_check() { # SHORT STAY THREADSCOPE-OPTION...
	prepare spawner --short "$1" --stay "$2"
	trace top --json -i 200ms -p "$pid" "${@:3}"
	go
	finish
	equal '[.[-1] | process | .created_total, .exited_total]' '[$w.created, $w.exited]'
	# the last minute, as long as it is not over: since attach
	expect 'all(.[] | {watched_ns} + process; .last_minute_ns >= 60000000000 or (.last_minute_ns == .watched_ns and
		.created_last_minute == .created_total and .exited_last_minute == .exited_total))' '.[-1] | process'
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
	# short ones whose stack was missed, or who found no room for a record, are counted as such
	expect '([.[-1].creators[] | select(functions | index("make_short")) | .exited] | add) as $known |
		$known <= $w.exited and $known + .[-1].lost.stacks + .[-1].lost.threads >= $w.exited' '.[-1] | .creators, .lost'
}

@test "creators add up to the threads created" {
	spawn_and_check "$(amount 2000 500)" 50
	equal '[.[-1].creators[] | select(.pid == $pid) | .created] | add' '$w.created'
	equal '[.[-1].creators[] | select(.pid == $pid) | .alive] | add' '$w.alive'
}

@test "growth is a finding that names the creating function" {
	prepare spawner --short 0 --stay 5000 --pause-ms 20
	trace top --json -i 200ms -p "$pid"
	touch "$W.go"
	await shows 'any(.findings[]; .kind == "thread-growth" and (.summary | test("leak_thread|grow_pool")))'
	finish
}

# The end of the summary, without its figures.
nearest_limit() {
	jq -r --argjson pid "$pid" '[.findings[] | select(.kind == "thread-growth" and .pid == $pid) | .summary][0] // "" |
		if . == "" then empty else sub(".*; "; "") | gsub("[0-9]+"; "N") | sub(" is reached.*"; "") end' "$T/out" | tail -n 1
}

# bats test_tags=alone
@test "one process and every process: the same limit is the nearest" {
	prepare spawner --short 0 --stay 5000 --pause-ms 20
	touch "$W.go"
	scope_well top --json -i 300ms -c 8 -p "$pid"
	one=$(nearest_limit)
	scope_well top --json -i 300ms -c 8
	every=$(nearest_limit)
	echo "one process: $one; every process: $every"
	[ -n "$one" ]
	[ "$one" = "$every" ]
	[[ $one =~ pids.max|RLIMIT_NPROC|kernel.pid_max|kernel.threads-max ]]
}

@test "a pool that grew once and stays is no growth at the end" {
	hold spawner --short 0 --stay 50
	scope_well top --json -i 100ms -c 10 -p "$pid"
	equal '[.[].findings[] | select(.kind == "thread-growth")] | length' 0
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
	equal 'map(.lost.events) | max' 0
}

switches() { # KIND: context switches of the workload's threads so far, by the kernel
	awk -v kind="$1_ctxt_switches:" '$1 == kind { n += $2 } END { print n }' /proc/"$pid"/task/*/status
}

@test "context switches are the kernel's" {
	hold spinners --threads 2 --nappers 8
	first=$(switches voluntary) first_other=$(switches nonvoluntary)
	trace top --json -i 100ms -p "$pid"
	await documents 1
	from=$(switches voluntary) from_other=$(switches nonvoluntary)
	await documents 6
	to=$(switches voluntary) to_other=$(switches nonvoluntary)
	await documents 8
	finish
	# all of the time between two looks is in the intervals, and these are within that of the first and the last
	seen='[.[].threads[] | select(.pid == $pid) | .switches'
	expect "$seen.voluntary] | add | . >= $to - $from and . <= $(switches voluntary) - $first and . > 0"
	expect "$seen.involuntary] | add | . >= $to_other - $from_other and . <= $(switches nonvoluntary) - $first_other"
	scope_well top -i 200ms -c 3 -p "$pid"
	grep -Eq '^napper .* waits .*; [0-9]+ switch' "$T/out"
}

cpu_ticks() { # of the workload, by the kernel, its ended threads included
	awk '{ print $14 + $15 }' /proc/"$pid"/stat
}

# Read once after the first interval and once after the last one, so within a document of each other.
@test "CPU time is the kernel's from the first interval on, also of threads that end" {
	for workload in "spinners --threads 1" thread_churn; do
		# shellcheck disable=SC2086 # a name with options
		hold $workload
		trace top --json -i 300ms -p "$pid"
		await documents 1
		from=$(cpu_ticks)
		await documents 8
		to=$(cpu_ticks)
		finish
		kernel=$(((to - from) * 1000 / $(getconf CLK_TCK)))
		expect "[.[1:8][] | process | .cpu_ns / 1e6] | add | near($kernel; $kernel * 0.15 + 100)" \
			"[.[] | [.interval_ns, (process | .cpu_ns)], $kernel]"
		kill -KILL "$pid"
	done
}

# One thread cannot have more than the interval, not even in the first, whose sample takes longest.
@test "CPU time of one thread is not above the interval" {
	hold spinners --threads 1
	for i in 1 2 3; do
		scope_well top --json -i 300ms -c 3 -p "$pid"
		expect 'all(.[]; (process | .cpu_ns) <= .interval_ns * 1.03 + 5000000)' 'map([.interval_ns, (process | .cpu_ns)])'
	done
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

# "PID THREADS" of every process that is not a kernel thread, nor closed even to root
threads_in_proc() {
	local f
	for f in /proc/[0-9]*/status; do
		readlink "${f%status}exe" >/dev/null 2>&1 || continue
		awk '/^Tgid:/ { pid = $2 } /^Threads:/ { n = $2 } /^VmSize:/ { user = 1 } END { if (user) print pid, n }' "$f" \
			2>/dev/null || :
	done
}

# bats test_tags=alone
@test "every process: thread counts are those of /proc" {
	hold many_threads --threads "$(amount 500 100)"
	threads_in_proc >"$T/before"
	scope_well top --json -i 200ms -c 2
	threads_in_proc >"$T/after"
	equal '.[-1] | process | .threads' '$w.threads'
	query '.[-1].processes[] | "\(.pid) \(.threads)"' | tr -d '"' >"$T/seen"
	# what was the same before and after must be there
	grep -xFf "$T/before" "$T/after" >"$T/lasting"
	[ "$(wc -l <"$T/lasting")" -gt 1 ]
	if grep -vxFf "$T/seen" "$T/lasting"; then return 1; fi
}
