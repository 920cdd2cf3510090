#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a command prints that threadscope starts: in a view of the screen, or in a file.

load common
load screen

# The shell script on standard input, as $T/NAME. It writes its PID to $T/NAME.pid.
command_file() { # NAME
	{
		echo '#!/bin/sh'
		echo "echo \$\$ >'$T/$1.pid'"
		cat
	} >"$T/$1"
	chmod +x "$T/$1"
}

started() { # NAME: its PID in $pid; it ends with the test
	await test -s "$T/$1.pid"
	pid=$(cat "$T/$1.pid")
	echo "$pid" >>"$T/pids"
}

pump_of() { # VIEWER
	pgrep -P "$1" -x ts-output
}

# Its number depends on what the process is, which is known a moment later.
output_view() {
	shows '[0-9] output'
	await opened || {
		screen
		return 1
	}
}

opened() {
	keys "$(screen | sed -n 's/.* \([0-9]\) output.*/\1/p')"
	for _ in {1..50}; do
		has 'TIME +FROM|nothing printed yet|printed nothing' && return
		sleep 0.02
	done
	return 1
}

@test "what a command prints has a view, and the errors among it are told apart" {
	command_file both <<-'EOF'
		echo to standard output
		echo to standard error >&2
		printf 'no end of line' >&2
		exec sleep 1000
	EOF
	session 100 30 "$THREADSCOPE" -- "$T/both"
	started both
	output_view
	shows '[0-9:]{8}  stdout  to standard output$'
	shows '[0-9:]{8}  stderr  to standard error$'
	shows '[0-9:]{8}  stderr  no end of line$'
	keys / e r r o r
	shows_no 'to standard output'
	has_now 'to standard error'
	keys Escape
	shows 'to standard output'
	keys q
	shows 'ended with 0'
	await gone "$pid"
}

@test "how a command ends is said, and what it printed stays" {
	command_file status <<-'EOF'
		echo the last words
		exit 3
	EOF
	session 100 30 "$THREADSCOPE" -- "$T/status"
	output_view
	shows 'exited with status 3'
	shows 'stdout  the last words'
	shows '1 line; end of the output'
	keys q
	shows 'ended with 3$'
	tmux -S "$tmux_socket" kill-server

	command_file killed <<-'EOF'
		echo the last words
		exec sleep 1000
	EOF
	session 100 30 "$THREADSCOPE" -i 200ms -- "$T/killed"
	started killed
	output_view
	shows 'stdout  the last words'
	shows_no 'attaching'
	kill -KILL "$pid"
	shows 'killed by SIGKILL'
	shows '1 line; end of the output'
	has_now 'stdout  the last words'
	keys q
	shows 'ended with 137$'
}

@test "a command that cannot be started: the usual sentence and status, also if that takes a while" {
	session 100 30 "$THREADSCOPE" -- "$T/absent"
	shows "cannot start '$T/absent': No such file"
	has 'overview' && keys q
	shows 'ended with 3'
	has_now "cannot start '$T/absent': No such file"
}

# 100 MB: more than everything on the way has room for.
print_much() {
	command_file much <<-'EOF'
		until [ -e "$0.go" ]; do sleep 0.1; done
		yes 'one of a great many lines' | head -c 100000000
		echo 'the last of them' >&2
		: >"$0.done"
		exec sleep 1000
	EOF
}

@test "a command that prints 100 MB fast: its last lines are there, the others are counted" {
	print_much
	session 100 30 "$THREADSCOPE" -- "$T/much"
	started much
	output_view
	touch "$T/much.go"
	await test -e "$T/much.done"
	shows 'stderr  the last of them'
	has_now '[0-9]+ lines, the last 50000 are kept'
	keys / t h e Space l a s t
	shows_no 'a great many'
	has_now 'the last of them'
	keys Escape
	keys 1
	shows 'WRITES AND SYNCS|FINDINGS'
	keys q
	shows 'ended with 0'
}

@test "a screen that is stopped does not hold the command up" {
	print_much
	session 100 30 "$THREADSCOPE" -- "$T/much"
	started much
	shows 'overview'
	keys C-z
	shows 'Stopped'
	[ ! -e "$T/much.done" ]
	touch "$T/much.go"
	await test -e "$T/much.done"
	command_line 'fg; echo ended again with $?'
	output_view
	shows 'stderr  the last of them'
	has_now '[0-9.]+ MiB left out'
	keys q
	shows 'ended again with 0'
}

# It says goodbye more than once: with SIGPIPE it would not come to its end.
slow_end() {
	command_file farewell <<-'EOF'
		goodbye() {
			for i in 1 2 3; do
				echo goodbye
				echo goodbye >&2
				sleep 0.3
			done
			: >"$0.clean"
			exit
		}
		trap goodbye TERM
		echo up
		while :; do sleep 0.1; done
	EOF
}

@test "a command that prints while it ends is not killed by SIGPIPE: after q, and after a screen that was killed" {
	for end in q KILL; do
		slow_end
		session 100 30 "$THREADSCOPE" -- "$T/farewell"
		started farewell
		output_view
		shows 'stdout  up'
		viewer=$(viewer)
		pump=$(pump_of "$viewer")
		if [ $end = q ]; then
			keys q
		else
			kill -KILL "$viewer"
		fi
		await gone "$viewer"
		await gone "$pid"
		[ -e "$T/farewell.clean" ]
		await gone "$pump"
		tmux -S "$tmux_socket" kill-server
		rm "$T"/farewell.*
	done
}

@test "a collector that hangs does not keep q from ending the command" {
	command_file quiet <<-'EOF'
		echo up
		exec sleep 1000
	EOF
	session 100 30 "$THREADSCOPE" -- "$T/quiet"
	started quiet
	output_view
	shows 'stdout  up'
	kill -STOP "$(collector_of "$(viewer)")"
	keys q
	shows 'ended with 0'
	await gone "$pid"
}

@test "a collector that dies does not end the command, whose output still comes" {
	command_file talks <<-'EOF'
		n=0
		while :; do echo "line $((n += 1))"; sleep 0.2; done
	EOF
	session 100 30 "$THREADSCOPE" -- "$T/talks"
	started talks
	output_view
	shows 'stdout  line 1$'
	kill -KILL "$(collector_of "$(viewer)")"
	shows 'the collector has died'
	has_not 'R restarts it'
	last=$(screen | sed -n 's/.*stdout  line //p' | tail -n 1)
	shows "stdout  line $((last + 5))\$"
	keys R
	shows 'cannot restart the collector: it started the command'
	kill -0 "$pid"
	keys q
	shows 'ended with 0'
}

@test "what reads the output dies: the screen says so, and stays" {
	command_file quiet <<-'EOF'
		echo up
		exec sleep 1000
	EOF
	session 100 30 "$THREADSCOPE" -- "$T/quiet"
	started quiet
	output_view
	shows 'stdout  up'
	kill -KILL "$(pump_of "$(viewer)")"
	shows 'the process that reads the output has died'
	has_now 'stdout  up'
	keys q
	shows 'ended with 0'
}

@test "a child that stays behind keeps its output, and nothing of the screen" {
	command_file leaves <<-'EOF'
		(
			trap '' TERM
			until [ -e "$0.stop" ]; do
				echo still here
				sleep 0.1
			done
			: >"$0.clean"
		) &
		echo $! >"$0.child"
		wait
	EOF
	session 100 30 "$THREADSCOPE" -- "$T/leaves"
	started leaves
	output_view
	shows 'still here'
	cat "$T/leaves.child" >>"$T/pids"
	pump=$(pump_of "$(viewer)")
	[ "$(find "/proc/$pump/fd" -type l | wc -l)" -eq 3 ]
	keys q
	shows 'ended with 0'
	await gone "$pid"
	kill -0 "$pump"
	touch "$T/leaves.stop"
	await test -e "$T/leaves.clean"
	await gone "$pump"
}

@test "--output FILE: in the file, and no view of it" {
	command_file both <<-'EOF'
		echo to standard output
		echo to standard error >&2
		exec sleep 1000
	EOF
	session 100 30 "$THREADSCOPE" --output "$T/file" -- "$T/both"
	started both
	shows 'overview'
	await grep -q 'standard error' "$T/file"
	[ "$(cat "$T/file")" = $'to standard output\nto standard error' ]
	shows_no 'output '
	has_not 'to standard'
	keys q
	shows 'ended with 0'
}

# As without a screen: what the viewer has blocked and ignores is its own.
@test "a command begins with the signals that threadscope was started with" {
	command_file signals <<-'EOF'
		grep -E '^Sig(Blk|Ign)' /proc/self/status
		exec sleep 1000
	EOF
	session 100 30 "grep -E '^Sig(Blk|Ign)' /proc/self/status >usual; $THREADSCOPE" -- "$T/signals"
	started signals
	output_view
	shows 'stdout  SigIgn'
	screen | grep -o 'Sig.*' | tr -d ' ' >"$T/shown"
	tr -d '\t' <"$T/usual" | cmp - "$T/shown"
	keys q
	shows 'ended with 0'
	await gone "$pid"
}

run_into() { # FILE COMMAND...
	local file=$1
	shift
	status=0
	timeout "$limit" "$THREADSCOPE" top -i 100ms --output "$file" -- "$@" >"$T/out" 2>"$T/err" || status=$?
}

@test "--output FILE is a new file: links of others and what they lead to stay as they were" {
	echo theirs >"$T/theirs"
	ln "$T/theirs" "$T/hard"
	run_into "$T/hard" sh -c 'echo ours; echo error >&2'
	[ "$status" -eq 0 ]
	[ "$(cat "$T/hard")" = $'ours\nerror' ]
	[ "$(cat "$T/theirs")" = theirs ]

	ln -s theirs "$T/link"
	run_into "$T/link" echo ours
	[ "$status" -eq 1 ]
	grep -q "cannot write '$T/link': it is a symbolic link" "$T/err"
	[ "$(cat "$T/theirs")" = theirs ]

	for place in "$T" "$T/no/such/folder"; do
		run_into "$place" touch "$T/ran"
		[ "$status" -eq 1 ]
		grep -q "^threadscope: cannot write '$place': " "$T/err"
		[ "$(wc -l <"$T/err")" -eq 1 ]
	done
	mkfifo "$T/fifo"
	run_into "$T/fifo" touch "$T/ran"
	[ "$status" -eq 1 ]
	grep -q "nobody reads this pipe" "$T/err"
	[ ! -e "$T/ran" ]
	run_into /dev/null echo ours
	[ "$status" -eq 0 ]

	status=0
	"$THREADSCOPE" top --output "$T/same" --save "$T/same" -- true 2>"$T/err" || status=$?
	[ "$status" -eq 2 ]
	grep -q -- '--save and --output name the same file' "$T/err"
}

@test "--output FILE on a full disk: one sentence if it cannot be created, else the command's own error" {
	mkdir "$T/small"
	mount -t tmpfs -o size=64k,nr_inodes=3 none "$T/small" || skip 'cannot mount'
	trap 'umount "$T/small"' EXIT
	run_into "$T/small/file" sh -c 'head -c 1000000 /dev/zero; echo $? >"$0"' "$T/head"
	[ "$status" -eq 0 ]
	[ "$(cat "$T/head")" -ne 0 ]
	: >"$T/small/last"
	run_into "$T/small/other" touch "$T/ran"
	[ "$status" -eq 1 ]
	[ "$(cat "$T/err")" = "threadscope: cannot write '$T/small/other': No space left on device" ]
	[ ! -e "$T/ran" ]
	umount "$T/small"
	trap - EXIT
}
