#!/usr/bin/env bats
# Real servers under load: nothing lost, memory flat, and counts equal to
# independent ones: strace's in a second run of the same work, and the kernel's
# own (syscw in /proc/PID/io: write calls, without sends and syncs) in the same run.
# About 10 s each; TS_LONG=1: 60 s.
load common
load postgres

setup_file() {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
}

load_seconds=10
[ -z "${TS_LONG:-}" ] || load_seconds=60

# strace's names of the calls that threadscope counts
write_calls=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg
sync_calls=fsync,fdatasync,sync_file_range,msync

# ---- what threadscope and others counted ----

seen_writes() { query 'total(.processes[] | .writes.count)'; }
seen_socket_writes() { query 'total(.files[] | select(.kind == "socket") | .writes)'; }
seen_syncs() { query 'total(.processes[] | .fsyncs.count)'; }

strace_server() { # COMM
	local p options=()
	for p in $(pgrep -x "$1"); do
		options+=(-p "$p")
	done
	launch /dev/null "$T/strace.err" strace -f -c -o "$T/strace" -e "trace=$write_calls,$sync_calls" "${options[@]}"
	strace_pid=$launched
	for p in $(pgrep -x "$1"); do
		await straced "$p"
	done
}

straced() {
	local f
	for f in "/proc/$1/task/"*/status; do
		if grep -q '^TracerPid:.0$' "$f"; then return 1; fi
	done
}

strace_counts() { # CALL,...
	kill -INT "$strace_pid" 2>/dev/null || :
	await gone "$strace_pid"
	awk -v calls=",$1," 'index(calls, "," $NF ",") { n += $4 } END { print n + 0 }' "$T/strace"
}

same() { # WHAT A B
	echo "$1: $2 and $3"
	[ "$2" = "$3" ]
}

memory_is_flat() {
	# From the second third on: what is allocated once is allocated by then, but for
	# the names of the first slow call, which may come at any time: one step is left out
	expect '.[length / 3 | floor:] | map(.cost.rss_bytes)
		| length > 3 and
		([.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | sort) as $steps
		| ($steps[:-1] | add) <= .[0] * 0.15 + 2000000 and $steps[-1] <= 20000000' \
		'map(.cost.rss_bytes)'
}

nothing_lost() {
	expect 'no_losses' 'map(.lost)'
}

# ---- redis ----

start_redis() { # OPTION...
	need redis-server redis-benchmark redis-cli pgrep strace
	mkdir -p "$T/redis"
	# A name of its own, so that other servers on the machine do not count
	ln -sf "$(command -v redis-server)" "$T/ts-redis"
	launch "$T/redis.log" "$T/redis.err" "$T/ts-redis" --port 0 --unixsocket "$T/redis.sock" --dir "$T/redis" --save '' "$@"
	server=$launched
	pid=$server
	await redis-cli -s "$T/redis.sock" ping
	await settled ts-redis
}

# SET commands that the server says it has served.
redis_sets() {
	redis-cli -s "$T/redis.sock" info commandstats | sed -n 's/^cmdstat_set:calls=\([0-9]*\),.*/\1/p'
}

@test "redis, one client, an fsync per command: counts equal strace's" {
	start_redis --appendonly yes --appendfsync always
	trace top --json -i 1s -n ts-redis
	redis-benchmark -s "$T/redis.sock" -c 1 -n 2000 -t set -q >/dev/null
	await settled ts-redis
	finish
	nothing_lost
	writes=$(seen_writes) syncs=$(seen_syncs)
	equal '.[-1] | process | .threads' "$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l)"

	strace_server ts-redis
	redis-benchmark -s "$T/redis.sock" -c 1 -n 2000 -t set -q >/dev/null
	await settled ts-redis
	same writes "$writes" "$(strace_counts $write_calls)"
	same syncs "$syncs" "$(strace_counts $sync_calls)"
	[ "$writes" -ge 4000 ]
	[ "$syncs" -ge 2000 ]
}

@test "redis, 50 clients: nothing lost, memory flat, writes equal the kernel's count" {
	start_redis --appendonly yes --appendfsync everysec
	before=$(kernel_writes ts-redis)
	trace top --json -i 1s -n ts-redis
	timeout "$load_seconds" redis-benchmark -s "$T/redis.sock" -c 50 -n 1000000000 -r 100000 -t set -q >/dev/null || :
	await settled ts-redis
	finish
	nothing_lost
	memory_is_flat
	same writes "$(seen_writes)" $(($(kernel_writes ts-redis) - before))
	[ "$(seen_socket_writes)" -ge "$(redis_sets)" ] # an answer each
	[ "$(redis_sets)" -ge 1000 ]
	[ "$(seen_syncs)" -ge 1 ]
}

# ---- PostgreSQL ----

# $done_calls: the kernel's count of its write calls
do_work() {
	local before
	before=$(kernel_writes "$pg_name")
	"${work[@]}" >/dev/null
	await settled "$pg_name"
	done_calls=$(($(kernel_writes "$pg_name") - before))
}

@test "PostgreSQL, one client: counts equal strace's" {
	start_postgres
	work=(pgbench -h "$pg" -U postgres -c 1 -t 300 --random-seed=1 -n postgres)
	trace top --json -i 1s -n "$pg_name"
	do_work
	finish
	nothing_lost
	writes=$(seen_writes) sends=$(seen_socket_writes) syncs=$(seen_syncs) calls=$done_calls

	# The same work again; on a busy machine the server now and then makes a call more, by the kernel's count, too.
	for try in 1 2 3 4 5; do
		restart_postgres
		strace_server "$pg_name"
		do_work
		echo "try $try: $done_calls write calls, $calls before"
		[ "$done_calls" -ne "$calls" ] || break
	done
	same writes "$writes" "$(strace_counts $write_calls)"
	same sends "$sends" "$(strace_counts sendto,sendmsg)"
	same syncs "$syncs" "$(strace_counts $sync_calls)"
	[ "$writes" -ge 2400 ]
	[ "$syncs" -ge 300 ]
}

@test "PostgreSQL, 32 clients: nothing lost, memory flat, writes equal the kernel's count" {
	start_postgres
	before=$(kernel_writes "$pg_name")
	trace top --json -i 1s -n "$pg_name"
	pgbench -h "$pg" -U postgres -c 32 -j 2 -T "$load_seconds" -n postgres >"$T/pgbench"
	await settled "$pg_name"
	finish
	nothing_lost
	memory_is_flat
	equal 'total(.processes[] | .writes.count)' 'total(.files[] | .writes)' # of processes that have ended, too
	same 'writes without sends' $(($(seen_writes) - $(seen_socket_writes))) $(($(kernel_writes "$pg_name") - before))
	transactions=$(awk -F '[:/]' '/transactions actually processed/ { print $2 + 0 }' "$T/pgbench")
	# seven statements each, an answer to each
	[ "$(seen_socket_writes)" -ge $((transactions * 7)) ]
	[ "$(seen_syncs)" -ge $((transactions / 32)) ] # one sync covers a commit of each client at most
}
