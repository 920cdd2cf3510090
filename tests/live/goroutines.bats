#!/usr/bin/env bats
# Goroutines read from outside are those that Go prints itself: on a program with
# every way to block, built by two versions of Go in four ways, and on Debian's
# servers. The toolchains and servers come out of Debian's packages (tests/go/fetch.sh).
load common

setup_file() {
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
}

arguments=()
source_of=$BATS_TEST_DIRNAME/../go

# Sets $go_root; skips if there is none.
toolchain() { # stable | newest
	local dir
	dir=$(bash "$source_of/fetch.sh" "$1" 2>"$T/fetch") || skip "$(tail -n 1 "$T/fetch")"
	go_root=$(echo "$dir"/usr/lib/go-*)
}

# Builds tests/go/NAME.go ($with: and others) with that toolchain; the program's path goes to $program.
build() { # NAME FLAG...
	program=$T/$1
	(
		cd "$source_of" && export GOROOT=$go_root GOTOOLCHAIN=local GO111MODULE=off GOFLAGS=
		export GOCACHE="${THREADSCOPE_GO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/threadscope/go}/build"
		CGO_ENABLED=${CGO_ENABLED:-0} "$go_root/bin/go" build -o "$program" "${@:2}" "$1.go" ${with:+"$with"}
	)
}

# Starts $program with a pipe to its standard input (descriptor 7); $pid is ready.
start() { # with ${arguments[@]}
	rm -f "$T/in" "$T/said" && mkfifo "$T/in" && exec 7<>"$T/in"
	"$program" "${arguments[@]}" <"$T/in" >"$T/said" 2>"$T/said.err" 3>&- 7>&- &
	pid=$!
	echo "$pid" >>"$T/pids"
	await grep -qs "^ready" "$T/said"
}

# What it answers to a line, up to the line END.
ask() { # LINE FILE
	local lines
	lines=$(wc -l <"$T/said")
	echo "$1" >&7
	await answered "$lines"
	tail -n "+$((lines + 1))" "$T/said" >"$2"
}

answered() {
	tail -n "+$(($1 + 1))" "$T/said" | grep -q '^END$'
}

dump() { # FILE OPTION...
	"$WORKLOADS/goroutines_dump" "${@:2}" "$pid" >"$1" 2>>"$T/dump.err" || { cat "$T/dump.err"; return 1; }
}

# Before and after what it says itself, equal goroutines must be equal to its own.
agrees() { # MINIMUM
	dump "$T/before"
	ask dump "$T/own"
	dump "$T/after"
	python3 "$source_of/compare.py" "$T/before" "$T/own" "$T/after" --all --minimum "$1"
}

# The counts of the scheduler's variables, beside runtime.NumGoroutine().
counts_agree() {
	ask count "$T/own"
	"$WORKLOADS/goroutines_dump" --count "$pid" >"$T/counts"
	[ "goroutines $(head -n 1 "$T/own")" = "$(head -n 1 "$T/counts")" ]
}

as() { # plain | stripped | pie: the flags go to $flags
	flags=()
	[ "$1" = plain ] || flags+=('-ldflags=-s -w')
	[ "$1" != pie ] || flags+=(-buildmode=pie)
}

every_build() { # stable | newest
	toolchain "$1"
	for kind in plain stripped pie; do
		echo "# $kind"
		as $kind
		build blocked "${flags[@]}"
		start
		agrees 36
		counts_agree
		kill_all
		: >"$T/pids"
	done
}

@test "Go of Debian stable: every way to block reads as Go prints it; static, stripped, PIE" {
	every_build stable
}

@test "newest Go: every way to block reads as Go prints it; static, stripped, PIE" {
	every_build newest
}

@test "a Go program with C in it, and threads that C made" {
	for name in stable newest; do
		toolchain "$name"
		CGO_ENABLED=1 with=blocked_c.go build blocked '-ldflags=-s -w'
		start
		agrees 39
		kill_all
		: >"$T/pids"
	done
}

@test "what goroutines wait on: channels, semaphores, descriptors, labels" {
	for name in stable newest; do
		toolchain "$name"
		build blocked '-ldflags=-s -w'
		start
		dump "$T/out" --waits
		# Two send to the full channel of three; both are at the same one.
		[ "$(grep -c '^#chan 0x[0-9a-f]* 3/3 elem 16' "$T/out")" -eq 2 ]
		[ "$(grep '^#chan 0x[0-9a-f]* 3/3' "$T/out" | sort -u | wc -l)" -eq 1 ]
		# A select of three, and a type of 24 bytes
		grep -q '^#chan 0x[0-9a-f]* 0/0 elem [0-9]* cases 3' "$T/out"
		grep -q '^#chan 0x[0-9a-f]* 0/0 elem 24' "$T/out"
		# Two at one mutex, four more elsewhere: none without an address
		[ "$(grep -c '^#semaphore 0x[0-9a-f][0-9a-f]' "$T/out")" -eq 6 ]
		[ "$(grep '^#semaphore' "$T/out" | sort | uniq -d | wc -l)" -eq 1 ]
		# The descriptors are what /proc says
		reader=$(sed -n 's/^#fd \([0-9]*\) read/\1/p' "$T/out")
		writer=$(sed -n 's/^#fd \([0-9]*\) write/\1/p' "$T/out")
		[[ $(readlink "/proc/$pid/fd/$reader") == socket:* ]]
		[[ $(readlink "/proc/$pid/fd/$writer") == pipe:* ]]
		grep -q '^#label request=42$' "$T/out"
		grep -q '^#label user=some one$' "$T/out"
		kill_all
		: >"$T/pids"
	done
}

# serve DIRECTORY NAME: the packaged server, its pprof address in $pprof
serve() {
	local port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	case $2 in
	caddy)
		echo "{\"admin\":{\"listen\":\"127.0.0.1:$port\"},\"logging\":{\"logs\":{\"default\":{\"level\":\"ERROR\"}}}}" >"$T/caddy.json"
		HOME=$T launch "$T/server" "$T/server.err" "$1/usr/bin/caddy" run --config "$T/caddy.json"
		;;
	prometheus)
		echo 'global: {scrape_interval: 1m}' >"$T/prometheus.yml"
		launch "$T/server" "$T/server.err" "$1/usr/bin/prometheus" --config.file="$T/prometheus.yml" \
			--storage.tsdb.path="$T/tsdb" --web.listen-address="127.0.0.1:$port"
		;;
	esac
	pid=$launched
	pprof="http://127.0.0.1:$port/debug/pprof/goroutine?debug=2"
	await fetch "$T/own"
}

fetch() {
	python3 -c 'import sys, urllib.request; open(sys.argv[2], "wb").write(urllib.request.urlopen(sys.argv[1]).read())' "$pprof" "$1"
}

@test "Debian's caddy and prometheus, of three releases: stripped, and as Go prints them" {
	local seen=0
	for name in servers servers-newer servers-newest; do
		dir=$(bash "$source_of/fetch.sh" "$name" 2>"$T/fetch") || continue
		for server in caddy prometheus; do
			serve "$dir" "$server"
			# It still starts: goroutines move. A few tries, each of which must agree.
			for _ in 1 2 3; do
				dump "$T/before"
				fetch "$T/own"
				dump "$T/after"
				python3 "$source_of/compare.py" "$T/before" "$T/own" "$T/after" --minimum 3
			done
			seen=$((seen + 1))
			kill_all
			: >"$T/pids"
			rm -rf "$T/tsdb"
		done
	done
	[ "$seen" -gt 0 ] || skip "$(tail -n 1 "$T/fetch")"
	tail -n 100 "$T/dump.err" | sort -u
}

@test "what is known of the runtime's structures is what the toolchains' DWARF says" {
	for name in stable newest; do
		toolchain "$name"
		build offsets
		"$program" "$BATS_TEST_DIRNAME/../../data/go/offsets.tsv"
	done
}

@test "no stack of two instants: stacks that grow and shrink, constant collection, goroutines that come and go" {
	toolchain newest
	build torture '-ldflags=-s -w'
	start
	"$WORKLOADS/goroutines_torture" "$pid" 50000
}
