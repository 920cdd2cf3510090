#!/usr/bin/env bats
# Logs in other places than this host's own: below another root, in a mount namespace, at the other end of a pipe.
load common

# Writes a script that puts lines into its $1 until $2 is there, by a shell that needs no library.
write_lines() {
	cat >"$1" <<-'END'
		echo up >"$3"
		until [ -e "$2" ]; do
			echo line
			sleep 0.02 2>/dev/null || usleep 20000
		done >>"$1"
	END
}

place_of() { # NAME: path and host_path, as last shown
	echo "[.[].files[] | select(.path | endswith(\"/$1\")) | [.path, .host_path]] | last"
}

watch_place() { # of $pid, whose log ends in the given name
	await test -e "$2"
	trace logs --json -i 100ms -p "$pid"
	await shows "any(.files[]; (.path | endswith(\"/$1\")) and .writes > 0)"
	touch "$3"
	ended
	valid logs-1
}

@test "below another root (chroot): the path in there, and the one here" {
	need busybox
	mkdir -p "$T/root/bin" "$T/root/log"
	cp "$(command -v busybox)" "$T/root/bin/busybox"
	chroot "$T/root" /bin/busybox true || skip 'busybox here is not static'
	write_lines "$T/root/lines.sh"
	launch /dev/null /dev/null chroot "$T/root" /bin/busybox sh /lines.sh /log/in.log /end /up
	pid=$launched
	watch_place in.log "$T/root/up" "$T/root/end"
	equal "$(place_of in.log)" "[\"/log/in.log\", \"$T/root/log/in.log\"]"
}

@test "opened before the root was changed: the path here, and not that of its namesake below the new root" {
	need python3
	mkdir -p "$T/jail$T"
	echo other >"$T/jail$T/in.log"
	launch /dev/null /dev/null python3 -c '
import os, sys, time
t = sys.argv[1]
log, end = os.open(t + "/in.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND), os.open(t, os.O_RDONLY)
os.chroot(t + "/jail")
os.close(os.open("up", os.O_CREAT | os.O_WRONLY, dir_fd=end))
while True:
    os.write(log, b"line\n"); time.sleep(0.02)
    try: os.stat("close", dir_fd=end); break
    except OSError: pass
os.close(log)
while True:
    try: os.stat("end", dir_fd=end); break
    except OSError: time.sleep(0.02)' "$T"
	pid=$launched
	await test -e "$T/up"
	trace logs --json -i 100ms -p "$pid"
	await shows 'any(.files[]; (.path | endswith("/in.log")) and .writes > 0)'
	touch "$T/close"
	await shows 'any(.files[]; (.path | endswith("/in.log")) and .writes == 0)'
	await documents $(($(wc -l <"$T/out") + 3))
	touch "$T/end"
	ended
	valid logs-1
	equal "$(place_of in.log)" "[\"$T/in.log\", null]"
	equal '[.[].files[] | select(.path | endswith("/in.log")) | .deleted] | unique' '[false]'
}

@test "in a file system that only its own mount namespace has: through its root" {
	need unshare
	mkdir -p "$T/inner"
	write_lines "$T/lines.sh"
	launch /dev/null /dev/null unshare -m sh -c 'mount -t tmpfs none "$1/inner" || exit 9
		exec sh "$1/lines.sh" "$1/inner/in.log" "$1/end" "$1/up"' - "$T"
	pid=$launched
	watch_place in.log "$T/up" "$T/end"
	equal "$(place_of in.log)" "[\"$T/inner/in.log\", \"/proc/$pid/root$T/inner/in.log\"]"
	equal '[.[].files[] | select(.path | endswith("/in.log")) | .file_system] | unique' '["tmpfs"]'
}

@test "in a mount namespace of its own, but a place that is here, too: no other path" {
	need unshare
	write_lines "$T/lines.sh"
	launch /dev/null /dev/null unshare -m sh "$T/lines.sh" "$T/in.log" "$T/end" "$T/up"
	pid=$launched
	watch_place in.log "$T/up" "$T/end"
	equal "$(place_of in.log)" "[\"$T/in.log\", null]"
}

@test "a pipe whose reader ends: who it was, then each line is lost, and said to be" {
	launch /dev/null /dev/null bash -c 'trap "" PIPE
		exec 7> >(exec -a reader sleep 1000)
		reader=$!
		echo $reader >"$1/reader.part" && mv "$1/reader.part" "$1/reader"
		until [ -e "$1/close" ]; do echo line >&7; sleep 0.02; done
		kill $reader; wait $reader
		until [ -e "$1/end" ]; do echo line >&7; sleep 0.02; done' - "$T"
	pid=$launched
	await test -e "$T/reader"
	trace logs --json -i 100ms -p "$pid"
	await shows 'any(.files[]; .kind == "pipe" and .peer != null)'
	touch "$T/close"
	await shows 'any(.files[]; .kind == "pipe" and .errors_by.EPIPE > 2)'
	touch "$T/end"
	ended
	valid logs-1
	equal '[.[].files[] | select(.kind == "pipe") | .peer | select(. != null)] | unique' "[\"sleep ($(cat "$T/reader"))\"]"
	expect 'any(.[].findings[]; .kind == "dropped-writes" and (.summary | test("EPIPE .the reader closed it")))' 'map(.findings)'
	equal '[.[].files[] | select(.kind == "pipe") | .errors - .errors_by.EPIPE] | unique' '[0]'
}

@test "a full pipe: who should empty it, not the parent that holds both of its ends" {
	mkfifo "$T/pipe"
	launch /dev/null /dev/null bash -c 'exec 5<>"$1/pipe"
		(exec sleep 1000 <"$1/pipe" 5>&-) &
		echo $! >"$1/reader"
		(exec 3>"$1/pipe" 5>&- && printf "%0100000d" 0 >&3) &
		echo $! >"$1/writer"
		wait' - "$T"
	await test -s "$T/writer"
	cat "$T/reader" "$T/writer" >>"$T/pids"
	reader="sleep ($(cat "$T/reader"))"
	await grep -qx sleep "/proc/$(cat "$T/reader")/comm"
	await grep -q '^1 0x1 ' "/proc/$(cat "$T/writer")/syscall" # write
	scope_well logs --json -i 300ms -c 1 -p "$(cat "$T/writer")"
	equal '[.[].files[] | select(.kind == "pipe") | .peer] | unique' "[\"$reader\"]"
	expect ".[0].findings[] | select(.kind == \"log-stall\") | .summary | contains(\"/pipe to $reader) for \")" \
		'map(.findings)'
}

@test "a full pipe in a snapshot, and who should empty it" {
	launch /dev/null /dev/null bash -c 'exec 7> >(exec sleep 1000)
		echo $! >"$1/reader"
		printf "%0100000d" 0 >&7' - "$T"
	pid=$launched
	await test -s "$T/reader"
	cat "$T/reader" >>"$T/pids"
	told() {
		local reader
		reader="sleep ($(cat "$T/reader"))"
		"$THREADSCOPE" snapshot -p "$pid" |
			grep -q "has been in write(pipe:\[[0-9]*\] to $reader) for .* (pipe full: $reader has been in .*sleep for "
	}
	await told
}

@test "a client that goes away loses no line, a log that nobody takes does" {
	need python3
	launch "$T/ready" "$T/python.err" python3 -c '
import json, os, socket, struct, sys, time
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
to_client = server.accept()[0]
taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); taker.bind(("127.0.0.1", 0))
log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); log.connect(taker.getsockname()); taker.close()
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); client.close()
open(sys.argv[1] + "/up", "w").close()
while not os.path.exists(sys.argv[1] + "/go"): time.sleep(0.02)
failed = {ConnectionResetError: 0, BrokenPipeError: 0, ConnectionRefusedError: 0}
for s in [to_client, log] * 20:
	try: s.send(b"a line\n")
	except OSError as e: failed[type(e)] += 1
print(json.dumps({e.__name__: n for e, n in failed.items()}), flush=True)' "$T"
	pid=$launched facts=$T/ready
	await test -e "$T/up"
	trace logs --json -i 100ms -p "$pid"
	touch "$T/go"
	ended
	valid logs-1
	equal '[.[].files[].errors_by] | [(map(.ECONNRESET) | add), (map(.EPIPE) | add), (map(.ECONNREFUSED) | add), (map(.other) | add)]' \
		'[$w.ConnectionResetError, $w.BrokenPipeError, $w.ConnectionRefusedError, 0]'
	expect '$w.ConnectionResetError > 0 and $w.BrokenPipeError > 0 and $w.ConnectionRefusedError > 0' '$w'
	expect '[.[].findings[] | select(.kind == "dropped-writes") | .summary] | length > 0 and
		all(.[]; test("to 127.0.0.1:[0-9]+ failed: [0-9]+ with ECONNREFUSED .connection refused.; "))' 'map(.findings)'
}

@test "a line through /dev/log names who takes it there" {
	need unshare python3
	launch /dev/null /dev/null unshare -m sh -c 'mount -t tmpfs none /dev && exec python3 -c "
import os, socket, sys, time
t = sys.argv[1]
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); log.bind(\"/dev/log\")
me = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); me.connect(\"/dev/log\")
open(t + \"/up\", \"w\").close()
while not os.path.exists(t + \"/end\"):
	me.send(b\"<14>app: a line\"); log.recv(100); time.sleep(0.02)
" "$1"' - "$T"
	pid=$launched
	await test -e "$T/up"
	trace logs --json -i 100ms -p "$pid"
	await shows 'any(.files[]; .kind == "socket" and .writes > 0)'
	finish
	equal '[.[].files[] | select(.kind == "socket") | .peer] | unique' '["/dev/log"]'
	trace logs -i 100ms -c 2 -p "$pid"
	touch "$T/end"
	ended
	grep -Eq '^socket:\[[0-9]+\] to /dev/log ' "$T/out"
}

# The file in a snapshot has the inode number and the generation of the original, and the same super block.
@test "a log and its namesake in a snapshot of its btrfs subvolume are two" {
	need python3 mkfs.btrfs btrfs losetup
	grep -qw btrfs /proc/filesystems || skip 'this kernel has no btrfs'
	mkdir "$T/disk"
	launch /dev/null "$T/unshare.err" unshare -m bash -c 'truncate -s 200M "$1/blocks" && mkfs.btrfs -q "$1/blocks" &&
		mount -o loop "$1/blocks" "$1/disk" && btrfs subvolume create "$1/disk/one" && echo line >"$1/disk/one/in.log" &&
		btrfs subvolume snapshot "$1/disk/one" "$1/disk/two" && exec python3 -c "
import os, sys, time
disk = sys.argv[1] + \"/disk/\"
fds = [os.open(disk + name + \"/in.log\", os.O_WRONLY | os.O_APPEND) for name in (\"one\", \"two\")]
open(sys.argv[1] + \"/up\", \"w\").close()
while not os.path.exists(sys.argv[1] + \"/go\"): time.sleep(0.01)
for i in range(10): os.write(fds[0], b\"line\\n\")
for i in range(20): os.write(fds[1], b\"line\\n\")
os.fsync(fds[1])
open(sys.argv[1] + \"/done\", \"w\").close()
while not os.path.exists(sys.argv[1] + \"/end\"): time.sleep(0.01)
" "$1"' - "$T"
	pid=$launched
	await test -e "$T/up"
	trace logs --json -i 100ms -p "$pid"
	touch "$T/go"
	await test -e "$T/done"
	finish
	touch "$T/end"
	await gone "$pid"
	equal '[.[-1].files[] | select(.path | endswith("/in.log")) | [.path[-10:], .total.writes.count, .total.bytes, .unsynced_bytes]] | sort' \
		'[["one/in.log", 10, 50, 50], ["two/in.log", 20, 100, 0]]'
}
