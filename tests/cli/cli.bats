#!/usr/bin/env bats
# The command line itself. Needs no root.

load common

setup() {
	program
}

scope() {
	status=0
	timeout 120 "$THREADSCOPE" "$@" >"$out" 2>"$err" </dev/null || status=$?
}

# Wrong usage: status 2, one sentence on standard error, nothing on standard output.
refuses() { # PATTERN ARGUMENT...
	local pattern=$1
	shift
	scope "$@"
	echo "threadscope $*: status $status"
	cat "$err"
	[ "$status" -eq 2 ]
	[ "$(wc -l <"$err")" -eq 1 ]
	grep -Eqi -- "$pattern" "$err"
	[ ! -s "$out" ]
}

# Refuses the value of an option, and names both.
refuses_value() { # OPTION VALUE ARGUMENT...
	refuses "'$2'.*$1.*(wants|expected)" "${@:3}"
}

@test "--help and -h: usage on standard output, status 0" {
	for option in --help -h; do
		scope "$option"
		[ "$status" -eq 0 ]
		[ ! -s "$err" ]
		for word in top snapshot events logs doctor --pid --name --interval --count --duration --json --folded --min-wait \
			--slow-write --log-file --ready-file --version; do
			grep -Fq -- "$word" "$out"
		done
		[ "$(awk '{ if (length > n) n = length } END { print n }' "$out")" -le 110 ]
	done
}

@test "--help after a command is help, too" {
	for command in top snapshot events logs doctor; do
		scope "$command" --help
		[ "$status" -eq 0 ]
		grep -Eq "^usage: threadscope $command " "$out"
		[ "$(awk '{ if (length > n) n = length } END { print n }' "$out")" -le 80 ]
	done
}

@test "--help after a command: the options of that one" {
	scope top --help
	tr -s '\n ' ' ' <"$out" | grep -q 'one line per process, without goroutines'
	scope logs --help
	grep -Fq -- --heatmap "$out"
	run grep -E -- '--(folded|min-wait|goroutines|hook) ' "$out"
	[ "$output" = '      --hook NAME=CHOICE    use this kernel interface instead of the best one:' ]
	scope events --help
	grep -Fq -- --min-wait "$out"
	run grep -F -- --heatmap "$out"
	[ "$status" -eq 1 ]
}

@test "--version and -V: name and version, status 0" {
	for option in --version -V; do
		scope "$option"
		[ "$status" -eq 0 ]
		[ ! -s "$err" ]
		grep -Eq '^threadscope [0-9]+\.[0-9]+\.[0-9]+' "$out"
		[ "$(wc -l <"$out")" -eq 1 ]
	done
}

@test "an unknown option" {
	refuses "unknown option '--no-such-option'" --no-such-option
	refuses "unknown option '--no-such-option'" snapshot --no-such-option
	refuses "unknown option '-x'" -x
}

@test "an unknown command" {
	refuses 'frobnicate' frobnicate
	refuses 'frobnicate' frobnicate -p 1
}

@test "a word too many" {
	refuses 'extra' snapshot -p 1 extra
	refuses 'extra' doctor extra
	refuses "unexpected argument '4481'; select a process with -p" logs 4481
}

@test "--lines and --no-lines exclude each other" {
	refuses '--lines and --no-lines are mutually exclusive' snapshot --lines --no-lines -p 1
	refuses "'doctor'.*--lines|--lines.*'doctor'" doctor --lines
}

@test "--goroutines: what it takes, and what a profile needs" {
	refuses_value --goroutines all snapshot --goroutines=all -p 1
	refuses 'profile needs --pprof' snapshot --goroutines=profile -p 1
	refuses 'counts goroutines' snapshot --goroutines=profile --pprof /tmp/p --by wait-time -p 1
	refuses "'top'.*--goroutines|--goroutines.*'top'" top --goroutines=profile -p 1
}

@test "-i: not a duration" {
	for duration in 0 0s 1parsec '' abc -1s 1 1.5.5s 1s1s ' 1s' 99999999999999h 1e3s nan inf; do
		refuses_value --interval "$duration" -i "$duration" -p 1
	done
}

@test "-d, --min-wait, --slow-write: not a duration" {
	refuses_value --duration 1parsec top -d 1parsec
	refuses_value --min-wait 1parsec events --min-wait 1parsec -p 1
	refuses_value --slow-write 1parsec top --slow-write 1parsec
}

@test "-p: not a PID" {
	for pid in abc 0 -1 '' 1,abc '1,' ',1' 1.5 99999999999999999999 0x10 '1 2'; do
		refuses_value --pid "$pid" snapshot -p "$pid"
	done
}

@test "-c: not a count" {
	for count in 0 -1 abc '' 1.5 99999999999999999999999; do
		refuses_value --count "$count" top -c "$count"
	done
}

@test "options without their value" {
	local option
	for option in '-p --pid' '-n --name' '-i --interval' '-c --count' '-d --duration'; do
		refuses "${option#* }.* needs a value" top "${option% *}"
		refuses "${option#* }.* needs a value" top "${option#* }"
	done
	for option in --min-wait --slow-write --log-file --ready-file; do
		refuses "$option.* needs a value" top "$option"
	done
}

@test "snapshot and events need a target" {
	refuses "'snapshot' needs a target: -p PID or -n GLOB" snapshot
	refuses "'snapshot' needs a target: -p PID or -n GLOB" snapshot --json
	refuses "'events' needs a target" events
}

@test "--count and --interval of a snapshot" {
	refuses '--interval .*--count' snapshot -p 1 -i 10ms
	refuses_value --count 0 snapshot -p 1 -c 0
	refuses_value --interval 0s snapshot -p 1 -c 2 -i 0s
}

@test "options that do not go together" {
	refuses "'top'.*--folded|--folded.*'top'" top --folded
	refuses '--json and --folded are mutually exclusive' snapshot --folded --json -p 1
	refuses 'conflicting targets.*-p, -n and -- COMMAND' snapshot -p 1 -- true
	refuses 'conflicting targets.*-p, -n and -- COMMAND' top -p 1 -- true
	refuses "no command after '--'" top --
}

@test "a man page names every command and option" {
	page=$(dirname "$THREADSCOPE")/threadscope.8
	for word in top snapshot events doctor; do
		grep -q -- "$word" "$page"
	done
	scope --help
	grep -Eo -- '--[a-z-]+' "$out" | sort -u | while read -r option; do
		sed 's/\\-/-/g' "$page" | grep -Fq -- "$option"
	done
}

@test "--help to a full disk is an error" {
	status=0
	"$THREADSCOPE" --help >/dev/full 2>"$err" || status=$?
	[ "$status" -eq 1 ]
	[ "$(wc -l <"$err")" -eq 1 ]
}

@test "control characters of arguments do not reach the terminal" {
	refuses 'no\\x0a.*x1b\[31m' $'no\n\e[31mcommand'
	refuses 'x0a' -i $'1\n' -p 1
}

@test "-n: a name that no process can have, and too many" {
	refuses '15 characters' top -n my-long-process-name
	refuses '15 characters' snapshot -n '?long-[a-z]*-process-na\me'
	scope top -n '*long-[]a-z]*processna'
	[ "$status" -ne 2 ]
	refuses 'too many' top -n{a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q}
	refuses 'too many' snapshot -p "$(seq -s, 65)"
}

@test "a glob with an open bracket, the same for each command" {
	for command in top logs events snapshot; do
		refuses "unclosed bracket in '\\[' for --name" $command -n '['
		refuses 'unclosed bracket' $command -n '[my-long-process-name'
	done
	for command in top logs events; do
		refuses "unclosed bracket in '/var/\\[!a-z' for --log-file" $command -p 1 --log-file '/var/[!a-z'
		refuses 'bracket' $command -p 1 --log-file "$(printf 'x%.0s' {1..100})["
		scope $command -p 2147483647 --log-file '/var/[]a]\['
		[ "$status" -ne 2 ]
	done
}
