# shellcheck shell=bash
# Servers of the tests' own: when they rest, and a PostgreSQL that does nothing by the clock.

# Write calls of all processes of that name, those that have ended included (the
# kernel adds a collected child's to its parent).
kernel_writes() { # COMM
	local p
	for p in $(pgrep -x "$1"); do
		cat "/proc/$p/io" 2>/dev/null
	done | awk '$1 == "syscw:" { n += $2 } END { print n + 0 }'
}

# The server has nothing left to write: no call in one second, and no thread that only waits for a CPU or a disk.
settled() { # COMM
	local before
	before=$(kernel_writes "$1")
	sleep 1
	[ "$(kernel_writes "$1")" = "$before" ] && all_sleep "$1"
}

all_sleep() { # COMM
	local p
	for p in $(pgrep -x "$1"); do
		if grep -hq '^State:.[RD]' "/proc/$p/task/"*/status 2>/dev/null; then return 1; fi
	done
}

as_postgres() {
	setpriv --reuid "$pg_user" --regid "$pg_user" --clear-groups env HOME="$T" "$@"
}

# A new data folder, $pg/template, and a server on it with what pgbench wants; its processes are named $pg_name.
new_postgres() { # SCALE
	need pgbench psql setpriv pgrep
	pg_bin=$(find /usr/lib/postgresql/*/bin /usr/local/bin /usr/bin -maxdepth 1 -name initdb 2>/dev/null | sort | head -n 1)
	[ -n "$pg_bin" ] || skip 'PostgreSQL is not installed'
	pg_bin=$(dirname "$(realpath "$pg_bin")")
	pg_user=$(id -u postgres 2>/dev/null || id -u nobody)
	pg_name=ts-pg-$$ # its own, so that other servers on the machine do not count
	# bats' folders are closed to everyone else
	pg=$(mktemp -d /tmp/ts-postgres.XXXXXX)
	echo "$pg" >"$T/postgres.folder"
	chown "$pg_user" "$pg"
	ln -s "$pg_bin/postgres" "$pg/$pg_name"
	as_postgres "$pg_bin/initdb" -D "$pg/template" -A trust -N -U postgres >/dev/null
	# Nothing that runs by the clock, so that the same work makes the same calls
	as_postgres tee -a "$pg/template/postgresql.conf" >/dev/null <<-END
		listen_addresses = ''
		unix_socket_directories = '$pg'
		autovacuum = off
		bgwriter_lru_maxpages = 0
		checkpoint_timeout = 1d
		max_wal_size = 10GB
		wal_writer_delay = 10s
	END
	run_postgres template
	pgbench -h "$pg" -U postgres -i -s "$1" -q postgres
}

# A server whose state can be had again.
start_postgres() {
	need strace
	new_postgres 4
	kill -INT "$server"
	await gone "$server"
	run_postgres template # once more: what the first start after the load writes
	kill -INT "$server"
	await gone "$server"
	cp -a "$pg/template" "$pg/data"
	run_postgres data
}

run_postgres() { # FOLDER
	launch "$T/postgres.log" "$T/postgres.log" setpriv --reuid "$pg_user" --regid "$pg_user" --clear-groups \
		"$pg/$pg_name" -D "$pg/$1"
	server=$launched
	pid=$server
	await "$pg_bin/pg_isready" -h "$pg"
	await settled "$pg_name"
}

restart_postgres() { # from the same state as before
	kill -QUIT "$server"
	await gone "$server"
	await postgres_gone
	rm -rf "$pg/data"
	cp -a "$pg/template" "$pg/data"
	run_postgres data
}

postgres_gone() {
	! pgrep -x "$pg_name"
}

teardown() {
	# -QUIT first: it takes its processes and shared memory with it
	[ -z "${server:-}" ] || kill -QUIT "$server" 2>/dev/null || :
	[ ! -e "$T/postgres.folder" ] || await postgres_gone || :
	[ ! -e "$T/postgres.folder" ] || rm -rf "$(cat "$T/postgres.folder")"
	kill_all
}
