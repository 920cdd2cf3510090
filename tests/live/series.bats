#!/usr/bin/env bats
# Several snapshots, and what moved between them.
load common

@test "--count: a document each, at their times; who does not move is said not to" {
	hold convoy --mode sleep --threads 3
	scope_well snapshot --json --count 4 --interval 150ms -p "$pid"
	silent
	valid snapshot-1
	equal '[.[].series | [.number, .of]]' '[[1, 4], [2, 4], [3, 4], [4, 4]]'
	equal '.[0].threads | map([.same_stack, .did_not_run]) | unique' '[[null, null]]'
	equal '[.[1:][].threads | map([.same_stack, .did_not_run]) | unique]' '[[[1, 1]], [[2, 2]], [[3, 3]]]'
	# one that is late does not put off those after it
	expect '[.[].time | epoch_ns] | . == sort and .[3] - .[0] > 400000000' '[.[].time]'
}

@test "--count: who moves is not said to stand still" {
	hold convoy --mode fsync --threads 2 --path "$T/log"
	# long enough for it to get a CPU in between, whatever else runs
	scope_well snapshot --json --count 3 --interval 700ms -p "$pid"
	equal '.[-1].threads[] | select(.tid == $w.owner_tid) | .did_not_run' 0
	equal '[.[-1].threads[] | select(.name == "worker") | [.same_stack, .did_not_run]] | unique' '[[2, 2]]'
	scope_well snapshot --count 3 --interval 700ms -p "$pid"
	grep -q '^snapshot 1 of 3 of convoy' "$T/out"
	grep -q '^snapshot 3 of 3, taken' "$T/out"
	grep -q '^across all 3: 3 threads did not run, 1 ' "$T/out"
	grep -Eq '^2 threads: waiting for mutex log_mutex, .*, did not run between the 3 snapshots: worker' "$T/out"
	[ "$(grep -c 'log_line' "$T/out")" -eq 1 ]
}

@test "--count: a thread that comes in between is new" {
	hold thread_churn --makers 2 --stop "$T/thread_churn.stop"
	scope_well snapshot --json --count 3 --interval 100ms -p "$pid"
	expect '[.[-1].threads[] | select(.did_not_run == 0)] | length > 0'
	equal '[.[].threads[] | select(.did_not_run > .same_stack and .same_stack != null)]' '[]'
}

@test "--count with --folded and --pprof: the last one; with --flamegraph: all" {
	hold many_threads --threads 50
	scope_well snapshot --folded --idle --count 3 --interval 50ms --pprof "$T/p" --flamegraph "$T/f" -p "$pid"
	[ "$(awk '{ n += $NF } END { print n }' "$T/out")" -eq "$(fact .threads)" ]
	gzip -t "$T/p"
	grep -q "\"nodes\":\[\[0,0,$((3 * $(fact .threads)))," "$T/f"
}

@test "--count with --save: replay says the same" {
	hold convoy --mode sleep --threads 3
	scope_well snapshot --count 2 --interval 50ms --save "$T/saved" -p "$pid"
	"$THREADSCOPE" replay "$T/saved" | diff "$T/out" -
}

@test "--count: a signal ends it with one more, whole, and the files are there" {
	hold convoy --mode sleep --threads 3
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot --count 100 --interval 1h --pprof "$T/p" -p "$pid"
	ts_pid=$launched
	await grep -q '^snapshot 1 of 100' "$T/out"
	[ ! -e "$T/p" ]
	finish INT
	silent
	grep -q '^snapshot 2 of 2, taken' "$T/out"
	gzip -t "$T/p"
	[ -z "$(find "$T" -name '.threadscope*')" ]
}

@test "--count: a target that ends is shown as it was last" {
	hold convoy --mode sleep --threads 3
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot --count 100 --interval 200ms -p "$pid"
	ts_pid=$launched
	await grep -q '^snapshot 2 of 100' "$T/out"
	# it does not look while the threads end one after the other
	collector=$(collector_of "$ts_pid")
	kill -STOP "$ts_pid" "$collector"
	await grep -q '^State:.T' "/proc/$ts_pid/status"
	await grep -q '^State:.T' "/proc/$collector/status"
	kill -KILL "$pid"
	await gone "$pid"
	kill -CONT "$ts_pid" "$collector"
	ended
	has_status 0
	silent
	grep -Eq '^snapshot [0-9]+ of 100, taken' "$T/out"
	cat "$T/out"
	grep -Eq '^3 threads: waiting for mutex log_mutex, .* did not run between the' "$T/out"
}

@test "--count: a target's end is the end, however far the next one is" {
	hold convoy --mode sleep --threads 3
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot --count 100 --interval 1h -p "$pid"
	ts_pid=$launched
	await grep -q '^snapshot 1 of 100' "$T/out"
	kill -KILL "$pid"
	ended
	has_status 0
	silent
}

# bats test_tags=alone
@test "--count: nothing is left of it" {
	remember_bpf
	hold convoy --mode sleep --threads 3
	scope_well snapshot --count 2 --interval 20ms -p "$pid"
	nothing_left
}

@test "--tid: status 3 if the process has none of them" {
	hold convoy --mode sleep --threads 3
	scope snapshot -p "$pid" --tid 2147483647
	fails_with 3 'has no thread 2147483647'
	scope_well snapshot -p "$pid" --tid "2147483647,$(fact .owner_tid)"
	grep -q '; 1 shown' "$T/out"
}
