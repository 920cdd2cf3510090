#!/usr/bin/env bats
# Files that are written through mapped memory: no call tells of it, so the view on logs does.
load common

@test "a file that is written through memory is named as not counted, by its path; its msync is counted" {
	prepare file_writer --mode calls --path "$T/mapped.log"
	go
	scope_well logs --json -i 100ms -c 1 -p "$pid"
	valid logs-1
	equal '.[-1].mapped' "[{pid: \$pid, path: \"$T/mapped.log\", bytes: 4096}]"
	scope_well logs --json -i 100ms -c 1 --log-file '*.other' -p "$pid"
	equal '.[-1].mapped' '[]'
	scope_well logs -i 100ms -c 1 -p "$pid"
	grep -q '^not counted: writes through mapped memory' "$T/out"
	grep -qxF "  $T/mapped.log  (4.0 KiB mapped)" "$T/out"
}
