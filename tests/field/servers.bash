# shellcheck shell=bash disable=SC2034,SC2154
# The servers of the field test. Of each: needs_X prints the program that it is, start_X starts it (serve), load_X the
# load (start, repeat) with its words in $load_words, version_X prints its version. $T is a folder of its own, $port
# a port. Where one name does not cover it, $watched is set.
servers=(postgresql mariadb redis nginx rsyslogd java python node compile etcd prometheus caddy nats syncthing)

# ---- databases ----

needs_postgresql() { echo postgres; }
version_postgresql() { postgres --version; }
start_postgresql() {
	chown postgres "$T"
	touch "$T/log"
	chown postgres "$T/log"
	as_user=(setpriv --reuid postgres --regid postgres --init-groups)
	"${as_user[@]}" initdb -D "$T/data" -A trust -U postgres >>"$T/log"
	serve postgres -D "$T/data" -p "$port" -k "$T"
	await pg_isready -h "$T" -p "$port"
}
load_postgresql() {
	local pgbench=(pgbench -h "$T" -p "$port" -U postgres)
	"${pgbench[@]}" -i -s 10 -q postgres >>"$T/log" 2>&1
	load_words='pgbench, scale 10, 8 clients'
	repeat "${pgbench[@]}" -c 8 -j 2 -T 600 postgres
}

needs_mariadb() { echo mariadbd; }
version_mariadb() { mariadbd --version; }
start_mariadb() {
	mariadb-install-db --no-defaults --datadir="$T/data" --user=root --auth-root-authentication-method=normal \
		--skip-test-db >>"$T/log" 2>&1
	serve mariadbd --no-defaults --datadir="$T/data" --user=root --socket="$T/socket" --port="$port" \
		--bind-address=127.0.0.1 --general-log=1 --general-log-file="$T/general.log"
	await mariadb-admin -S "$T/socket" ping
}
load_mariadb() {
	load_words='mariadb-slap, mixed, 8 clients, general log'
	repeat mariadb-slap --no-defaults -S "$T/socket" --auto-generate-sql --auto-generate-sql-load-type=mixed \
		--auto-generate-sql-add-autoincrement --concurrency=8 --number-of-queries=2000 --engine=innodb
}

needs_redis() { echo redis-server; }
version_redis() { redis-server --version; }
start_redis() {
	serve redis-server --port "$port" --dir "$T" --appendonly yes --io-threads 2 --logfile "$T/redis.log"
	await listens "$port"
}
load_redis() {
	load_words='redis-benchmark, 20 clients; appendfsync everysec'
	repeat redis-benchmark -p "$port" -c 20 -n 100000 -r 100000 -t set,get,lpush,lpop -q
}

# ---- web ----

wrk_words='wrk, 50 connections'
repeat_wrk() { # PATH
	load_words=$wrk_words
	repeat wrk -t 2 -c 50 -d 60s "http://127.0.0.1:$port$1"
}

needs_nginx() { echo nginx; }
version_nginx() { nginx -v; }
start_nginx() {
	head -c 20000 /dev/zero >"$T/page"
	cat >"$T/nginx.conf" <<-END
		worker_processes 2; daemon off; pid $T/pid; error_log $T/error.log; user root;
		events {}
		http { access_log $T/access.log; server { listen 127.0.0.1:$port; root $T; aio threads; } }
	END
	serve nginx -p "$T" -c "$T/nginx.conf"
	await listens "$port"
}
load_nginx() { repeat_wrk /page; load_words+=', access log'; }

needs_java() { echo java; }
version_java() { java -version; }
start_java() {
	serve java "$here/Service.java" "$port" "$T/service.log"
	await listens "$port"
}
load_java() { repeat_wrk /; load_words+='; HttpServer, 16 threads, a log line each'; }

needs_python() { echo python3; }
version_python() { python3 --version; }
start_python() {
	head -c 20000 /dev/zero >"$T/page"
	serve python3 -m http.server --bind 127.0.0.1 --directory "$T" "$port"
	await listens "$port"
}
load_python() { repeat_wrk /page; load_words+='; http.server'; }

needs_node() { echo node; }
version_node() { node --version; }
start_node() {
	serve node "$here/service.js" "$port" "$T/service.log"
	await listens "$port"
}
load_node() { repeat_wrk /; load_words+='; http, a log line each'; }

needs_caddy() { echo caddy; }
version_caddy() { caddy version; }
start_caddy() {
	head -c 20000 /dev/zero >"$T/page"
	cat >"$T/Caddyfile" <<-END
		{
			admin off
		}
		http://127.0.0.1:$port {
			root * $T
			file_server
			log {
				output file $T/access.log
			}
		}
	END
	HOME=$T serve caddy run --config "$T/Caddyfile" --adapter caddyfile
	await listens "$port"
}
load_caddy() { repeat_wrk /page; load_words+=', access log'; }

# ---- logs ----

needs_rsyslogd() { echo rsyslogd; }
version_rsyslogd() { rsyslogd -v; }
start_rsyslogd() {
	cat >"$T/rsyslog.conf" <<-END
		module(load="imuxsock" SysSock.Use="off")
		input(type="imuxsock" Socket="$T/socket" RateLimit.Interval="0")
		action(type="omfile" file="$T/out" queue.type="linkedlist" queue.workerthreads="2")
	END
	serve rsyslogd -n -f "$T/rsyslog.conf" -i "$T/pid"
	await test -e "$T/socket"
}
load_rsyslogd() {
	load_words='logger, 1000 lines at a time'
	seq 1000 | sed 's/$/ a line of the log/' >"$T/lines"
	repeat sh -c "logger -u $T/socket -f $T/lines; sleep 0.1"
}

needs_compile() { echo cc; }
version_compile() { cc --version; }
start_compile() { watched=(-n make -n cc -n gcc -n cc1 -n as -n collect2 -n ld -n tee); }
load_compile() {
	load_words='make -j2 of tests/workloads, its output through tee to a log'
	repeat sh -c "make -C $root -j2 V=1 BUILD=$T/build workloads 2>&1 | tee $T/build.log; rm -rf $T/build"
}

# ---- Go ----

needs_etcd() { echo etcd; }
version_etcd() { etcd --version; }
start_etcd() {
	serve etcd --data-dir "$T/data" --listen-client-urls "http://127.0.0.1:$port" \
		--advertise-client-urls "http://127.0.0.1:$port" --listen-peer-urls "http://127.0.0.1:$((port + 1))"
	await curl -sf "http://127.0.0.1:$port/health"
}
load_etcd() {
	load_words='wrk, 10 connections that put'
	repeat wrk -t 1 -c 10 -d 60s -s "$here/etcd_put.lua" "http://127.0.0.1:$port/v3/kv/put"
}

needs_prometheus() { echo prometheus; }
version_prometheus() { prometheus --version; }
start_prometheus() {
	cat >"$T/prometheus.yml" <<-END
		global: { scrape_interval: 1s }
		scrape_configs: [ { job_name: self, static_configs: [ { targets: [ '127.0.0.1:$port' ] } ] } ]
	END
	serve prometheus --config.file="$T/prometheus.yml" --storage.tsdb.path="$T/data" --web.listen-address="127.0.0.1:$port"
	await curl -sf "http://127.0.0.1:$port/-/ready"
}
load_prometheus() {
	load_words='scrapes itself each second; wrk, 10 connections that query'
	repeat wrk -t 1 -c 10 -d 60s "http://127.0.0.1:$port/api/v1/query?query=rate(prometheus_http_requests_total\[1m\])"
}

needs_nats() { echo nats-server; }
version_nats() { nats-server --version; }
start_nats() {
	serve nats-server -a 127.0.0.1 -p "$port" -l "$T/nats.log" -js -sd "$T/store"
	await listens "$port"
}
load_nats() {
	load_words='8 publishers and 8 subscribers, a client that comes and goes each second'
	for _ in 1 2 3 4 5 6 7 8; do
		repeat python3 "$here/nats_client.py" "$port"
	done
}

needs_syncthing() { echo syncthing; }
version_syncthing() { syncthing --version; }
start_syncthing() {
	export STNODEFAULTFOLDER=1
	HOME=$T serve syncthing serve --home="$T/home" --gui-address="127.0.0.1:$port" --gui-apikey=key --no-browser --no-restart
	await curl -sf -H 'X-API-Key: key' "http://127.0.0.1:$port/rest/system/ping"
}
load_syncthing() {
	load_words='a folder of files that change, scanned each second'
	mkdir -p "$T/files"
	curl -sf -H 'X-API-Key: key' -X PUT "http://127.0.0.1:$port/rest/config/folders/field" \
		-d "{\"id\":\"field\",\"path\":\"$T/files\"}" >>"$T/log"
	repeat sh -c "for i in \$(seq 50); do head -c 100000 /dev/urandom >$T/files/\$i; done;
		curl -sf -H 'X-API-Key: key' -X POST http://127.0.0.1:$port/rest/db/scan?folder=field; sleep 1"
}
