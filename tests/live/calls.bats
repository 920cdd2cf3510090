#!/usr/bin/env bats
# Calls timed by call and place: top --calls.
load common

run_calls() { # top's OPTION...
	mkdir -p "$T/folder"
	prepare timed_calls --path "$T/folder" --count 100
	trace top --json --calls -i 100ms -p "$pid" "$@"
	go
	finish
}

# What the rows of a call (a pattern: libraries differ in which one they use) and a path say in all intervals.
calls='def rows(call; path): .[] | .calls[] | select(.pid == $pid and .path == path and (.call | test(call)));
def count(call; path): [rows(call; path) | .calls] | add // 0;
def failed(call; path): [rows(call; path) | .errors] | add // 0;
'

# bats test_tags=matrix
@test "calls: counts and errors are exact, by call and place" {
	run_calls
	valid interval-1
	# there: by its path, from a page that was not in memory, and once more to read from it
	equal "$calls"'count("^open"; $w.there)' '$w.count * 2 + 1'
	equal "$calls"'[count("^open"; "there"), failed("^open"; "there")]' '[$w.count, 0]'
	equal "$calls"'[count("stat"; $w.missing), failed("stat"; $w.missing)]' '[$w.count, $w.count]'
	equal "$calls"'[count("access"; $w.missing), failed("access"; $w.missing)]' '[$w.count, $w.count]'
	equal "$calls"'[count("connect"; $w.local), failed("connect"; $w.local)]' '[$w.count, $w.count]'
	equal "$calls"'"127.0.0.1:\($w.port)" as $a | [count("connect"; $a), failed("connect"; $a)]' \
		'[$w.count, $w.count]'
	equal "$calls"'[count("^pread64"; $w.there), failed("^pread64"; $w.there)]' '[$w.count, 0]'
	equal "$calls"'[rows("^pread64"; $w.there) | .bytes] | add' '$w.count * 10'
	equal "$calls"'[count("^read$"; "anon_inode:[eventfd]"), count("^read$"; "anon_inode:[timerfd]")]' \
		'[$w.count, 2 * $w.count]'
	equal "$calls"'["rename", "mkdir"] as $c | [count("^rename"; $w.folder + "/from"),
		count("^(unlink|unlinkat)$"; $w.folder + "/to"), count("^mkdir"; $w.folder + "/made")]' \
		'[$w.count, $w.count, $w.count]'
	expect 'no_losses' 'map(.lost)'
}

@test "calls: a relative path is told from others, a long one is cut, errors have their names" {
	run_calls
	expect "$calls"'[rows("^open"; "there") | .place] | unique == ["relative"]'
	expect "$calls"'[rows("^open"; $w.there) | .place] | unique == ["path"]'
	expect "$calls"'[rows("stat"; $w.missing) | .last_error] | unique == ["ENOENT"]'
	expect "$calls"'$w.deep[-191:] as $p | [rows("^open"; $p) | .cut] | unique == [true]' '.[0].calls'
	equal "$calls"'count("^open"; $w.deep[-191:])' '$w.count'
	expect "$calls"'[rows("^pread64"; $w.there) | .place] | unique == ["file"]'
}

@test "calls: a slow open has its time, thread and stack; one in flight is seen" {
	run_calls
	expect "$calls"'[rows("^open"; $w.fifo) | select(.calls > 0) | .slowest.duration_ns] | max |
		near($w.slow_ns; $w.slow_ns / 8 + 5e7)'
	expect "$calls"'[rows("^open"; $w.fifo) | .slowest | select(.name == "fifo-opener" and .stack) | functions] |
		any(any(. == "open_fifo"))'
	expect "$calls"'[rows("^open"; $w.fifo) | select(.in_flight > 0 and .oldest_tid)] | length > 0'
	# 150 ms and more, not counted twice: in the intervals in which they passed
	expect "$calls"'[rows("^open"; $w.fifo) | .ns] | add | near(2 * $w.slow_ns; 1.2 * $w.slow_ns)'
}

@test "calls: a read that signals interrupt and the kernel restarts is one call" {
	run_calls
	expect '[.[] | .calls[] | select(.pid == $pid and .call == "read" and .path != null and
		(.path | startswith("pipe:"))) | .calls] | add == 1'
	expect '[.[] | .calls[] | select((.path // "") | startswith("pipe:")) | .for_input] | all'
}

@test "calls: text, a saved file and its replay agree; without a target it is refused" {
	run_calls --save "$T/saved"
	scope_well replay "$T/saved" --json
	expect "$calls"'[.[] | select(.calls)] | length > 0'
	equal "$calls"'count("^open"; $w.there)' '$w.count * 2 + 1'
	scope_well replay "$T/saved" -b
	grep -q '^CALLS .* PLACE' "$T/out"
	# Where a busy machine made one interval of it all, there are more rows than are shown.
	grep -qE 'ENOENT  *[^ ]*/folder/missing|and [0-9]+ more calls? and place' "$T/out"
	scope top --calls -c 1
	fails_with 2 'needs a target'
}

@test "calls: without the option none of its programs is loaded" {
	hold zombie
	trace top --json -p "$pid"
	await documents 1
	[ "$(held_programs | grep -c '^timed_')" -eq 0 ]
	finish
	expect 'all(.[]; has("calls") | not)'
	trace top --json --calls -p "$pid"
	[ "$(held_programs | grep -c '^timed_')" -eq 2 ]
	finish
}

# The names of the programs that threadscope has loaded.
held_programs() {
	local fd
	for fd in "/proc/$(collector_of "$ts_pid")/fdinfo"/*; do
		sed -n 's/^prog_id:[[:space:]]*//p' "$fd" 2>/dev/null
	done | sort -u | while read -r id; do
		bpftool -j prog show id "$id" | jq -r .name
	done
}
