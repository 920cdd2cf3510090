#!/usr/bin/env bats
# Whichever hooks are used, the figures are the same.
load common

# Skips where doctor says that this choice is not to be had here.
needs_choice() { # NAME=CHOICE
	scope doctor --json --hook "$1"
	case $status in
	0) ;;
	4) skip "not on this kernel: $(cat "$T/err")" ;;
	*) has_status 0 ;;
	esac
}

# A probe that the kernel skipped (on a preemptible one, while another task's is under way on the CPU) is counted, and
# then figures cannot be exact: nothing here may come to that.
nothing_missed() {
	equal 'map(.lost.missed) | max' 0
}

figures_with() { # NAME=CHOICE...
	local options=() choice slack=$((500000000 * (scale > 1 ? 4 : 1))) # an emulated CPU stands still for seconds
	for choice in "$@"; do
		needs_choice "$choice"
		options+=(--hook "$choice")
	done

	prepare file_writer --mode calls --path "$T/the.log"
	trace top --json -i 100ms -p "$pid" "${options[@]}"
	go
	finish
	nothing_missed
	equal '[total(file($w.path) | .writes), total(file($w.path) | .bytes), total(process | .fsyncs.count)]' \
		'[$w.writes, $w.bytes, $w.fsyncs + $w.msyncs]'
	expect '[total(.files[] | select(.fd == $w.socket_fd) | .writes), total(.files[] | select(.fd == $w.socket_fd) | .bytes)] ==
		[$w.socket_writes, $w.socket_bytes]' 'map({interval_ns, lost, files: (.files | map({fd, path, kind, inode, writes, bytes}))})'

	prepare pipe_writer --writes 20
	trace top --json -i 10m -p "$pid" "${options[@]}"
	go
	finish
	nothing_missed
	equal '.[-1].files[] | select(.fd == $w.fd) | [.kind, .writes, .bytes]' '["pipe", $w.count, $w.bytes]'
	expect '.[-1].files[] | select(.fd == $w.fd) | .p50_ns | as_measured("p50_ns")' '.[-1].files'

	hold convoy --mode write --threads 4
	aged
	scope_well top --json -i 200ms -c 2 -p "$pid" "${options[@]}"
	expect '.[-1] as $d | .[-1].files[] | select(.fd == $w.fd) | .in_flight == 1 and
		(.oldest_in_flight_ns | near(($d.time | epoch_ns) - $w.owner_since_ns; '"$slack"'))' '.[-1].files'
	expect '.[-1].interval_ns as $i | .[-1] | process | .futex.wait_ns | near(4 * $i; $i)' '.[-1].processes'
	scope_well snapshot --json -p "$pid" "${options[@]}"
	equal '.[0].threads[] | select(.tid == $w.owner_tid) | [.name, .wait.kind, .wait.fd]' '["log-writer", "write", $w.fd]'
	expect '.[0] as $d | .[0].threads[] | select(.tid == $w.owner_tid) | .wait | since_ns($d) |
		near($w.owner_since_ns; '"$slack"')' '.[0].threads'
	expect '.[0] as $d | all(.[0].threads[] | select(.name == "worker"); .wait | since_ns($d) |
		. > $w.first_since_ns - '"$slack"' and . < $w.last_since_ns + '"$slack"')' '.[0] | .time, .threads'
	expect '[.[0].threads[] | select(functions | index("log_line") != null)] | length == 4' '.[0].threads | map(functions)'
	expect '.[0].threads[] | select(.tid == $w.owner_tid) | .stack_end == "complete" and calls(["flush_log", "run_writer"])' \
		'.[0].threads[] | select(.tid == $w.owner_tid)'

	prepare spawner --short "$(amount 3000 500)" --stay 30
	trace top --json -i 100ms -p "$pid" "${options[@]}"
	go
	finish
	nothing_missed
	equal '.[-1] | process | [.created_total, .exited_total]' '[$w.created, $w.exited]'
	equal 'map(.lost.events) | max' 0
	equal '[.[-1].creators[] | select(calls(["leak_thread", "grow_pool", "main"])) | .alive] | add' 30
}

# bats test_tags=matrix
@test "writes=fentry" { figures_with writes=fentry; }
# bats test_tags=matrix
@test "writes=tp_btf" { figures_with writes=tp_btf; }
@test "writes=tracepoint" { figures_with writes=tracepoint; }
@test "storage=task" { figures_with storage=task; }
@test "storage=hash" { figures_with storage=hash; }
@test "iterator=sleepable" { figures_with iterator=sleepable; }
@test "iterator=plain" { figures_with iterator=plain; }
# In the kernel matrix it stands for each of the three; attaching is slow there.
# bats test_tags=matrix
@test "the oldest of all: tracepoint, hash, plain" { figures_with writes=tracepoint storage=hash iterator=plain; }

@test "at least one choice of each hook works here" {
	for name in writes storage iterator; do
		case $name in
		writes) choices='fentry tp_btf tracepoint' ;;
		storage) choices='task hash' ;;
		iterator) choices='sleepable plain' ;;
		esac
		working=0
		for choice in $choices; do
			scope doctor --json --hook "$name=$choice"
			has_status 0 4
			[ "$status" -ne 0 ] || working=$((working + 1))
		done
		[ "$working" -ge 1 ]
	done
}

# bats test_tags=arm64
@test "doctor names what is chosen" {
	scope_well doctor --json
	for word in fentry\|tp_btf\|tracepoint 'task|hash' 'sleepable|plain'; do
		expect "any(.[0].checks[]; .chosen != null and (.chosen | test(\"$word\")))" '.[0].checks | map([.name, .chosen])'
	done
}

@test "a hook that is not available here is refused: 4 and a sentence" {
	hold zombie
	refused=0
	for choice in writes=fentry storage=task iterator=sleepable; do
		scope top -c 1 -i 50ms -p "$pid" --hook "$choice"
		has_status 0 4
		[ "$status" -eq 0 ] || {
			says hook
			refused=1
		}
	done
	[ "$refused" -eq 1 ] || skip 'all hooks are available here'
}

@test "an unknown hook: 2 and a sentence" {
	for choice in writes=kprobe writes nonsense=1 =; do
		scope top -c 1 --hook "$choice"
		fails_with 2 "'$choice'.*--hook"
	done
}

# bats test_tags=matrix,ends
@test "who writes to devices can be counted on every kernel" {
	scope_well doctor --json
	expect '.[-1].checks[] | select(.name == "device writers") | .state == "ok"'
}
