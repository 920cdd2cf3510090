#!/usr/bin/env bats
# The view on logs alone: figures of the interval and since attach, calls in flight, which file comes first.
load common

the='.files[] | select(.fd == $w.fd)'

@test "pipe: since attach as the program timed itself, within 12.5 % + 1 ms" {
	prepare pipe_writer --writes "$(amount 100 40)"
	trace logs --json -i 50ms -p "$pid"
	go
	finish
	valid logs-1
	equal ".[-1] | $the | [.kind, .total.writes.count, .total.bytes, .total.errors]" '["pipe", $w.count, $w.bytes, 0]'
	equal "[total($the | .writes), total($the | .bytes)]" '[$w.count, $w.bytes]'
	for figure in p50_ns p99_ns max_ns; do
		expect ".[-1] | $the | .total.writes.$figure | near(\$w.$figure; \$w.$figure * 0.125 + 1000000)" '.[-1].files'
	done
	expect ".[-1] | $the | .total.writes | .p50_ns <= .p90_ns and .p90_ns <= .p99_ns and .p99_ns <= .p999_ns and
		.p999_ns <= .max_ns"
	expect ".[-1] | $the | .total.writes | (.histogram | map(.[1]) | add) == .count"
	expect "length > 3 and (map($the | .total.writes.count) | . == sort)"
	expect 'no_losses' 'map(.lost)'
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
	expect '.[-1] | (.time | epoch_ns) as $now | .in_flight[0].age_ns | near($now - $w.owner_since_ns; 500000000)'
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

@test "--heatmap: a picture of all intervals, in either character set" {
	hold convoy --mode write --threads 2
	aged
	for locale in C C.UTF-8; do
		LC_ALL=$locale scope_well logs --heatmap -i 100ms -c 10 -p "$pid"
		silent
		grep -Eq '^writes: a column is [0-9.]+ m?s, a cell up to 1 ' "$T/out"
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
