#!/usr/bin/env bats
# Logs on devices that are slow, full or broken, and that say so themselves: made in user space (FUSE), or small.
load common

log='(.files[] | select(.path == $w.path))'

prepare_disk() { # USER_DISK-OPTION...
	grep -qw fuse /proc/filesystems || skip 'this kernel has no FUSE'
	[ -c /dev/fuse ] || skip 'there is no /dev/fuse'
	[[ "$*" != *--ext4* ]] || need mkfs.ext4 losetup
	[[ "$*" != *--ext4* ]] || grep -qw ext4 /proc/filesystems || skip 'this kernel has no ext4'
	mkdir -p "$T/disk"
	prepare user_disk --dir "$T/disk" "$@"
}

# Of syncs, since attach.
as_timed_itself() {
	for figure in p50_ns p90_ns p99_ns max_ns; do
		expect ".[-1] | $log | .total.fsyncs.$figure | as_measured(\"$figure\")" '.[-1].files'
	done
}

watch_disk() { # USER_DISK-OPTION...
	prepare_disk "$@"
	trace logs --json -i 2s -p "$pid" # longer than ten syncs take on a busy machine
	go
	finish
	valid logs-1
	equal "[total($log | .writes), total($log | .bytes), total($log | .fsyncs)]" '$w | [.writes, .bytes, .fsyncs]'
	expect no_losses 'map(.lost)'
}

found() { # KIND FILTER
	expect "any(.[].findings[]; .kind == \"$1\" and .path == \$w.path and ($2))" 'map(.findings)'
}

@test "slow device: syncs as the program timed them, and where their time went" {
	watch_disk --mode slow --writes 40
	as_timed_itself
	expect ".[-1] | $log | .file_system == \"fuse\" and (.slow.total_fsyncs.count | . > \$w.fsyncs / 2 and . >= surely_took(11e6))" '.[-1].files'
	expect ".[-1] | $log | .slow.total_fsyncs | .parts.file_server_ns > (.ns - .parts.runnable_ns) * 0.8" '.[-1].files'
	expect "any(.[] | $log | .slow.slowest | select(. != null and .call == \"fsync\");
		.tid == \$pid and (functions | index(\"sync_log\")) != null)" '.[-1].files'
	# on a busy machine that is a write now and then
	expect ".[-1] | $log | ([.total.writes.max_ns, .total.fsyncs.max_ns] | max) as \$longest |
		.slow.slowest_ever.duration_ns | near(\$longest; 1000000)" '.[-1].files'
	found log-stall '.summary | test("file server.*sync_log at user_disk.c")'
	found sync-per-write '.severity == "warning"'
}

@test "ext4 on a slow device: waiting for the disk and for the journal" {
	watch_disk --mode slow --ext4 1 --writes 30
	as_timed_itself
	expect ".[-1] | $log | .file_system == \"ext4\"" '.[-1].files'
	expect ".[-1] | $log | .slow.total_fsyncs | .parts.disk_ns + .parts.journal_ns > (.ns - .parts.runnable_ns) * 0.8" '.[-1].files'
}

@test "errors of writes and syncs by kind, and what they mean" {
	watch_disk --mode errors
	for kind in EIO ENOSPC EDQUOT; do
		equal "[total($log | .errors_by.$kind), total($log | .fsync_errors_by.$kind)]" \
			"[\$w.write_errors.$kind, \$w.fsync_errors.$kind]"
		expect "\$w | .write_errors.$kind > 0 and .fsync_errors.$kind > 0"
		found dropped-writes ".severity == \"critical\" and (.summary | test(\"with $kind\"))"
		found failed-sync ".severity == \"critical\" and (.summary | test(\"with $kind .*may be lost\"))"
	done
}

@test "ext4 on a device that breaks: the sync that fails is found" {
	watch_disk --mode break --ext4 1 --writes 10
	expect '$w.fsync_errors.EIO == 1'
	equal "total($log | .fsync_errors_by.EIO)" 1
	found failed-sync '.summary | test("^1 sync of .* failed: 1 with EIO")'
	expect "[.[] | $log] | last | .unsynced_writes == 1" '.[-1].files'
}

@test "a sync that does not return: first line, why, who waits behind its thread's lock, and status 10" {
	prepare_disk --mode hang
	go
	aged
	scope_well logs --json -i 200ms -c 2 -p "$pid"
	valid logs-1
	expect '.[-1].in_flight[0] | .tid == $w.writer and .path == $w.path and .call == "fsync" and .waits_for == "file_server" and
		.age_ns > 2000000000' '.[-1].in_flight'
	found log-stall '(.tids == [$w.writer, $w.behind]) and (.summary | test("file server.*1 thread waits behind mutex log_mutex"))'
	for view in top logs; do
		scope $view --fail-on log-stall -i 200ms -c 1 -p "$pid"
		has_status 10
		scope_well $view --fail-on failed-sync,torn-lines,dropped-writes -i 200ms -c 1 -p "$pid"
	done

	# a snapshot says the same
	scope snapshot --json --fail-on log-stall -p "$pid"
	has_status 10
	valid snapshot-1
	found log-stall '.severity == "warning" and .tids == [$w.writer, $w.behind] and (.summary |
		test("fsync\\(.*/the.log\\) for at least [0-9.]+ s \\(file server: fuse server of .*, user_disk .*\\), called from sync_log .*1 thread waits behind mutex log_mutex"))'
	# told once: neither is a stuck thread
	equal '.[0].findings | map(.kind)' '["log-stall"]'
	scope_well snapshot --fail-on stuck-thread -p "$pid"
	grep -Eq '^WARNING: +log-writer .* has been in fsync\(.*/the.log\) for .* \(file server: .*\)' "$T/out"
}

# What the kernel's stacks leave out (the functions of locks) is known from the lock itself.
@test "writers that wait for the lock of the inode, or of the position: which thread has it" {
	prepare_disk --mode crowd
	go
	aged
	scope_well top --json -i 200ms -c 2 -p "$pid"
	valid interval-1
	in_line='.threads[] | select(.tid == $w.in_line) | .wait.chain'
	behind='.threads[] | select(.tid == $w.behind) | .wait.chain'
	for view in top snapshot; do
		[ $view = top ] || scope_well snapshot --json -p "$pid"
		expect ".[-1] | $in_line | map([.relation, .pid, .tid, .syscall, .file]) ==
			[[\"holds-inode-lock\", \$pid, \$w.writer, \"fsync\", \$w.path]] and .[0].duration_ns > 2000000000" '.[-1].threads'
		expect ".[-1] | $behind | map([.relation, .tid]) ==
			[[\"holds-position-lock\", \$w.in_line], [\"holds-inode-lock\", \$w.writer]]" '.[-1].threads'
	done
	scope_well top -i 200ms -c 1 -p "$pid"
	grep -Eq '^behind .*, whose position is locked by thread in-line .*, whose inode is locked by thread log-writer .*, which has been in fsync\(.*/the.log\) for' "$T/out"
}

@test "a full tmpfs: ENOSPC and the bytes that were taken" {
	need unshare
	mkdir "$T/small"
	W=$T/file_writer facts=$T/file_writer.ready
	# shellcheck disable=SC2016
	launch "$W.out" "$W.err" unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs "$1" && shift && exec "$@"' - "$T/small" \
		"$WORKLOADS/file_writer" --path "$T/small/the.log" --writes 1000 --ready "$facts" --up "$W.up" --go "$W.go" --stop "$W.stop"
	pid=$launched
	await test -e "$W.up"
	trace logs --json -i 2s -p "$pid" # longer than ten syncs take on a busy machine
	go
	finish
	equal "[total($log | .errors_by.ENOSPC), total($log | .bytes), total($log | .short_writes)]" '$w | [.errors, .bytes, .short_writes]'
	expect '$w | .errors > 100 and .bytes == 65536'
	found dropped-writes '.severity == "critical"'
}
