#!/usr/bin/env bats
# Where names come from when they are not in the program's file as it lies there.
load common

# A stripped copy of a workload, whose debug file is $T/x.debug, in $T; its build ID in $id.
stripped() {
	local tool
	for tool in objcopy strip readelf; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
	cp "$WORKLOADS/zombie" "$T/x"
	objcopy --only-keep-debug "$T/x" "$T/x.debug"
	strip "$T/x"
	id=$(readelf -n "$T/x" | awk '/Build ID/ { print $3 }')
	[ -n "$id" ] || skip 'the compiler writes no build ID'
}

own_names() { # OPTION...: of the main thread's frames in the program itself, innermost first
	scope_well snapshot --json -p "$pid" --tid "$pid" "$@"
	query '[.[0].threads[0].stack[] | select(.module | endswith("/x")) | .function] | map(select(. != "_start"))'
}

# What a debuginfod server answers, as files: /buildid/ID/debuginfo.
serve() {
	command -v python3 >/dev/null || skip 'python3 is not installed'
	ldconfig -p | grep -q libdebuginfod.so.1 || skip 'libdebuginfod is not installed'
	mkdir -p "$T/www/buildid/$id"
	cp "$T/x.debug" "$T/www/buildid/$id/debuginfo"
	launch "$T/www.out" "$T/www.err" python3 -u -m http.server --bind 127.0.0.1 --directory "$T/www" 0
	await grep -q 'port [0-9]' "$T/www.out"
	export DEBUGINFOD_URLS
	DEBUGINFOD_URLS=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$T/www.out")
	export DEBUGINFOD_CACHE_PATH=$T/cache
}

@test "debuginfod: asked only if the environment says so, and then by build ID" {
	stripped
	serve
	WORKLOADS=$T hold x
	DEBUGINFOD_URLS='' own_names --lines >"$T/without"
	[ "$(jq -c 'map(select(. != null))' "$T/without")" = '[]' ]
	[ ! -s "$T/www.err" ]
	own_names --lines >"$T/with"
	[ "$(jq -c . "$T/with")" = '["sleep_for_ever","stay","main"]' ]
	grep -q "GET /buildid/$id/debuginfo" "$T/www.err"
}

@test "debuginfod: a file that is another one is not believed" {
	stripped
	serve
	cp "$WORKLOADS/convoy" "$T/www/buildid/$id/debuginfo"
	WORKLOADS=$T hold x
	[ "$(own_names --lines | jq -c 'map(select(. != null))')" = '[]' ]
	grep -q "GET /buildid/$id/debuginfo" "$T/www.err"
}

@test "debuginfod: a server that is not there costs nothing but its files" {
	stripped
	WORKLOADS=$T hold x
	DEBUGINFOD_URLS=http://127.0.0.1:1 DEBUGINFOD_CACHE_PATH=$T/cache own_names --lines >"$T/names"
	[ "$(jq -c 'map(select(. != null))' "$T/names")" = '[]' ]
}

@test "a program whose file is deleted, or replaced by another, keeps its names" {
	cp "$WORKLOADS/zombie" "$T/x"
	WORKLOADS=$T hold x
	rm "$T/x"
	scope_well snapshot --json -p "$pid" --tid "$pid"
	expect '[.[0].threads[0].stack[].function] | index("stay") and index("main")'
	cp "$WORKLOADS/convoy" "$T/x"
	scope_well snapshot --json -p "$pid" --tid "$pid"
	expect '[.[0].threads[0].stack[].function] | index("stay") and index("main")'
}

@test "a just-in-time compiler's functions: by /tmp/perf-PID.map, if its owner is the target's" {
	command -v python3 >/dev/null || skip 'python3 is not installed'
	# Machine code of its own making that sleeps: push %rbp; mov %rsp,%rbp; mov $34,%eax (pause); syscall; pop; ret
	cat >"$T/jit.py" <<-'EOF'
		import ctypes, mmap, os, sys
		code = bytes.fromhex("554889e5b8220000000f055dc3")
		m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
		m.write(code)
		at = ctypes.addressof(ctypes.c_char.from_buffer(m))
		with open(f"/tmp/perf-{os.getpid()}.map", "w") as f:
		    f.write(f"{at:x} {len(code):x} jit::compiled\n")
		open(sys.argv[1], "w").close()
		ctypes.CFUNCTYPE(None)(at)()
	EOF
	[ "$(uname -m)" = x86_64 ] || skip 'machine code of x86_64'
	launch "$T/jit.out" "$T/jit.err" python3 "$T/jit.py" "$T/jit.ready"
	pid=$launched
	await test -e "$T/jit.ready"
	await grep -q '^34 ' "/proc/$pid/syscall"
	scope_well snapshot --json -p "$pid" --tid "$pid"
	expect '.[0].threads[0] | .stack[0].function == "jit::compiled" and .stack_end == "complete"' '.[0].threads[0].stack'
	chown nobody "/tmp/perf-$pid.map"
	scope_well snapshot --json -p "$pid" --tid "$pid"
	expect '.[0].threads[0].stack[0].function == null' '.[0].threads[0].stack'
	rm "/tmp/perf-$pid.map"
}
