#!/usr/bin/env bats
# One shot: every thread, what it waits for, since when, with stacks.
load common

@test "every kind of wait has its true since" {
	hold waits
	aged
	scope_well snapshot --json -p "$pid"
	equal '.[0] as $d | [$w.waits[] | . as $v | $d.threads[] | select(.tid == $v.tid) |
		select(.wait | since_ns($d) | began($v.since_ns) | not) | .name]' '[]'
}

@test "every kind of wait is timed only if the call has a time-out" {
	hold waits
	scope_well snapshot --json -p "$pid"
	# a sleep is all time-out, so it may say either
	equal '.[0].threads as $all | [$w.waits[] | select(.kind != "sleep") | . as $v | $all[] | select(.tid == $v.tid) |
		select(.wait.timed != $v.timed) | .name]' '[]'
}

@test "waits on a descriptor name it" {
	hold waits
	scope_well snapshot --json -p "$pid"
	equal '.[0].threads as $all | [$w.waits[] | select(.fd != null) | . as $v | $all[] | select(.tid == $v.tid) |
		select(.wait.fd != $v.fd or .wait.file == null) | .name]' '[]'
}

@test "all threads are there, once each" {
	hold many_threads --threads "$(amount 2000 200)"
	scope_well snapshot --json -p "$pid"
	equal '.[0].threads | length' '$w.threads'
	equal '[.[0].threads[].tid] | unique | length' '$w.threads'
	expect '.[0].lost | all(.[]; . == 0)' '.[0].lost'
}

# bats test_tags=arm64
@test "the stack of a blocked thread is complete, innermost first" {
	hold long_stack --depth 20
	scope_well snapshot --json -p "$pid"
	equal '.[0].threads[] | select(.tid == $w.tid) | [.name, .state, .stack_end]' '["deep", "S", "complete"]'
	expect '.[0].threads[] | select(.tid == $w.tid) |
		calls(["pthread_mutex_lock", "bottom"] + [range(20) | "descend"] + ["run_deep"]) or
		calls(["___pthread_mutex_lock", "bottom"] + [range(20) | "descend"] + ["run_deep"])' \
		'.[0].threads[] | select(.tid == $w.tid) | functions'
	expect '.[0].threads[] | select(.tid == $w.tid) | .stack[] | select(.function == "bottom") |
		(.module | endswith("/long_stack")) and (.address | test("^0x[0-9a-f]+$")) and .offset > 0'
}

# A library as distributions ship musl's: no call frame information, no symbols but exported ones.
@test "shared musl: stacks go through the library, whose inner functions have no name rather than a wrong one" {
	[ -x "$WORKLOADS/many_threads-musl-shared" ] || skip 'musl-gcc is not installed'
	hold many_threads-musl-shared --threads 5 --stacks 2
	scope_well snapshot --json -p "$pid"
	expect '[.[0].threads[] | select(.name == "depth-2") | functions | map(select(. != null)) |
		.[-5:] == ["pthread_mutex_timedlock", "take_job", "descend", "descend", "run_worker"]] | length > 1 and all' \
		'[.[0].threads[] | functions]'
	expect '[.[0].threads[].stack[].function | select(. != null and startswith("mem"))] == []'
	equal '[.[0].threads[] | select(.name == "depth-1") | .wait.kind] | unique' '["mutex"]'
	expect '.[0].threads | all(.stack_end == "complete")' '.[0].threads | map([.name, .stack_end, functions])'
}

addresses() {
	query '.[0].threads | map(select(.stack_end == "complete") | {key: .name, value: [.stack[].address]}) | from_entries'
}

@test "static musl, stripped: addresses without names, the stack to the thread's end" {
	[ -x "$WORKLOADS/many_threads-musl-shared" ] || skip 'musl-gcc is not installed'
	need strip
	hold waits-musl
	scope_well snapshot --json --no-lines -p "$pid"
	addresses >"$T/with-symbols"
	cp "$WORKLOADS/waits-musl" "$T/waits-stripped"
	strip "$T/waits-stripped"
	WORKLOADS=$T hold waits-stripped
	scope_well snapshot --json -p "$pid"
	expect '[.[0].threads[].stack[].function] | all(. == null)'
	addresses >"$T/without"
	# Not linked to move about: the same code is at the same place in both, so the frames are the same. Few are cut short.
	jq -e -s '(.[0] | with_entries(select(.key | startswith("waits") | not))) as $all |
		(.[1] | with_entries(select(.key | startswith("waits") | not))) as $some |
		($some | length) >= ($all | length) - 4 and ($some | to_entries | all($all[.key] == .value))' "$T/with-symbols" "$T/without"
}

@test "static musl, without call frame information: stacks are complete, through the C library's functions" {
	hold waits-musl
	scope_well snapshot --json -p "$pid"
	expect '.[0].threads | all(.stack_end == "complete")' '.[0].threads | map([.name, .stack_end])'
	expect '.[0].threads[] | select(.name == "mutex-normal") |
		calls(["__timedwait_cp", "__timedwait", "pthread_mutex_timedlock", "wait_normal", "run_kind", "start", "__clone"])' \
		'.[0].threads[] | select(.name == "mutex-normal") | functions'
	expect '.[0].threads[] | select(.name == "sleep") | calls(["clock_nanosleep", "nanosleep", "sleep_ns", "wait_sleep", "run_kind"])' \
		'.[0].threads[] | select(.name == "sleep") | functions'
	expect '.[0].threads[] | select(.name == "barrier") | calls(["pthread_barrier_wait", "wait_barrier", "run_kind", "start", "__clone"])'
	expect '.[0].threads[] | select(.tid == $pid) | functions | .[-1] | test("_start")' '.[0].threads[0] | functions'
}

@test "a stack deeper than what is kept has both ends, and says how many frames are between them" {
	hold long_stack --depth 3000
	scope_well snapshot --json -p "$pid"
	expect '.[0].threads[] | select(.tid == $w.tid) | ([.stack[] | select(.function == "descend")] | length) as $seen |
		([.stack[].function | capture("^\\[(?<n>[0-9]+) frames left out\\]$").n | tonumber] | add) as $left |
		.stack_end == "complete" and $seen > 20 and $seen + $left == 3000' \
		'.[0].threads[] | select(.tid == $w.tid) | .stack_end, (.stack | length)'
}

@test "threads with the same stack are one group" {
	hold many_threads --threads "$(amount 500 100)" --stacks 5
	scope_well snapshot --json -p "$pid"
	equal '[.[0].groups[] | select(.stack | index("take_job")) | .count] | sort' \
		'[range(5) | ($w.threads - 1) / 5]'
	equal '[.[0].groups[] | .count] | add' '$w.threads'
	equal '[.[0].groups[].count]' '[.[0].groups[].count] | sort | reverse'
	expect '.[0].groups | all(.count >= (.tids | length) and (.tids | length) > 0)'
	expect '.[0].groups | any(.stack | tostring | contains("take_job\",\"descend\",\"descend\",\"descend\",\"run_worker"))' \
		'.[0].groups'
}

@test "--folded counts add up to the threads, root first" {
	hold many_threads --threads "$(amount 500 100)" --stacks 3
	scope_well snapshot --folded --idle -p "$pid"
	silent
	[ "$(awk '{ n += $NF } END { print n }' "$T/out")" -eq "$(fact .threads)" ]
	grep -Eq '(^|;)run_worker;descend;descend;take_job;[^ ]* [0-9]+$' "$T/out"
	[ "$(grep -c ';take_job;' "$T/out")" -eq 3 ]
	if grep -Evq '^[^ ].* [0-9]+$' "$T/out"; then return 1; fi
}

@test "--folded: what is left out are the threads whose class is idle or pool" {
	hold idle_pool
	scope_well snapshot --json --save "$T/saved" -p "$pid"
	expect '.[0].threads | any(.[]; .wait.class == "idle" or .wait.class == "pool")'
	busy=$(query '[.[0].threads[] | select(.wait.class != "idle" and .wait.class != "pool")] | length')
	scope_well replay --folded "$T/saved"
	[ "$(awk '{ n += $NF } END { print n + 0 }' "$T/out")" -eq "$busy" ]
}

@test "--flamegraph: every thread is in it" {
	hold many_threads --threads "$(amount 500 100)" --stacks 3
	scope_well snapshot --json --idle --flamegraph "$T/page" -p "$pid"
	silent
	need xmllint
	xmllint --xpath 'string(//*[@id="data"])' "$T/page" >"$T/out"
	equal '.[0].nodes[0][2]' '$w.threads'
	equal '[.[0] as $d | $d.nodes[] | select($d.names[.[1]] == "take_job") | .[2]] | add' '$w.threads - 1'
}

@test "--pprof: every thread is in it" {
	hold many_threads --threads "$(amount 500 100)" --stacks 3
	scope_well snapshot --json --pprof "$T/profile" -p "$pid"
	silent
	equal '.[0].threads | length' '$w.threads'
	gzip -t "$T/profile"
	type -P go >/dev/null || skip 'go is not installed'
	# env: go is a function here
	env HOME="$T" PPROF_TMPDIR="$T" go tool pprof -top -nodefraction=0 -edgefraction=0 "$T/profile" >"$T/top" 2>&1
	cat "$T/top"
	grep -q "100% of $(fact .threads) total\$" "$T/top"
	grep -Eq ' take_job$' "$T/top"
}

@test "a convoy: the owner's write, its descriptor and its stack" {
	hold convoy --mode write --threads 4
	scope_well snapshot --json -p "$pid"
	equal '.[0].threads[] | select(.tid == $w.owner_tid) | [.name, .wait.kind, .wait.fd]' '["log-writer", "write", $w.fd]'
	expect '.[0].threads[] | select(.tid == $w.owner_tid) | functions | index("flush_log") != null'
	equal '[.[0].threads[] | select(.name == "worker")] | length' 4
	expect 'all(.[0].threads[] | select(.name == "worker"); functions | index("log_line") != null)'
}

@test "the target is described" {
	hold zombie
	scope_well snapshot --json -p "$pid"
	equal '.[0] | [.schema, .target.pid, .target.comm, .target.exe, .target.cmdline[1], .target.runtime.kind]' \
		"[\"threadscope/snapshot/1\", \$pid, \"zombie\", \"$(realpath "$WORKLOADS/zombie")\", \"--ready\", \"native\"]"
	equal '.[0].host.kernel' "\"$(uname -r)\""
	expect '.[0] | (.time | epoch_ns) - now * 1000000000 | -. < 60000000000'
	expect '.[0].cost | .wall_ns > 0 and .cpu_ns > 0'
}

@test "text: every thread's TID, its wait and its functions" {
	hold deadlock
	scope_well snapshot -p "$pid"
	silent
	for word in "$(fact .threads.ping.tid)" "$(fact .threads.pong.tid)" "$(fact .threads.bystander.tid)" "$pid" \
		mutex_ping mutex_pong lock_second pause; do
		echo "looking for $word"
		grep -Fq -- "$word" "$T/out"
	done
}

@test "text, --all: every thread by its name" {
	hold deadlock
	scope_well snapshot --all -p "$pid"
	for name in ping pong bystander; do
		grep -Eq "(^|[^a-z_])$name([^a-z_]|\$)" "$T/out"
	done
	[ "$(grep -c lock_second "$T/out")" -eq 3 ]
}

@test "text: no thread is said to wait for a lock that it does not wait for" {
	hold deadlock
	scope_well snapshot -p "$pid"
	# below a group's line: how many wait for which lock, and who
	grep -Eq "[0-9] for mutex mutex_ping: .*[( ]$(fact .threads.bystander.tid)[ )]" "$T/out"
	if grep -E "[0-9] for mutex mutex_pong: .*[( ]$(fact .threads.bystander.tid)[ )]" "$T/out"; then return 1; fi
	scope_well snapshot --json -p "$pid"
	equal '.[0] as $d | [$w.threads[] | . as $t | $d.threads[] | select(.tid == $t.tid) |
		select($d.locks[.wait.lock].address != $t.address) | .name]' '[]'
}

@test "text: waits are as old as they are" {
	hold deadlock
	aged
	scope_well snapshot -p "$pid"
	grep -Eq '(^|[^0-9.])([2-9]|[1-9][0-9])(\.[0-9]+)? s' "$T/out"
	if grep -Eq '(^|[^0-9.])0 (ns|us|ms|s)' "$T/out"; then return 1; fi
}

@test "a thread that runs is running, and has no wait" {
	prepare getppid_loop --ms 600000
	touch "$W.go"
	await busy "$pid"
	scope_well snapshot --json -p "$pid"
	expect '.[0].threads[] | select(.tid == $pid) | .state == "R" and .wait == null' '.[0].threads'
}

busy() {
	grep -q '^State:.R' "/proc/$1/status"
}

@test "threads that come and go meanwhile do not fail it" {
	hold thread_churn --makers 3 --stop "$T/thread_churn.stop"
	for _ in $(seq "$(amount 10 3)"); do
		scope_well snapshot --json -p "$pid"
		silent
		expect '.[0].threads | length >= 4'
	done
	[ ! -s "$W.err" ]
	kill -0 "$pid"
}

@test "names with odd bytes stay valid JSON and do not reach the terminal raw" {
	name=$'a\033[31m"\\'
	ln -s "$(realpath "$WORKLOADS/zombie")" "$T/$name"
	facts=$T/odd.ready
	launch "$T/odd.out" "$T/odd.err" "$T/$name" --ready "$facts"
	pid=$launched
	await test -e "$facts"
	scope_well snapshot --json -p "$pid"
	equal '.[0].target.comm' '"a\u001b[31m\"\\"'
	scope_well snapshot -p "$pid"
	if grep -q "$(printf '\033')" "$T/out"; then return 1; fi
}

@test "text: a process that gives itself a title is shown with it" {
	need perl
	# shellcheck disable=SC2016 # Perl's own variables
	launch "$T/out" "$T/err" perl -e '$0 = "queue: worker process"; open(my $f, ">", $ARGV[0]); sleep 60' "$T/titled"
	await test -e "$T/titled"
	scope_well snapshot -p "$launched"
	cat "$T/out"
	grep -q '^queue: worker p ([0-9]*), .*, "queue: worker process", up [0-9.]* m\?s: 1 thread' "$T/out"
}
