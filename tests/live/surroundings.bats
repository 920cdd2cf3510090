#!/usr/bin/env bats
# What the process is born with: streams, limits, signals, terminals; and what a command it starts gets of that.
load common

# As the kernel gives root everywhere but in containers: not above the limits.
bounded() {
	setpriv --bounding-set -sys_resource --inh-caps -sys_resource "$@"
}

@test "standard streams that are closed: no other file takes their place" {
	hold zombie
	status=0
	timeout 30 "$THREADSCOPE" snapshot -p "$pid" >&- 2>"$T/err" <&- || status=$?
	has_status 1
	says 'cannot write the output: Bad file descriptor'
	status=0
	timeout 30 "$THREADSCOPE" top -c 2 -i 50ms --save "$T/saved" -p "$pid" >&- 2>&- <&- || status=$?
	has_status 1
	[ "$(jq -c . "$T/saved" | wc -l)" -ge 2 ]
	status=0
	timeout 30 "$THREADSCOPE" snapshot --json -p "$pid" >"$T/out" 2>&- <&- || status=$?
	has_status 0
	valid snapshot-1
}

@test "SIGCHLD ignored by the parent: the command's exit status all the same" {
	status=0
	timeout 30 env --ignore-signal=CHLD "$THREADSCOPE" top -i 100ms -- sh -c 'exit 3' >"$T/out" 2>"$T/err" || status=$?
	has_status 3
}

@test "SIGHUP ignored, as by nohup: the run goes on; else it ends well" {
	hold zombie
	launch "$T/out" "$T/err" env --ignore-signal=HUP "$THREADSCOPE" top --json -i 50ms --ready-file "$T/attached" -p "$pid"
	ts_pid=$launched
	await test -e "$T/attached"
	kill -HUP "$ts_pid"
	await documents $(($(wc -l <"$T/out") + 4))
	finish
	trace top --json -i 10m -p "$pid"
	finish HUP
	equal length 1
}

@test "a command has the limits, signals and files that threadscope was given" {
	show='ulimit -n; ulimit -l; grep -E "^Sig(Ign|Blk)" /proc/self/status; ls /proc/self/fd'
	for signals in --default-signal=INT,PIPE --ignore-signal=INT,PIPE,HUP,CHLD --block-signal=TERM; do
		(
			ulimit -Sn 200
			env "$signals" sh -c "$show" >"$T/plain" 2>"$T/err"
			timeout 30 env "$signals" "$THREADSCOPE" top -i 10m -- sh -c '{ '"$show"'; } >"$0"' "$T/watched" >"$T/out" \
				2>"$T/err"
		)
		echo "$signals"
		diff "$T/plain" "$T/watched"
	done
}

# It polls one descriptor, its output; else it polls three and more, for all that can happen.
waits_for_room() {
	local call
	read -r -a call <"/proc/$ts_pid/syscall"
	[ "${call[0]}" != running ] && [ "$((call[2]))" -eq 1 ]
}

@test "a reader that has stopped reading does not keep it from ending" {
	mkfifo "$T/pipe"
	exec 4<>"$T/pipe"
	for command in 'top --json -i 2ms' 'logs --json -i 2ms'; do
		# shellcheck disable=SC2086 # words
		launch "$T/pipe" "$T/err" "$THREADSCOPE" $command
		ts_pid=$launched
		await waits_for_room
		kill -TERM "$ts_pid"
		ended
		has_status 0 1
	done
	exec 4<&-
}

@test "few open files: what is needed, as a sentence" {
	need setpriv
	hold zombie
	status=0
	(
		ulimit -n 32
		bounded timeout 30 "$THREADSCOPE" top -c 1 -i 10ms -p "$pid" >"$T/out" 2>"$T/err"
	) || status=$?
	fails_with 4 'open.*ulimit -n'
	status=0
	(
		ulimit -n 128
		bounded timeout 30 "$THREADSCOPE" top --json -c 2 -i 10ms >"$T/out" 2>"$T/err"
	) || status=$?
	has_status 0
	equal length 2
}

@test "a terminal that knows no colours and no cursor gets plain text" {
	need script
	hold zombie
	for term in dumb ''; do
		TERM=$term timeout 30 script -qc "'$THREADSCOPE' top -c 2 -i 50ms -p $pid" "$T/typed" >"$T/out" </dev/null
		[ "$(grep -c ': 2 threads\|: 1 thread' "$T/out")" -ge 2 ]
		[ "$(grep -c $'\e' "$T/out")" -eq 0 ]
	done
	TERM=xterm timeout 30 script -qc "'$THREADSCOPE' top -c 2 -i 50ms -p $pid" "$T/typed" >"$T/out" </dev/null
	grep -q $'\e\\[H' "$T/out"
}

@test "the terminal's interrupt key reaches a command once" {
	need script
	mkfifo "$T/keys"
	# shellcheck disable=SC2016 # the inner shell's
	command='trap "echo INT >>$0/got" INT; touch $0/up; while [ ! -e $0/stop ]; do sleep 0.02; done; sleep 0.3'
	launch /dev/null /dev/null sh -c 'exec script -qc "$0" /dev/null <"$1"' \
		"'$THREADSCOPE' top -i 10m -- sh -c '$command' '$T'" "$T/keys"
	exec 4>"$T/keys"
	await test -e "$T/up"
	printf '\003' >&4
	await test -s "$T/got"
	touch "$T/stop"
	await gone "$launched"
	exec 4>&-
	[ "$(cat "$T/got")" = INT ]
}
