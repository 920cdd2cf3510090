#!/usr/bin/env bats
# Files that a snapshot fills beside its output, from saved samples. Needs no root.

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	THREADSCOPE=$(realpath "${THREADSCOPE:-$root/build/threadscope}")
	samples=$root/tests/samples
	out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
	export LC_ALL=C TZ=UTC
	folder=$BATS_TEST_TMPDIR/folder
	mkdir "$folder"
	[ -x "$THREADSCOPE" ] || skip "$THREADSCOPE is not built"
}

replay() { # ARGUMENT...: of convoy
	status=0
	timeout 30 "$THREADSCOPE" replay "$samples/convoy.jsonl" "$@" >"$out" 2>"$err" </dev/null || status=$?
}

replays() {
	replay "$@"
	cat "$err"
	[ "$status" -eq 0 ]
	[ ! -s "$err" ]
}

# One sentence, this status, and the folder is as it was.
refuses() { # STATUS PATTERN ARGUMENT...
	local wanted=$1 pattern=$2 before
	shift 2
	before=$(ls -lA --time-style=full-iso "$folder")
	replay "$@"
	echo "replay $*: status $status"
	cat "$err"
	[ "$status" -eq "$wanted" ]
	[ "$(wc -l <"$err")" -eq 1 ]
	grep -Eqi -- "$pattern" "$err"
	[ "$(ls -lA --time-style=full-iso "$folder")" = "$before" ]
}

pprof() { # ARGUMENT...
	PPROF_TMPDIR=$BATS_TEST_TMPDIR HOME=$BATS_TEST_TMPDIR go tool pprof "$@" 2>&1
}

@test "--pprof: go's pprof reads threads, waits and labels" {
	command -v go >/dev/null || skip 'go is not installed'
	replays --pprof "$folder/p"
	diff -u <("$THREADSCOPE" replay "$samples/convoy.jsonl") "$out"
	pprof -raw "$folder/p" >"$out"
	cat "$out"
	grep -q '^threads/count\[dflt\] wait/nanoseconds$' "$out"
	[ "$(grep -cE '^ +1 +26[0-9]{8}: ' "$out")" -eq 6 ]
	grep -q 'call:\[futex\] lock:\[log_mutex\] process:\[convoy\] thread:\[worker\] wait:\[mutex\]' "$out"
	grep -q 'blocked_by:\[24366\] pid:\[24361\] tid:\[24370\]' "$out"
	grep -q 'log_line tests/workloads/convoy.c:75' "$out"
	pprof -top "$folder/p" >"$out"
	cat "$out"
	grep -q '^File: convoy$' "$out"
	grep -q '^Type: threads$' "$out"
	grep -Eq '^ +5 71.43% 71.43% +5 71.43%  __GI___lll_lock_wait' "$out"
	pprof -top -tagfocus=thread=log-writer -sample_index=wait "$folder/p" >"$out"
	grep -Eq '2.70s .* flush_log$' "$out"
}

@test "--pprof: the threads asked for, and what --by says first" {
	command -v go >/dev/null || skip 'go is not installed'
	replays --pprof "$folder/p" --by wait-time --match flush_log --json
	jq -e . "$out" >/dev/null
	pprof -top "$folder/p" >"$out"
	grep -q '^Type: wait$' "$out"
	grep -q '2.70s, 100% of 2.70s total' "$out"
}

@test "a file that is there is replaced, with the umask's mode, and nothing else is left" {
	echo old >"$folder/p"
	chmod 600 "$folder/p"
	(umask 027 && replays --pprof "$folder/p")
	[ "$(stat -c %a "$folder/p")" = 640 ]
	[ "$(ls -A "$folder")" = p ]
	[ "$(head -c 2 "$folder/p" | od -An -tx1)" = ' 1f 8b' ]
	(cd "$folder" && replays --pprof here)
	cmp "$folder/p" "$folder/here"
}

@test "what cannot be written is one sentence, and what was there stays" {
	echo old >"$folder/old"
	ln -s old "$folder/link"
	refuses 1 'symbolic link' --pprof "$folder/link"
	refuses 1 'directory' --pprof "$folder"
	refuses 1 'No such file' --pprof "$folder/absent/p"
	refuses 1 'No space' --pprof /dev/full
	refuses 2 'pprof' --pprof ''
	mkfifo "$folder/fifo"
	refuses 1 'No such device|address' --pprof "$folder/fifo"
	# A limit on size stands for a full disk: the old file is still whole.
	status=0
	(ulimit -f 0 && trap '' XFSZ && exec "$THREADSCOPE" replay "$samples/convoy.jsonl" --pprof "$folder/old") \
		>/dev/null 2>"$err" || status=$?
	[ "$status" -eq 1 ]
	[ "$(cat "$folder/old")" = old ]
	[ "$(find "$folder" -mindepth 1 | wc -l)" -eq 3 ]
}

@test "no file of a sample that is damaged" {
	head -c -100 "$samples/convoy.jsonl" >"$BATS_TEST_TMPDIR/cut"
	status=0
	"$THREADSCOPE" replay "$BATS_TEST_TMPDIR/cut" --pprof "$folder/p" >"$out" 2>"$err" || status=$?
	[ "$status" -eq 1 ]
	[ -z "$(ls -A "$folder")" ]
}

@test "a pipe gets the whole file" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	cat "$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/through" &
	reader=$!
	# open without a reader is an error, so until it is there, again
	for _ in $(seq 500); do
		replay --pprof "$BATS_TEST_TMPDIR/fifo"
		[ "$status" -ne 0 ] || break
		sleep 0.02
	done
	[ "$status" -eq 0 ]
	wait "$reader"
	replays --pprof "$folder/p"
	cmp "$folder/p" "$BATS_TEST_TMPDIR/through"
}

@test "a closed pipe for the output: the file is whole" {
	"$THREADSCOPE" replay "$samples/convoy.jsonl" --pprof "$folder/p" 2>"$err" | true
	[ "${PIPESTATUS[0]}" -eq 0 ]
	replays --pprof "$folder/q"
	cmp "$folder/p" "$folder/q"
}
