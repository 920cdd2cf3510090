#!/usr/bin/env bats
# Inlined calls and source lines from debug information.
load common

main_stack() { # OPTION...
	scope_well snapshot --json -p "$pid" --tid "$pid" "$@"
}

# sleep_for_ever() is inlined into stay(), and that into main()
CHAIN='[.[0].threads[0].stack[] | select(.module | endswith("/zombie"))] | map(select(.function != "_start"))'

@test "a small program's inlined calls and lines are shown unasked" {
	hold zombie
	for option in --json --lines; do
		main_stack "$option"
		equal "$CHAIN | map([.function, .inlined])" '[["sleep_for_ever", true], ["stay", true], ["main", false]]'
		expect "$CHAIN | all(.[]; .line > 0 and (.file | endswith(\".h\") or endswith(\".c\")))" "$CHAIN"
		equal "$CHAIN | map(.address) | unique | length" 1
	done
}

@test "--no-lines: names from symbol tables alone" {
	hold zombie
	main_stack --no-lines
	equal "$CHAIN | map([.function, .inlined, .file, .line])" '[["main", false, null, null]]'
}

@test "a library whose debug information is large has lines only with --lines" {
	hold zombie
	main_stack --lines
	expect '[.[0].threads[0].stack[] | select(.module | endswith("/libc.so.6")) | .line] | any' ||
		skip "this libc's debug information is not installed"
	main_stack
	expect '[.[0].threads[0].stack[] | select(.module | endswith("/libc.so.6")) | .line] | all(. == null)'
	expect '[.[0].threads[0].stack[] | select(.module | endswith("/libc.so.6")) | .function] | all'
}
