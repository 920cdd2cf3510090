#!/usr/bin/env bash
# What being watched costs: prints Markdown tables. Needs root.
#   run.sh            all tables
#   run.sh TABLE...   some of: writes futex unrelated calls own
# Each row alternates untraced and traced runs (pairs), and compares the
# medians. Absolute figures drift with the machine; the ratios are the point.
#
#   THREADSCOPE  the program (build/threadscope)
#   WORKLOADS    where the workloads are (build/tests)
#   BENCH_PAIRS  pairs of runs a row (5)
#   BENCH_MS     length of one run (1000)
set -euo pipefail
# shellcheck source=tests/bench/common.bash
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"
pairs=${BENCH_PAIRS:-5}
ms=${BENCH_MS:-1000}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# ---- the programs measured ----

start_workload() { # NAME OPTION...
	rm -f "$T"/w.*
	local where=()
	[ "$1" != write_loop ] || where=(--path "$log")
	"$WORKLOADS/$1" --up "$T/w.up" --go "$T/w.go" --ready "$T/w.ready" "${@:2}" "${where[@]}" >/dev/null &
	workload=$!
	await test -e "$T/w.up"
}

rate_of_workload() { # lets it run; operations per second
	touch "$T/w.go"
	await test -e "$T/w.ready"
	await gone "$workload"
	sed 's/.*"per_s":\([0-9.]*\).*/\1/' "$T/w.ready"
	echo
}

# ---- the tools: start_TOOL PID CALL, on return it is attached ----

start_threadscope() {
	rm -f "$T/attached"
	"$THREADSCOPE" top -p "$1" --ready-file "$T/attached" >/dev/null &
	tool=$!
	await test -e "$T/attached"
}

start_threadscope_all() {
	rm -f "$T/attached"
	"$THREADSCOPE" top --ready-file "$T/attached" >/dev/null &
	tool=$!
	await test -e "$T/attached"
}

start_threadscope_calls() {
	rm -f "$T/attached"
	"$THREADSCOPE" top --batch --calls -p "$1" --ready-file "$T/attached" >/dev/null &
	tool=$!
	await test -e "$T/attached"
}

# What any tool on the system call tracepoints pays before it does a thing.
start_empty() {
	attach empty
}

# What any that times the watched call pays before it asks whose it is.
start_timed() {
	attach timed
}

attach() { # PROGRAMS
	: >"$T/attached"
	"$WORKLOADS/attach" "$WORKLOADS/$1.bpf.o" >"$T/attached" &
	tool=$!
	await grep -q attached "$T/attached"
}

start_bpftrace() {
	bpftrace -e "
		tracepoint:syscalls:sys_enter_$2 /pid == $1/ { @start[tid] = nsecs; }
		tracepoint:syscalls:sys_exit_$2 /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }
		interval:ms:100 { printf(\"attached\\n\"); }" >"$T/bpftrace" &
	tool=$!
	await bpftrace_is_attached
}

bpftrace_is_attached() { # the interval's probe may be the first of all
	[ "$(grep -c attached "$T/bpftrace")" -ge 3 ]
}

start_perf() {
	perf trace -s -e "$2" -p "$1" -o /dev/null &
	tool=$!
	await perf_is_attached
}

perf_is_attached() { # its events are open, and it waits for them
	find "/proc/$tool/fd" -lname 'anon_inode:\[perf_event\]' | grep -q . && grep -q '^State:.S' "/proc/$tool/status"
}

start_strace() {
	strace -f -c -o /dev/null -p "$1" 2>/dev/null &
	tool=$!
	await grep -q '^TracerPid:.[1-9]' "/proc/$1/status"
}

stop_tool() {
	kill -TERM "$tool" 2>/dev/null || :
	await gone "$tool"
	wait "$tool" 2>/dev/null || :
}

installed() { # TOOL
	case $1 in
	threadscope*) [ -x "$THREADSCOPE" ] ;;
	empty | timed) [ -e "$WORKLOADS/$1.bpf.o" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

label() { # TOOL CALL
	case $1 in
	threadscope) echo 'threadscope top -p' ;;
	threadscope_calls) echo 'threadscope top --calls -p' ;;
	threadscope_all) echo 'threadscope top, every process' ;;
	empty) echo 'BPF programs that return at once' ;;
	timed) echo 'BPF programs that only time the call' ;;
	bpftrace) echo "bpftrace, histogram of $2 latency" ;;
	perf) echo "perf trace -s -e $2" ;;
	strace) echo 'strace -f -c' ;;
	esac
}

# ---- figures ----

# One row: the workload untraced and traced, in turn. TARGET: the workload itself
# is watched; else another process is.
row() { # TOOL CALL TARGET WORKLOAD OPTION...
	local tool_name=$1 call=$2 target=$3 i
	shift 3
	if ! installed "$tool_name"; then
		echo "| $(label "$tool_name" "$call") | not installed | | | |"
		return
	fi
	: >"$T/untraced"
	: >"$T/traced"
	for ((i = 0; i < pairs; i++)); do
		start_workload "$@"
		rate_of_workload >>"$T/untraced"
		start_workload "$@"
		"start_$tool_name" "${target:-$workload}" "$call" 2>"$T/errors" || die "$tool_name: $(head -n 1 "$T/errors")"
		rate_of_workload >>"$T/traced"
		stop_tool
	done
	paste "$T/untraced" "$T/traced" | awk '{ print $1 / $2 }' | sort -n >"$T/ratios"
	printf '| %s | %.0f | %.0f | **%.2f** | %.2f-%.2f |\n' "$(label "$tool_name" "$call")" \
		"$(median <"$T/untraced")" "$(median <"$T/traced")" \
		"$(awk -v a="$(median <"$T/untraced")" -v b="$(median <"$T/traced")" 'BEGIN { print a / b }')" \
		"$(head -n 1 "$T/ratios")" "$(tail -n 1 "$T/ratios")"
}

table() { # TITLE
	printf '\n%s\n\n| watched by | untraced /s | watched /s | slow-down | range of the pairs |\n|---|---|---|---|---|\n' "$1"
}

bench_writes() {
	table '(a) A loop of 120-byte appends to a file in memory'
	log=$(mktemp -p /dev/shm bench.XXXXXX)
	for t in threadscope timed empty bpftrace perf strace; do
		row "$t" write '' write_loop --ms "$ms"
	done
	rm -f "$log"
	log=$(mktemp -p /var/tmp bench.XXXXXX)
	table "(a) The same to a file on $(stat -f -c %T "$log")"
	for t in threadscope timed empty bpftrace; do
		row "$t" write '' write_loop --ms "$ms"
	done
	rm -f "$log"
}

bench_futex() {
	table "(b) Two threads that wake each other through futexes"
	for t in threadscope bpftrace perf strace; do
		row "$t" futex '' pingpong --ms "$ms"
	done
}

bench_unrelated() {
	table "(c) A loop of getppid() in a process that is not watched, while another one is"
	"$WORKLOADS/zombie" --ready "$T/idle.ready" >/dev/null &
	idle=$!
	await test -e "$T/idle.ready"
	for t in threadscope threadscope_all empty bpftrace; do
		row "$t" write "$idle" getppid_loop --ms "$ms"
	done
	kill "$idle"
	idle=
}

# Without --calls its programs are not loaded: the first row of each table is what anybody else pays.
bench_calls() {
	table '(j) A loop of stat() in a watched process: without and with --calls'
	for t in threadscope threadscope_calls; do
		row "$t" newfstatat '' getppid_loop --ms "$ms" --path /etc
	done
	table '(j) A loop of getppid() in a process that is not watched'
	"$WORKLOADS/zombie" --ready "$T/idle.ready" >/dev/null &
	idle=$!
	await test -e "$T/idle.ready"
	for t in threadscope threadscope_calls; do
		row "$t" getppid "$idle" getppid_loop --ms "$ms"
	done
	kill "$idle"
	idle=
}

# ---- the cost of threadscope itself ----

cpu_ms() { # PID: user and system time so far
	awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) * 1000 / hz }' "/proc/$1/stat"
}

own_row() { # LABEL THREADSCOPE-OPTION...
	local label=$1 before after began
	shift
	rm -f "$T/attached"
	"$THREADSCOPE" top -i 1s "$@" --ready-file "$T/attached" >"$T/own" 2>/dev/null &
	tool=$!
	await test -e "$T/attached"
	await grep -q . "$T/own"
	before=$(cpu_ms "$tool") began=$(date +%s%N)
	sleep $((pairs * 2))
	after=$(cpu_ms "$tool")
	printf '| %s | %.2f %% | %.1f MiB |\n' "$label" \
		"$(awk -v ms="$((after - before))" -v ns="$(($(date +%s%N) - began))" 'BEGIN { print ms * 1e8 / ns }')" \
		"$(awk '/^VmRSS:/ { print $2 / 1024 }' "/proc/$tool/status")"
	stop_tool
}

bench_own() {
	printf '\n(d) The cost of threadscope itself\n\n| command | of one core | resident |\n|---|---|---|\n'
	"$WORKLOADS/many_threads" --threads 49 --ready "$T/idle.ready" >/dev/null &
	idle=$!
	await test -e "$T/idle.ready"
	own_row 'top -p, 50 idle threads' --json -p "$idle"
	local i began took
	for ((i = 0; i < pairs; i++)); do
		rm -f "$T/attached"
		began=$(date +%s%N)
		"$THREADSCOPE" top --json -p "$idle" --ready-file "$T/attached" >/dev/null &
		tool=$!
		await test -e "$T/attached"
		echo "$(($(date +%s%N) - began)) $(cpu_ms "$tool")" >>"$T/attach"
		stop_tool
		began=$(date +%s%N)
		"$THREADSCOPE" snapshot --json -p "$idle" >/dev/null
		took=$((($(date +%s%N) - began) / 1000))
		echo "$took" >>"$T/snapshot_us"
	done
	printf '| top -p, 50 idle threads: start to attached %.0f ms, %.0f ms of CPU | | |\n' \
		"$(awk '{ print $1 / 1000000 }' "$T/attach" | median)" "$(awk '{ print $2 }' "$T/attach" | median)"
	printf '| snapshot -p, 50 idle threads: start to end %.0f ms | | |\n' "$(median <"$T/snapshot_us" | awk '{ print $1 / 1000 }')"
	kill "$idle"
	idle=
	crowd=()
	for ((i = 0; i < 300; i++)); do
		"$WORKLOADS/many_threads" --threads 9 --ready "$T/crowd.$i" >/dev/null &
		crowd+=($!)
	done
	for ((i = 0; i < 300; i++)); do
		await test -e "$T/crowd.$i"
	done
	own_row 'top, 300 more processes with 3,000 threads'
	own_row 'the same, --json: 1 MB per second' --json
	kill "${crowd[@]}"
	crowd=()
}

clean_up() {
	local p
	for p in "${tool:-}" "${workload:-}" "${idle:-}" "${crowd[@]}"; do
		[ -z "$p" ] || kill -KILL "$p" 2>/dev/null || :
	done
	rm -rf "$T" "${log:-$T}"
}

main() {
	local tables=("$@") t
	[ ${#tables[@]} -gt 0 ] || tables=(writes futex unrelated calls own)
	[ "$(id -u)" -eq 0 ] || die 'needs root'
	[ -x "$THREADSCOPE" ] || die "$THREADSCOPE is missing: build it first"
	[ -x "$WORKLOADS/write_loop" ] || die "$WORKLOADS/write_loop is missing: build the tests first"
	# The peers want debugfs where it is not always mounted: in a mount namespace of our own it is.
	if [ ! -d /sys/kernel/debug/tracing/events ] && [ -z "${BENCH_UNSHARED:-}" ]; then
		export BENCH_UNSHARED=1
		# shellcheck disable=SC2016 # the inner shell's own words
		exec unshare -m sh -c 'mount -t debugfs none /sys/kernel/debug && mount -t tracefs none /sys/kernel/tracing; exec "$0" "$@"' \
			bash "${BASH_SOURCE[0]}" "$@"
	fi
	crowd=()
	T=$(mktemp -d)
	trap clean_up EXIT
	trap 'exit 130' INT TERM
	echo "Linux $(uname -r), $(nproc) CPUs, medians of $pairs pairs of runs of $ms ms"
	for t in "${tables[@]}"; do
		declare -F "bench_$t" >/dev/null || die "no table '$t' (writes futex unrelated calls own)"
		"bench_$t"
	done
}

main "$@"
