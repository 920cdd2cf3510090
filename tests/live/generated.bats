#!/usr/bin/env bats
# Code that is made at run time: no file, no names, no call frame information.
load common

# bats test_tags=matrix,ends
@test "stacks through generated code: every frame, with the frame pointer used for something else too" {
	hold generated
	scope_well snapshot --json --no-lines -p "$pid"
	expect '.[0].threads | map(select(.name == "frameless"))[0] | .stack_end == "complete" and
		(functions | index("inner") as $i | .[$i:$i + 5] == ["inner", null, "middle", null, "waiter"])' '.[0].threads[] | [.stack_end, functions]'
	expect '.[0].threads | map(select(.name == "framed"))[0] | .stack_end == "complete" and
		(functions | index("inner") as $i | .[$i:$i + 3] == ["inner", null, "waiter"])' '.[0].threads[] | [.stack_end, functions]'
}

@test "generated code has the names that its process wrote down, not those of another's hand" {
	hold generated
	scope_well snapshot --json --no-lines -p "$pid"
	address=$(query '.[0].threads | map(select(.name == "frameless"))[0].stack[] | select(.function == null and .module == null) | .address' | tr -d '"' | head -n 1)
	map=/tmp/perf-$pid.map
	printf '%x 40 made_here\n' $((address & ~63)) >"$map"
	scope_well snapshot --json --no-lines -p "$pid"
	chown 65534 "$map"
	cp "$T/out" "$T/mine"
	scope_well snapshot --json --no-lines -p "$pid"
	rm -f "$map"
	expect '[.[0].threads[].stack[].function | select(. == "made_here")] | length == 0'
	mv "$T/mine" "$T/out"
	expect '.[0].threads | map(select(.name == "frameless"))[0] | functions | index("inner") as $i |
		.[$i:$i + 3] == ["inner", "made_here", "middle"]' '.[0].threads[] | functions'
}
