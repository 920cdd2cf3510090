#!/usr/bin/env bats
# What logs suffer: writes dropped, lines torn, writes over one another, syncs that fail or are missing.
load common

# Rows of the workload's file in all intervals, of whatever process writes it.
log='(.files[] | select(.path == $w.path))'
found() { # KIND
	expect 'any(.[].findings[]; .kind == "'"$1"'" and (.path == null or .path == $w.path or (.path | startswith("pipe:"))))' \
		'map(.findings)'
}
found_none() { # KIND
	expect 'all(.[].findings[]; .kind != "'"$1"'")' 'map(.findings)'
}

watch_file() { # FILE_WRITER-OPTION...
	prepare file_writer "$@" --path "$T/the.log"
	trace top --json -i 200ms -p "$pid"
	go
	finish
	valid interval-1
}

@test "errors of writes are told apart: EFBIG at the size limit" {
	watch_file --mode limit --writes 20
	equal "total($log | .errors_by.EFBIG)" '$w.errors'
	equal "total($log | .errors_by | add)" "total($log | .errors)"
	found dropped-writes
}

@test "errors of writes are told apart: EAGAIN and a short write on a full pipe" {
	watch_file --mode nonblock --size 40000 --writes 5
	equal 'total(.files[] | select(.kind == "pipe" and .fd == $w.fd) | .errors_by.EAGAIN)' '$w.errors'
	found dropped-writes
	expect 'any(.[].findings[]; .summary | test("short write"))' 'map(.findings)'
}

@test "errors of writes are told apart: ENOSPC, a critical finding" {
	watch_file --mode full --path /dev/full --writes 50
	equal 'total(.files[] | select(.path == "/dev/full") | .errors_by.ENOSPC)' '$w.errors'
	expect 'any(.[].findings[]; .kind == "dropped-writes" and .severity == "critical" and .path == "/dev/full")' \
		'map(.findings)'
}

@test "a log written well has no finding of damage" {
	watch_file --writes 500
	found_none dropped-writes
	found_none torn-lines
	found_none overwrites
	found_none failed-sync
}

two_writers() { # MODE [LOG_WRITERS-OPTION...]
	prepare log_writers --path "$T/the.log" --mode "$1" --rounds "$(amount 200 50)" "${@:2}"
	if [ "${2:-}" = --processes ]; then
		trace top --json -i 200ms -n log_writers
	else
		trace top --json -i 200ms -p "$pid"
	fi
	go
	finish
	valid interval-1
	equal "[total($log | .torn_lines), total($log | .overwrites), total($log | .holes)]" \
		'$w | [.torn_lines, .overwrites, .holes]'
}

@test "torn lines: exact between threads" {
	two_writers torn
	found torn-lines
	found_none overwrites
}

@test "torn lines: exact by writev, whose last byte lies in another part" {
	two_writers vector
	found torn-lines
}

@test "torn lines: exact between processes" {
	two_writers torn --processes 1
	found torn-lines
}

@test "torn lines: none where each finishes its line, in one write or two" {
	two_writers whole
	found_none torn-lines
	two_writers locked
	found_none torn-lines
}

@test "torn lines: none of a buffered stream that threads share" {
	two_writers stream
	found_none torn-lines
}

@test "torn lines: none where threads write a stream from one buffer, in parts of any size" {
	two_writers buffer
	expect "[.[] | $log | .torn_lines] | any(. == 0) and all(. == 0)" "[.[] | $log]"
}

@test "torn lines: not known where a pool's threads continue what others left" {
	two_writers handed
	expect "[.[] | $log | .torn_lines] | .[-1] == null" "[.[] | $log]"
	found_none torn-lines
}

@test "overwrites: none in a file of state that each replaces" {
	for o in 0 1; do
		two_writers state --processes $o
		found_none overwrites
	done
}

@test "a hole where a log without O_APPEND was truncated" {
	two_writers truncated
	found log-hole
	expect 'any(.[].findings[]; .kind == "log-hole" and (.summary | test("was cut from .* to 0 B, and its writer went on at")))' \
		'map(.findings)'
	found_none overwrites
}

@test "overwrites: exact between threads that opened the file each" {
	two_writers overwrite
	found overwrites
}

@test "overwrites: exact between processes" {
	two_writers overwrite --processes 1
	found overwrites
}

@test "overwrites: exact by pwrite of whole lines" {
	two_writers pwrite
	found overwrites
}

@test "overwrites: none by pages, with a shared position, in parts and headers of one's own" {
	for m in pages shared segments header; do
		two_writers $m
		found_none overwrites
	done
}

@test "overwrites: none after a cut, by ftruncate or O_TRUNC, and with RWF_APPEND" {
	for m in cut rewrite flag; do
		two_writers $m
		found_none overwrites
	done
}

@test "overwrites: pages that end in a newline by chance are counted, and no finding" {
	two_writers chance
	found_none overwrites
}

@test "not synced: bytes and writes since the last sync, and in the last report of a killed process" {
	prepare file_writer --path "$T/the.log" --writes 105 --fsync-every 10
	trace top --json -i 200ms -p "$pid"
	go
	await shows 'any(.files[]; .unsynced_writes == 5 and .unsynced_bytes == 600)'
	kill -KILL "$pid"
	ended
	has_status 0
	valid interval-1
	equal '.[-1].files[] | select(.path == $w.path) | [.unsynced_writes, .unsynced_bytes]' '[5, 600]'
	expect 'any(.[-1].findings[]; .kind == "unsynced-at-exit" and (.summary | test("600 B in 5 writes")))' \
		'.[-1].findings'
}

@test "not synced: nothing where the last write was synced" {
	prepare file_writer --path "$T/the.log" --writes 100 --fsync-every 10
	trace top --json -i 200ms -p "$pid"
	go
	kill -KILL "$pid"
	ended
	expect '[.[] | '"$log"'] | last | .unsynced_writes == 0 and .unsynced_bytes == 0' 'map(.files)'
	expect 'all(.[].findings[]; .kind != "unsynced-at-exit" or .path != $w.path)' 'map(.findings)'
}

@test "not synced: nothing that another process has synced, also once that one has ended" {
	trace logs --json -i 100ms -- bash -c 'exec 3>>"$1/the.log"; echo line >&3; sync "$1/the.log"
		until [ -e "$1/end" ]; do sleep 0.05; done' - "$T"
	await shows 'any(.files[]; (.path | endswith("/the.log")) and .fsyncs == 1)'
	await documents $(($(wc -l <"$T/out") + 3))
	touch "$T/end"
	ended
	equal '[.[].files[] | select(.path | endswith("/the.log")) | select(.total.writes.count == 1)] | [length > 2, .[-1].unsynced_bytes]' \
		'[true, 0]'
	expect 'all(.[].findings[]; .kind != "unsynced-at-exit")' 'map(.findings)'
}

@test "a sync after every write is found, with its share of the thread's time" {
	watch_file --writes "$(amount 300 50)" --fsync-every 1
	equal "total($log | .fsyncs)" '$w.fsyncs'
	found sync-per-write
	watch_file --writes "$(amount 300 50)" --fsync-every 2
	found_none sync-per-write
}
