#!/usr/bin/env bats
# Saved samples through the model into every view: the same file gives the same output. Needs no root.
# The expected output beside each sample is what the program said of it when it was made; after a change of wording
# it is made anew: TZ=UTC build/threadscope replay [--json|--folded|--all] tests/samples/NAME.facts, and for --json
# ` | python3 -m json.tool --json-lines --indent 1`, so that a difference can be read, with "0" for the version.

load common

setup() {
	program
	export TZ=UTC
}

scope() {
	status=0
	timeout 120 "$THREADSCOPE" "$@" >"$out" 2>"$err" </dev/null || status=$?
}

# Fails with this status, one sentence on standard error, nothing on standard output.
refuses() { # STATUS PATTERN ARGUMENT...
	local wanted=$1 pattern=$2
	shift 2
	scope "$@"
	echo "threadscope $*: status $status"
	cat "$err"
	[ "$status" -eq "$wanted" ]
	[ "$(wc -l <"$err")" -eq 1 ]
	grep -Eqi -- "$pattern" "$err"
	[ ! -s "$out" ]
}

shows() { # EXPECTED ARGUMENT...
	local expected=$samples/$1
	shift
	scope replay "$@"
	cat "$err"
	[ "$status" -eq 0 ]
	[ ! -s "$err" ]
	# JSON: each line is a document, and the version is that of the program that replays.
	if [[ $expected = *.json ]]; then
		command -v python3 >/dev/null || skip 'python3 is not installed'
		python3 -m json.tool --json-lines --indent 1 <"$out" >"$out.pretty"
		diff -u "$expected" <(sed 's/"version": "[^"]*"/"version": "0"/' "$out.pretty")
	else
		diff -u "$expected" "$out"
	fi
}

@test "text" {
	for name in convoy deadlock demo; do
		shows "$name.txt" "$samples/$name.facts"
	done
}

@test "--all: nothing folded" {
	shows deadlock.all.txt --all "$samples/deadlock.facts"
}

@test "--json" {
	for name in convoy deadlock demo; do
		shows "$name.json" --json "$samples/$name.facts"
	done
}

@test "--folded" {
	for name in convoy deadlock; do
		shows "$name.folded" "$samples/$name.facts" --folded
	done
}

@test "--folded --by wait-time: microseconds waited" {
	for name in convoy deadlock; do
		shows "$name.wait-time.folded" "$samples/$name.facts" --folded --by wait-time
		shows "$name.folded" "$samples/$name.facts" --folded --by count
	done
	# idle threads are there if they are asked for, by option or by what selects threads
	scope replay "$samples/convoy.facts" --folded --idle
	diff -u <(sort "$samples/convoy.folded") <(grep -v ';__libc_pause 1$' "$out" | sort)
	[ "$(wc -l <"$out")" -eq 3 ]
	scope replay "$samples/convoy.facts" --folded --tid 24361
	[ "$(cat "$out")" = '_start;__libc_start_main_impl;__libc_start_call_main;main;__libc_pause 1' ]
	refuses 2 'by' replay "$samples/convoy.facts" --folded --by threads
	refuses 2 'by needs --folded, --pprof or --flamegraph' replay "$samples/convoy.facts" --by count
}

@test "several snapshots: which threads moved" {
	shows series.txt "$samples/series.facts"
	shows series.json --json "$samples/series.facts"
	shows series.folded --folded "$samples/series.facts"
	shows series.off-cpu.folded --folded --by off-cpu "$samples/series.facts"
	refuses 2 'off-cpu needs several snapshots' replay --folded --by off-cpu "$samples/convoy.facts"
	refuses 2 'idle needs --folded or --flamegraph' replay --idle "$samples/convoy.facts"
	scope replay --all "$samples/series.facts"
	[ "$(grep -c '^snapshot [123] of 3, taken' "$out")" -eq 3 ]
	[ "$(grep -c 'did not run between the 3 snapshots$' "$out")" -eq 3 ]
	scope replay "$samples/series.facts" --match log_line
	grep -q '^across all 3: 2 threads did not run$' "$out"
}

@test "several snapshots of a process that ended: the last one is whole" {
	python3 "$root/tests/facts.py" "$samples/series.facts" keep 5 >"$BATS_TEST_TMPDIR/ended"
	scope replay "$BATS_TEST_TMPDIR/ended"
	[ "$status" -eq 0 ]
	grep -q '^snapshot 2 of 3, taken' "$out"
	grep -q 'did not run between the 2 snapshots: worker' "$out"
}

@test "JSON is what its schema promises" {
	python3 -c 'import jsonschema' 2>/dev/null || skip 'python3 has no jsonschema'
	scope replay --json "$samples/demo.facts"
	python3 "$root/tests/schema-check.py" "$root/docs/schema/interval-1.json" "$out"
	for name in convoy deadlock series; do
		scope replay --json "$samples/$name.facts"
		python3 "$root/tests/schema-check.py" "$root/docs/schema/snapshot-1.json" "$out"
	done
}

@test "the deadlock is found, the convoy is none" {
	scope replay "$samples/deadlock.facts"
	grep -q '^CRITICAL: deadlock of 2 threads' "$out"
	scope replay "$samples/convoy.facts"
	[ "$(grep -c deadlock "$out")" -eq 0 ]
}

@test "--fail-on: status 10 for what it names, the output as without it" {
	scope replay "$samples/deadlock.facts"
	mv "$out" "$out.usual"
	scope replay "$samples/deadlock.facts" --fail-on deadlock
	[ "$status" -eq 10 ]
	cmp "$out" "$out.usual"
	[ ! -s "$err" ]
	scope replay --json "$samples/convoy.facts" --fail-on deadlock,stuck-thread
	[ "$status" -eq 0 ]
	scope replay --json "$samples/convoy.facts" --fail-on deadlock --fail-on lock-convoy
	[ "$status" -eq 10 ]
	for kind in '' none 'deadlock,' ',deadlock' deadlocks 'deadlock,none'; do
		refuses 2 "invalid value '$kind' for --fail-on: expected any, warning, critical or kinds of findings: deadlock, .*, unsynced-at-exit$" \
			replay "$samples/convoy.facts" --fail-on "$kind"
	done
	scope replay "$samples/demo.facts" --fail-on deadlock
	[ "$status" -eq 0 ]
	refuses 2 "--fail-on: '.*/convoy.facts' contains 'snapshot' data, which never has 'long-wait'" \
		replay "$samples/convoy.facts" --fail-on long-wait
	scope replay "$samples/demo.facts" --fail-on failed-sync,overwrites
	[ "$status" -eq 0 ]
	scope replay "$samples/demo.facts" --fail-on sync-per-write
	[ "$status" -eq 10 ]
}

@test "one report for each sample after the base line" {
	scope replay --json "$samples/demo.facts"
	[ "$(wc -l <"$out")" -eq $(($(python3 "$root/tests/facts.py" "$samples/demo.facts" values) - 2)) ]
}

@test "--tid and --match: only these, locks and findings of all" {
	sample=$samples/convoy.facts
	scope replay --json "$sample" --tid 24366,24370
	[ "$(jq -c '[.threads[].tid], (.locks[0].waiters | length), ([.groups[].count] | add)' "$out" | tr '\n' ' ')" = \
		'[24366,24370] 5 2 ' ]
	scope replay --json "$sample" --match '^worker$'
	[ "$(jq -c '[.threads[].name] | unique' "$out")" = '["worker"]' ]
	scope replay --folded "$sample" --match flush_log
	[ "$(awk '{ n += $NF } END { print n }' "$out")" -eq 1 ]
	grep -q flush_log "$out"
	scope replay "$sample" --match flush_log
	[ "$(grep -c 'log_line' "$out")" -eq 0 ]
	grep -q '5 threads -> log_mutex (mutex at ' "$out"
	scope replay "$sample" --match 'matches nothing'
	[ "$status" -eq 0 ]
	grep -q '0 shown' "$out"
	refuses 2 'regular expression' replay "$sample" --match '('
	refuses 2 'tid' replay "$sample" --tid 0
	refuses 2 'match.*snapshot' replay "$samples/demo.facts" --match a
}

@test "kernel stacks in text only when asked for" {
	scope replay "$samples/convoy.facts"
	[ "$(grep -c '\[k\]' "$out")" -eq 0 ]
	scope replay "$samples/convoy.facts" --kernel-stacks
	grep -q '\[k\].*futex_wait' "$out"
}

@test "wrong usage" {
	refuses 2 'needs a file' replay
	refuses 2 'unexpected argument' replay "$samples/demo.facts" extra
	refuses 2 'target' replay "$samples/demo.facts" -- true
	refuses 2 "'replay' does not accept --pid" replay "$samples/demo.facts" -p 1
	refuses 2 "'events' does not accept --save" events -p 1 --save "$BATS_TEST_TMPDIR/saved"
	refuses 2 'mutually exclusive' replay "$samples/convoy.facts" --json --folded
	refuses 2 'folded.*snapshot' replay --folded "$samples/demo.facts"
	refuses 2 'all.*snapshot' replay --all "$samples/demo.facts"
	refuses 2 'save' top --save
	refuses 2 'save' top --save ''
}

@test "no such file, and files that are none of ours" {
	refuses 1 'No such file' replay "$BATS_TEST_TMPDIR/absent"
	refuses 1 'directory' replay "$BATS_TEST_TMPDIR"
	for text in '' '{}' '[]' 'x' '{"schema":"threadscope/sample/2","command":"top"}' 'threadscope facts 2'; do
		printf '%s\n' "$text" >"$BATS_TEST_TMPDIR/file"
		refuses 1 'damaged' replay "$BATS_TEST_TMPDIR/file"
	done
	refuses 1 'damaged' replay /dev/null
	head -c 100000 /dev/zero >"$BATS_TEST_TMPDIR/file"
	refuses 1 'damaged' replay "$BATS_TEST_TMPDIR/file"
}

@test "a run that was cut off shows what is whole" {
	head -c -100 "$samples/demo.facts" >"$BATS_TEST_TMPDIR/cut"
	scope replay "$BATS_TEST_TMPDIR/cut" --json
	[ "$status" -eq 1 ]
	grep -q damaged "$err"
	[ "$(wc -l <"$out")" -eq $(($(python3 "$root/tests/facts.py" "$samples/demo.facts" values) - 3)) ]
}

# What is refused value by value, tests/unit/test_save.c has.
@test "a file that lies is refused, without a word of a report" {
	python3 "$root/tests/facts.py" "$samples/convoy.facts" keep 1 >"$BATS_TEST_TMPDIR/bad"
	printf 'X' >>"$BATS_TEST_TMPDIR/bad"
	refuses 1 'damaged' replay "$BATS_TEST_TMPDIR/bad"
	python3 "$root/tests/facts.py" "$samples/convoy.facts" keep 2 >"$BATS_TEST_TMPDIR/bad"
	refuses 1 'ends in the middle of a sample' replay "$BATS_TEST_TMPDIR/bad"
	# A sample of 2^63 bytes.
	python3 "$root/tests/facts.py" "$samples/demo.facts" keep 1 >"$BATS_TEST_TMPDIR/bad"
	printf 'V\200\200\200\200\200\200\200\200\200\001' >>"$BATS_TEST_TMPDIR/bad"
	refuses 1 'damaged' replay "$BATS_TEST_TMPDIR/bad"
}

@test "a file of another version says which one reads it" {
	printf '%s\n' '{"schema":"threadscope/sample/1","command":"top","every_process":false}' >"$BATS_TEST_TMPDIR/old"
	refuses 1 "cannot replay '.*/old': it was saved by threadscope 0.1; replay it with that version$" \
		replay "$BATS_TEST_TMPDIR/old"
	printf 'threadscope facts 3\n' >"$BATS_TEST_TMPDIR/new"
	refuses 1 'another version of threadscope' replay "$BATS_TEST_TMPDIR/new"
}

@test "down a pipe" {
	dd if="$samples/demo.facts" bs=100 status=none | "$THREADSCOPE" replay /dev/stdin --json >"$out"
	"$THREADSCOPE" replay "$samples/demo.facts" --json | diff - "$out"
}

@test "hostile text is shown escaped" {
	python3 "$root/tests/facts.py" "$samples/convoy.facts" text worker '\x1b[2J\xff\n' >"$BATS_TEST_TMPDIR/hostile"
	scope replay "$BATS_TEST_TMPDIR/hostile"
	[ "$status" -eq 0 ]
	grep -Fq '\x1b[2J\xff\x0a' "$out"
	[ "$(grep -c $'\x1b' "$out")" -eq 0 ]
}

@test "a closed pipe ends it silently" {
	"$THREADSCOPE" replay "$samples/demo.facts" 2>"$err" | true
	[ "${PIPESTATUS[0]}" -eq 0 ]
	[ ! -s "$err" ]
}

@test "a full disk is an error" {
	status=0
	"$THREADSCOPE" replay "$samples/demo.facts" >/dev/full 2>"$err" || status=$?
	[ "$status" -eq 1 ]
	[ "$(wc -l <"$err")" -eq 1 ]
}
