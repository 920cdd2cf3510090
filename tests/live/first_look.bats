#!/usr/bin/env bats
# The first report of top: one look before the probes are attached.
load common

# The time from the start of a command to the first byte of its output, in us; ends it.
time_to_first_byte() { # ARGUMENT...
	python3 - "$THREADSCOPE" "$@" <<-'END'
		import os, subprocess, sys, time
		began = time.monotonic()
		run = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
		assert os.read(run.stdout.fileno(), 1)
		print(int((time.monotonic() - began) * 1e6))
		run.kill()
	END
}

least_of_five() { # COMMAND...
	for _ in 1 2 3 4 5; do
		"$@"
	done | sort -n | head -n 1
}

look() { # JQ-FILTER of the first document, which is true
	[ "$(head -n 1 "$T/out" | jq -c "$1")" = true ] || {
		head -n 1 "$T/out" | jq -c "$1, ."
		return 1
	}
}

# bats test_tags=matrix,ends
@test "the first report is of one instant: what is known of it, and null for what takes time" {
	hold deadlock
	scope_well top --json -i 100ms -c 2 -p "$pid"
	silent
	valid interval-1
	[ "$(wc -l <"$T/out")" -eq 3 ]
	[ "$(grep -c '"interval_ns":0,' "$T/out")" -eq 1 ]
	look '.interval_ns == 0 and .watched_ns == 0 and .files == [] and .creators == []'
	look '.findings | map(.kind) == ["deadlock"]'
	look '.processes | length == 1 and .[0].threads == 4 and .[0].blocked == 4'
	look '.processes[0] | [.created, .exited, .created_total, .exited_total, .cpu_ns, .writes, .fsyncs, .futex.wait_ns] |
		all(. == null)'
	look '.threads | map(.switches) | all(. == null)'
	look '[.locks[] | [.waits == .waiters, .wait_ns]] | all(. == [true, null])'
	# nobody moved: as the next report has it
	[ "$(jq -c '[.threads[] | [.tid, .wait.kind, .wait.blocked_by]] | sort' "$T/out" | uniq | wc -l)" -eq 1 ]
	[ "$(jq -c '[.locks[] | [.address, .symbol, .kind, .owner_tid, .waiters]] | sort' "$T/out" | uniq | wc -l)" -eq 1 ]
	scope_well top -i 100ms -c 1 -p "$pid"
	head -n 1 "$T/out" | grep -q ': 4 threads, 0 running, 4 blocked; first look, rates follow; .*up [0-9]'
	[ "$(grep -c '^CRITICAL: deadlock of 2 threads' "$T/out")" -eq 2 ]
}

# The first look asks the kernel since when it waits, the reports after it remember.
@test "the age of a wait in another process goes on from the first report" {
	mkfifo "$T/pipe"
	launch /dev/null /dev/null sh -c 'exec sleep 1000 <"$1"' - "$T/pipe"
	launch "$T/pipe" /dev/null yes
	pid=$launched
	await fills_pipe
	aged
	scope_well top --json -i 100ms -c 2 -p "$pid"
	# On a busy machine the first look may have no time left for other processes.
	jq -se '[.[].threads[0].wait.chain[0].duration_ns] | length == 3 and .[2] > .[1] and (.[0] == null or .[1] > .[0])' \
		"$T/out" >/dev/null || {
		jq -c '.threads[0].wait' "$T/out"
		return 1
	}
}

fills_pipe() {
	grep -q pipe_write "/proc/$pid/wchan"
}

# Beside other load both take longer, so they are compared.
# bats test_tags=alone
@test "it comes as soon as a snapshot, long before the probes are attached" {
	hold deadlock
	quick=$(least_of_five time_to_first_byte top --json -p "$pid")
	snapshot=$(least_of_five time_to_first_byte snapshot --json -p "$pid")
	second=$(least_of_five time_to_first_byte logs --json -i 1ms -p "$pid")
	echo "first look after $quick us, snapshot after $snapshot us, a report that needs probes after $second us"
	[ "$quick" -lt $((3 * snapshot)) ]
	[ "$quick" -lt $((second / 2)) ]
}

@test "it is not counted and not saved; it ends --until-found" {
	hold deadlock
	scope_well top --json -i 100ms -c 2 --save "$T/saved" -p "$pid"
	grep -v '"interval_ns":0,' "$T/out" >"$T/live"
	scope_well replay --json "$T/saved"
	cmp "$T/out" "$T/live"
	scope top --json --until-found -p "$pid"
	has_status 10
	[ "$(wc -l <"$T/out")" -eq 1 ]
	look '.interval_ns == 0'
	# logs are counted, not looked at
	scope_well logs --json -i 100ms -c 1 -p "$pid"
	[ "$(grep -c '"interval_ns":0,' "$T/out")" -eq 0 ]
}

@test "several targets, and targets by name, in one report" {
	hold deadlock
	instance=.b hold convoy --mode sleep --threads 5
	first=$(jq .pid "$T/deadlock.ready")
	scope_well top --json -i 100ms -c 1 -p "$pid,$first"
	look ".interval_ns == 0 and ([.processes[].pid] | sort) == ([$pid, $first] | sort)"
	look "[.threads[].pid] | unique == ([$pid, $first] | sort)"
	look '.findings[0].kind == "deadlock"'
	[ "$(jq -c '[.processes[] | [.pid, .threads]] | sort' "$T/out" | uniq | wc -l)" -eq 1 ]
	scope_well top --json -i 100ms -c 1 -n convoy
	look ".interval_ns == 0 and (.processes | map(.pid) | index($pid) != null)"
	scope_well top --json -i 100ms -c 1 -n no-such-process
	[ "$(grep -c '"interval_ns":0,' "$T/out")" -eq 0 ]
	scope_well top --json -i 100ms -c 1
	[ "$(grep -c '"interval_ns":0,' "$T/out")" -eq 0 ]
	scope_well top --json -i 100ms -c 1 -- true
	[ "$(grep -c '"interval_ns":0,' "$T/out")" -eq 0 ]
}
