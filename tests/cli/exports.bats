#!/usr/bin/env bats
# Files that a snapshot fills beside its output, from saved samples. Needs no root.

load common

setup() {
	program
	export TZ=UTC
	folder=$BATS_TEST_TMPDIR/folder
	mkdir "$folder"
}

replay() { # ARGUMENT...: of convoy
	status=0
	timeout 120 "$THREADSCOPE" replay "$samples/convoy.facts" "$@" >"$out" 2>"$err" </dev/null || status=$?
}

replays() {
	replay "$@"
	cat "$err"
	[ "$status" -eq 0 ]
	[ ! -s "$err" ]
}

# One sentence, this status, and the folder is as it was.
refuses() { # STATUS PATTERN ARGUMENT...
	local wanted=$1 pattern=$2 before
	shift 2
	before=$(ls -lA --time-style=full-iso "$folder")
	replay "$@"
	echo "replay $*: status $status"
	cat "$err"
	[ "$status" -eq "$wanted" ]
	[ "$(wc -l <"$err")" -eq 1 ]
	grep -Eqi -- "$pattern" "$err"
	[ "$(ls -lA --time-style=full-iso "$folder")" = "$before" ]
}

pprof() { # ARGUMENT...
	PPROF_TMPDIR=$BATS_TEST_TMPDIR HOME=$BATS_TEST_TMPDIR go tool pprof "$@" 2>&1
}

@test "--pprof: go's pprof reads threads, waits and labels" {
	command -v go >/dev/null || skip 'go is not installed'
	replays --pprof "$folder/p"
	diff -u <("$THREADSCOPE" replay "$samples/convoy.facts") "$out"
	pprof -raw "$folder/p" >"$out"
	cat "$out"
	grep -q '^threads/count\[dflt\] wait/nanoseconds$' "$out"
	[ "$(grep -cE '^ +1 +26[0-9]{8}: ' "$out")" -eq 6 ]
	grep -q 'call:\[futex\] class:\[blocked\] lock:\[log_mutex\] process:\[convoy\] thread:\[worker\] wait:\[mutex\]' "$out"
	grep -q 'blocked_by:\[24366\] pid:\[24361\] tid:\[24370\]' "$out"
	grep -q 'log_line tests/workloads/convoy.c:75' "$out"
	pprof -top "$folder/p" >"$out"
	cat "$out"
	grep -q '^File: convoy$' "$out"
	grep -q '^Type: threads$' "$out"
	grep -Eq '^ +5 71.43% 71.43% +5 71.43%  __GI___lll_lock_wait' "$out"
	pprof -top -tagfocus=thread=log-writer -sample_index=wait "$folder/p" >"$out"
	grep -Eq '2.70s .* flush_log$' "$out"
}

@test "--pprof: the threads asked for, and what --by says first" {
	command -v go >/dev/null || skip 'go is not installed'
	replays --pprof "$folder/p" --by wait-time --match flush_log --json
	jq -e . "$out" >/dev/null
	pprof -top "$folder/p" >"$out"
	grep -q '^Type: wait$' "$out"
	grep -q '2.70s, 100% of 2.70s total' "$out"
}

page() { # XPATH: of $folder/page.html
	xmllint --xpath "$1" "$folder/page.html"
}

@test "--flamegraph: one page that is HTML and XML and asks for nothing else" {
	command -v xmllint >/dev/null || skip 'xmllint is not installed'
	replays --flamegraph "$folder/page.html"
	diff -u <("$THREADSCOPE" replay "$samples/convoy.facts") "$out"
	xmllint --noout "$folder/page.html" 2>"$err"
	[ ! -s "$err" ]
	page 'string(//*[@id="data"])' >"$out"
	[ "$(jq -c '[.title, .by, .nodes[0][2]], (.nodes | length)' "$out" | tr '\n' ' ')" = '["convoy (24361)",0,6] 12 ' ]
	jq -e '. as $d | any(.nodes[]; [$d.names[.[1]], .[2]] == ["log_line", 5])' "$out"
	jq -e '. as $d | any(.nodes[]; [$d.names[.[1]], .[2]] == ["[mutex log_mutex]", 5])' "$out"
	jq -e '.left_out == "1 of 7 threads are idle and not shown; --idle shows them"' "$out"
	[ "$(jq -r '.findings[] | join("|")' "$out")" = "warning||$(sed -n 's/^WARNING: *//p' "$samples/convoy.txt")" ]
	[ "$(page 'count(//*[@src or @href or local-name()="link" or local-name()="img"])')" = 0 ]
	[ "$(grep -o 'https\{0,1\}:[^"]*' "$folder/page.html")" = 'http://www.w3.org/1999/xhtml' ]
	page 'string(//*[local-name()="meta"][@http-equiv="Content-Security-Policy"]/@content)' | grep -q "^default-src 'none'"
	replays --flamegraph "$folder/page.html" --by wait-time --tid 24366 --pprof "$folder/p"
	[ "$(page 'string(//*[@id="data"])' | jq -c '[.by, .nodes[0][2]]')" = '[1,1]' ]
	[ "$(find "$folder" -mindepth 1 | wc -l)" -eq 2 ]
}

@test "--flamegraph: idle threads are in it if they are asked for" {
	command -v xmllint >/dev/null || skip 'xmllint is not installed'
	replays --flamegraph "$folder/page.html" --idle
	[ "$(page 'string(//*[@id="data"])' | jq -c '[.nodes[0][2], .left_out]')" = '[7,""]' ]
	# beside other threads that are asked for, too
	replays --flamegraph "$folder/page.html" --tid 24361,24366
	[ "$(page 'string(//*[@id="data"])' | jq -c '[.nodes[0][2], .left_out]')" = '[2,""]' ]
}

@test "--flamegraph, --pprof: several snapshots are summed, by what was waited between them" {
	command -v xmllint >/dev/null || skip 'xmllint is not installed'
	"$THREADSCOPE" replay "$samples/series.facts" --flamegraph "$folder/page.html" --pprof "$folder/p" >/dev/null
	page 'string(//*[@id="data"])' >"$out"
	jq -e '[.by, .snapshots] == [1, 3] and (.taken | startswith("3 snapshots in 400 ms, from "))' "$out"
	# two workers stood still for the 0.4 s from the first to the last
	jq -e '. as $d | any(.nodes[]; $d.names[.[1]] == "[mutex log_mutex]" and .[2] == 6 and .[3] > 799e6 and .[3] < 801e6)' "$out"
	command -v go >/dev/null || skip 'go is not installed'
	pprof -top -sample_index=off-cpu "$folder/p" >"$out"
	cat "$out"
	grep -q '^Duration: 400' "$out"
	grep -Eq '800.07ms .* log_line$' "$out"
	pprof -top -sample_index=threads "$folder/p" >"$out"
	grep -q '100% of 4 total' "$out"
	# idle threads are all in it, and have a label
	pprof -tagfocus=class=idle -top -sample_index=threads "$folder/p" >"$out"
	grep -q 'accounting for 1, ' "$out"
}

@test "two files of one name are refused, however it is written" {
	ln -s . "$folder/self"
	refuses 2 "--pprof and --flamegraph name the same file" --pprof "$folder/p" --flamegraph "$folder/p"
	refuses 2 'name the same file' --pprof "$folder/p" --flamegraph "$folder/self/./p"
	(cd "$folder" && refuses 2 'name the same file' --pprof p --flamegraph "$folder/p")
	cp "$samples/convoy.facts" "$folder/saved"
	status=0
	"$THREADSCOPE" replay "$folder/saved" --pprof "$folder/saved" >"$out" 2>"$err" || status=$?
	[ "$status" -eq 2 ]
	cmp "$samples/convoy.facts" "$folder/saved"
	# a device may be written twice
	replays --pprof /dev/null --flamegraph /dev/null
}

@test "--flamegraph: hostile names stay data" {
	command -v xmllint >/dev/null || skip 'xmllint is not installed'
	python3 "$root/tests/facts.py" "$samples/convoy.facts" text log_line '</script><!--<script>alert(1)&amp;]]>\x1b[2J' \
		>"$BATS_TEST_TMPDIR/hostile"
	"$THREADSCOPE" replay "$BATS_TEST_TMPDIR/hostile" --flamegraph "$folder/page.html" >/dev/null
	xmllint --noout "$folder/page.html"
	[ "$(grep -c 'alert' "$folder/page.html")" -eq 1 ]
	page 'string(//*[@id="data"])' | jq -e '.names | index("</script><!--<script>alert(1)&amp;]]>\\x1b[2J") != null'
}

# The page with a script more, which uses it like a person and leaves what it saw in an attribute.
drive() { # PAGE SCRIPT
	sed 's|</body>||; s|</html>||' "$1" >"$BATS_TEST_TMPDIR/driven.html"
	printf '<script>//<![CDATA[\n%s\n//]]></script></body></html>\n' "$2" >>"$BATS_TEST_TMPDIR/driven.html"
	HOME=$BATS_TEST_TMPDIR timeout 300 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$BATS_TEST_TMPDIR/chromium" \
		--dump-dom "file://$BATS_TEST_TMPDIR/driven.html" 2>/dev/null | sed -n 's/.*<body data-seen="\([^"]*\)".*/\1/p'
}

@test "--flamegraph: keys, search and zoom in a browser" {
	command -v chromium >/dev/null || skip 'chromium is not installed'
	replays --flamegraph "$folder/page.html"
	# shellcheck disable=SC2016
	seen=$(drive "$folder/page.html" '
		const seen = [], say = () => seen.push([current.name, zoomed.name, graph.children.length].join(" "));
		const key = (to, name) => to.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
		const press = (...names) => { names.forEach(name => key(document.activeElement, name)); say(); };
		graph.querySelector("[tabindex=\"0\"]").focus();
		press("ArrowDown", "ArrowDown", "ArrowDown");
		press("ArrowRight");
		press("Enter");
		press("Escape");
		press("/");
		at("search").value = "LOG_";
		search();
		seen.push(at("found").textContent);
		press("Enter", "Enter");
		document.body.dataset.seen = seen.join("; ");')
	echo "$seen"
	[ "$seen" = 'run_worker convoy (24361) 12; run_writer convoy (24361) 12; run_writer run_writer 7; '\
'convoy (24361) convoy (24361) 12; convoy (24361) convoy (24361) 12; found in 5 threads (83.3 %); '\
'[mutex log_mutex] convoy (24361) 12' ]
}

@test "a file that is there is replaced, with the umask's mode, and nothing else is left" {
	echo old >"$folder/p"
	chmod 600 "$folder/p"
	(umask 027 && replays --pprof "$folder/p")
	[ "$(stat -c %a "$folder/p")" = 640 ]
	[ "$(ls -A "$folder")" = p ]
	[ "$(head -c 2 "$folder/p" | od -An -tx1)" = ' 1f 8b' ]
	(cd "$folder" && replays --pprof here)
	cmp "$folder/p" "$folder/here"
}

@test "what cannot be written is one sentence, and what was there stays" {
	echo old >"$folder/old"
	ln -s old "$folder/link"
	refuses 1 'symbolic link' --pprof "$folder/link"
	refuses 1 'directory' --pprof "$folder"
	refuses 1 'No such file' --pprof "$folder/absent/p"
	refuses 1 'No space' --pprof /dev/full
	refuses 2 'pprof' --pprof ''
	refuses 1 'No space' --flamegraph /dev/full
	refuses 1 'symbolic link' --flamegraph "$folder/link" --pprof "$folder/p"
	mkfifo "$folder/fifo"
	refuses 1 'nobody reads this pipe' --pprof "$folder/fifo"
	# A limit on size stands for a full disk: the old file is still whole.
	status=0
	(ulimit -f 0 && trap '' XFSZ && exec "$THREADSCOPE" replay "$samples/convoy.facts" --pprof "$folder/old") \
		>/dev/null 2>"$err" || status=$?
	[ "$status" -eq 1 ]
	[ "$(cat "$folder/old")" = old ]
	[ "$(find "$folder" -mindepth 1 | wc -l)" -eq 3 ]
}

@test "no file of a sample that is damaged" {
	head -c -100 "$samples/convoy.facts" >"$BATS_TEST_TMPDIR/cut"
	status=0
	"$THREADSCOPE" replay "$BATS_TEST_TMPDIR/cut" --pprof "$folder/p" >"$out" 2>"$err" || status=$?
	[ "$status" -eq 1 ]
	[ -z "$(ls -A "$folder")" ]
}

@test "a pipe gets the whole file" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	cat "$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/through" &
	reader=$!
	# open without a reader is an error, so until it is there, again
	for _ in $(seq 500); do
		replay --pprof "$BATS_TEST_TMPDIR/fifo"
		[ "$status" -ne 0 ] || break
		sleep 0.02
	done
	[ "$status" -eq 0 ]
	wait "$reader"
	replays --pprof "$folder/p"
	cmp "$folder/p" "$BATS_TEST_TMPDIR/through"
}

@test "a closed pipe for the output: the file is whole" {
	"$THREADSCOPE" replay "$samples/convoy.facts" --pprof "$folder/p" 2>"$err" | true
	[ "${PIPESTATUS[0]}" -eq 0 ]
	replays --pprof "$folder/q"
	cmp "$folder/p" "$folder/q"
}
