#!/usr/bin/env bats
# Writes and syncs: counts, bytes, errors, latencies, files.
load common

write_file() { # FILE_WRITER-OPTION...
	prepare file_writer --path "$T/the.log" "$@"
	trace top --json -i 100ms -p "$pid"
	go
	finish
}

# What the file's rows say in all intervals together
row='{writes: total(file($w.path) | .writes), bytes: total(file($w.path) | .bytes),
	errors: total(file($w.path) | .errors), short_writes: total(file($w.path) | .short_writes),
	fsyncs: total(file($w.path) | .fsyncs)}'
known='$w | {writes, bytes, errors, short_writes, fsyncs}'

@test "pipe: count and bytes are exact, latencies agree within 12.5 % + 1 ms" {
	prepare pipe_writer --writes "$(amount 100 40)"
	trace top --json -i 10m -p "$pid"
	go
	finish
	valid interval-1
	equal '.[-1].files[] | select(.fd == $w.fd) | [.kind, .writes, .bytes]' '["pipe", $w.count, $w.bytes]'
	for figure in p50_ns p99_ns max_ns; do
		expect '.[-1].files[] | select(.fd == $w.fd) | .'$figure' | as_measured("'$figure'")' '.[-1].files'
	done
	expect '.[-1].files[] | select(.fd == $w.fd) | .p50_ns <= .p99_ns and .p99_ns <= .max_ns'
}

@test "pipe: the intervals' counts and bytes add up" {
	prepare pipe_writer --writes "$(amount 60 30)"
	trace top --json -i 50ms -p "$pid"
	go
	finish
	equal '[total(.files[] | select(.fd == $w.fd) | .writes), total(.files[] | select(.fd == $w.fd) | .bytes)]' \
		'[$w.count, $w.bytes]'
	expect 'length >= 2'
	expect 'no_losses' 'map(.lost)'
}

@test "file: writes, bytes and fsyncs are exact, under its full path" {
	write_file --writes 1000 --fsync-every 100
	equal "$row" "$known"
	equal '[.[] | file($w.path)] | last | [.fd, .kind, .append, .deleted]' '[$w.fd, "file", true, false]'
	equal '[.[] | file($w.path)] | last | [.in_flight, .oldest_in_flight_ns, .writers]' '[0, 0, 1]'
	expect 'no_losses' 'map(.lost)'
}

@test "file: many writes as fast as they go are exact" {
	prepare write_loop --path "$T/the.log" --count "$(amount 300000 20000)"
	trace top --json -i 100ms -p "$pid"
	go
	finish
	equal '[total(file($w.path) | .writes), total(file($w.path) | .bytes)]' '[$w.count, $w.bytes]'
	expect 'no_losses' 'map(.lost)'
}

@test "file: opened without O_APPEND is not append" {
	write_file --mode overwrite --writes 10
	equal "$row" "$known"
	equal '[.[] | file($w.path)] | last | .append' false
}

@test "file: at its size limit, one short write and then errors" {
	write_file --mode limit --writes 20
	equal '$w | [.errors, .short_writes]' '[9, 1]'
	equal "$row" "$known"
}

@test "pipe: full and non-blocking, whole, short and failing writes" {
	prepare file_writer --mode nonblock --size 40000 --writes 5
	trace top --json -i 100ms -p "$pid"
	go
	finish
	equal '$w | [.errors, .short_writes]' '[3, 1]'
	equal '[.[].files[] | select(.kind == "pipe" and .fd == $w.fd)] |
		{writes: (map(.writes) | add), bytes: (map(.bytes) | add), errors: (map(.errors) | add),
		short_writes: (map(.short_writes) | add)}' '$w | {writes, bytes, errors, short_writes}'
}

@test "/dev/full: every write is an error of the process" {
	prepare file_writer --mode full --path /dev/full --writes 50
	trace top --json -i 100ms -p "$pid"
	go
	finish
	equal 'total(process | .writes.errors)' '$w.errors'
}

@test "writes to a descriptor that is not open are errors of the process" {
	prepare file_writer --mode badfd --writes 50
	trace top --json -i 100ms -p "$pid"
	go
	finish
	equal 'total(process | .writes.errors)' '$w.errors'
}

@test "every kind of write and sync call is counted" {
	write_file --mode calls
	equal '[total(file($w.path) | .writes), total(file($w.path) | .bytes)]' '[$w.writes, $w.bytes]'
	equal '[total(.files[] | select(.kind == "socket" and .fd == $w.socket_fd) | .writes),
		total(.files[] | select(.kind == "socket" and .fd == $w.socket_fd) | .bytes)]' \
		'[$w.socket_writes, $w.socket_bytes]'
	equal 'total(process | .fsyncs.count)' '$w.fsyncs + $w.msyncs'
	expect 'total(file($w.path) | .fsyncs) | . == $w.fsyncs or . == $w.fsyncs + $w.msyncs'
}

@test "a descriptor used again for another file makes a second row" {
	write_file --mode reuse --path2 "$T/other.log" --writes 30
	equal '$w.fd' '$w.fd2'
	equal '[total(file($w.path) | .writes), total(file($w.path) | .bytes)]' '[$w.writes, $w.bytes]'
	equal '[total(file($w.path2) | .writes), total(file($w.path2) | .bytes)]' '[$w.writes2, $w.bytes2]'
}


@test "a file that was deleted is shown as deleted, under its path" {
	prepare write_loop --path "$T/gone.log" --count 100
	rm "$T/gone.log"
	trace top --json -i 100ms -p "$pid"
	go
	finish
	equal 'total(file($w.path) | .writes)' '$w.count'
	equal '[.[] | file($w.path)] | last | .deleted' true
}

@test "--log-file keeps to files that match" {
	prepare file_writer --mode reuse --path "$T/wanted.log" --path2 "$T/other.txt" --writes 30
	trace top --json -i 100ms -p "$pid" --log-file '*/wanted.log'
	go
	finish
	equal 'total(file($w.path) | .writes)' '$w.writes'
	equal '[.[].files[] | select(.path != $w.path)] | length' 0
}

@test "a write that began before attaching is in flight, with its true age" {
	hold convoy --mode write --threads 2
	aged
	trace top --json -i 200ms -c 4 -p "$pid"
	ended
	has_status 0
	expect 'length == 4'
	expect 'all(.[]; [.files[] | select(.kind == "pipe" and .fd == $w.fd)] | length == 1 and .[0].in_flight == 1)' \
		'map(.files)'
	expect 'all(.[]; . as $d | .files[] | select(.fd == $w.fd) | .oldest_in_flight_ns |
		($d.time | epoch_ns) - . | began($w.owner_since_ns))' 'map([.time, .files])'
	# it grows as time goes on
	expect '[.[] | .files[] | select(.fd == $w.fd) | .oldest_in_flight_ns] as $ages | [.[] | .interval_ns] as $lasted |
		$ages | . == sort and all(range(1; 4); . as $i | $ages[$i] - $ages[$i - 1] | near($lasted[$i]; 1000000))' \
		'map([.interval_ns, .files])'
}

@test "a write that blocks after attaching is in flight in every interval" {
	prepare convoy --mode write --threads 2
	trace top --json -i 200ms -p "$pid"
	go
	await shows 'any(.files[]; .fd == $w.fd and .in_flight == 1)'
	await shows 'any(.files[]; .fd == $w.fd and .oldest_in_flight_ns > 1000000000)'
	await documents $(($(wc -l <"$T/out") + 3))
	finish
	expect '[.[] | .files[] | select(.fd == $w.fd and .in_flight == 1) | .oldest_in_flight_ns] |
		length > 3 and . == sort' 'map(.files)'
}
