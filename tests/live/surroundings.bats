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
	timeout "$limit" "$THREADSCOPE" snapshot -p "$pid" >&- 2>"$T/err" <&- || status=$?
	has_status 1
	says 'cannot write the output: Bad file descriptor'
	status=0
	timeout "$limit" "$THREADSCOPE" top -c 2 -i 50ms --save "$T/saved" >&- 2>&- <&- || status=$?
	has_status 1
	# Whatever takes the number of standard output, it is not the saved file that reports go into.
	timeout "$limit" "$THREADSCOPE" replay "$T/saved" --json >"$T/out"
	valid interval-1
	status=0
	timeout "$limit" "$THREADSCOPE" snapshot --json -p "$pid" >"$T/out" 2>&- <&- || status=$?
	has_status 0
	valid snapshot-1
}

@test "SIGCHLD ignored by the parent: the command's exit status all the same" {
	status=0
	timeout "$limit" env --ignore-signal=CHLD "$THREADSCOPE" top -i 100ms -- sh -c 'exit 3' >"$T/out" 2>"$T/err" || status=$?
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
			timeout "$limit" env "$signals" sh -c "$show" >"$T/plain" 2>"$T/err"
			timeout "$limit" env "$signals" "$THREADSCOPE" top -i 10m -- sh -c '{ '"$show"'; } >"$0"' "$T/watched" >"$T/out" \
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
		bounded timeout "$limit" "$THREADSCOPE" top -c 1 -i 10ms -p "$pid" >"$T/out" 2>"$T/err"
	) || status=$?
	fails_with 4 'open.*ulimit -n'
	status=0
	(
		ulimit -n 128
		bounded timeout "$limit" "$THREADSCOPE" top --json -c 2 -i 10ms >"$T/out" 2>"$T/err"
	) || status=$?
	has_status 0
	equal length 2
}

within() { # KILOBYTES COMMAND ARGUMENT...
	status=0
	(
		ulimit -v "$1"
		bounded timeout "$limit" "$THREADSCOPE" "${@:2}" >"$T/out" 2>"$T/err" </dev/null
	) || status=$?
}

@test "too little memory: said so, wherever it ends, and nothing else is blamed" {
	local sizes=0
	need setpriv
	within unlimited top -c 1 -i 10ms
	has_status 0
	for size in 10 14 20 26 32 44; do
		within $((size * 1000)) top -c 1 -i 10ms
		[ "$status" -ne 0 ] || continue
		fails_with 1 'memory'
		sizes=$((sizes + 1))
	done
	[ "$sizes" -ge 3 ]
	within 12000 doctor
	has_status 4
	grep -Eq '^missing +kernel types .*allocate memory; remedy: .*ulimit -v' "$T/out"
}

@test "a terminal that knows no colours and no cursor gets plain text" {
	need script
	hold zombie
	for term in dumb ''; do
		TERM=$term timeout "$limit" script -qc "'$THREADSCOPE' top -c 2 -i 50ms -p $pid" "$T/typed" >"$T/out" </dev/null
		[ "$(grep -c ': 2 threads\|: 1 thread' "$T/out")" -ge 2 ]
		[ "$(grep -c $'\e' "$T/out")" -eq 0 ]
	done
	TERM=xterm timeout "$limit" script -qc "'$THREADSCOPE' top --batch -c 2 -i 50ms -p $pid" "$T/typed" >"$T/out" </dev/null
	[ "$(grep -c ': 2 threads\|: 1 thread' "$T/out")" -ge 2 ]
	[ "$(grep -c $'\e\\[H' "$T/out")" -eq 0 ]
}

@test "the terminal's interrupt key reaches a command once" {
	need script
	mkfifo "$T/keys"
	# It outlives threadscope, which ends it with SIGTERM (and the terminal, with SIGHUP): a signal more would come
	# before that. Without the file `up` it ends.
	# shellcheck disable=SC2016 # the inner shell's
	command='trap "" TERM HUP; trap "echo INT >>$0/got" INT; echo $PPID >$0/up
		while [ -e $0/up ]; do sleep 0.02; done; touch $0/down'
	launch /dev/null /dev/null sh -c 'exec script -qc "$0" /dev/null <"$1"' \
		"trap : INT; '$THREADSCOPE' top --batch -i 10m -- sh -c '$command' '$T'; true" "$T/keys"
	exec 4>"$T/keys"
	await test -s "$T/up"
	# Two signals that are pending at the same time would be one: threadscope gets on when its command has had its own.
	ts_pid=$(cat "$T/up")
	echo "$ts_pid" >>"$T/pids"
	kill -STOP "$ts_pid"
	await grep -q '^State:.T' "/proc/$ts_pid/status"
	printf '\003' >&4
	await test -s "$T/got"
	kill -CONT "$ts_pid"
	await gone "$launched"
	exec 4>&-
	rm "$T/up"
	await test -e "$T/down"
	[ "$(cat "$T/got")" = INT ]
}

@test "/proc or /sys not there, or of another PID namespace: said so, also by doctor" {
	need unshare
	hold zombie
	empty='mount -t tmpfs none "$0" && exec "$@"'
	within() { # COMMAND...
		status=0
		timeout "$limit" "$@" >"$T/out" 2>"$T/err" || status=$?
	}
	for command in "snapshot -p $pid" "top -c 1 -p $pid" 'snapshot -n zombie'; do
		# shellcheck disable=SC2086 # words
		within unshare --mount sh -c "$empty" /proc "$THREADSCOPE" $command
		fails_with 4 'mount -t proc'
	done
	within unshare --mount sh -c "$empty" /proc "$THREADSCOPE" doctor --json
	has_status 4
	expect 'any(.[0].checks[]; .name == "process list" and .state == "missing" and (.remedy | test("mount -t proc")))'
	within unshare --mount sh -c "$empty" /sys "$THREADSCOPE" top -c 1
	fails_with 4 'mount -t sysfs'
	within unshare --mount sh -c "$empty" /sys "$THREADSCOPE" doctor --json
	has_status 4
	valid doctor-1
	expect 'any(.[0].checks[]; .name == "kernel types" and .state == "missing" and (.remedy | test("mount -t sysfs")))'
	within unshare --pid --fork "$THREADSCOPE" snapshot -p "$pid"
	fails_with 4 'another PID namespace'
}

@test "root of a user namespace only: said so, also by doctor" {
	need unshare
	unshare -Ur true 2>/dev/null || skip 'no user namespaces here'
	hold zombie
	status=0
	timeout "$limit" unshare -Ur "$THREADSCOPE" snapshot -p "$pid" >"$T/out" 2>"$T/err" || status=$?
	fails_with 4 'user namespace'
	status=0
	timeout "$limit" unshare -Ur "$THREADSCOPE" doctor --json >"$T/out" 2>"$T/err" || status=$?
	has_status 4
	expect '[.[0].checks[] | select(.state == "missing") | .reason] |
		any(test("user namespace")) and (any(test("this kernel lacks it")) | not)' '.[0].checks'
}

@test "a ready file that is a pipe nobody reads: an error, no endless wait" {
	hold zombie
	mkfifo "$T/pipe"
	scope top -c 1 -i 10ms --ready-file "$T/pipe" -p "$pid"
	has_status 1
	says 'pipe'
}

@test "a snapshot of more processes than it takes: said so" {
	[ -z "${TS_GUEST:-}" ] || skip 'takes long where the CPU is emulated'
	ln -s "$(command -v sleep)" "$T/many-of-them"
	for _ in $(seq 65); do
		launch /dev/null /dev/null "$T/many-of-them" 1000
	done
	await eval '[ "$(grep -lx many-of-them /proc/[0-9]*/comm 2>/dev/null | wc -l)" -eq 65 ]'
	scope snapshot -n 'many-of-th?m'
	fails_with 2 '65 processes.* 64'
}

@test "a limit on the size of files: an error, no signal" {
	hold zombie
	for option in '--json' "--save $T/saved"; do
		status=0
		(
			ulimit -f 1
			# shellcheck disable=SC2086 # words
			timeout "$limit" "$THREADSCOPE" top -c 200 -i 1ms $option -p "$pid" >"$T/out" 2>"$T/err"
		) || status=$?
		has_status 1
		says 'File too large'
	done
}
