#!/usr/bin/env bats
# Targets out of the ordinary: they are shown as what they are.
load common

no_control_characters() { # FILE
	[ "$(LC_ALL=C tr -d '\n\t\40-\176\200-\377' <"$1" | wc -c)" -eq 0 ]
	[ "$(grep -c "$(printf '\342\200\256')" "$1")" -eq 0 ]
}

@test "a process whose main thread has ended: that one is no running thread, the others are all there" {
	hold dead_leader
	scope_well snapshot --json -p "$pid"
	valid snapshot-1
	equal '.[0].threads | length' '$w.named + 2'
	equal '.[0].threads[] | select(.tid == $pid) | [.state, .wait, .stack_end]' '["Z", null, "unreadable"]'
	equal '[.[0].groups[] | select(.wait == "ended") | .tids[]]' '[$pid]'
	equal '[.[0].threads[] | select(.wait.kind == "signal" and .stack_end == "complete")] | length' '$w.named + 1'
	scope_well snapshot -p "$pid"
	grep -Eq "^1 thread: ended: ev.*\($pid\)$" "$T/out"
	[ "$(grep -c 'running' "$T/out")" -eq 0 ]
	scope_well snapshot --folded -p "$pid"
	grep -qx '\[ended\] 1' "$T/out"
	scope_well top --json -c 2 -i 50ms -p "$pid"
	valid interval-1
	equal '[.[].processes[] | .running, .blocked] | unique' '[0, $w.named + 1]'
}

@test "names that could move the cursor, end a line or are no UTF-8: escaped in text, valid in JSON" {
	hold dead_leader
	for options in 'snapshot' 'snapshot --all' 'snapshot --folded' 'top -c 2 -i 50ms' 'logs -c 2 -i 50ms'; do
		# shellcheck disable=SC2086 # words
		scope_well $options -p "$pid"
		no_control_characters "$T/out"
	done
	scope_well snapshot --json -p "$pid"
	equal '.[0].target.comm' '"ev)il\u001b[1m\n(x"'
	equal '[.[0].threads[] | select(.tid != $pid and .tid != $w.teller_tid) | .name] | sort' \
		'["\u001b[2J\u001b[31mred", ") S 1 2 (", "two\nlines\t", "\\xff\\xfe\\xc3(", "", "\u202eright", "\\x5cx1b\"", "%s%n"] | sort'
}

# In cgroup v1 not even SIGKILL ends what is frozen.
teardown() {
	[ -z "${thaw:-}" ] || eval "$thaw"
	kill_all
	[ -z "${group:-}" ] || [ ! -d "$group" ] || rmdir "$group"
}

# Makes a cgroup below what awk finds in /proc/mounts, with a convoy in it.
group_with_convoy() { # AWK-PATTERN
	[ -z "${TS_GUEST:-}" ] || skip 'takes long where the CPU is emulated'
	hierarchy=$(awk "$1"' { print $2; exit }' /proc/mounts)
	[ -n "$hierarchy" ] || skip 'there is no such cgroup hierarchy here'
	mkdir "$hierarchy/threadscope-test.$$" || skip 'no cgroup can be made'
	group=$hierarchy/threadscope-test.$$
	hold convoy --mode sleep
	echo "$pid" >"$group/cgroup.procs"
}

is_shown_frozen() {
	aged
	scope_well snapshot --json -p "$pid"
	valid snapshot-1
	expect 'all(.[0].threads[]; .wait.kind == "stopped" and .wait.frozen and (.stack | length > 0))' '.[0].threads'
	expect '.[0].findings | any(.kind == "stuck-thread" and .tids == [$pid] and (.summary | test("frozen for .*by its cgroup"))) and
		any(.kind == "lock-convoy" and (.summary | test("log-writer.* been frozen for")))' '.[0].findings'
	scope_well snapshot -p "$pid"
	grep -Eq '^[0-9]+ threads?: frozen by its cgroup [^,]*, ' "$T/out"
	scope_well top --json -c 2 -i 50ms -p "$pid"
	valid interval-1
	expect 'all(.[-1].threads[]; .wait.frozen)' '.[-1].threads'
}

@test "frozen by cgroup v2, as docker pause does: said so, until it is over" {
	group_with_convoy '$3 == "cgroup2"'
	thaw='echo 0 >"$group/cgroup.freeze"'
	echo 1 >"$group/cgroup.freeze"
	await grep -qx 'frozen 1' "$group/cgroup.events"
	is_shown_frozen
	eval "$thaw"
	await grep -qx 'frozen 0' "$group/cgroup.events"
	scope_well snapshot --json -p "$pid"
	expect 'any(.[0].threads[]; .wait.frozen) | not' '.[0].threads'
}

@test "frozen by cgroup v1: said so" {
	group_with_convoy '$3 == "cgroup" && $4 ~ /(^|,)freezer(,|$)/'
	thaw='echo THAWED >"$group/freezer.state"'
	echo FROZEN >"$group/freezer.state"
	await grep -qx FROZEN "$group/freezer.state"
	is_shown_frozen
}

@test "a program on a file server that does not answer: shown without its names, and the run ends" {
	grep -qw fuse /proc/filesystems || skip 'this kernel has no FUSE'
	[ -c /dev/fuse ] || skip 'there is no /dev/fuse'
	mkdir "$T/disk"
	hold lost_server --dir "$T/disk" --stop "$T/stop"
	pid=$(fact .copy)
	for command in 'snapshot' 'top -c 2 -i 100ms' 'logs -c 2 -i 100ms'; do
		# shellcheck disable=SC2086 # words
		scope_well $command --json -p "$pid"
	done
	scope_well snapshot --json -p "$pid"
	valid snapshot-1
	equal '.[0] | [.target.runtime, .goroutines]' '[{"kind": "unknown", "version": null}, null]'
	equal '[.[0].threads[].wait.kind]' '["signal", "signal"]'
	expect 'any(.[0].threads[]; .name == "waiter" and (.stack | length > 0))' '.[0].threads'
	equal '[.[0].threads[].stack[] | select(.module // "" | test("/program$")) | .function] | unique' '[null]'
	for command in 'snapshot' 'top -c 2 -i 100ms' 'logs -c 2 -i 100ms'; do
		# shellcheck disable=SC2086 # words
		scope_well $command -p "$pid"
		[ "$(grep -c goroutine "$T/out")" -eq 0 ]
	done
	scope snapshot --goroutines -p "$pid"
	fails_with 1 "cannot determine whether process $pid is a Go program: cannot read its executable"
	touch "$T/stop"
}
