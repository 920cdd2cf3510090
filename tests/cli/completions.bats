#!/usr/bin/env bats
# What bash, zsh and fish complete, against the program's own help. Needs no root.
# shellcheck disable=SC2016 # scripts for other shells, and a name that looks like one

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	THREADSCOPE=$(realpath "${THREADSCOPE:-$root/build/threadscope}")
	scripts=$root/build/completions
	T=$BATS_TEST_TMPDIR
	export LC_ALL=C
	[ -e "$scripts/threadscope.bash" ] || skip "$scripts is not built"
	cd "$T" || return
}

teardown() {
	[ -z "${sleeper:-}" ] || kill "$sleeper"
}

# Each prints the candidates for the last word, a line each; in bash with what it shows beside them at a second Tab.
bash_completes() { # WORD...: as bash splits them
	bash -u -c 'source "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=${as_list:-9} COLUMNS=2000
		_threadscope
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' "$scripts/threadscope.bash" "$@"
}

fish_completes() { # LINE
	fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$scripts/threadscope.fish" "$1"
}

# Without its line editor: what the function hands to zsh's own ones.
zsh_completes() { # WORD...
	zsh -f -c 'setopt extendedglob
		_describe() { print -rl -- "${(@P)@[-1]}"; }
		_files() { print -r -- FILES; }
		_normal() { print -r -- "COMMAND $words"; }
		compadd() { print -rl -- "${(@P)2}"; }
		compset() { :; }
		source "$1"
		words=("${@[2,-1]}") CURRENT=$#words
		_threadscope' - "$scripts/threadscope.zsh" "$@"
}

commands() {
	"$THREADSCOPE" --help | sed -n '/^commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' | sort
}

options() { # COMMAND: the long ones that its help has
	"$THREADSCOPE" "$1" --help | sed -n 's/^  \(-[a-zA-Z], \|    \)\(--[a-z-]*\).*/\2/p' | sort
}

needs() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

@test "the scripts have the tables of this program" {
	for shell in bash zsh fish; do
		"$THREADSCOPE" --completion-tables "$shell" >tables
		[ -s tables ]
		grep -vxFf "$scripts/threadscope.$shell" tables >missing || true
		[ ! -s missing ]
	done
	run "$THREADSCOPE" --completion-tables tcsh
	[ "$status" -eq 2 ]
}

@test "bash: commands, and the options of each, with their documentation" {
	[ "$(bash_completes threadscope '' | sort)" = "$(commands)" ]
	[ "$(commands | wc -l)" -ge 6 ]
	for command in $(commands); do
		[ "$(bash_completes threadscope "$command" -- | sort)" = "$(options "$command")" ]
	done
	[ "$(options snapshot | wc -l)" -gt 15 ]
	[ "$(bash_completes threadscope -- | sort)" = "$(options top)" ]
	as_list=63 bash_completes threadscope snapshot --fl | grep -q '^--flamegraph  -- also write a flame graph to FILE'
	bash_completes threadscope snapshot --fl | grep -qx -- --flamegraph
}

@test "bash: values" {
	[ "$(bash_completes threadscope snapshot --by '')" = "$(printf 'count\nwait-time\noff-cpu')" ]
	# where "=" separates words, and where it does not
	[ "$(bash_completes threadscope snapshot --by = of)" = off-cpu ]
	[ "$(bash_completes threadscope doctor --hook writes = f)" = fentry ]
	[ "$(bash_completes threadscope doctor --hook = writes = f)" = fentry ]
	[ "$(bash_completes threadscope snapshot --goroutines = f)" = full ]
	[ -z "$(bash_completes threadscope snapshot -i '')" ]
	for command in top logs snapshot; do
		bash_completes threadscope "$command" --fail-on '' | sort >offered
		while read -r kind; do
			"$THREADSCOPE" "$command" --fail-on "$kind" --help >/dev/null
		done <offered
		"$THREADSCOPE" "$command" --fail-on nothing 2>&1 | grep -q 'kinds of findings'
		grep -qx any offered
	done
	bash_completes threadscope logs --fail-on '' | grep -qx dropped-writes
	[ -z "$(bash_completes threadscope snapshot --fail-on dropped)" ]
	[ "$(bash_completes threadscope snapshot --fail-on deadlock,st)" = deadlock,stuck-thread ]
	touch 'some file' other
	[ "$(bash_completes threadscope replay some)" = 'some file' ]
	[ "$(bash_completes threadscope snapshot --pprof = oth)" = other ]
	bash_completes threadscope -- slee | grep -qx sleep
	# what follows a value is no value
	[ "$(bash_completes threadscope -p 1 sn)" = snapshot ]
}

# The name is as hostile as 15 bytes allow.
@test "PIDs, names and threads of processes, which are never run" {
	cp "$(type -P sleep)" '$(>evil);x'
	'./$(>evil);x' 600 3>&- &
	sleeper=$!
	until grep -qF evil "/proc/$sleeper/comm"; do sleep 0.02; done
	[ "$(bash_completes threadscope -n '$(')" = '\$\(\>evil\)\;x' ]
	bash_completes threadscope -p '' | grep -qx "$sleeper"
	bash_completes threadscope snapshot -p "1,$sleeper" | grep -qx "1,$sleeper"
	[ "$(bash_completes threadscope snapshot -p "$sleeper" --tid '')" = "$sleeper" ]
	if command -v zsh >/dev/null; then
		zsh_completes threadscope -n '' | grep -qxF '$(>evil);x'
		zsh_completes threadscope -p '' | grep -qxF "$sleeper:"'$(>evil);x'
		[ "$(zsh_completes threadscope snapshot -p "$sleeper" --tid '')" = "$sleeper:"'$(>evil);x' ]
	fi
	if command -v fish >/dev/null; then
		fish_completes 'threadscope -n ' | grep -qF '>evil'
		fish_completes 'threadscope -p ' | grep -q "^$sleeper"
		fish_completes "threadscope snapshot -p $sleeper --tid " | grep -q "^$sleeper"
	fi
	[ ! -e evil ]
}

@test "zsh: commands, options with their documentation, values" {
	needs zsh
	zsh -n "$scripts/threadscope.zsh"
	[ "$(zsh_completes threadscope '' | cut -d: -f1 | sort)" = "$(commands)" ]
	for command in $(commands); do
		[ "$(zsh_completes threadscope "$command" -- | sed -n 's/^\(--[a-z-]*\):..*/\1/p' | sort)" = "$(options "$command")" ]
	done
	[ "$(zsh_completes threadscope snapshot --by '' | sort)" = "$(printf 'count\noff-cpu\nwait-time')" ]
	[ "$(zsh_completes threadscope snapshot --by=o | sort)" = "$(printf 'count\noff-cpu\nwait-time')" ]
	zsh_completes threadscope logs --fail-on '' | grep -q '^dropped-writes:.'
	[ "$(zsh_completes threadscope replay '')" = FILES ]
	[ "$(zsh_completes threadscope snapshot --pprof '')" = FILES ]
	[ "$(zsh_completes threadscope -p 1 -- ls '')" = 'COMMAND ls ' ]
}

@test "fish: commands, options with their documentation, values" {
	needs fish
	fish --no-config -n "$scripts/threadscope.fish"
	[ "$(fish_completes 'threadscope ' | cut -f1 | sort)" = "$(commands)" ]
	for command in $(commands); do
		[ "$(fish_completes "threadscope $command --" | sed -n 's/^\(--[a-z-]*\)\t..*/\1/p' | sort)" = "$(options "$command")" ]
	done
	[ "$(fish_completes 'threadscope snapshot --by ' | sort)" = "$(printf 'count\noff-cpu\nwait-time')" ]
	[ "$(fish_completes 'threadscope snapshot --by=o')" = --by=off-cpu ]
	fish_completes 'threadscope snapshot --fail-on deadlock,stu' | grep -q '^deadlock,stuck-thread'
	touch other
	[ "$(fish_completes 'threadscope replay oth' | cut -f1)" = other ]
	[ "$(fish_completes 'threadscope snapshot --pprof=oth' | cut -f1)" = --pprof=other ]
}
