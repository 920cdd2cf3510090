#!/usr/bin/env bats
# The view on logs alone: figures of the interval and since attach, calls in flight, which file comes first.
load common

the='.files[] | select(.fd == $w.fd)'

# bats test_tags=arm64
@test "pipe: since attach as the program timed itself, within 12.5 % + 1 ms" {
	prepare pipe_writer --writes "$(amount 100 40)"
	trace logs --json -i 50ms -p "$pid"
	go
	finish
	valid logs-1
	equal ".[-1] | $the | [.kind, .total.writes.count, .total.bytes, .total.errors]" '["pipe", $w.count, $w.bytes, 0]'
	equal "[total($the | .writes), total($the | .bytes)]" '[$w.count, $w.bytes]'
	for figure in p50_ns p99_ns max_ns; do
		expect ".[-1] | $the | .total.writes.$figure | as_measured(\"$figure\")" '.[-1].files'
	done
	expect ".[-1] | $the | .total.writes | .p50_ns <= .p90_ns and .p90_ns <= .p99_ns and .p99_ns <= .p999_ns and
		.p999_ns <= .max_ns"
	expect ".[-1] | $the | .total.writes | (.histogram | map(.[1]) | add) == .count"
	expect "length > 3 and (map($the | .total.writes.count) | . == sort)"
	expect 'no_losses' 'map(.lost)'
}

@test "calls that end while they are read, and are their files' last ones, count once" {
	prepare one_write_each --threads "$(amount 400 200)"
	trace logs --json -i 20ms -p "$pid"
	go
	finish
	expect '[.[].files[] | select(.in_flight > 0)] | length > 100' '[.[].files[].in_flight]'
	pipes='.files[] | select(.kind == "pipe")'
	equal "[total($pipes | .writes), total($pipes | .bytes), ([.[-1] | $pipes | .total.writes.count] | add)]" \
		'[$w.count, $w.bytes, $w.count]'
}

@test "writes and syncs are told apart, and stay when the file is idle" {
	prepare file_writer --path "$T/the.log" --writes 1000 --fsync-every 100
	trace logs --json -i 100ms -p "$pid"
	go
	await shows 'any(.files[]; .path == $w.path and .writes == 0 and .fsyncs == 0 and .total.writes.count == $w.writes)'
	finish
	equal '.[-1].files[] | select(.path == $w.path) | .total | [.writes.count, .bytes, .fsyncs.count, .errors]' \
		'$w | [.writes, .bytes, .fsyncs, .errors]'
	equal '.[-1].files[] | select(.path == $w.path) | .total | [(.writes.histogram | map(.[1]) | add),
		(.fsyncs.histogram | map(.[1]) | add)]' '$w | [.writes, .fsyncs]'
}

@test "a write that hangs is the first line, with its thread, its age and who called" {
	hold convoy --mode write --threads 2
	aged
	trace logs --json -i 200ms -c 2 -p "$pid"
	ended
	has_status 0
	valid logs-1
	expect '.[-1].in_flight[0] | .tid == $w.owner_tid and .fd == $w.fd and .call == "write" and .syscall == "write"'
	expect '.[-1] | (.time | epoch_ns) as $now | $now - .in_flight[0].age_ns | began($w.owner_since_ns)'
	expect '.[-1].in_flight[0] | functions | index("flush_log") != null' '.[-1].in_flight'
	expect '.[-1].files[0] | .fd == $w.fd and .in_flight == 1'
	scope_well logs -i 200ms -c 1 -p "$pid"
	silent
	grep -Eq '^ *[0-9.]+ s +write\(pipe:\[[0-9]+\]\) .*log-writer.* in flush_log at convoy\.c:[0-9]+' "$T/out"
	grep -Eq '^pipe:.*1 in flight for [0-9.]+ s' "$T/out"
}

@test "logs of several processes, and only the files asked for" {
	prepare file_writer --mode reuse --path "$T/wanted.log" --path2 "$T/other.txt" --writes 30
	trace logs --json -i 100ms --log-file '*/wanted.log' -p "$pid,$$"
	go
	finish
	equal '[.[].files[] | .path] | unique' '[$w.path]'
	equal '.[-1].files[0].total.writes.count' '$w.writes'
}

@test "--heatmap: a picture of all intervals, in either character set; a locale that is not installed is what its name says" {
	hold convoy --mode write --threads 2
	aged
	for locale in C C.UTF-8 xx_XX.utf8; do
		LC_ALL=$locale scope_well logs --heatmap -i 100ms -c 10 -p "$pid"
		silent
		grep -Eq '^writes: one column per [0-9.]+ m?s, each row from its duration up, cells up to 1 call ' "$T/out"
		if [ $locale = C ]; then
			grep -Eq '^ +[0-9.]+ s \|.*@' "$T/out"
			! LC_ALL=C grep -q '[^ -~]' "$T/out"
		else
			grep -Eq '^ +[0-9.]+ s \|.*█' "$T/out"
		fi
		grep -Eq '[0-9.]+ s +write\(pipe:.*log-writer' "$T/out"
		tail -n 2 "$T/out" | grep -q '^lost: nothing'
	done
}

# The parts of slow calls, of one kind, since attach: they add up to what the calls took.
parts_add_up() { # writes|fsyncs
	expect ".[-1] | .files[] | select(.path == \$w.path or .fd == \$w.fd) | .slow.total_$1 |
		.ns as \$ns | [.parts[]] | add | near(\$ns; \$ns * 0.02 + 1000000)" '.[-1].files'
}

@test "why slow: a full pipe, with the slowest call's line and thread" {
	prepare pipe_writer --writes "$(amount 60 30)"
	trace logs --json -i 100ms -p "$pid"
	go
	finish
	valid logs-1
	# the blocks fill the pipe: from the second on each waits for the reader; 10 ms are slow
	expect ".[-1] | $the | .slow.total_writes.count | . > 0 and . >= surely_took(11e6) and . <= maybe_took(9e6)" '.[-1].files'
	# but for the time when it was ready and others had the CPU
	expect ".[-1] | $the | .slow.total_writes | .parts.pipe_full_ns > (.ns - .parts.runnable_ns) * 0.8" '.[-1].files'
	parts_add_up writes
	expect ".[-1] | $the | .slow.slowest_ever | .tid == \$pid and (.duration_ns | as_measured(\"max_ns\")) and (functions | index(\"write_block\")) != null" '.[-1].files'
	expect "any(.[]; [$the | .slow.slowest | select(. != null) | .parts.pipe_full_ns > 0] | any)"
	expect 'any(.[].findings[]; .kind == "log-stall" and (.summary | test("mostly pipe full.*write_block at pipe_writer.c")))' \
		'map(.findings)'
}

@test "why slow: writers of one file wait for its lock" {
	prepare many_writers --path "$T/the.log" --threads 8 --writes "$(amount 200 20)" --size 1000000
	trace logs --json -i 200ms --slow-write 1ms -p "$pid"
	go
	finish
	valid logs-1
	expect ".[-1] | $the | .total.writes.count == \$w.writes"
	expect ".[-1] | $the | .slow.total_writes.parts | .inode_lock_ns > 0" '.[-1].files'
	expect ".[-1] | $the | .slow.total_writes.ns <= \$w.ns" '.[-1].files'
	parts_add_up writes
}

@test "why slow: syncs, whatever they wait for" {
	prepare file_writer --path "$T/the.log" --writes 50 --fsync-every 1
	trace logs --json -i 200ms --slow-write 1us -p "$pid"
	go
	finish
	valid logs-1
	equal ".[-1] | $the | .slow.total_fsyncs.count" '$w.fsyncs'
	parts_add_up fsyncs
}

@test "log-stall: a write that hangs, why, from which line, and who waits behind it" {
	hold convoy --mode write --threads 5
	aged
	for view in logs top; do
		scope_well $view --json -i 200ms -c 2 -p "$pid"
		expect '.[-1].findings[] | select(.kind == "log-stall") | .severity == "warning" and
			(.tids | length == 6 and .[0] == $w.owner_tid) and (.summary | test("^log-writer .* has been in write\\(pipe:.*" +
			"for at least [0-9.]+ s \\(pipe full.*\\), called from flush_log at convoy.c:[0-9]+ .*; 5 threads wait behind mutex log_mutex"))' \
			'.[-1].findings'
	done
	scope_well logs -i 200ms -c 1 -p "$pid"
	grep -Eq 's +write\(pipe:\[[0-9]+\]\) +pipe full +log-writer' "$T/out"
}
