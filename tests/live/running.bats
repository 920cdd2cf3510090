#!/usr/bin/env bats
# Threads that run: where they are at one instant, marked as sampled, or nothing.
load common

chain='calls(["inner_loop", "outer_loop", "spinner"])'
honest='(.stack_sampled == null and .stack == []) or (.stack_sampled == "complete" and '"$chain"')'

# Until a snapshot has it: a thread that is kept from its CPU in that moment is in none.
sampled() { # OPTION...
	scope_well snapshot --json "$@" -p "$pid"
	shows 'any(.threads[]; .name == "spinner" and .stack_sampled == "complete")'
}

# bats test_tags=matrix,ends,arm64
@test "a thread that computes: its stack, sampled" {
	hold spinners
	await sampled
	expect '.[0].threads[] | select(.name == "spinner") | .state == "R" and .wait == null and .stack_end == "running" and '"$chain"
	expect '.[0].threads[] | select(.name != "spinner") | .stack_sampled == null and .stack_end == "complete"'
	await sampled --hook iterator=plain
	expect '.[0].threads[] | select(.name == "spinner") | '"$chain"
}

@test "a sampled stack in text, folded, in a profile and replayed" {
	hold spinners
	await sampled --save "$T/saved"
	cp "$T/out" "$T/live"
	scope_well replay --json "$T/saved"
	cmp "$T/live" "$T/out"
	scope_well replay "$T/saved"
	grep -EA3 '^1 thread: (running|runnable, but without a CPU)' "$T/out" | grep -q 'outer_loop'
	grep -q '^  (running: sampled)$' "$T/out"
	scope_well replay --folded "$T/saved"
	grep -q ';spinner;outer_loop;inner_loop 1$' "$T/out"
	scope_well replay --pprof "$T/profile" "$T/saved"
	gzip -dc "$T/profile" | grep -aq outer_loop
}

# bats test_tags=matrix,ends
@test "many more threads that compute than CPUs: each at its place, or nothing is said of it" {
	threads=$(amount 50 6)
	hold spinners --threads "$threads"
	# A thread that has had no CPU yet has not given itself its name.
	all_named() { sampled && shows '[.threads[] | select(.name == "spinner")] | length == '"$threads"; }
	await all_named
	expect '[.[0].threads[] | select(.name == "spinner")] | all(.wait == null and .stack_end == "running")'
	expect '[.[0].threads[] | select(.name == "spinner") | '"$honest"'] | all' '[.[0].threads[] | [.stack_sampled, functions]] | unique'
}

# A convoy is one from 10 ms on.
queued() {
	sampled "$@" && shows 'any(.findings[]; .kind == "lock-convoy" and (.summary | test("seen in")))'
}

@test "behind a lock whose owner runs: where it was seen" {
	hold spinners --waiters 3
	await queued --save "$T/saved"
	# Its text is of the same moment: in another one the owner may have no CPU, and not be seen anywhere.
	is='(running|runnable, but (without a CPU|throttled) for .*), seen in inner_loop < outer_loop'
	expect ".[0].findings[] | select(.kind == \"lock-convoy\") | .summary | test(\"which is $is\")" '.[0].findings'
	scope_well replay "$T/saved"
	grep -Eq "spin_mutex.* -> spinner \([0-9]+\), $is" "$T/out"
}

@test "threads that run and block all the time: what is said of each is of one moment" {
	hold spinners --threads 0 --nappers 4
	for _ in $(seq "$(amount 20 5)"); do
		scope_well snapshot --json -p "$pid"
		expect '[.[0].threads[] | select(.name == "napper") |
			if .wait == null or .stack_end == "running" then
				.stack == [] or (functions | index("napper") != null and (index("nap_work") != null or index("nap_sleep") != null))
			else .wait.kind == "sleep" and .stack_end == "complete" and calls(["nap_sleep", "napper"]) end] | all' \
			'[.[0].threads[] | [.state, .wait, .stack_end, .stack_sampled, functions]]'
	done
}
