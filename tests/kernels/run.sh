#!/usr/bin/env bash
# Runs the live tests on several kernels in QEMU (emulated: no KVM, no root).
#   run.sh [--arch amd64|arm64] [--root DIR] [--only NAME,NAME] [--keep] [--list] [-- BATS-ARGUMENT...]
# See README.md. Closes with one line "N passed, N failed, N skipped".
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
project=$(readlink -f "$here/../..")
limit=${THREADSCOPE_KERNEL_TIMEOUT:-900} # seconds without the end of a test, not counting those that the guest waits for a CPU of the host
test_limit=${THREADSCOPE_KERNEL_TEST_TIMEOUT:-240} # the same, for a test to be ended by the guest
jobs=${THREADSCOPE_KERNEL_JOBS:-2}
keep=
list=
arch=amd64
selected=()
# Without arguments the tests that are tagged `matrix`: each runs several times slower here than on a machine. Those
# that are tagged `ends`, too, run on the oldest and the newest kernel: what they test does not come and go in between.
bats_arguments=()
named=

# What a guest is, apart from its processor. nowatchdog: on a busy host an emulated CPU may stand still for long
# enough to look locked up; one that really is locked up gives no exit mark.
machine=(-smp 2 -m 1024 -nodefaults -no-user-config -display none -monitor none -no-reboot)
settings='panic=-1 nokaslr random.trust_cpu=on quiet loglevel=3 nowatchdog rcupdate.rcu_cpu_stall_suppress=1'

die() {
	printf 'run.sh: %s\n' "$*" >&2
	exit 2
}

usage() {
	sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
}

parse_arguments() {
	while [[ $# -gt 0 ]]; do
		case $1 in
		--arch) arch=${2:?--arch needs a name} && shift ;;
		--only) IFS=, read -ra selected <<<"${2:?--only needs names}" && shift ;;
		--root) project=$(readlink -f "${2:?--root needs a directory}") && shift ;;
		--keep) keep=1 ;;
		--list) list=1 ;;
		--help | -h) usage && exit ;;
		--) shift && bats_arguments=("$@") && named=1 && break ;;
		*) die "unknown argument '$1' (test files go after --)" ;;
		esac
		shift
	done
	[[ -r $here/arch/$arch.bash ]] || die "unknown processor '$arch'"
	# shellcheck source=tests/kernels/arch/amd64.bash
	source "$here/arch/$arch.bash"
	qemu+=("${machine[@]}")
	command_line+=" $settings"
	[[ -z $named ]] || tags=
}

# Tests are named from the caller's directory or from the project; what is no
# file (-f REGEX) goes to bats as it is.
place_arguments() {
	local argument path placed=() files=0
	for argument in ${bats_arguments[@]+"${bats_arguments[@]}"}; do
		for path in "$argument" "$project/$argument"; do
			if [[ -e $path ]]; then
				argument=$(realpath --relative-to="$project" "$path")
				files=1
				break
			fi
		done
		placed+=("$argument")
	done
	[[ $files -eq 1 ]] || placed+=(tests/live)
	bats_arguments=("${placed[@]}")
}

check_kernels() {
	local name known
	known=$("$here/fetch.sh" --arch "$arch" --list | cut -f 1)
	[[ ${#selected[@]} -gt 0 ]] || mapfile -t selected <<<"$known"
	for name in "${selected[@]}"; do
		grep -qxF -- "$name" <<<"$known" || die "no kernel '$name'; there are: $(paste -sd ' ' <<<"$known")"
	done
}

check_tools() {
	local pair missing=()
	for pair in "${qemu[0]}:$qemu_package" busybox:busybox-static bats:bats jq:jq \
		cpio:cpio readelf:binutils apt-get:apt dpkg-deb:dpkg flock:util-linux; do
		[[ -n $(type -P "${pair%:*}") ]] || missing+=("${pair#*:}")
	done
	[[ ${#missing[@]} -eq 0 ]] || die "missing packages: ${missing[*]}"
}

# --- one kernel (in a process of its own) ---

# The reports of two kernels that end together must not mix
report() { # LINE [FILE-WITH-MORE]
	(
		flock 8
		printf '%s\n' "$1"
		[[ ! -s ${2:-} ]] || sed 's/^/    /' "$2"
	) 8>"$out/.report"
}

# Guest output is foreign text: no control bytes to the terminal
plain() {
	LC_ALL=C tr -d '\000-\010\013-\037\177' <"$1"
}

boot() { # DIRECTORY VMLINUZ
	local input wanted=$tags
	[[ -z $tags || $between != *" ${1##*/} "* ]] || wanted+=',!ends'
	[[ -p $1/input ]] || mkfifo "$1/input"
	exec {input}<>"$1/input"
	"${qemu[@]}" -kernel "$2" -initrd "$out/initramfs.cpio" \
		-append "$command_line${wanted:+ ts_tags=$wanted}" -serial "file:$1/console.log" -chardev stdio,id=tests "${tests_line[@]}" \
		<&"$input" {input}>&- >"$1/guest.log" 2>"$1/qemu.log" &
	child=$!
	keep_time "$1/guest.log" "$input"
	wait "$child" || true
	child=
	exec {input}>&-
}

now_ms() {
	local uptime
	read -r uptime _ </proc/uptime
	echo "${uptime/./}0"
}

# How long the thread that emulates (the one with most CPU time) was ready to run and another one had the CPU.
queued_ms() { # PID
	cat "/proc/$1/task/"*/schedstat 2>/dev/null | sort -n | awk '{ ns = $2 } END { printf "%d\n", ns / 1000000 }'
}

# A busy host must not fail a test. So both limits are of the time that the guest had a CPU or wanted none: neither
# one that computes without end nor one that sleeps for ever gets by, and one that is kept waiting loses nothing.
# The guest ends a test that exceeds its limit; a guest in which none ends any more is ended by the other. There is
# no limit for all of its tests together: emulation is slower per second of CPU time, too, where others use the caches.
keep_time() { # GUEST-LOG INPUT
	local had=0 test_had=0 results=0 seen step now queued then=0 queued_then=0
	then=$(now_ms)
	while sleep 1 && kill -0 "$child" 2>/dev/null; do
		now=$(now_ms) queued=$(queued_ms "$child")
		step=$((now - then - (queued > queued_then ? queued - queued_then : 0)))
		then=$now queued_then=$queued
		((step > 0)) || continue
		seen=$(grep -cE '^(@@ start|ok|not ok) ' "$1") || true
		[[ $seen -eq $results ]] || test_had=0 had=0
		results=$seen had=$((had + step)) test_had=$((test_had + step))
		if ((test_had > test_limit * 1000)); then
			test_had=0
			echo late >&"$2"
		fi
		((had <= limit * 1000)) || break
	done
	kill "$child" 2>/dev/null || return 0
	sleep 5
	kill -KILL "$child" 2>/dev/null || true
}

# Turns the guest's log into "passed failed skipped", and what there is to say
# about failures into the file $2
judge() { # LOG OUTPUT
	plain "$1" | awk -v output="$2" -v limit="$test_limit" '
		function fault(text, count) { failed += count; print text >output }
		/^@@ start / { started = 1; next }
		!started { next }
		/^@@ exit / { status = $3; ended = 1; next }
		/^@@ dmesg / { dmesg = dmesg substr($0, 10) "\n"; next }
		/^1\.\.[0-9]+$/ { planned = substr($0, 4) + 0; next }
		/^ok [0-9]+/ { if (/ # skip( |$)/) skipped++; else passed++; failing = 0; next }
		/^not ok [0-9]+/ { sub(/# timeout after [0-9]+s/, "# timeout after " limit " s of its own"); failed++; failing = 1 }
		failing { print >output; next }
		{ rest = rest $0 "\n" }
		END {
			seen = passed + failed + skipped
			missing = planned > seen ? planned - seen : 0
			if (!started) fault("the guest did not start", 1)
			else if (!ended) fault("no exit mark (a crash, or the time-out) in test " seen + 1 " of " planned + 0, missing ? missing : 1)
			else if (missing) fault(rest missing " tests did not run", missing)
			else if (status != 0 && !failed) fault(rest "bats ended with status " status, 1)
			else if (!planned) fault(rest "bats ran no test", 1)
			if (dmesg != "") fault("the kernel complained:\n" dmesg, 1)
			print passed + 0, failed + 0, skipped + 0
		}'
}

# Why a guest gave no exit mark: the crash if there is one, else its last words
last_words() { # DIRECTORY
	plain "$1/console.log" | awk '
		/Kernel panic|WARNING:|BUG:|Oops/ { crash = 1 }
		crash && shown++ < 60 { print }
		{ line[NR] = $0 }
		END { if (!crash) for (i = NR > 20 ? NR - 19 : 1; i <= NR; i++) print line[i] }'
	cat "$1/qemu.log"
}

run_kernel() { # NAME
	local dir=$out/$1 version path begin passed failed skipped
	trap '[[ -z ${child:-} ]] || kill "$child"; exit 143' TERM INT
	rm -rf "$dir" && mkdir -p "$dir"
	if ! IFS=$'\t' read -r version path < <("$here/fetch.sh" --arch "$arch" "$1" 2>"$dir/fetch.log"); then
		report "$1: skip: $(paste -sd ' ' "$dir/fetch.log" | sed 's/^fetch.sh: //')"
		echo '0 0 1 unfetched' >"$dir/result"
		return
	fi
	begin=$SECONDS
	boot "$dir" "$path"
	# Only if no test began: repeating one would hide a failure that comes and goes
	grep -q '^@@ start ' "$dir/guest.log" || boot "$dir" "$path"
	read -r passed failed skipped < <(judge "$dir/guest.log" "$dir/failures")
	grep -q '^@@ exit ' "$dir/guest.log" || last_words "$dir" >>"$dir/failures"
	[[ -z $keep ]] || write_shell "$dir" "$path"
	[[ ! -s $dir/fetch.log ]] || report "$1: $(<"$dir/fetch.log")"
	report "${version%%-*}: $passed passed, $failed failed, $skipped skipped ($((SECONDS - begin)) s)" "$dir/failures"
	echo "$passed $failed $skipped ran" >"$dir/result"
}

# A script that boots the same guest with a shell on the terminal. Without
# signal=off, Ctrl-C would end QEMU and not what runs in the guest.
write_shell() { # DIRECTORY VMLINUZ
	{
		printf '#!/bin/sh\nexec'
		printf ' %q' "${qemu[@]}" -kernel "$2" -initrd "$out/initramfs.cpio" \
			-append "$command_line ts_shell" -serial "file:$1/console.log" \
			-chardev stdio,id=tests,signal=off "${tests_line[@]}"
		printf '\n'
	} >"$1/shell.sh"
	chmod 755 "$1/shell.sh"
}

# --- all of them ---

run_all() {
	local i name
	trap 'kill $(jobs -pr) 2>/dev/null; wait; exit 143' INT TERM
	# The last first: newer kernels take longer, and what takes long is not to be left over at the end.
	for ((i = ${#selected[@]} - 1; i >= 0; i--)); do
		name=${selected[i]}
		while [[ $(jobs -pr | wc -l) -ge $jobs ]]; do
			wait -n || true
		done
		run_kernel "$name" &
	done
	wait
	trap - INT TERM
}

sum_up() {
	local name passed=0 failed=0 skipped=0 ran=0 p f s state status=0
	for name in "${selected[@]}"; do
		# No result: the process that ran this kernel died
		read -r p f s state 2>/dev/null <"$out/$name/result" || read -r p f s state <<<'0 1 0 lost'
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
		[[ $state != ran ]] || ran=$((ran + 1))
	done
	[[ $failed -eq 0 ]] || status=1
	if [[ $ran -eq 0 && ${CI_REQUIRE_KERNELS:-} == 1 ]]; then
		echo 'no kernel could be fetched, and CI_REQUIRE_KERNELS=1 asks for one'
		status=1
	fi
	if [[ $status -ne 0 || -n $keep ]]; then
		printf 'logs%s: %s\n' "${keep:+ and shell.sh for each kernel}" "$out"
	fi
	[[ $status -ne 0 || -n $keep ]] || rm -rf "$out"
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	return "$status"
}

main() {
	parse_arguments "$@"
	[[ -z $list ]] || exec "$here/fetch.sh" --arch "$arch" --list
	check_tools
	check_kernels
	place_arguments
	out=$project/$build/kernels
	mkdir -p "$out"
	exec 9>"$project/$build/.kernels.lock"
	flock -n 9 || { echo 'waiting for another run.sh in this tree' && flock 9; }
	"$here/initramfs.sh" --arch "$arch" --root "$project" "$out/initramfs.cpio" "${bats_arguments[@]}"
	run_all
	sum_up
}

main "$@"
