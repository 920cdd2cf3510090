#!/usr/bin/env bats
# What processes read from storage and write to it, and their time in state D.
load common

io() { # FIELD
	sed -n "s/^$1: //p" "/proc/$pid/io"
}

# The judge is /proc/PID/io: it sums the threads that have ended as well.
watch_reader() { # ALL or ONE
	local seen read written
	prepare disk_reader --dir "$T" --times "$(amount 8 2)"
	if [ "$1" = ONE ]; then set -- -p "$pid"; else set --; fi
	trace top --json -i 0.2s "$@"
	read=$(io read_bytes) written=$(io write_bytes)
	go
	[ "$(fact .read)" -ge "$(fact .asked)" ] || skip 'these files are not on storage that the kernel counts'
	seen=$(grep -c . "$T/out") || :
	await documents $((seen + 2)) # one that begins after the work
	read=$(($(io read_bytes) - read)) written=$(($(io write_bytes) - written))
	finish
	valid interval-1
	equal 'total(process | .storage_read_bytes)' "$read"
	equal 'total(process | .storage_dirtied_bytes)' "$written"
}

# bats test_tags=matrix
@test "bytes read and written are those of /proc/PID/io, also of threads that have ended" {
	watch_reader ONE
}

@test "of all processes, too" {
	watch_reader ALL
	expect 'any(.[]; .processes[0].storage_read_bytes != null)'
}

# bats test_tags=matrix
@test "a thread in state D: for how long, and in which function of the kernel" {
	hold vfork_wait
	trace top --json -i 0.5s -p "$pid"
	await documents 3
	finish
	valid interval-1
	# the parent alone, and it in every nanosecond: as far as two clocks agree
	expect 'all(.[]; . as $i | process | .uninterruptible_ns | near($i.interval_ns; $i.interval_ns / 10))' 'map(.processes)'
	expect 'all(.[].threads[] | select(.tid == $w.tid); .state == "D" and (.wait.kernel_function | length > 0))' 'map(.threads)'
	expect 'all(.[]; .interval_ns as $i | process | .storage_read_bytes == 0 and .storage_dirtied_bytes == 0)' 'map(.processes)'
	scope_well top -c 2 -i 0.2s -p "$pid"
	grep -Eq '[0-9] % in state D$' "$T/out"
	grep -Eq 'parent.*\(D in [a-z_]+\)' "$T/out"
}

@test "sleep that can be interrupted is not state D" {
	hold idle_pool
	trace top --json -i 0.2s -p "$pid"
	await documents 2
	finish
	expect 'all(.[]; process | .uninterruptible_ns < 10000000)' 'map(.processes)'
}
