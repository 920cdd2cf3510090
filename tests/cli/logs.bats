#!/usr/bin/env bats
# The view on logs, as far as it needs no kernel.

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
THREADSCOPE=${THREADSCOPE:-$root/build/threadscope}

refused() { # PATTERN ARGUMENT...
	local pattern=$1
	shift
	run "$THREADSCOPE" "$@"
	echo "$output"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	grep -Eqi -- "$pattern" <<<"$output"
}

@test "what is not for logs is refused" {
	refused "'logs' does not accept --folded" logs -p 1 --folded
	refused "'logs' does not accept --min-wait" logs -p 1 --min-wait 1s
	refused 'logs' nonsense
	refused 'duration' logs -p 1 -i 0s
	refused 'heatmap.*json' logs -p 1 --json --heatmap
	refused "'top' does not accept --heatmap" top -p 1 --heatmap
	refused 'conflicting targets' logs -p 1 -n x
}

@test "the documents printed in unit tests are what the schemas promise" {
	python3 -c 'import jsonschema' 2>/dev/null || skip 'python3 has no jsonschema'
	for schema in interval logs snapshot event doctor; do
		for golden in "$root/tests/golden/$schema"-*.json; do
			python3 "$root/tests/schema-check.py" "$root/docs/schema/$schema-1.json" "$golden"
		done
	done
	python3 "$root/tests/schema-check.py" "$root/docs/schema/interval-1.json" "$root"/tests/golden/go-live*.json
	python3 "$root/tests/schema-check.py" "$root/docs/schema/snapshot-1.json" "$root"/tests/golden/goroutines*.json
}

@test "a member that the table of rows does not have is refused, if only here" {
	command -v jq >/dev/null && python3 -c 'import jsonschema' 2>/dev/null || skip 'jq or jsonschema is missing'
	for place in '.x' '.threads[0].x' '.threads[0].wait.x' '.findings[0].x' '.cost.x'; do
		jq "$place = 1" "$root/tests/golden/interval-usual.json" >"$BATS_TEST_TMPDIR/more.json"
		run python3 "$root/tests/schema-check.py" "$root/docs/schema/interval-1.json" "$BATS_TEST_TMPDIR/more.json"
		[ "$status" -eq 1 ]
		[[ $output == *x* ]]
	done
	jq '.findings[0].kind = "no-such-kind"' "$root/tests/golden/interval-usual.json" >"$BATS_TEST_TMPDIR/more.json"
	run python3 "$root/tests/schema-check.py" "$root/docs/schema/interval-1.json" "$BATS_TEST_TMPDIR/more.json"
	[ "$status" -eq 1 ]
	for document in interval logs snapshot event doctor; do
		"${THREADSCOPE:-$root/build/threadscope}" --schema "$document" | diff - "$root/docs/schema/$document-1.json"
	done
}

@test "logs' files have all that top's have" {
	command -v jq >/dev/null || skip 'jq is not installed'
	[ "$(jq -s '(.[0].properties.files.items | [.required, (.properties | keys)]) as $top |
		(.[1].properties.files.items | [.required, (.properties | keys)]) as $logs |
		[$top[0] - $logs[0], $top[1] - $logs[1]] | flatten | length' \
		"$root/docs/schema/interval-1.json" "$root/docs/schema/logs-1.json")" -eq 0 ]
}
