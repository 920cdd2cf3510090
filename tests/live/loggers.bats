#!/usr/bin/env bats
# Programs that log for a living: what threadscope saw written is what is in their logs.
load common
load postgres

setup_file() {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
}

lines_of() { # FILE...
	cat "$@" | wc -l
}

bytes_of() { # FILE...
	cat "$@" | wc -c
}

has_lines() { # N FILE...
	[ "$(lines_of "${@:2}")" -ge "$1" ]
}

# Each line is one write, all lines are whole, and nothing was counted twice or left out.
one_write_a_line() { # FILE
	local log=".files[] | select(.path == \"$1\")"
	equal "[total($log | .writes), total($log | .bytes)]" "[$(lines_of "$1"), $(bytes_of "$1")]"
	undamaged "$log"
}

undamaged() { # ROWS
	equal "[total($1 | .torn_lines), total($1 | .overwrites), total($1 | .errors), total($1 | .short_writes)]" '[0, 0, 0, 0]'
	expect 'all(.[].findings[]; .kind != "torn-lines" and .kind != "overwrites" and .kind != "dropped-writes")' 'map(.findings)'
	expect no_losses 'map(.lost)'
}

# ---- rsyslogd ----

# One log of a write a line, and one in blocks, as rsyslogd does where much comes at once.
start_rsyslogd() {
	need rsyslogd logger
	mkdir "$T/spool"
	cat >"$T/rsyslog.conf" <<-END
		global(workDirectory="$T/spool")
		module(load="imuxsock" SysSock.Use="off")
		input(type="imuxsock" Socket="$T/log.sock" CreatePath="on" RateLimit.Interval="0")
		template(name="line" type="string" string="%syslogtag%%msg:::sp-if-no-1st-sp%%msg%\n")
		action(type="omfile" file="$T/lines.log" template="line" queue.type="LinkedList" queue.dequeueBatchSize="1")
		action(type="omfile" file="$T/blocks.log" template="line" queue.type="LinkedList" queue.workerThreads="1")
	END
	launch "$T/rsyslogd.out" "$T/rsyslogd.err" rsyslogd -n -f "$T/rsyslog.conf" -i "$T/rsyslogd.pid"
	pid=$launched
	await test -S "$T/log.sock"
}

load_logger() { # SENDERS LINES
	local i senders=()
	for i in $(seq "$1"); do
		seq -f "sender $i sends its line %g of $2" "$2" | logger -u "$T/log.sock" --socket-errors=on -t "load$i" &
		senders+=($!)
	done
	wait "${senders[@]}"
}

@test "rsyslogd: each line one write, and blocks of lines to the byte" {
	start_rsyslogd
	trace top --json -i 200ms -p "$pid"
	load_logger 3 700
	await has_lines 2100 "$T/lines.log"
	await has_lines 2100 "$T/blocks.log"
	finish
	one_write_a_line "$T/lines.log"
	local blocks=".files[] | select(.path == \"$T/blocks.log\")"
	equal "total($blocks | .bytes)" "$(bytes_of "$T/blocks.log")"
	expect "total($blocks | .writes) | . > 0 and . <= 2100"
	undamaged "$blocks"
	equal '[.[].files[] | select(.path | endswith(".log")) | .append] | unique' '[true]'
}

# ---- nginx ----

# A port that nobody listens on.
free_port() {
	local port
	while port=$((20000 + RANDOM % 20000)) && (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
	echo "$port"
}

start_nginx() { # WORKERS
	need nginx pgrep
	mkdir "$T/nginx"
	port=$(free_port)
	cat >"$T/nginx.conf" <<-END
		user root;
		worker_processes $1;
		daemon off;
		pid $T/nginx/pid;
		error_log $T/nginx/error.log;
		events { worker_connections 200; accept_mutex off; }
		http {
			access_log $T/access.log;
			client_body_temp_path $T/nginx; proxy_temp_path $T/nginx; fastcgi_temp_path $T/nginx;
			uwsgi_temp_path $T/nginx; scgi_temp_path $T/nginx;
			server { listen 127.0.0.1:$port reuseport; location / { return 200 "ok\n"; } }
		}
	END
	launch "$T/nginx.out" "$T/nginx.err" nginx -c "$T/nginx.conf" -e "$T/nginx/error.log"
	pid=$launched
	await has_children "$pid" "$1"
	await serves
	server=$pid,$(pgrep -P "$pid" | paste -sd ,)
}

has_children() { # PID COUNT
	[ "$(pgrep -cP "$1")" -eq "$2" ]
}

serves() {
	(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

@test "nginx: several workers write one access log under load, each line one write" {
	need wrk
	start_nginx 3
	trace top --json -i 200ms -p "$server"
	wrk -t 1 -c 20 -d 2 "http://127.0.0.1:$port/" >"$T/wrk"
	kill -QUIT "$pid" # what is under way is served and logged
	await gone "$pid"
	ended
	one_write_a_line "$T/access.log"
	expect "[.[].files[] | select(.path == \"$T/access.log\") | .pid] | unique | length == 3"
	[ "$(lines_of "$T/access.log")" -ge "$(awk '/requests in/ { print $1 }' "$T/wrk")" ]
}

# ---- the standard libraries of languages ----

@test "Go: goroutines that share a log.Logger" {
	[ -x "$WORKLOADS/go_logger" ] || skip 'needs a Go compiler'
	prepare go_logger --path "$T/app.log" --goroutines 100 --lines 100
	trace top --json -i 200ms -p "$pid"
	go
	finish
	equal '$w.lines' "$(lines_of "$T/app.log")"
	one_write_a_line "$T/app.log"
}

# Threads that share a logger; a line from each of them, the file opened anew where it was moved.
python_logger='
import logging, logging.handlers, os, sys, threading
path, go, count, lines = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
handler = logging.handlers.WatchedFileHandler(path)
handler.setFormatter(logging.Formatter("%(asctime)s %(threadName)s %(levelname)s %(message)s"))
log = logging.getLogger("app")
log.addHandler(handler)
log.setLevel(logging.INFO)
def work():
    for i in range(lines):
        log.info("logs its line %d of %d", i, lines)
open(go + ".up", "w").close()
with open(go):
    pass
threads = [threading.Thread(target=work) for i in range(count)]
for t in threads:
    t.start()
for t in threads:
    t.join()
'

# It goes on when somebody opens $T/go for writing.
start_python() { # THREADS LINES
	need python3
	mkfifo "$T/go"
	launch /dev/null "$T/python.err" python3 -c "$python_logger" "$T/app.log" "$T/go" "$1" "$2"
	pid=$launched
	await test -e "$T/go.up"
}

@test "Python: threads that share a logging.Logger" {
	start_python 20 150
	trace top --json -i 200ms -p "$pid"
	: >"$T/go"
	ended
	[ "$(lines_of "$T/app.log")" -eq 3000 ]
	one_write_a_line "$T/app.log"
}

# ---- PostgreSQL's log of what is about to change ----

# Syncs of it since PostgreSQL began, as it counts them itself. Looking makes none.
wal_syncs() {
	psql -h "$pg" -U postgres -Atc 'select wal_sync from pg_stat_wal'
}

# What a client's process has counted is in pg_stat_wal once it has ended.
clients_gone() {
	[ "$(psql -h "$pg" -U postgres -Atc "select count(*) from pg_stat_activity where backend_type = 'client backend'")" = 1 ]
}

saw_syncs() { # COUNT
	[ "$(query "total($wal | .fsyncs)")" = "$1" ]
}

@test "PostgreSQL: an fdatasync of the WAL a commit, as many as pg_stat_wal says, by one client and by eight" {
	new_postgres 1
	psql -h "$pg" -U postgres -Atqc 'checkpoint'
	await settled "$pg_name"
	first=$(wal_syncs)
	trace top --json -i 500ms -n "$pg_name"
	pgbench -h "$pg" -U postgres -c 1 -t 300 -n postgres >"$T/pgbench"
	await clients_gone
	one=$(($(wal_syncs) - first))
	wal='.files[] | select(.path | test("/pg_wal/[0-9A-F]{24}$"))'
	await saw_syncs "$one"
	[ "$one" -ge 300 ] # commits
	pgbench -h "$pg" -U postgres -c 8 -j 2 -t 100 -n postgres >"$T/pgbench"
	await clients_gone
	all=$(($(wal_syncs) - first))
	finish
	equal "total($wal | .fsyncs)" "$all"
	[ "$((all - one))" -ge 100 ] # several commits share one
	expect 'any(.[].findings[]; .kind == "sync-per-write" and (.path | test("/pg_wal/")))' 'map(.findings)'
	expect no_losses 'map(.lost)'
}

# ---- logrotate in the middle ----

rotate() { # LOG HOW...
	printf '%s\n' "$T/$1 {" 'rotate 9' 'nocompress' "${@:2}" '}' >"$T/logrotate.conf"
	chmod 600 "$T/logrotate.conf"
	logrotate --force --state "$T/logrotate.state" "$T/logrotate.conf"
}

# Lines to rsyslogd until $T/enough is there; how many they were goes to $T/sent.
keep_logging() {
	rm -f "$T/enough"
	while [ ! -e "$T/enough" ]; do
		echo "line $((++n))"
		((n % 50)) || sleep 0.01
	done | tee "$T/sent" | logger -u "$T/log.sock" --socket-errors=on -t load
}

@test "logrotate by renaming: a row for each file, with what is in it" {
	need logrotate
	start_rsyslogd
	trace logs --json -i 100ms --log-file '*/lines.log' -p "$pid"
	keep_logging &
	loader=$!
	for n in 1 2 3; do
		await has_lines 50 "$T/lines.log"
		rotate lines.log 'create 0600 root root' postrotate "kill -HUP $pid" endscript
	done
	await has_lines 50 "$T/lines.log"
	touch "$T/enough"
	wait "$loader"
	await has_lines "$(lines_of "$T/sent")" "$T"/lines.log*
	await all_named
	finish
	valid logs-1
	for log in "$T"/lines.log*; do
		equal "[.[-1].files[] | select(.path == \"$log\") | [.deleted, .total.writes.count, .total.bytes]]" \
			"[[false, $(lines_of "$log"), $(bytes_of "$log")]]"
	done
	equal 'total(.files[] | .writes)' "$(lines_of "$T/sent")"
	undamaged '.files[]'
}

@test "logrotate by copying and cutting: one row, and each write once, also those that are cut off" {
	need logrotate
	start_rsyslogd
	trace logs --json -i 100ms --log-file '*/lines.log' -p "$pid"
	keep_logging &
	loader=$!
	for n in 1 2 3; do
		await has_lines 50 "$T/lines.log"
		rotate lines.log copytruncate
	done
	touch "$T/enough"
	wait "$loader"
	await has_lines "$(lines_of "$T/sent")" "$T/blocks.log"
	await shows ".files[0].total.writes.count >= $(lines_of "$T/sent")"
	finish
	# nothing more comes later, and the files have what was not cut between the copy and the cut
	equal ".[-1].files | map([.path, .deleted, .total.writes.count, .total.bytes])" \
		"[[\"$T/lines.log\", false, $(lines_of "$T/sent"), $(bytes_of "$T/blocks.log")]]"
	[ "$(lines_of "$T"/lines.log*)" -le "$(lines_of "$T/sent")" ]
	undamaged '.files[]'
}

all_named() {
	[ "$(query '.[-1].files | map(.path) | unique | length')" = 4 ]
}
