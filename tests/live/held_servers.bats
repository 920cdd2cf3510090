#!/usr/bin/env bats
# Sessions of servers that other sessions hold up: who waits for what is judged by the server's own list, processlist
# of MariaDB and pg_stat_activity of PostgreSQL. A session that has nothing to do is idle in both.
load common
load postgres

sessions=5

setup_file() {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
}

# ---- MariaDB ----

start_mariadb() {
	need mariadbd mariadb mariadb-install-db
	my=$(mktemp -d /tmp/ts-mariadb.XXXXXX)
	echo "$my" >"$T/mariadb.folder"
	chown mysql "$my"
	mariadb-install-db --no-defaults --user=mysql --datadir="$my/data" \
		--auth-root-authentication-method=normal >/dev/null 2>&1
	launch "$T/mariadb.log" "$T/mariadb.log" mariadbd --no-defaults --user=mysql --datadir="$my/data" \
		--socket="$my/socket" --skip-networking --pid-file="$my/pid" --innodb-buffer-pool-size=16M
	pid=$launched
	await sql 'select 1'
	sql 'create database t; create table t.a (id int primary key, v int) engine=innodb; insert into t.a values (1, 1)'
}

sql() { # STATEMENTS
	mariadb -uroot -S "$my/socket" -Ne "$1"
}

# A session that runs the statements and then sleeps; further ones that each want what it holds.
held_up() { # STATE HOLDER WAITER
	launch /dev/null /dev/null mariadb -uroot -S "$my/socket" -e "$2; select sleep(1000)"
	await sessions_in 'User sleep' 1
	for ((i = 0; i < sessions; i++)); do
		launch /dev/null /dev/null mariadb -uroot -S "$my/socket" -e "$3"
	done
	await sessions_in "$1" "$sessions"
}

sessions_in() { # STATE NUMBER
	[ "$(sql 'show processlist' | awk -F '\t' -v state="$1" '$7 == state' | wc -l)" = "$2" ]
}

# In a snapshot and in top: as many as there are sessions, in this function for this; none of them idle.
told() { # FUNCTION WHAT
	scope_well snapshot --json -p "$pid"
	all_wait_in '.[0].threads' "$@"
	expect "any(.[0].findings[]; .kind == \"lock-convoy\" and (.tids | length) == $sessions and (.summary | contains(\"$2\")))" \
		'.[0].findings'
	scope_well top --json -i 300ms -c 2 -p "$pid"
	all_wait_in '.[-1].threads' "$@"
	expect "any(.[-1].findings[]; .kind == \"lock-convoy\" and (.tids | length) == $sessions and (.summary | contains(\"$2\")))" \
		'.[-1].findings'
}

all_wait_in() { # THREADS FUNCTION WHAT
	expect "$1 | map(select(.wait.function == \"$2\" and .wait.wait_for == \"$3\" and .wait.class == \"blocked\")) |
		length == $sessions" "$1 | map([.wait.class, .wait.function, .wait.wait_for])"
}

@test "MariaDB: sessions behind LOCK TABLES wait for a metadata lock" {
	start_mariadb
	held_up 'Waiting for table metadata lock' 'lock tables t.a write' 'select * from t.a'
	told MDL_context::acquire_lock 'a metadata lock'
}

@test "MariaDB: sessions behind FLUSH TABLES WITH READ LOCK wait for a metadata lock" {
	start_mariadb
	held_up 'Waiting for backup lock' 'flush tables with read lock' 'update t.a set v = v + 1'
	told MDL_context::acquire_lock 'a metadata lock'
}

@test "MariaDB: sessions behind a row lock are held up in the storage engine" {
	start_mariadb
	held_up Updating 'begin; update t.a set v = 2' 'update t.a set v = v + 1 where id = 1'
	scope_well snapshot --json -p "$pid"
	expect ".[0].threads | map(select(.wait.class == \"blocked\" and (.wait.wait_for | . == \"a row lock of InnoDB\" or
		. == \"a lock or the log of the storage engine\"))) | length == $sessions" \
		'.[0].threads | map([.wait.class, .wait.function, .wait.wait_for])'
	expect "any(.[0].findings[]; .kind == \"lock-convoy\" and (.tids | length) == $sessions)" '.[0].findings'
}

@test "MariaDB without work: no thread is held up, no finding" {
	start_mariadb
	launch /dev/null /dev/null sh -c "sleep 1000 | mariadb -uroot -S $my/socket"
	await sessions_in '' 1
	scope_well snapshot --json -p "$pid"
	expect '.[0].findings == [] and (.[0].threads | map(select(.wait.class == "blocked")) == [])' \
		'.[0] | .findings, (.threads | map(select(.wait.class == "blocked")))'
	expect 'any(.[0].threads[]; .wait.wait_for == "its client'"'"'s next statement" and .wait.class == "idle")' \
		'.[0].threads | map([.wait.class, .wait.function])'
	scope_well top --json -i 300ms -c 2 -p "$pid"
	expect '.[-1].findings == []' '.[-1].findings'
}

# ---- PostgreSQL: a process for each session ----

query_postgres() { # STATEMENT
	psql -h "$pg" -U postgres -Atqc "$1"
}

waiting_for() { # EVENT-TYPE NUMBER
	[ "$(query_postgres "select count(*) from pg_stat_activity where wait_event_type = '$1'")" = "$2" ]
}

held_up_postgres() { # HOLDER WAITER
	new_postgres 1
	launch /dev/null /dev/null psql -h "$pg" -U postgres -qc "begin; $1; select pg_sleep(1000)"
	await waiting_for Timeout 1
	for ((i = 0; i < sessions; i++)); do
		launch /dev/null /dev/null psql -h "$pg" -U postgres -qc "$2"
	done
	await waiting_for Lock "$sessions"
	pids=$(query_postgres "select string_agg(pid::text, ',') from pg_stat_activity where wait_event_type = 'Lock'")
	scope_well top --json -i 300ms -c 2 -p "$pids"
	expect ".[-1].threads | map(select(.wait.class == \"blocked\" and
		.wait.wait_for == \"a row, table or advisory lock of PostgreSQL\")) | length == $sessions" \
		'.[-1].threads | map([.wait.class, .wait.function, .wait.wait_for])'
	expect "any(.[-1].findings[]; .kind == \"lock-convoy\" and (.tids | length) == $sessions)" '.[-1].findings'
	scope_well snapshot --json -p "${pids%%,*}"
	expect '.[0].threads | map([.wait.class, .wait.wait_for]) ==
		[["blocked", "a row, table or advisory lock of PostgreSQL"]]' '.[0].threads'
}

@test "PostgreSQL: sessions behind a row lock" {
	held_up_postgres 'update pgbench_branches set bbalance = 1' 'update pgbench_branches set bbalance = 2'
}

@test "PostgreSQL: sessions behind a table lock" {
	held_up_postgres 'lock table pgbench_branches' 'select * from pgbench_branches'
}

@test "PostgreSQL: sessions behind an advisory lock" {
	held_up_postgres 'select pg_advisory_lock(5)' 'select pg_advisory_lock(5)'
}

@test "PostgreSQL without work: no process is held up, no finding" {
	new_postgres 1
	launch /dev/null /dev/null sh -c "sleep 1000 | psql -h $pg -U postgres"
	await waiting_for Client 1
	scope_well top --json -i 300ms -c 2 -n "$pg_name"
	expect '.[-1].findings == [] and (.[-1].threads | map(select(.wait.class == "blocked")) == [])' \
		'.[-1] | .findings, (.threads | map(select(.wait.class == "blocked")))'
	expect 'any(.[-1].threads[]; .wait.function == "PostgresMain" and .wait.class == "idle")' \
		'.[-1].threads | map([.wait.class, .wait.function])'
}

teardown() {
	[ -z "${server:-}" ] || kill -QUIT "$server" 2>/dev/null || :
	[ ! -e "$T/postgres.folder" ] || await postgres_gone || :
	[ ! -e "$T/postgres.folder" ] || rm -rf "$(cat "$T/postgres.folder")"
	kill_all
	[ ! -e "$T/mariadb.folder" ] || rm -rf "$(cat "$T/mariadb.folder")"
}
