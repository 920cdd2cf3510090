#!/usr/bin/env bats
# The process that parses ELF files and DWARF: what it may do, and what is left when it dies.

load common

# Of the threadscope that runs.
parser_of() { # PID
	local p
	# shellcheck disable=SC2013 # one line of numbers
	for p in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
		if [ "$(cat "/proc/$p/comm" 2>/dev/null)" = threadscope-par ]; then
			echo "$p"
			return 0
		fi
		parser_of "$p" && return 0
	done
	return 1
}

# It has given up everything: the filter is the last that it sets.
has_parser() {
	parser=$(parser_of "$launched") && grep -q '^Seccomp:[[:space:]]*2$' "/proc/$parser/status"
}

status_line() { # KEY
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$parser/status"
}

# A program whose names take a moment: it names a debug file of 3 GB (of holes), whose checksum must be taken.
build_slow() {
	need gcc objcopy
	echo 'int pause(void); int main(void) { for (;;) pause(); }' >"$T/main.c"
	gcc -s -o "$T/slow" "$T/main.c"
	head -c 4096 "$T/slow" >"$T/far.debug"
	truncate -s 3G "$T/far.debug"
	printf 'far.debug\0\0\0\1\2\3\4' >"$T/link"
	objcopy --add-section .gnu_debuglink="$T/link" "$T/slow"
}

# On that file: it has been handed over.
is_at_work() {
	has_parser && find "/proc/$parser/fd" -lname '*far.debug' | grep -q .
}

@test 'the parser has no rights: capabilities, system calls, files' {
	hold waits
	launch "$T/out" "$T/err" "$THREADSCOPE" -p "$pid" -i 200ms
	await has_parser
	has_parser
	for set in CapEff CapPrm CapInh CapAmb; do
		[ "$(status_line $set)" = 0000000000000000 ]
	done
	[ "$(status_line NoNewPrivs)" = 1 ]
	[ "$(status_line Seccomp)" = 2 ]
	grep -qE '^Max core file size +0 +0 ' "/proc/$parser/limits"
	grep -qE '^Max file size +0 +0 ' "/proc/$parser/limits"
	grep -qE '^Max address space +[0-9]+ ' "/proc/$parser/limits"
	# Nothing of threadscope, no folder, no device: a socket, the end of a pipe, and regular files to read.
	ls -l "/proc/$parser/fd" >"$T/fds"
	[ "$(grep -c 'socket:' "$T/fds")" -eq 1 ]
	for fd in "/proc/$parser/fd/"*; do
		[ -S "$fd" ] || [ -p "$fd" ] || [ -f "$fd" ]
		[ ! -f "$fd" ] || [[ $(stat -c %A "$fd") == l?-* ]]
	done
	[ -z "$(sed -n '/anon_inode/p' "/proc/$parser/maps")" ]
}

frames_of() { # FILE
	echo ".[0].threads[0].stack | map(select(.module | contains(\"/$1\"))) | length > 0"
}

@test 'a parser that is killed at work takes the names of that file with it, and no others' {
	build_slow
	launch "$T/slow.out" "$T/slow.err" "$T/slow"
	await grep -q '^State:[[:space:]]*S' "/proc/$launched/status"
	slow=$launched
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot --json -p "$slow"
	ts_pid=$launched
	await is_at_work
	kill -KILL "$parser"
	ended
	has_status 0
	expect '.[0].threads | length == 1'
	expect '.[0].threads[0].wait.syscall == "pause"'
	expect '.[0].lost.symbol_files == 1'
	expect "$(frames_of slow) and all(.function == null)"
	expect "$(frames_of libc.so) and all(.function != null)"
}

@test 'a parser that hangs is given up, and text says at which file' {
	build_slow
	launch "$T/slow.out" "$T/slow.err" "$T/slow"
	slow=$launched
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot -p "$slow"
	ts_pid=$launched
	await is_at_work
	kill -STOP "$parser"
	ended
	has_status 0
	grep -q "^1 thread: waiting in pause" "$T/out"
	grep -q "^LOST: .*crashed or hung: $T/slow" "$T/out"
	gone "$parser"
}
