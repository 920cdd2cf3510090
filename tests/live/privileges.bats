#!/usr/bin/env bats
# With exactly the capabilities that are documented, and with one of them missing; with low limits.
load common

ALL=(bpf perfmon sys_ptrace dac_read_search)

# with_only CAPABILITY... -- COMMAND...: as another user.
with_only() {
	local list=-all
	while [ "$1" != -- ]; do
		list+=,+$1
		shift
	done
	shift
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="$list" --ambient-caps="$list" \
		--bounding-set="$list" "$@"
}

scope_with() { # CAPABILITY... -- ARGUMENT...
	local capabilities=()
	while [ "$1" != -- ]; do
		capabilities+=("$1")
		shift
	done
	status=0
	with_only "${capabilities[@]}" -- timeout -s KILL "$limit" "$THREADSCOPE" "${@:2}" >"$T/out" 2>"$T/err" \
		</dev/null 3>&- || status=$?
}

possible() {
	need setpriv
	with_only -- test -x "$THREADSCOPE" || skip 'another user cannot reach the program'
	setpriv --dump | grep -q perfmon || skip 'this setpriv does not know the capabilities'
}

without() { # CAPABILITY: the others, in $rest
	rest=()
	for c in "${ALL[@]}"; do
		[ "$c" = "$1" ] || rest+=("$c")
	done
}

# bats test_tags=matrix,ends
@test "the four documented capabilities suffice for every command" {
	possible
	hold convoy
	ulimit -l unlimited 2>"$T/err" || : # before Linux 5.11 maps count as locked memory; not every root may raise it
	for command in "snapshot --json -p $pid" "top --json -c 2 -i 100ms -p $pid" "top --json -c 1 -i 100ms" \
		"logs --json -c 1 -i 100ms -p $pid" "events --json -d 100ms -p $pid"; do
		# shellcheck disable=SC2086 # words
		scope_with "${ALL[@]}" -- $command
		echo "$command"
		has_status 0
		[ "$(grep -vc '^threadscope: .* events; lost' "$T/err")" -eq 0 ]
	done
	scope_with "${ALL[@]}" -- snapshot --json -p "$pid"
	expect '.[0].threads | length > 1 and all(.stack | length > 0)'
	expect '.[0].locks | any(.owner_tid != null)'
	scope_with "${ALL[@]}" -- doctor --json
	has_status 0
	expect '.[0].checks[] | select(.name == "privileges") | .state == "ok"'
}

@test "a missing capability is named, and the verifier is not" {
	possible
	hold convoy
	for missing in "${ALL[@]}"; do
		without "$missing"
		for command in "snapshot -p $pid" "top -c 1 -i 50ms -p $pid" "logs -c 1 -i 50ms -p $pid" "events -d 50ms -p $pid"; do
			# shellcheck disable=SC2086 # words
			scope_with "${rest[@]}" -- $command
			echo "$command without $missing"
			case $missing in
			bpf | perfmon) has_status 4 ;;
			*) has_status 0 ;;
			esac
			grep -qi "lack of CAP_$missing " "$T/err"
			grep -q verifier "$T/err" && false
		done
		scope_with "${rest[@]}" -- doctor --json
		has_status 4
		expect ".[0].checks[] | select(.name == \"privileges\") | .state == \"missing\" and
			(.reason | ascii_downcase | test(\"cap_$missing\"))"
	done
}

@test "few descriptors: said so, and nothing else is blamed" {
	possible
	hold convoy
	for files in 12 16 20 40; do
		for command in "snapshot -p $pid" "top -c 1 -i 50ms -p $pid" "logs -c 1 -i 50ms -p $pid" "events -d 50ms -p $pid"; do
			status=0
			# shellcheck disable=SC2086 # words
			(
				ulimit -n $files
				with_only "${ALL[@]}" -- timeout -s KILL "$limit" "$THREADSCOPE" $command >"$T/out" 2>"$T/err" \
					</dev/null 3>&-
			) || status=$?
			echo "$command with $files"
			[ "$status" -ne 0 ] || continue # a snapshot needs few
			has_status 1 4
			grep -qiE 'descriptors|open files' "$T/err"
			[ "$(wc -l <"$T/err")" -eq 1 ]
		done
	done
}

@test "a low limit on stack is no obstacle, and a command has it all the same" {
	need setpriv
	hold convoy
	for how in -s -Ss; do
		for command in "snapshot --lines -p $pid" "top -c 1 -i 50ms -p $pid" "logs -c 1 -i 50ms" "events -d 50ms -p $pid" doctor; do
			for drop in -sys_resource +all; do
				status=0
				# shellcheck disable=SC2086 # words
				(
					ulimit "$how" 64
					setpriv --bounding-set="$drop" timeout -s KILL "$limit" "$THREADSCOPE" $command >"$T/out" 2>"$T/err" \
						</dev/null 3>&-
				) || status=$?
				echo "$command, ulimit $how 64, $drop"
				has_status 0
			done
		done
	done
	(
		ulimit -s 64
		setpriv --bounding-set=-sys_resource timeout -s KILL "$limit" "$THREADSCOPE" top -i 10m -- \
			sh -c 'ulimit -Ss; ulimit -Hs; exit 0' >"$T/out" 2>"$T/err" 3>&-
	)
	[ "$(grep -cx 64 "$T/out")" -eq 2 ]
}
