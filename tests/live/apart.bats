#!/usr/bin/env bats
# Each command in its processes: what each of them may, and what happens when one hangs or dies.
load common
load screen

NAMES=(chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
	net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin
	sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override
	mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore)

names() { # HEXADECIMAL: of the capabilities, in this order
	local bits=$((16#$1)) i
	for i in "${!NAMES[@]}"; do
		((bits >> i & 1)) && printf '%s ' "${NAMES[i]}"
	done
	echo
}

status_of() { # PID FIELD
	awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/status"
}

# The processes of threadscope that descend from one, itself included.
processes() { # PID
	local p
	echo "$1"
	for p in $(pgrep -P "$1"); do
		case $(cat "/proc/$p/comm" 2>/dev/null) in
		threadscope* | ts-*) processes "$p" ;;
		esac
	done
}

# What docs/security.md says of a process: its row in the table, the words in capitals without CAP_.
documented() { # NAME COMMAND-HAS
	grep "^| \`$1\` | $2 |" "$root/docs/security.md" | cut -d '|' -f 4 | grep -o 'CAP_[A-Z_]*' | sed 's/CAP_//' |
		tr '[:upper:]' '[:lower:]'
}

# Of a name with several rows, those that are named hold, else the one that always does; "also" adds to that.
wanted() { # NAME WHICH...
	local row with
	for with in "${@:2}"; do
		row=$(grep "^| \`$1\` | $with |" "$root/docs/security.md") || continue
		documented "$1" "$with"
		[[ "$row" = *"| also "* ]] || return 0
	done
	documented "$1" always
}

# Compares all of them with the table, as far as this shell has what it says.
as_documented() { # PID WHICH...
	local p name have want restricted=
	[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -le 2 ] || restricted='`kernel.perf_event_paranoid` above 2'
	for p in $(processes "$1"); do
		name=$(cat "/proc/$p/comm")
		have=$(names "$(status_of "$p" CapPrm)")
		want=" $(wanted "$name" "${@:2}" ${restricted:+"$restricted"} | sort -u | grep -Fx -f <(names "$(status_of $$ CapPrm)" | tr ' ' '\n') | tr '\n' ' ')"
		grep -q "^| \`$name\` | " "$root/docs/security.md"
		echo "$name ($p): has $have, and should have$want"
		[ "$(wc -w <<<"$have")" -eq "$(wc -w <<<"$want")" ]
		for capability in $have; do
			[[ "$want" = *" $capability "* ]]
		done
		[ "$(status_of "$p" CapEff)" = "$(status_of "$p" CapPrm)" ]
		[ "$((16#$(status_of "$p" CapBnd)))" -eq 0 ]
		[ "$((16#$(status_of "$p" CapInh)))" -eq 0 ]
		[ "$((16#$(status_of "$p" CapAmb)))" -eq 0 ]
		[ "$(status_of "$p" NoNewPrivs)" -eq 1 ]
	done
}

two_or_more() { # PID
	[ "$(processes "$1" | wc -l)" -ge 2 ]
}

@test "each process has the capabilities that are documented, and no more" {
	hold convoy
	for command in "top -i 200ms" "top --json -i 200ms" "logs -i 200ms" "events --json"; do
		# shellcheck disable=SC2086 # words
		trace $command -p "$pid"
		echo "$command"
		two_or_more "$ts_pid"
		with='`--ready-file`'
		[ "$command" != "events --json" ] || with='`events --ready-file`'
		as_documented "$ts_pid" "$with"
		[ -n "$(child_of "$(collector_of "$ts_pid")" ts-namespaces)" ]
		finish
	done
}

@test "with uprobes the collector has what they need" {
	[ -x "$WORKLOADS/go_panics" ] || skip 'needs a Go compiler'
	prepare go_panics
	trace events --json --panics -p "$pid"
	as_documented "$ts_pid" '`--panics`' '`events --ready-file`'
	finish
}

@test "who enters namespaces gives no answer, or is killed: only what is in others is missing" {
	need gcc
	gcc -D_GNU_SOURCE -I "$root/tests/workloads" -pthread -o "$T/sysv_ipc" "$root/tests/cases/sysv_ipc.c"
	launch "$T/ipc.out" "$T/ipc.err" "$T/sysv_ipc" queue # in an IPC namespace of its own
	pid=$launched
	await grep -q '^ready' "$T/ipc.out"
	for signal in KILL STOP; do
		trace top --json -i 100ms -p "$pid"
		await documents 2
		namespaces=$(child_of "$(collector_of "$ts_pid")" ts-namespaces)
		kill -"$signal" "$namespaces"
		await gone "$namespaces"
		await documents $(($(wc -l <"$T/out") + 3))
		finish
		known='[.threads[] | select(.name == "wants-it").wait.chain[]?.messages] == [16]'
		expect "(.[1] | $known) and (.[-1] | $known | not) and all(.interval_ns > 0)"
		expect '.[-1].threads | any(.name == "wants-it" and .wait.syscall == "msgsnd")'
		[ ! -s "$T/err" ]
	done
}

@test "each process of a screen has the capabilities that are documented, and no more" {
	hold convoy
	for command in "top -i 200ms -p $pid" "logs -i 200ms -p $pid" "top -i 200ms -- sleep 1000"; do
		# shellcheck disable=SC2086 # words
		session 140 40 "$THREADSCOPE" $command
		shows 'own cost' # of the first interval: all of them run
		viewer=$(viewer)
		[ "$(status_of "$viewer" CapPrm)" = 0000000000000000 ]
		if [[ "$command" = *sleep* ]]; then
			with='with a COMMAND'
			command_pid=$(child_of "$(collector_of "$viewer")" sleep)
			[ "$(status_of "$command_pid" CapPrm)" = "$(status_of $$ CapPrm)" ]
			[ "$(status_of "$command_pid" CapBnd)" = "$(status_of $$ CapBnd)" ]
			[ "$(status_of "$command_pid" NoNewPrivs)" = "$(status_of $$ NoNewPrivs)" ]
		else
			with=none
			keys "$(screen | grep -Eo '[0-9] events' | cut -c 1)"
			shows 'no event yet'
			[ "$(processes "$viewer" | wc -l)" -ge 8 ]
		fi
		echo "$command"
		as_documented "$viewer" "$with" none 'a screen'
		keys q
		shows 'ended with 0'
		tmux -S "$tmux_socket" kill-server
	done
}

in_other_folder() { # of a user and with a mode that only privileges get into
	place=$(mktemp -d "$T/other.XXXXXX")
	chown 65534 "$place"
	chmod 700 "$place"
}

@test "a screen writes where the user may, though its viewer may not" {
	in_other_folder
	hold convoy
	session 140 40 XDG_CONFIG_HOME="$place" "$THREADSCOPE" -i 100ms -p "$pid"
	shows 'own cost'
	keys w C-u
	keys -l "$place/kept"
	keys Enter
	shows "intervals? written to $place/kept"
	[ "$(stat -c '%a %u' "$place/kept")" = '600 0' ]
	keys i 1 7 0 m s Enter S
	shows "$place/threadscope/config"
	grep -q '^interval = 170ms' "$place/threadscope/config"
	keys q
	shows 'ended with 0'
	"$THREADSCOPE" replay --json "$place/kept" | jq -e .interval_ns
	echo nonsense >>"$place/threadscope/config"
	session 140 40 XDG_CONFIG_HOME="$place" "$THREADSCOPE" -p "$pid"
	shows "$place/threadscope/config: invalid line"
	keys q
	shows 'ended with 0'
}

@test "a screen whose starter is killed says that nothing follows, and stays" {
	hold convoy
	session 140 40 "$THREADSCOPE" -i 100ms -p "$pid"
	shows 'own cost'
	collector=$(collector_of "$(viewer)")
	kill -KILL "$(child_of "$(viewer)" ts-starter)"
	await gone "$collector"
	shows 'R restarts it'
	keys R
	shows 'cannot restart the collector'
	keys q
	shows 'ended with 0'
}

has_threads() { # COUNT
	[ "$(status_of "$pid" Threads)" -ge "$1" ]
}

# CPU time that the kernel has counted for all processes of threadscope, in ns.
spent() {
	local p sum=0 ns
	for p in $(processes "$ts_pid"); do
		read -r ns _ <"/proc/$p/schedstat"
		sum=$((sum + ns))
	done
	echo "$sum"
}

@test "the cost is that of all its processes" {
	local before after from to
	# The helper reads the memory of threads that run again and again.
	launch "$T/python.out" "$T/python.err" python3 -c 'import threading, time
def nap():
	while True:
		time.sleep(0.005)
for i in range(50):
	threading.Thread(target=nap).start()'
	pid=$launched
	await has_threads 51
	trace top --json -i 50ms -p "$pid"
	await documents 3
	from=$(wc -l <"$T/out")
	before=$(spent)
	await documents $((from + 60))
	to=$(wc -l <"$T/out")
	after=$(spent)
	finish
	echo "$from to $to: $((after - before)) ns"
	# An interval more or less may have passed between the two looks at each end.
	expect "[.[$from:$to][] | .cost.cpu_ns] | add | near($((after - before)); $(((after - before) / 5)))" \
		"[.[$from:$to][] | .cost.cpu_ns] | add"
}

@test "each process of a snapshot has the capabilities that are documented, and no more" {
	hold convoy
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot --json -c 1000 -i 100ms -p "$pid"
	ts_pid=$launched
	await documents 2
	two_or_more "$ts_pid"
	as_documented "$ts_pid" none
	finish
}

# ---- another collector -----------------------------------------------------------

is_another() { # COLLECTOR: than that one
	collector=$(collector_of "$ts_pid")
	[ -n "$collector" ] && [ "$collector" != "$1" ]
}

kill_collector() { # SIGNAL: to the one that there is, whose PID is $collector then
	collector=$(collector_of "$ts_pid")
	kill -"$1" "$collector"
}

intervals_of() { # RESTARTS: two of the collector that began after so many
	[ "$(grep "\"restarts\":$1}" "$T/out" | grep -vc '"interval_ns":0,')" -ge 2 ]
}

said() { # TIMES PATTERN: lines of standard error
	[ "$(grep -Ec -- "$2" "$T/err")" -eq "$1" ] || {
		echo "expected $1 of '$2', got:"
		cat "$T/err"
		return 1
	}
}

@test "a collector that is killed: another one goes on, with totals of its own" {
	hold convoy
	for command in "top --save $T/saved" logs; do
		# shellcheck disable=SC2086 # words
		launch "$T/out" "$T/err" "$THREADSCOPE" $command --json -i 100ms -p "$pid"
		ts_pid=$launched
		await documents 3
		for i in 1 2; do
			kill_collector KILL
			await intervals_of "$i"
		done
		as_documented "$ts_pid" none
		kill -INT "$ts_pid"
		ended
		echo "$command"
		has_status 1
		said 2 'the collector was killed by signal 9.*; another one is started'
		said 2 'another collector is attached: what happened in the .* before is missing, all totals begin anew'
		[ "$(wc -l <"$T/err")" -eq 4 ]
		valid "$([ "$command" = logs ] && echo logs-1 || echo interval-1)"
		expect '[.[] | .cost.restarts // 0] | . == sort and unique == [0, 1, 2]'
		# Its totals begin where it attached.
		expect 'group_by(.cost.restarts // 0) | length == 3 and all(.[0].watched_ns == .[0].interval_ns)'
		[ "$command" != logs ] || continue
		# What is saved goes on, and shows the same.
		"$THREADSCOPE" replay --json "$T/saved" | jq -c '[.time, .watched_ns, .cost.restarts]' >"$T/again"
		grep -v '"interval_ns":0,' "$T/out" | jq -c '[.time, .watched_ns, .cost.restarts]' | cmp - "$T/again"
	done
}

@test "a collector that is stopped: another one goes on" {
	hold convoy
	trace top -i 100ms -p "$pid"
	await test -s "$T/out"
	kill_collector STOP
	await grep -q 'restarted 1 time, totals since then' "$T/out"
	await gone "$collector"
	kill -INT "$ts_pid"
	ended
	has_status 1
	said 1 'the collector has not answered for 5 s, stopped by a signal.*; another one is started'
}

@test "collectors that are killed again and again: the run ends" {
	hold convoy
	trace top --json -i 100ms -p "$pid"
	await documents 1
	for i in 1 2 3; do
		kill_collector KILL
		await is_another "$collector"
	done
	kill -KILL "$collector"
	ended
	has_status 1
	said 3 'the collector was killed by signal 9.*; another one is started'
	said 1 'the collector was killed by signal 9.*; nothing follows'
}

@test "a collector that is killed: -c counts the intervals of all" {
	hold convoy
	trace top --json -i 100ms -c 12 -p "$pid"
	await documents 3
	kill_collector KILL
	ended
	has_status 1
	expect 'length == 12 and .[-1].cost.restarts == 1'
}

# Whoever reads memory that does not come: the helper of $collector, from now on.
hung_helper() {
	local found
	found=$(grep -ls handle_userfault /proc/[0-9]*/wchan) || return 1
	helper=${found#/proc/} helper=${helper%%/*}
	grep -qx 'threadscope-fil' "/proc/$helper/comm" || return 1
	collector=$(status_of "$helper" PPid)
}

@test "a collector that is killed while it reads memory: the next one does without" {
	need gcc
	grep -q ' handle_userfault$' /proc/kallsyms || skip 'a kernel without userfaultfd'
	gcc -D_GNU_SOURCE -I "$root/tests/workloads" -pthread -o "$T/silent_memory" "$root/tests/cases/silent_memory.c"
	launch "$T/silent.out" "$T/silent.err" "$T/silent_memory" handler stack
	pid=$launched
	await grep -q '^ready' "$T/silent.out"
	launch "$T/out" "$T/err" "$THREADSCOPE" top --json -i 100ms -p "$pid"
	ts_pid=$launched
	await hung_helper
	kill -KILL "$collector"
	await gone "$helper"
	await intervals_of 1
	run hung_helper
	[ "$status" -eq 1 ]
	kill -INT "$ts_pid"
	ended
	has_status 1
	said 1 "killed by signal 9 while it read process $pid; another one is started, which does not read the memory of process $pid\$"
	# Threads and their waits are the kernel's to say.
	expect '.[-1] | (.threads | length == 3 and all(.stack == null or .stack == [])) and
		.processes[0].unanswered == 1 and .lost.memory == 1' '.[-1] | .processes, .lost, .threads'
}

@test "no other collector can be started: the run ends with the one that there is" {
	hold convoy
	trace top --json -i 100ms -p "$pid"
	await documents 1
	starter=$(child_of "$ts_pid" ts-starter)
	kill -KILL "$starter"
	await test ! -e "/proc/$starter/root"
	await documents $(($(wc -l <"$T/out") + 2))
	kill_collector KILL
	ended
	has_status 1
	says 'killed by signal 9.*; nothing follows'
}

@test "a target that ended beside its collector: no other process takes its place" {
	hold convoy
	trace top --json -i 100ms -p "$pid"
	await documents 1
	kill -STOP "$ts_pid"
	kill_collector KILL
	kill -KILL "$pid"
	await gone "$pid"
	kill -CONT "$ts_pid"
	ended
	has_status 1
	said 1 'another one is started'
	said 1 "no such process: $pid"
}

@test "a collector of a snapshot that is killed: said, and what came is shown" {
	hold convoy
	launch "$T/out" "$T/err" "$THREADSCOPE" snapshot -c 1000 -i 100ms -p "$pid"
	ts_pid=$launched
	await grep -q 'snapshot 2 of' "$T/out"
	kill -KILL "$(collector_of "$ts_pid")"
	ended
	has_status 1
	says 'collector was killed by signal 9'
	grep -q 'threads: waiting\|thread: waiting' "$T/out" # the last one in full
}

@test "a collector that gives no answer: a signal ends the run all the same" {
	hold convoy
	for command in "top -i 100ms" "logs -i 100ms" "snapshot -c 1000 -i 100ms"; do
		rm -f "$T/out"
		# shellcheck disable=SC2086 # words
		launch "$T/out" "$T/err" "$THREADSCOPE" $command -p "$pid"
		ts_pid=$launched
		await test -s "$T/out"
		collector=$(collector_of "$ts_pid")
		kill -STOP "$collector"
		await grep -q '^State:.T' "/proc/$collector/status"
		kill -INT "$ts_pid"
		ended
		echo "$command"
		has_status 1
		says 'collector has not answered'
		await gone "$collector"
	done
}

@test "the viewer is killed: nothing of threadscope is left, also after its collector" {
	hold convoy
	for killed in 0 1; do
		trace top --json -i 100ms -p "$pid"
		await documents 1
		[ "$killed" -eq 0 ] || kill_collector KILL
		[ "$killed" -eq 0 ] || await intervals_of 1
		processes "$ts_pid" >"$T/all"
		two_or_more "$ts_pid"
		kill -KILL "$ts_pid"
		while read -r p; do
			await gone "$p"
		done <"$T/all"
	done
}

@test "the command ends with a collector that is killed" {
	launch "$T/out" "$T/err" "$THREADSCOPE" top --json -i 100ms --ready-file "$T/attached" -- sleep 1000
	ts_pid=$launched
	await documents 1
	collector=$(collector_of "$ts_pid")
	command_pid=$(pgrep -x -P "$collector" sleep)
	kill -KILL "$collector"
	ended
	has_status 1
	await gone "$command_pid"
}
