# shellcheck shell=bash
# Helpers of the live tests. Each test runs threadscope on a workload whose
# figures are known; bats, jq and coreutils are all they need, so they run in
# the kernel matrix's guests, too. Nothing here sleeps for a guessed time.
#
#   THREADSCOPE       the program (build/threadscope)
#   WORKLOADS         where the workloads are (build/tests)
#   TS_TIMEOUT_SCALE  slow machines: all time limits times this
#   TS_GUEST          set in a kernel matrix guest: smaller amounts of work

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
THREADSCOPE=$(realpath "${THREADSCOPE:-$root/build/threadscope}")
WORKLOADS=${WORKLOADS:-$root/build/tests}
scale=${TS_TIMEOUT_SCALE:-1}
limit=$((120 * scale)) # seconds for a run of threadscope that ends by itself
T=$BATS_TEST_TMPDIR
export LC_ALL=C

setup() {
	: >"$T/pids"
	[ -x "$THREADSCOPE" ] || skip "$THREADSCOPE is not built"
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
}

teardown() {
	kill_all
}

kill_all() {
	local p
	if [ -e "$T/mounts" ]; then
		xargs -r umount <"$T/mounts"
	fi
	[ -e "$T/pids" ] || return 0
	disown -a # bash says nothing of their end
	while read -r p; do
		kill -KILL "$p" 2>/dev/null || :
		await gone "$p"
	done <"$T/pids"
}

# Until a command succeeds, or the time limit fails the test. That one is generous: a wait is short where the
# machine is idle, and long only where it is busy.
await() {
	local end=$((SECONDS + ${patience:-90} * scale))
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS > end)); then
			echo "gave up waiting for: $*"
			return 1
		fi
		sleep 0.02
	done
}

# Starts it with its standard input open; $pid is the process that said "ready PID".
start_open() { # COMMAND...
	rm -f "$T/in" "$T/said" && mkfifo "$T/in" && exec 7<>"$T/in"
	"$@" <"$T/in" >"$T/said" 2>"$T/said.err" 3>&- 7>&- &
	echo $! >>"$T/pids"
	await grep -qs '^ready' "$T/said"
	pid=$(awk '/^ready/ { print $2 }' "$T/said")
	echo "$pid" >>"$T/pids"
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# launch OUT ERR COMMAND...: in the background, killed after the test; PID in $launched.
# A shell's background commands ignore SIGINT; these do not, nor what nohup ignores.
launch() {
	local out=$1 err=$2
	shift 2
	env --default-signal=HUP,INT,QUIT "$@" >"$out" 2>"$err" </dev/null 3>&- &
	launched=$!
	echo "$launched" >>"$T/pids"
}

# ---- workloads -----------------------------------------------------------
# $pid is the workload, $facts the file with the JSON that it says of itself.

run_workload() { # NAME OPTION...
	[ -x "$WORKLOADS/$1" ] || skip "$WORKLOADS/$1 is not built"
	W=$T/$1${instance:-}
	facts=$W.ready
	rm -f "$W".{ready,up,go,stop} # of one before it
	launch "$W.out" "$W.err" "$WORKLOADS/$1" --ready "$W.ready" "${@:2}"
	pid=$launched
}

# On return it is in its known state, and stays in it.
hold() { # NAME OPTION...
	run_workload "$@"
	await test -e "$facts"
}

# On return it waits for `go`.
prepare() { # NAME OPTION...
	W=$T/$1${instance:-}
	run_workload "$@" --up "$W.up" --go "$W.go" --stop "$W.stop"
	await test -e "$W.up"
}

# Until the known state is so old that "since when" cannot be right by chance.
aged() {
	local until=$(($(date +%s) + 3))
	await later_than $until
}

later_than() {
	[ "$(date +%s)" -ge "$1" ]
}

# Lets a prepared workload do its work, and waits until it is done.
go() {
	touch "$W.go"
	await test -e "$facts"
}

stop_workload() {
	touch "$W.stop"
	await gone "$pid"
}

fact() { # JQ-FILTER
	jq -r "$1" "$facts"
}

# ---- threadscope -----------------------------------------------------------
# Standard output goes to $T/out, standard error to $T/err.

# Options for a guest, whose CPU time passes also while its host gives it no CPU.
patient() { # COMMAND
	case ${TS_GUEST:+$1} in
	snapshot | top | logs | events) names=(--names-time 60s) ;;
	esac
}

# In the background; on return all probes are attached.
trace() { # COMMAND ARGUMENT...
	local names=()
	patient "$1"
	rm -f "$T/attached"
	launch "$T/out" "$T/err" "$THREADSCOPE" "$1" --ready-file "$T/attached" "${names[@]}" "${@:2}"
	ts_pid=$launched
	await attached_or_ended
	if [ ! -e "$T/attached" ]; then
		echo "threadscope $* ended before it was attached:"
		cat "$T/err"
		return 1
	fi
}

attached_or_ended() {
	[ -e "$T/attached" ] || gone "$ts_pid"
}

# Its end, by itself; the exit status goes to $status.
ended() {
	await gone "$ts_pid"
	status=0
	wait "$ts_pid" || status=$?
}

# Ends it with a signal and expects it to end well.
finish() { # [SIGNAL]
	kill -"${1:-INT}" "$ts_pid"
	ended
	if [ "$status" -ne 0 ]; then
		echo "exit status $status after SIG${1:-INT}"
		cat "$T/err"
		return 1
	fi
}

# A run of `events` that lost none, by a function that makes one. In a guest whose host is busy a CPU may stand
# still for longer than the kernel waits for a ring buffer's lock (250 ms, from 6.15 on): an event is
# lost, and said to be, so once more. Elsewhere nothing excuses a loss.
losing_nothing() { # FUNCTION ARGUMENT...
	local try
	for try in 1 2 3 4 5; do
		"$@"
		! grep -q 'lost: 0 events' "$T/err" || return 0
		echo "run $try lost events:"
		cat "$T/err"
		[ -n "${TS_GUEST:-}" ] || break
	done
	return 1
}

# In the foreground with a time limit; for `snapshot`, `doctor` and errors.
scope() { # ARGUMENT...
	local names=()
	patient "$1"
	status=0
	timeout -s KILL "$limit" "$THREADSCOPE" "$1" "${names[@]}" "${@:2}" >"$T/out" 2>"$T/err" </dev/null 3>&- || status=$?
}

# `scope`, and status 0.
scope_well() { # ARGUMENT...
	scope "$@"
	has_status 0
}

has_status() { # STATUS...
	local s
	for s in "$@"; do
		[ "$status" -ne "$s" ] || return 0
	done
	echo "exit status $status, expected $*; standard error:"
	cat "$T/err"
	return 1
}

# Standard error is one line, a sentence that matches the pattern.
says() { # [PATTERN]
	if [ "$(wc -l <"$T/err")" -ne 1 ] || ! grep -Eqi -- "${1:-.}" "$T/err"; then
		echo "expected one line that matches '${1:-.}', got:"
		cat "$T/err"
		return 1
	fi
}

fails_with() { # STATUS [PATTERN]
	has_status "$1"
	says "${2:-}"
	[ ! -s "$T/out" ] || {
		echo "expected nothing on standard output, got:"
		head -c 1000 "$T/out"
		return 1
	}
}

silent() {
	[ ! -s "$T/err" ] || {
		echo "expected nothing on standard error, got:"
		cat "$T/err"
		return 1
	}
}

# ---- JSON ------------------------------------------------------------------
# In filters: the input is the array of all documents in $T/out, $w what the
# workload says of itself, $pid its PID. The first look of top (interval_ns is 0)
# has a test of its own, and counts nowhere else.

definitions='
def total(f): [.[] | f] | add // 0;
def process: .processes[] | select(.pid == $pid);
def file(p): .files[] | select(.pid == $pid and .path == p);
def epoch_ns: ((.[0:19] + "Z" | fromdate) + ("0" + .[19:-1] | tonumber)) * 1000000000;
def since_ns(d): (d.time | epoch_ns) - .duration_ns;
def near(x; allowed): (. - x) | (if . < 0 then -. else . end) <= allowed;
# As the workload says of itself: its call began between a first time and the announcement (clocks in ns)...
def began(first): (if env.TS_GUEST then 2e9 else 5e8 end) as $slack |
	. >= first - $slack and . <= $facts[0].at_ns + $slack;
# ...its calls took at least and at most so long (12.5 %: the width of a bucket); so many took ns or more.
def within(least; most): . >= least * 0.875 - 1000000 and . <= most * 1.125 + 1000000;
def as_measured(figure): within($facts[0].least[figure]; $facts[0][figure]);
def surely_took(ns): [$facts[0].least.all_ns[] | select(. >= ns)] | length;
def maybe_took(ns): [$facts[0].all_ns[] | select(. >= ns)] | length;
def functions: [.stack[] | if type == "string" then . else .function end];
def calls(names): functions | . as $f | any(range(length); $f[.:. + (names | length)] == names);
def no_losses: [.[] | .lost[]] | all(. == 0);
'

query() { # FILTER
	local known=$T/unknown
	: >"$known"
	[ ! -s "${facts:-}" ] || known=$facts
	jq -s -c --slurpfile facts "$known" --argjson pid "${pid:-null}" \
		"$definitions"' $facts[0] as $w | map(select(.interval_ns != 0)) | '"$1" "$T/out"
}

# Passes if the filter gives true.
expect() { # FILTER [FILTER TO SHOW ON FAILURE]
	local got
	got=$(query "$1") || :
	[ "$got" = true ] || {
		echo "not true: $1"
		[ "$got" = false ] || echo "but: $got"
		query "${2:-.[-1]}" 2>&1 | head -c 3000
		[ ! -s "${facts:-}" ] || tail "$facts"
		return 1
	}
}

equal() { # FILTER FILTER
	local a b
	a=$(query "$1") || :
	b=$(query "$2") || :
	[ -z "$a" ] || [ "$a" != "$b" ] || return 0
	echo "$1: $a"
	echo "$2: $b"
	return 1
}

# At least one document in $T/out for which the filter is true.
shows() { # FILTER
	[ "$(query "any(.[]; $1)" 2>/dev/null)" = true ]
}

documents() { # at least N lines are there
	[ "$(grep -vc '"interval_ns":0,' "$T/out")" -ge "$1" ]
}

# Checks real output against its schema, where that can be done.
valid() { # SCHEMA
	if [ -n "${TS_GUEST:-}" ] || [ ! -e "$root/tests/schema-check.py" ]; then return 0; fi
	python3 "$root/tests/schema-check.py" "$root/docs/schema/$1.json" "$T/out"
}

# ---- what is left -----------------------------------------------------------

bpf_programs() { # IDs of those that no process holds
	bpftool -j prog show 2>/dev/null | jq -r '.[] | select(.pids == null) | .id' | sort
}

pinned_objects() {
	find /sys/fs/bpf -mindepth 1 2>/dev/null | sort
}

remember_bpf() {
	bpf_programs >"$T/programs.before"
	pinned_objects >"$T/pinned.before"
}

nothing_left() {
	new_bpf >"$T/programs.last"
	await no_new_bpf
	[ -z "$(find "$T" -name 'attached?*')" ] # a ready file half made
}

new_bpf() {
	bpf_programs | grep -vxFf "$T/programs.before" || :
}

# What another program loads or frees while bpftool looks seems to have no holder, too; what is left is there at
# the next look.
no_new_bpf() {
	new_bpf >"$T/programs.now"
	comm -12 "$T/programs.last" "$T/programs.now" >"$T/programs.left"
	mv "$T/programs.now" "$T/programs.last"
	[ ! -s "$T/programs.left" ] && ! pinned_objects | grep -qvxFf "$T/pinned.before"
}

# ---- the rest ----------------------------------------------------------------

# The first child of a process, of this name or, if none is given, not one of threadscope's own.
child_of() { # PID [NAME]
	grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status | while IFS=/ read -r _ _ p _; do
		grep -qsEx -- "${2:-(ts|threadscope)-.*}" "/proc/$p/comm" && own=true || own=false
		[ "$own" = "${2:+true}" ] || [ "$own$2" = false ] || continue
		echo "$p"
		break
	done
}

# The process of threadscope that has the probes; a screen's, and a later one of text, has another one between.
collector_of() { # PID
	local starter collector
	starter=$(child_of "$1" ts-starter)
	[ -z "$starter" ] || collector=$(child_of "$starter" ts-collector)
	echo "${collector:-$(child_of "$1" ts-collector)}"
}

need() { # COMMAND...
	local c
	for c in "$@"; do
		command -v "$c" >/dev/null || skip "$c is not installed"
	done
}

# Less work where the CPU is emulated.
amount() { # ON-HOST IN-GUEST
	if [ -n "${TS_GUEST:-}" ]; then echo "$2"; else echo "$1"; fi
}
