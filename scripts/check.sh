#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# All tests, from nothing: installs what they need, builds with gcc and clang, and ends with one line
# `N passed, N failed, N skipped`. As root, everything runs; otherwise the live tests say why not.
#   check.sh [static|unit|cli|live|kernels]...   only these parts
# The kernels' guests run beside the other parts. What a part says comes whole, in the order of the parts.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob

passed=0 failed=0 skipped=0
out=$(mktemp -d)
streams=()
trap 'end_streams; rm -rf "$out"' EXIT
if [ $# -eq 0 ]; then
	set -- static unit cli live kernels
fi

ok() {
	passed=$((passed + 1))
	echo "ok - $1"
}

not_ok() {
	failed=$((failed + 1))
	echo "not ok - $1"
	sed 's/^/    /' "$out/log" | tail -n 60
}

skip() {
	skipped=$((skipped + 1))
	echo "ok - $1 # skip $2"
}

# step NAME COMMAND...: one test
step() {
	local name=$1
	shift
	if "$@" >"$out/log" 2>&1; then
		ok "$name"
	else
		not_ok "$name"
	fi
}

# needs TOOL NAME: false, and counted as skipped, if the tool is not there
needs() {
	command -v "$1" >/dev/null && return 0
	skip "$2" "$1 is not installed"
	return 1
}

# tap NAME COMMAND...: each line of its TAP is a test
tap() {
	local name=$1 status
	shift
	echo "# $name"
	"$@" 2>&1 | tee "$out/tap" | sed -u 's/^/  /'
	status=${PIPESTATUS[0]}
	passed=$((passed + $(grep '^ok ' "$out/tap" | grep -vc '# skip' || true)))
	skipped=$((skipped + $(grep -c '^ok .*# skip' "$out/tap" || true)))
	local bad
	bad=$(grep -c '^not ok ' "$out/tap" || true)
	failed=$((failed + bad))
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
		failed=$((failed + 1))
		echo "  not ok - $name ended with status $status"
	fi
}

sources() {
	git ls-files '*.c' '*.h' 2>/dev/null | grep -vE '^vmlinux/' || find src bpf tests demo -name '*.[ch]'
}

clang_tool() { # NAME: clang-format and its like, by whatever version they are installed
	local found
	found=$(command -v "$1" || find /usr/bin /usr/lib/llvm-*/bin -name "$1*" 2>/dev/null | sort | head -n 1)
	[ -n "$found" ] && echo "$found"
}

formatted() {
	# Versions differ in details: the one that the code was formatted with decides.
	"$1" --version | grep -q 'version 14' || return 77
	sources | xargs "$1" --dry-run --Werror
}

check_static() {
	local tool
	step 'each part includes only what it may know of' sh scripts/includes.sh
	step 'kernel types are those of this kernel' sh vmlinux/check.sh
	if needs shellcheck 'scripts are clean'; then
		step 'scripts are clean' bash -c 'shellcheck scripts/*.sh vmlinux/*.sh tests/kernels/*.sh tests/kernels/arch/*.bash tests/go/*.sh tests/bench/*.sh tests/bench/*.bash tests/field/*.sh tests/field/*.bash .ci/run && shellcheck -x packaging/*.sh packaging/*.bash && shellcheck -s bash tests/debian.bash tests/live/*.bash tests/cli/*.bash && shellcheck -s bats tests/live/*.bats tests/cli/*.bats'
	fi
	if tool=$(clang_tool clang-format); then
		formatted "$tool" >"$out/log" 2>&1
		case $? in
		0) ok 'code is formatted' ;;
		77) skip 'code is formatted' 'clang-format is not version 14' ;;
		*) not_ok 'code is formatted' ;;
		esac
	else
		skip 'code is formatted' 'clang-format is not installed'
	fi
	if needs clang 'clang has no warning'; then
		step 'clang has no warning' make -s -j"$(nproc)" clang-objects
	fi
	if needs aarch64-linux-gnu-gcc 'it compiles for arm64'; then
		if echo '#include <stdio.h>' | aarch64-linux-gnu-gcc -E - >/dev/null 2>&1; then
			step 'it compiles for arm64' make -s -j"$(nproc)" cross
		else
			skip 'it compiles for arm64' 'the C library for arm64 is not installed'
		fi
	fi
	if needs cppcheck 'cppcheck finds nothing'; then
		step 'cppcheck finds nothing' cppcheck -q -j"$(nproc)" --std=c11 --enable=warning,performance,portability \
			--error-exitcode=1 --inline-suppr --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
			--suppress=unknownMacro --suppress=preprocessorErrorDirective:src/views/json/json_kinds.h --suppress=varFuncNullUB \
			--suppress=shiftTooManyBitsSigned -I. -Isrc -D__x86_64__ src
	fi
	if tool=$(clang_tool clang-tidy); then
		step 'clang-tidy finds nothing' bash scripts/tidy.sh "$tool"
	else
		skip 'clang-tidy finds nothing' 'clang-tidy is not installed'
	fi
	step 'the manual page is well formed' bash -c 'LC_ALL=C.UTF-8 MANROFFSEQ="" man --warnings -E UTF-8 -l -Tutf8 -Z build/threadscope.8 2>&1 >/dev/null | tee /dev/stderr | { ! grep -q .; }'
	step 'make install puts the program and its page' bash -c 'make -s install DESTDIR='"$out"'/root prefix=/usr && test -x '"$out"'/root/usr/sbin/threadscope && test -s '"$out"'/root/usr/share/man/man8/threadscope.8 && test -s '"$out"'/root/usr/share/bash-completion/completions/threadscope && test -s '"$out"'/root/usr/share/zsh/site-functions/_threadscope && test -s '"$out"'/root/usr/share/fish/vendor_completions.d/threadscope.fish'
	if needs dpkg-deb 'the Debian package installs and removes cleanly'; then
		step 'the Debian package installs and removes cleanly' make -s deb-check
	fi
}

check_unit() {
	local t
	step 'unit tests build with sanitizers' make -s -j"$(nproc)" unit
	for t in build/asan/test_*; do
		[ -x "$t" ] && tap "$(basename "$t")" "$t"
	done
	fuzz
}

# Each fuzzer from its corpus for a moment, a minute in all, one a CPU.
fuzz() {
	if echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | clang -fsanitize=fuzzer -xc - -o "$out/fuzzer" 2>/dev/null; then
		step 'fuzzers build' make -s -j"$(nproc)" fuzzers
		tap 'fuzzers' make -s fuzz-short
	else
		skip 'fuzzers' 'clang has no libFuzzer here'
	fi
}

check_bats() { # NAME JOBS FILE...
	local name=$1 jobs=$2
	shift 2
	needs bats "$name" && tap "$name" python3 -B scripts/bats.py --jobs "$jobs" --repeat 3 "$@"
}

# Programs in trouble that take less than 5 s each; the others: make cases
check_cases() {
	if [ "$(id -u)" != 0 ]; then
		skip 'cases' 'needs root'
	elif needs jq 'cases'; then
		tap 'cases' python3 -B tests/cases/run.py --quick --tap --jobs 2 --repeat-failed 2
	fi
}

# The other programs: make agreement
check_agreement() {
	if [ "$(id -u)" != 0 ]; then
		skip 'stacks as gdb has them: redis, PostgreSQL' 'needs root'
	elif needs gdb 'stacks as gdb has them: redis, PostgreSQL'; then
		step 'stacks as gdb has them: redis, PostgreSQL' python3 tests/agreement/run.py redis postgresql
	fi
}

check_kernels() {
	if [ ! -x "$(command -v qemu-system-x86_64)" ]; then
		skip 'kernel matrix' 'qemu-system-x86_64 is not installed'
		return
	fi
	echo '# kernel matrix'
	local status sum
	bash tests/kernels/run.sh 2>&1 | tee "$out/kernels" | sed -u 's/^/  /'
	status=${PIPESTATUS[0]}
	sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$out/kernels" | tail -n 1)
	if [ -z "$sum" ]; then
		failed=$((failed + 1))
		echo "not ok - kernel matrix ended with status $status and no sum"
		return
	fi
	local p f k
	read -r p f k <<<"$(tr -cd '0-9 \n' <<<"$sum")"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + k))
}

check_part() {
	case $1 in
	static) check_static ;;
	unit) check_unit ;;
	cli) check_bats 'command line' "$(nproc)" tests/cli/*.bats ;;
	live)
		check_bats 'live tests' "${LIVE_JOBS:-1}" tests/live/*.bats
		check_cases
		check_agreement
		;;
	kernels) check_kernels ;;
	esac
}

# A part, and what it counted.
run_part() { # PART
	local began=$SECONDS part=$1
	out=$out/$part.d passed=0 failed=0 skipped=0
	mkdir "$out"
	check_part "$part"
	echo "# $part: $((SECONDS - began)) s"
	echo "$passed $failed $skipped" >"${out%.d}.sum"
}

# Parts one after the other, each in a process of its own.
stream() { # NICE PART...
	local part
	[ "$(nice)" -ge "$1" ] || renice -n "$1" $BASHPID >/dev/null
	for part in "${@:2}"; do
		run_part "$part" >"$out/$part.log" 2>&1 &
		echo $! >"$out/$part.new"
		mv "$out/$part.new" "$out/$part.pid"
		wait $!
	done
}

start() { # NICE PART...: those of them that were asked for
	local chosen=() part
	for part in "${@:2}"; do
		[[ " $parts " != *" $part "* ]] || chosen+=("$part")
	done
	[ ${#chosen[@]} -gt 0 ] || return 0
	set -m # a process group of its own
	stream "$1" "${chosen[@]}" </dev/null &
	set +m
	streams+=($!)
}

# With all that they started.
end_streams() {
	local pid
	for pid in "${streams[@]}"; do
		kill -- -"$pid" 2>/dev/null
	done
	wait
}

# Prints what a part says while it runs, and adds what it counted.
follow() { # PART
	local p f k
	until [ -e "$out/$1.pid" ]; do
		sleep 0.2
	done
	tail -n +1 -s 0.5 -f --pid="$(cat "$out/$1.pid")" "$out/$1.log"
	if ! read -r p f k 2>/dev/null <"$out/$1.sum"; then
		echo "not ok - $1 ended early"
		p=0 f=1 k=0
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + k))
}

# The failed tests once more, at the end of what is a long text, each with the lines that follow it.
failures() {
	local part
	for part in "$@"; do
		awk '/^ *not ok/ { print; left = 20; next } /^ *(ok |#  *[a-z_]*: |# test_)/ { left = 0 } left-- > 0' "$out/$part.log"
	done
}

for part in "$@"; do
	case $part in
	static | unit | cli | live | kernels) ;;
	*)
		echo "check.sh: no such part: $part" >&2
		exit 2
		;;
	esac
done
if [ "${NO_DEPS:-}" = "" ]; then
	sh scripts/deps.sh test || exit 1
fi
parts=$*
step 'it builds' make -s -j"$(nproc)" all workloads
# Other systems than Debian have no static form of some libraries.
if [[ " $parts " == *' live '* ]] && command -v dpkg-query >/dev/null; then
	step 'the static program builds' make -s -j"$(nproc)" static
fi
# Here, because the unit tests share most of its objects and are built beside the live tests.
[[ " $parts " != *' live '* ]] || step 'the program builds with sanitizers' make -s -j"$(nproc)" build/asan/threadscope

# The guests begin at once and give way a little, no more: beside a busy program of somebody else's they would stand
# still for seconds, and their clocks would not. The live tests take longest, and mostly wait; the compilers follow the
# guests and give way to them.
start 3 kernels static unit
start 0 cli live
for part in "$@"; do
	follow "$part"
done

[ "$failed" -eq 0 ] || failures "$@"
for part in "$@"; do
	grep -h 'passed only when repeated: ' "$out/$part.log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
