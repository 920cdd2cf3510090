#!/usr/bin/env bats
# Which files they are: identity, the other end, names of any kind, many of them, and every way to write to them.
load common

file_with() { # FD: rows of the workload's descriptor, in all intervals
	echo "(.files[] | select(.pid == \$pid and .fd == $1))"
}

watch_calls() {
	prepare log_calls --path "$T/moved.log" --socket "$T/receiver"
	trace top --json -i 200ms -p "$pid"
	go
	await shows 'any(.files[]; .fd == $w.pipe_fd)'
	finish
	valid interval-1
}

@test "sendfile, splice, copy_file_range, sendmmsg and syncfs: calls and bytes are exact" {
	watch_calls
	equal '[total(file($w.path) | .writes), total(file($w.path) | .bytes), total(file($w.path) | .fsyncs)]' \
		'$w | [.writes, .bytes, .fsyncs]'
	equal "[total($(file_with '$w.socket_fd') | .writes), total($(file_with '$w.socket_fd') | .bytes)]" \
		'$w | [.socket_writes, .socket_bytes]'
	equal '[.[] | file($w.path)] | last | [.unsynced_writes, .unsynced_bytes]' '[0, 0]'
	equal 'total(file($w.path) | .short_writes)' 0
}

@test "the other end: a socket's name, an address, the process that reads a pipe" {
	watch_calls
	equal "[.[] | $(file_with '$w.socket_fd') | .peer] | last" '$w.socket'
	equal "[.[] | $(file_with '$w.tcp_fd') | .peer] | last" '"127.0.0.1:\($w.port)"'
	equal "[.[] | $(file_with '$w.pipe_fd') | .peer] | last" '"pipe-reader (\($w.reader))"'
}

@test "the file system's type, append and O_DSYNC, and a terminal's name" {
	need script
	prepare file_writer --path "$T/the.log" --writes 10
	trace top --json -i 200ms -p "$pid"
	go
	finish
	equal '[.[] | file($w.path) | .file_system] | last' "\"$(stat -f -c %T "$T" | sed 's,ext2/ext3,ext4,')\""
	equal '[.[] | file($w.path) | .sync_flag, .host_path] | unique' '[null]'

	cat >"$T/line.sh" <<-'END'
		tty >"$1/tty"
		while [ ! -e "$1/end" ]; do echo line; sleep 0.05; done
	END
	launch /dev/null /dev/null script -qc "exec bash '$T/line.sh' '$T'" /dev/null
	await test -s "$T/tty"
	pid=$(child_of "$launched")
	trace top --json -i 200ms -p "$pid"
	await shows 'any(.files[]; .kind == "tty" and .path == "'"$(cat "$T/tty")"'")'
	touch "$T/end"
	ended
}

@test "a log opened with O_DSYNC says so, and has nothing that is not synced" {
	need dd
	launch /dev/null /dev/null bash -c 'until [ -e "$1/go" ]; do sleep 0.01; done
		exec dd if=/dev/zero of="$1/synced.log" bs=100 count=20 oflag=dsync status=none' - "$T"
	pid=$launched
	trace top --json -i 200ms -p "$pid"
	touch "$T/go"
	ended
	expect '[.[].files[] | select(.path | endswith("/synced.log"))] | last |
		.sync_flag == "O_DSYNC" and .unsynced_bytes == 0' 'map(.files)'
}

@test "names with newline, quote, escape and invalid UTF-8 are valid JSON, and no control character in text" {
	name=$'a\nb"c\e[31md\xff\\e.log'
	launch /dev/null /dev/null bash -c 'until [ -e "$2" ]; do echo line; sleep 0.02; done >>"$1"' - "$T/$name" "$T/end"
	pid=$launched
	trace top --json -i 200ms -p "$pid"
	await shows 'any(.files[]; .fd == 1 and .writes > 2)'
	finish
	valid interval-1
	expect '[.[].files[] | select(.fd == 1) | .path] | last | (contains("b\"c") and (test("\\x1b|\n") | not)) or
		contains("\n")' 'map(.files)'
	scope_well top -i 200ms -c 1 -p "$pid"
	touch "$T/end"
	grep -q 'b"c' "$T/out"
	[ "$(LC_ALL=C grep -c $'[\e\xff]' "$T/out")" -eq 0 ]
}

# Appends lines to FILE, one each 20 ms, until END is there; once ROTATE is, it does so to a new one at that path, too.
# How many they were goes to END.lines.
writer='
import os, sys, time
path, end, rotate = sys.argv[1:4]
logs = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)]
open(end + ".up", "w").close()
lines = 0
while True:
    if len(logs) == 1 and os.path.exists(rotate):
        logs.append(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    for log in logs:
        os.write(log, b"line\n")
        lines += 1
    if os.path.exists(end):
        print(lines, file=open(end + ".lines", "w"))
        break
    time.sleep(0.02)
'

@test "a log that is renamed keeps its row, a new one at its path has its own" {
	need python3
	launch /dev/null /dev/null python3 -c "$writer" "$T/app.log" "$T/end" "$T/rotate"
	pid=$launched
	await test -e "$T/end.up"
	trace top --json -i 200ms -p "$pid"
	before=$(wc -l <"$T/app.log")
	await shows 'any(.files[]; .path | endswith("/app.log"))'
	mv "$T/app.log" "$T/app.log.1"
	touch "$T/rotate"
	await shows '([.files[] | select(.path | endswith("/app.log.1"))] | length == 1) and
		([.files[] | select(.path | endswith("/app.log"))] | length == 1)'
	touch "$T/end"
	ended
	# nothing twice, nothing missing: but for the lines from before we were attached
	local all old
	all=$(cat "$T/app.log" "$T/app.log.1" | wc -l) old=$(query 'total(.files[] | select(.path | test("/app.log")) | .writes)')
	[ "$old" -le "$all" ] && [ "$old" -ge $((all - before)) ]
	[ "$(query '[.[].files[] | select(.path | test("/app.log$")) | .fd] | unique | length')" -ge 1 ]
}

@test "a log that is deleted, and one that is renamed and then deleted, are written to for nobody" {
	need python3
	launch /dev/null /dev/null python3 -c "$writer" "$T/app.log" "$T/end" "$T/rotate"
	pid=$launched
	await test -e "$T/end.up"
	trace logs --json -i 200ms -p "$pid"
	await shows 'any(.files[]; .path | endswith("/app.log"))'
	expect 'all(.[].findings[]; .kind != "deleted-log")' 'map(.findings)'
	mv "$T/app.log" "$T/app.log.1"
	rm "$T/app.log.1"
	await shows 'any(.findings[]; .kind == "deleted-log" and .severity == "warning" and (.path | endswith("/app.log.1")))'
	touch "$T/rotate" "$T/end"
	ended
	valid logs-1
}

@test "a log rotated by link and unlink has its other name, and is deleted only with that" {
	need python3
	launch /dev/null /dev/null python3 -c "$writer" "$T/app.log" "$T/end" "$T/rotate"
	pid=$launched
	await test -e "$T/end.up"
	trace logs --json -i 100ms -p "$pid"
	await shows 'any(.files[]; .path | endswith("/app.log"))'
	ln "$T/app.log" "$T/app.log.1"
	rm "$T/app.log"
	await shows 'any(.files[]; .path | endswith("/app.log.1"))'
	expect 'all(.[].files[]; .deleted == false)' 'map(.files)'
	expect 'all(.[].findings[]; .kind != "deleted-log")' 'map(.findings)'
	rm "$T/app.log.1"
	await shows 'any(.findings[]; .kind == "deleted-log")'
	touch "$T/end"
	ended
	valid logs-1
}

@test "the log of a process that has ended and is not yet collected is not deleted by that" {
	need python3
	trace logs --json -i 50ms -- python3 -c '
import os, sys, time
for n in range(20):
    if os.fork() == 0:
        os.write(os.open(sys.argv[1] + "/the.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND), b"line\n")
        os._exit(0)
    time.sleep(0.01)
while not os.path.exists(sys.argv[1] + "/end"): time.sleep(0.01)' "$T"
	await shows '[.files[] | select(.path | endswith("/the.log"))] | length > 0'
	await documents $(($(wc -l <"$T/out") + 5))
	touch "$T/end"
	ended
	equal '[.[].files[] | select(.path | endswith("/the.log")) | .writes] | add' 20
	equal '[.[].files[] | select(.path | endswith("/the.log")) | .deleted] | unique' '[false]'
	expect 'all(.[].findings[]; .kind != "deleted-log")' 'map(.findings)'
}

@test "a log that is copied and cut (copytruncate) keeps its row and loses no count" {
	need python3
	launch /dev/null /dev/null python3 -c "$writer" "$T/app.log" "$T/end" "$T/rotate"
	pid=$launched
	await test -e "$T/end.up"
	trace top --json -i 200ms -p "$pid"
	before=$(wc -l <"$T/app.log")
	await shows 'any(.files[]; .path | endswith("/app.log"))'
	cp "$T/app.log" "$T/app.log.1"
	: >"$T/app.log"
	n=$(wc -l <"$T/out")
	await documents $((n + 2))
	touch "$T/end"
	ended
	# what was written between the copy and the cut is in neither file, but it is counted
	local counted all
	counted=$(query 'total(.files[] | select(.path | endswith("/app.log")) | .writes)') all=$(cat "$T/end.lines")
	[ "$counted" -le "$all" ] && [ "$counted" -ge $((all - before)) ]
	equal '[.[].files[] | select(.path | endswith("/app.log")) | .fd] | unique | length' 1
	equal 'total(.files[] | .overwrites // 0)' 0
}

@test "a file in a container: its path in there, and on this host" {
	need unshare python3
	mkdir -p "$T/volume" "$T/place" "$T/a longer way"
	mount --bind "$T/volume" "$T/a longer way"
	printf '"%s"\n' "$T/a longer way" >"$T/mounts"
	launch /dev/null /dev/null unshare -m sh -c 'mount --bind "$1/volume" "$1/place" || exit 9
		exec python3 -c "$2" "$1/place/in.log" "$1/end" "$1/rotate"' - "$T" "$writer"
	pid=$launched
	await test -e "$T/end.up"
	trace top --json -i 200ms -p "$pid"
	await shows 'any(.files[]; (.path | endswith("/in.log")) and .writes > 0)'
	touch "$T/end"
	ended
	equal '[.[].files[] | select(.path | endswith("/in.log")) | [.path, .host_path]] | last' "[\"$T/place/in.log\", \"$T/volume/in.log\"]"
}

@test "very many files of one process: the busiest has its row, the rest is summed and said, memory is bounded" {
	local room patience=300 # a hundred thousand system calls and more, on a machine that may be busy
	room=$(ulimit -Hn)
	[ "$room" = unlimited ] && room=50200
	local count=$((room > 50200 ? 50000 : room - 200))
	[ "$count" -ge 6000 ] || skip "only $room descriptors a process"
	mkdir "$T/many"
	count=$(amount $count 6000)
	prepare many_files --dir "$T/many" --count "$count" --until "$T/seen" --rounds 1500
	trace top --json -i 300ms -p "$pid"
	touch "$W.go"
	await grep -qF "/many/file-$((count - 1)).log" "$T/out" # on a busy machine all rows may be taken for long
	touch "$T/seen"
	await test -e "$facts"
	finish
	# its own announcement is two writes more; one under way while its row goes to another file may count twice
	expect '[total(process | .writes.count) - $w.writes, total(.files[] | .bytes) - $w.bytes] | .[0] >= 2 and .[0] <= 4 and .[1] > 0 and .[1] < 1000' \
		'[total(process | .writes.count), total(.files[] | .bytes)]'
	expect 'any(.[]; any(.files[]; .path == "(other files)")) and .[-1].lost.files > 0' 'map(.lost)'
	expect 'all(.[].files[] | select(.path == "(other files)"); .fd == null and (.append | not))' \
		'[.[].files[] | select(.path == "(other files)")]'
	expect 'total(file($w.path) | .writes) > $w.rounds / 2' 'map(.files | length)'
	expect 'all(.[]; (.files | length) <= 4097)' 'map(.files | length)'
	expect '.[-1].cost.rss_bytes < 200000000' 'map(.cost)'
	rm -rf "$T/many"
}

@test "connections that are over make room: 5,000 short ones, each in a row of its own" {
	prepare short_connections --count 2500 --gap 14 # their rows stay for 5 s; readings may be late
	trace top --json -i 500ms -p "$pid"
	go
	finish
	expect 'all(.[]; .lost.files == 0) and all(.[]; all(.files[]; .path != "(other files)"))' 'map(.lost.files)'
	equal 'total(.files[] | select(.kind == "socket") | .writes)' '$w.writes'
	equal 'total(.files[] | select(.kind == "socket") | .bytes)' '$w.bytes'
}

@test "a removed file keeps its name when its inode number is given to another, and leaves nothing unsynced" {
	launch /dev/null /dev/null bash -c 'until [ -e "$1/go" ]; do sleep 0.01; done
		for name in a b c; do
			exec 3>>"$1/$name.log"
			echo "$name" >&3
			until [ -e "$1/$name.seen" ]; do sleep 0.01; done
			exec 3>&-
			[ $name = c ] || rm "$1/$name.log"
		done' - "$T"
	pid=$launched
	trace logs --json -i 100ms -p "$pid"
	touch "$T/go"
	for name in a b c; do
		await shows 'any(.files[]; .path | endswith("/'$name'.log"))'
		await documents $(($(wc -l <"$T/out") + 2))
		touch "$T/$name.seen"
	done
	ended
	valid logs-1
	equal '[.[-1].files[] | select(.path | test("/[abc].log$")) | [.path[-5:], .deleted, .total.writes.count]] | sort' \
		'[["a.log", true, 1], ["b.log", true, 1], ["c.log", false, 1]]'
	equal '[.[].findings[] | select(.kind == "unsynced-at-exit" and (.path | test("/[abc].log$"))) | .path[-5:]]' '["c.log"]'
}

# An overlay's inodes have no generation of their own; containers' logs are on one.
@test "a removed file on an overlay and the next one with its inode number are two" {
	unshare -m sh -c 'mount -t tmpfs none "$1" && mkdir "$1/l" "$1/u" "$1/w" "$1/m" &&
		mount -t overlay none -o "lowerdir=$1/l,upperdir=$1/u,workdir=$1/w" "$1/m"' - "$T" 2>/dev/null ||
		skip 'this kernel has no overlayfs'
	mkdir "$T/lower" "$T/upper" "$T/work" "$T/merged"
	launch "$T/inodes" /dev/null unshare -m bash -c 'mount -t overlay none -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/merged" || exit
		touch "$1/mounted"
		until [ -e "$1/go" ]; do sleep 0.01; done
		for name in a b; do
			exec 3>>"$1/merged/$name.log"
			stat -L -c %i /proc/self/fd/3
			echo "$name$name$name" >&3
			exec 3>&-
			[ $name = b ] || rm "$1/merged/$name.log"
		done
		until [ -e "$1/end" ]; do sleep 0.01; done' - "$T"
	pid=$launched
	await test -e "$T/mounted"
	trace logs --json -i 100ms -p "$pid"
	touch "$T/go"
	await shows 'any(.files[]; .path | endswith("/b.log"))'
	touch "$T/end"
	ended
	[ "$(sort -u "$T/inodes" | wc -l)" -eq 1 ] || skip 'the number was not given again'
	equal '[.[-1].files[] | select(.path | test("/[ab].log$")) | [.path[-5:], .total.writes.count, .total.bytes]] | sort' \
		'[["a.log", 1, 4], ["b.log", 1, 4]]'
}

@test "a log that the program deletes itself, as it rotates fast, is not written to for nobody" {
	need python3
	launch /dev/null /dev/null python3 -c '
import os, sys, time
log = sys.argv[1]
while not os.path.exists(sys.argv[2]):
	with open(log, "a", buffering=1) as f:
		for i in range(5): f.write("a line\n")
	os.rename(log, log + ".1")
	time.sleep(0.005)' "$T/app.log" "$T/end"
	pid=$launched
	trace logs --json -i 200ms -p "$pid"
	await shows 'any(.files[]; .deleted and .writes > 0)'
	touch "$T/end"
	ended
	expect 'all(.[].findings[]; .kind != "deleted-log")' 'map(.findings)'
}

@test "names that end in ' (deleted)', and the end of one of more than a thousand bytes" {
	local deep=$T
	for name in a b c d e; do deep=$deep/$(printf "%0239d" 0)$name; done
	mkdir -p "$deep"
	launch /dev/null /dev/null bash -c 'until [ -e "$1/go" ]; do sleep 0.01; done
		echo line >"$2/end.log"
		exec >>"$1/odd (deleted)"
		echo line
		until [ -e "$1/end" ]; do sleep 0.01; done' - "$T" "$deep"
	pid=$launched
	trace top --json -i 100ms -p "$pid"
	touch "$T/go"
	await shows 'any(.files[]; .path | endswith("/odd (deleted)"))'
	await documents $(($(wc -l <"$T/out") + 2))
	touch "$T/end"
	ended
	equal '[.[].files[] | select(.path | test("/odd")) | [.path, .deleted]] | unique' "[[\"$T/odd (deleted)\", false]]"
	equal '[.[].files[] | select(.path | test("000a/")) | .path] | unique' "[\"...${deep#"$T"}/end.log\"]"
}

@test "the process that reads a pipe, also when another one takes its place" {
	launch /dev/null /dev/null bash -c 'mkfifo "$1/pipe"
		exec 4<>"$1/pipe" 3>"$1/pipe"
		for reader in first second; do
			(exec -a "$reader" sleep 600 <"$1/pipe" 3>&- 4>&-) &
			echo $! >"$1/$reader"
			until [ -e "$1/$reader.seen" ]; do echo line >&3; sleep 0.05; done
			kill $!
			wait
		done' - "$T"
	pid=$launched
	await test -s "$T/first"
	cat "$T/first" >>"$T/pids"
	trace logs --json -i 100ms -p "$pid"
	await shows 'any(.files[]; .peer != null and (.peer | test("\\('"$(cat "$T/first")"'\\)")))'
	touch "$T/first.seen"
	await test -s "$T/second"
	cat "$T/second" >>"$T/pids"
	await shows 'any(.files[]; .peer != null and (.peer | test("\\('"$(cat "$T/second")"'\\)")))'
	touch "$T/second.seen"
	ended
}
