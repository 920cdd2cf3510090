#!/usr/bin/env bats
# Snapshots of Go programs, stripped.
load common

need_go() {
	[ -x "$WORKLOADS/go_$1" ] || skip 'needs a Go compiler'
}

in_source() { # WORKLOAD PATTERN: number of the line that matches
	grep -n "$2" "$root/tests/workloads/go/$1.go" | cut -d : -f 1
}

# A traceback without what is not told from outside (arguments, how long) and of goroutines that wait.
waiting_only() {
	awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^goroutine [0-9]+ \[(running|runnable|syscall|IO wait)/' |
		sed -E '/^(goroutine|\t|created by)/!s/\([^()]*\)$/(...)/; s/^(goroutine.*), [0-9]+ minutes/\1/'
}

# bats test_tags=arm64
@test "a Go program: goroutines in groups, with state, stack, creator and channel" {
	need_go many
	hold go_many --count 1000
	scope_well snapshot --json -p "$pid"
	silent
	valid snapshot-1
	expect '.[0].target.runtime | .kind == "go" and .version == $w.go'
	expect '.[0].goroutines | .total == $w.goroutines and .problem == null and .by_state["chan receive"] == 1000'
	expect '.[0].goroutines.groups[0] | .count == 1000 and .state == "chan receive" and (.goids | length) == 10 and
		.chan.len == 0 and .chan.cap == 0 and .targets == 1 and .stack_end == "complete" and .wait_exact == false' \
		'.[0].goroutines.groups[0]'
	expect ".[0].goroutines.groups[0].stack[0] | .function == \"main.waits\" and .line == $(in_source many 'return 1 + <-c$') and (.file | endswith(\"/many.go\"))"
	expect ".[0].goroutines.groups[0].created_by | .function == \"main.main\" and .line == $(in_source many '^		go waits(never)')"
	expect '[.[0].goroutines.groups[].count] | add == ($w.goroutines + '"$(query '.[0].goroutines.system')"')'
	expect '.[0].goroutines.threads | map(.count) | add == '"$(query '.[0].threads | length')"
}

@test "a Go program: text and its parts" {
	need_go many
	hold go_many --count 100
	scope_well snapshot --goroutines -p "$pid"
	grep -q '^100 goroutines: chan receive on chan 0x[0-9a-f]* (0 of 0)' "$T/out"
	grep -q '^  #0  main.waits at .*/many.go:[0-9]*$' "$T/out"
	[ "$(grep -c "of the runtime)" "$T/out")" -eq 0 ]
	scope_well snapshot --goroutines --all -p "$pid"
	grep -q "(of the runtime)" "$T/out"
	scope_well snapshot -p "$pid"
	grep -q '^100 goroutines: chan receive' "$T/out"
	grep -qE '^[0-9]+ threads: .*idle' "$T/out"
}

@test "a stripped Go program: its threads' own stacks have names, in top too" {
	need_go many
	hold go_many --count 10
	scope_well snapshot --json -p "$pid"
	expect '[.[0].threads[].stack[] | select(.module | endswith("/go_many"))] | length > 10 and all(.function | strings)'
	expect '.[0].threads | any(.stack_end == "complete" and (functions | .[-1] == "runtime.mstart"))' \
		'[.[0].threads[] | [.stack_end, functions]]'
	expect '.[0].threads | all(functions | index("runtime.mcall") as $at | $at == null or $at + 1 == length)'
	expect '[.[0].threads[].stack[] | select(.function == "runtime.futexsleep")] |
		length > 0 and all(.offset > 0 and (.file | endswith("/os_linux.go")) and .line > 0)'
	scope_well snapshot --no-lines --json -p "$pid"
	expect '[.[0].threads[].stack[] | select(.function == "runtime.futexsleep")] | length > 0 and all(.file == null)'
	expect '[.[0].threads[].stack[] | .inlined] | any | not'
	scope_well top --json -c 1 -i 50ms -p "$pid"
	expect '.[0].threads | any(.stack[0:2] == ["runtime.futex", "runtime.futexsleep"])' '[.[0].threads[].stack]'
	[ "$(grep -c '\[go_many+0x' "$T/out")" -eq 0 ]
}

@test "a Go program: --goroutines=full is what Go's own dump says" {
	need_go many
	need curl
	hold go_many --count 50 --serve
	curl -sf "http://127.0.0.1:$(fact .port)/debug/pprof/goroutine?debug=2" >"$T/own"
	scope_well snapshot --goroutines=full -p "$pid"
	silent
	waiting_only <"$T/out" >"$T/ours"
	waiting_only <"$T/own" >"$T/theirs"
	[ "$(grep -c ^goroutine "$T/theirs")" -ge 50 ]
	diff <(tr '\n' '~' <"$T/ours" | sed 's/~~/\n/g' | sort) <(tr '\n' '~' <"$T/theirs" | sed 's/~~/\n/g' | sort)
	scope_well snapshot --goroutines=full --json -p "$pid"
	valid snapshot-1
	expect '.[0].goroutines | (.list | length) == .total + .system'
}

@test "a Go program: what was saved is shown again" {
	need_go many
	hold go_many --count 100
	scope_well snapshot --json --save "$T/saved" -p "$pid"
	cp "$T/out" "$T/first"
	scope_well replay --json "$T/saved"
	[ "$(jq -c '.goroutines' "$T/out")" = "$(jq -c '.goroutines' "$T/first")" ]
}

@test "no Go program: null, and one sentence where goroutines were asked for" {
	hold waits
	scope_well snapshot --json -p "$pid"
	expect '.[0].goroutines == null and .[0].target.runtime.kind == "native"'
	scope snapshot --goroutines -p "$pid"
	fails_with 2 'not a Go program'
}

profile() { # ARGUMENT...
	PPROF_TMPDIR=$T HOME=$T env go tool pprof "$@" "$T/profile" >"$T/pprof" 2>&1 || { cat "$T/pprof"; return 1; }
}

# The samples of a profile as go tool pprof -raw prints them: count, then its labels in one line.
raw_samples() {
	profile -raw
	awk '/^Locations/ { exit } /^ +[0-9]+: / { if (n) print n, labels; n = $1 + 0; labels = ""; next }
		n && /:\[/ { labels = labels " " $0 } END { if (n) print n, labels }' "$T/pprof"
}

@test "a Go program: --goroutines=profile is what go tool pprof reads, with the same counts" {
	need_go many
	need go
	hold go_many --count 300 --labels 25 --serve
	scope_well snapshot --goroutines=profile --pprof "$T/profile" --json -p "$pid"
	silent
	valid snapshot-1
	raw_samples >"$T/samples"
	cat "$T/samples"
	[ "$(awk '{ n += $1 } END { print n }' "$T/samples")" -eq "$(query '.[0].goroutines.total')" ]
	grep -q '^goroutine/count' "$T/pprof"
	# Without the goroutines' own labels a sample is a group.
	[ "$(grep -v 'request:' "$T/samples" | cut -d ' ' -f 1 | sort -n | tr '\n' ' ')" = \
		"$(jq -r '[.goroutines.groups[] | select((.system | not) and .labels == []).count] | sort | map("\(.) ") | add' "$T/out")" ]
	grep -q '^300 .*chan:\[0x[0-9a-f]*\] creator:\[main.main\].* state:\[waiting\] wait_reason:\[chan receive\]' "$T/samples"
	[ "$(grep -c '^5 .* request:\[0\] ' "$T/samples")" -eq 2 ]
	[ "$(grep -c '^5 .* kind:\[odd\] .* request:\[0\] ' "$T/samples")" -eq 1 ]
	[ "$(grep 'request:' "$T/samples" | awk '{ n += $1 } END { print n }')" -eq 25 ]
	profile -top
	grep -q '^Type: goroutine$' "$T/pprof"
	grep -q '^File: go_many$' "$T/pprof"
	grep -qE '^ +300 .* main\.waits$' "$T/pprof"
	profile -tagfocus kind=odd -list 'main\.labelled'
	grep -qE "^ +12 +12 +$(in_source many 'return 2 + <-c$'):" "$T/pprof"
}

@test "a Go program: the runtime's own goroutines are in a profile with --all" {
	need_go many
	need go
	hold go_many --count 3
	scope_well snapshot --goroutines=profile --pprof "$T/profile" --all --json -p "$pid"
	[ "$(raw_samples | awk '{ n += $1 } END { print n }')" -eq "$(query '.[0].goroutines | .total + .system')" ]
	grep -q 'runtime.forcegchelper' "$T/pprof"
	[ "$(stat -c %a "$T/profile")" = "$(printf '%o' $((0666 & ~0$(umask))))" ]
}

@test "no Go program: no profile of goroutines, and one sentence" {
	hold waits
	scope snapshot --goroutines=profile --pprof "$T/profile" -p "$pid"
	fails_with 2 'not a Go program'
	[ ! -e "$T/profile" ]
}

@test "a Go program: what descriptors are and who is at their other end" {
	need_go netwait
	hold go_netwait --clients 5 --path "$T/socket"
	group() { # FUNCTION: the group whose stack has it
		query "[.[0].goroutines.groups[] | select(any(.stack[]; .function == \"main.$1\"))][0] | $2"
	}
	writer_waits() {
		scope_well snapshot --json -p "$pid"
		[ "$(group writes .state)" = '"IO wait"' ]
	}
	await writer_waits
	valid snapshot-1
	port=127.0.0.1:$(fact .port)
	[ "$(group readsTcp '[.count, .targets, .peer, .descriptor]')" = "[5,5,\"$port\",null]" ]
	[ "$(group writes '[.descriptor.for, .descriptor.file, .descriptor.peer]')" = "[\"write\",\"socket to $port\",\"$port\"]" ]
	[ "$(group accepts '[.descriptor.for, .descriptor.file, .descriptor.peer]')" = "[\"read\",\"socket at $port\",null]" ]
	[ "$(group readsPipe '[.descriptor.for, (.descriptor.file | test("^pipe:\\[[0-9]+\\]$"))]')" = '["read",true]' ]
	fd=$(group readsPipe .descriptor.fd)
	[ "$(group readsPipe .descriptor.file)" = "\"$(readlink "/proc/$pid/fd/$fd")\"" ]
	[ "$(group readsPipe '[.pipe_ends[].pid, .pipe_ends[].goroutines, .pipe_ends_more, .pipes_seen]')" = "[$pid,1,0,1]" ]
	[ "$(group readsTcp .pipe_ends)" = '[]' ]
	[ "$(group readsUnix .descriptor.fd)" -gt 2 ]
	scope_well snapshot --goroutines -p "$pid"
	grep -qE "^1 goroutine: IO wait to read from fd $fd \\(pipe:\\[[0-9]+\\], write end held by [a-z_]+ \\($pid\\)\\)" "$T/out"
	grep -q "^5 goroutines: IO wait on 5 different descriptors, all to $port" "$T/out"
	grep -qE "^1 goroutine: IO wait to write to fd [0-9]+ \\(socket to $port\\)" "$T/out"
	scope_well snapshot --goroutines=full --json -p "$pid"
	valid snapshot-1
	expect "[.[0].goroutines.list[].descriptor | select(.peer == \"$port\")] | length == 6"
}

# Programs that need cgo and a C compiler: built here.
build_go_c() { # OUTPUT OPTION...
	command -v gcc >/dev/null || skip 'needs a C compiler'
	command -v go >/dev/null || skip 'needs a Go compiler'
	[ -z "${TS_GUEST:-}" ] || skip 'not in guests'
	CC=gcc GO111MODULE=off GOFLAGS='' CGO_ENABLED=1 \
		GOCACHE="${THREADSCOPE_GO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/threadscope/go}/build" command go build -o "$@"
}

runs() { # COMMAND...: until it says "ready"; its PID goes to $pid
	launch "$T/said" "$T/err" "$@"
	pid=$launched
	await grep -q ready "$T/said"
}

@test "a Go library in a program of another language" {
	cat >"$T/lib.go" <<-'END'
		package main
		import "C"
		//export Start
		func Start(n C.int) {
			for i := 0; i < int(n); i++ {
				go waits(make(chan int))
			}
		}
		func waits(c chan int) { <-c }
		func main() {}
	END
	cat >"$T/host.c" <<-'END'
		#include "lib.h"
		#include <stdio.h>
		#include <unistd.h>
		int main(void) { Start(7); puts("ready"); fflush(stdout); for (;;) pause(); }
	END
	build_go_c "$T/lib.so" -buildmode=c-shared -ldflags='-s -w' "$T/lib.go"
	gcc -o "$T/host" "$T/host.c" "$T/lib.so" -Wl,-rpath,"$T"
	runs "$T/host"
	scope_well snapshot --json -p "$pid"
	valid snapshot-1
	expect '.[0].target.runtime.kind == "go" and ([.[0].goroutines.groups[] | select(.count == 7)] | length == 1 and (.[0] |
		.state == "chan receive" and .stack[0].function == "main.waits" and .created_by.function == "main.Start"))'
	# The program's own thread is no goroutine.
	expect '.[0].threads[] | select(.tid == $pid) | .goid == null and .wait.syscall == "pause"'
	scope_well snapshot --goroutines -p "$pid"
	[ "$(grep -c 'goroutine.* in syscall pause' "$T/out")" -eq 0 ]
}

@test "goroutines in a plugin" {
	cat >"$T/plugin.go" <<-'END'
		package main
		func Work() {
			for i := 0; i < 3; i++ {
				go inPlugin(make(chan int))
			}
		}
		func inPlugin(c chan int) { <-c }
	END
	cat >"$T/host.go" <<-'END'
		package main
		import (
			"os"
			"plugin"
			"time"
		)
		func main() {
			p, err := plugin.Open(os.Args[1])
			if err != nil {
				panic(err)
			}
			work, err := p.Lookup("Work")
			if err != nil {
				panic(err)
			}
			work.(func())()
			time.Sleep(100 * time.Millisecond)
			os.Stdout.WriteString("ready\n")
			time.Sleep(time.Hour)
		}
	END
	build_go_c "$T/plugin.so" -buildmode=plugin "$T/plugin.go"
	build_go_c "$T/host" "$T/host.go"
	runs "$T/host" "$T/plugin.so"
	scope_well snapshot --json -p "$pid"
	expect '[.[0].goroutines.groups[] | select(.count == 3)] | length == 1 and (.[0] |
		(.stack[0].function | endswith(".inPlugin")) and (.created_by.function | endswith(".Work")))' '.[0].goroutines.groups'
	expect '.[0].goroutines.lost | .stacks == 0 and .moved == 0'
}

@test "threads of Go's runtime without work are folded" {
	need_go busy
	hold go_busy --workers 20
	scope_well snapshot -p "$pid"
	# Both lines agree, and no stack of the runtime is shown whole.
	head -n 1 "$T/out" | grep -Eq '([0-9]+) threads, .*blocked \([0-9]+ idle\)'
	[ "$(head -n 1 "$T/out" | sed -E 's/.*\(([0-9]+) idle\).*/\1/')" = "$(sed -nE 's/^[0-9]+ threads: .*\b([0-9]+) idle.*/\1/p' "$T/out")" ]
	[ "$(grep -cE '^  #[0-9]+ +runtime.(stopm|mPark|sysmon|netpoll)' "$T/out")" -eq 0 ]
	scope_well top -c 2 -i 300ms -p "$pid"
	[ "$(grep -cE 'waits .*in runtime\.|^ +[0-9]+ .*futex 0x' "$T/out")" -eq 0 ]
	grep -Eq '^([0-9]+ threads|... and [0-9]+ more) blocked, [0-9]+ of them idle$' "$T/out"
	scope_well top --json -c 2 -i 300ms -p "$pid"
	expect '[.[-1].threads[] | select(.wait.class == "idle" and (.wait.function // "" | startswith("runtime.")))] | length >= 2'
}
