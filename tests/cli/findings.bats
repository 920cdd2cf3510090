#!/usr/bin/env bats
# The table of findings: what --fail-on takes, and what help, manual, interface.md and the schemas have from it.
# Needs no root.

load common

setup() {
	program
}

# As interface.md has it: "kind top logs snapshot series", each but the first "yes" or "".
kinds() {
	awk -F ' *[|] *' '/^<!-- end of findings/ { on = 0 } on && $2 ~ /^`/ { gsub("`", "", $2); print $2 "|" $4 "|" $5 "|" $6 "|" $7 }
		/^<!-- findings:/ { on = 1 }' "$root/docs/interface.md"
}

# takes YES ARGUMENT...: the arguments are accepted if YES is "yes", else refused; no process has the number.
takes() {
	local yes=$1 status=0
	shift
	timeout 30 "$THREADSCOPE" "$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
	echo "threadscope $*: status $status, expected to be taken: ${yes:-no}"
	cat "$T/err"
	if [ "$yes" = yes ]; then
		[ "$status" -ne 2 ]
	else
		[ "$status" -eq 2 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && [ ! -s "$T/out" ]
	fi
}

@test "--fail-on takes what a command reports, and nothing else" {
	local none=999999999 count=0
	while IFS='|' read -r kind top logs snapshot series; do
		takes "$top" top -p $none --fail-on "$kind"
		[ "$top" = yes ] || grep -Fq "'top' does not report '$kind'; it reports deadlock, " "$T/err"
		takes "$logs" logs -p $none --fail-on "$kind"
		[ "$logs" = yes ] || grep -Fq "'logs' does not report '$kind'; it reports log-stall, " "$T/err"
		takes "$snapshot" snapshot -p $none --fail-on "$kind"
		takes "$series" snapshot -p $none --count 2 --fail-on "$kind"
		if [ -z "$snapshot" ] && [ "$series" = yes ]; then
			takes no snapshot -p $none --fail-on "$kind"
			grep -Fq "'$kind' needs several snapshots; add --count" "$T/err"
		fi
		takes "$top" replay "$samples/demo.facts" --fail-on "$kind"
		takes "$series" replay "$samples/deadlock.facts" --fail-on "$kind"
		takes no events -p $none --fail-on "$kind"
		count=$((count + 1))
	done < <(kinds)
	[ "$count" -ge 16 ]
}

# The samples have a lock-convoy that is a warning, but no deadlock.
@test "--fail-on long-wait: an older name of what is now a deadlock, lock-convoy or stuck-thread" {
	local status=0
	"$THREADSCOPE" replay "$samples/demo.facts" --json --fail-on long-wait >"$T/out" || status=$?
	[ "$(grep -c '"kind":"long-wait"' "$T/out")" -eq 0 ]
	grep -Eq '"kind":"(lock-convoy|stuck-thread)","severity":"warning"' "$T/out"
	[ "$status" -eq 10 ]
}

@test "--fail-on by severity" {
	local status
	for case in convoy:any:10 convoy:warning:10 convoy:critical:0 deadlock:critical:10 deadlock:warning,log-stall:10 \
		deadlock:thread-growth:2; do
		IFS=: read -r name what expected <<<"$case"
		status=0
		"$THREADSCOPE" replay "$samples/$name.facts" --fail-on "$what" >"$T/out" 2>"$T/err" || status=$?
		echo "$name --fail-on $what: status $status, expected $expected"
		[ "$status" -eq "$expected" ]
	done
}

@test "--until-found ends with the first report that has it" {
	local status=0 all first
	"$THREADSCOPE" replay "$samples/demo.facts" --json >"$T/all"
	first=$(grep -En '"severity":"(warning|critical)"' "$T/all" | head -n 1 | cut -d : -f 1)
	all=$(wc -l <"$T/all")
	[ "$first" -lt "$all" ]
	"$THREADSCOPE" replay "$samples/demo.facts" --json --until-found >"$T/out" || status=$?
	[ "$status" -eq 10 ]
	head -n "$first" "$T/all" | cmp - "$T/out"
	status=0
	"$THREADSCOPE" replay "$samples/demo.facts" --json --until-found --fail-on failed-sync >"$T/out" || status=$?
	[ "$status" -eq 0 ]
	cmp "$T/all" "$T/out"
	takes no snapshot -p 999999999 --until-found
	grep -Fq -- '--until-found needs several snapshots; add --count' "$T/err"
	takes no events -p 999999999 --until-found
}

@test "help lists the kinds by command" {
	for command in top logs snapshot replay; do
		"$THREADSCOPE" "$command" --help | sed -n '/^findings/,$p' >"$T/$command"
	done
	while IFS='|' read -r kind top logs snapshot series; do
		local pattern="(^|[ ,])$kind(,|$)"
		for command in top logs snapshot; do
			local yes=${!command}
			[ "$command" != snapshot ] || yes=$series
			local expected=0
			[ "$yes" != yes ] || expected=1
			[ "$(grep -Ec -- "$pattern" "$T/$command")" -eq "$expected" ]
		done
		"$THREADSCOPE" --help | sed -n '/^findings/,$p' | grep -Eq -- "$pattern"
	done < <(kinds)
	[ "$("$THREADSCOPE" events --help | grep -c '^findings')" -eq 0 ]
}

@test "the manual has each kind with what it means and what to do next" {
	"$THREADSCOPE" --man-tables | sed -n '/^\.SH FINDINGS/,$p' >"$T/man"
	while IFS='|' read -r kind _; do
		grep -Fq "\\fB${kind//-/\\-}\\fR (" "$T/man"
	done < <(kinds)
	[ "$(grep -c '^Next: .' "$T/man")" -eq "$(kinds | wc -l)" ]
}

@test "docs/ has what make docs writes" {
	command -v jq >/dev/null || skip 'jq is not installed'
	cp -r "$root/docs" "$T/docs"
	sh "$root/scripts/docs.sh" "$THREADSCOPE" "$T/docs"
	diff -r "$root/docs" "$T/docs"
}
