#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Proves that each struct and field in vmlinux.h is in a kernel's BTF, by its name: check.sh [BTF-FILE]
# New kernels rename fields; then vmlinux.h gets the new name and bpf/task.bpf.h the choice between them.
set -eu
cd "$(dirname "$0")"
btf=${1:-/sys/kernel/btf/vmlinux}
if [ ! -r "$btf" ]; then
	echo "no BTF at $btf: not checked"
	exit 0
fi
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
all=$(mktemp)
trap 'rm -f "$all"' EXIT
"$bpftool" btf dump file "$btf" format c >"$all"

# "struct field" of each first-level field of the named structs
fields() {
	awk '
		/^struct [a-z_]+ \{/ { name = $2; depth = 1; next }
		depth && /\{$/ { depth++; next }
		depth && /^\t*\}/ { depth--; if (depth == 0) name = ""; if (depth >= 1 && match($0, /[a-z_]+;/)) print name, substr($0, RSTART, RLENGTH - 1); next }
		depth == 1 && /;/ {
			sub(/\/\*.*/, ""); sub(/;.*/, ""); sub(/\[[^]]*\]/, "")
			n = split($0, w, /[ \t*]+/); if (w[n] != "") print name, w[n]
		}' "$1"
}
bad=0
for pair in $(fields vmlinux.h | tr ' ' '.' | sort -u); do
	struct=${pair%%.*}
	field=${pair#*.}
	# tracepoints whose event the kernel may not have built, and fields with a fallback
	case $pair in
	trace_event_raw_*) continue ;;
	*___old.*) continue ;; # of kernels before the change
	esac
	sed -n "/^struct $struct {/,/^}/p" "$all" | grep -qE "[ *]$field(\[|;| ?:|\))|^	} $field;" && continue
	echo "struct $struct has no field $field in $btf" >&2
	bad=1
done
exit $bad
