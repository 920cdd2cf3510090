# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks threadscope about a case, and compares what it says with what it must say."""
import json
import os
import re
import subprocess
import time

import case
import stage

THREADSCOPE = os.path.abspath(os.environ.get("THREADSCOPE", os.path.join(stage.ROOT, "build/threadscope")))
FINDING = re.compile("^(CRITICAL|WARNING|info): ")
BLOCK = re.compile(r"^[0-9]{2}:[0-9]{2}:[0-9]{2}  ")
LABELS = {"critical": "CRITICAL", "warning": "WARNING", "info": "info"}


def command(s, q):
    """The target is the case's process, unless the question names another."""
    words = []
    for w in q.command:
        words += s.command if w == "{run}" else [w.format(**s.facts) if "{" in w else w]
    named = any(w in ("-p", "-n", "{run}", "--every-process") for w in q.command)
    words = [w for w in words if w != "--every-process"]
    return [THREADSCOPE, *words] + ([] if named else ["-p", str(s.facts["pid"])])


def text_blocks(text):
    blocks = [[]]
    for line in text.splitlines():
        if BLOCK.match(line):
            blocks.append([])
        blocks[-1].append(line)
    return [b for b in blocks if b]


def json_blocks(documents):
    """A document's findings, in the words of the text."""
    return [[("- " if "follows_from" in f else LABELS[f["severity"]] + ": ") + f["summary"]
             for f in d.get("findings") or []] or [""] for d in documents]


class Broken:
    """An answer of a case that does not work."""
    good = False

    def __init__(self, why):
        self.why = why

    def show(self, indent):
        print("\n".join(indent + line for line in str(self.why).splitlines()))


class Answer:
    def __init__(self, q, facts):
        self.q, self.facts = q, facts
        self.rows = []  # perfect, ours, good
        self.seconds = 0.0

    @property
    def good(self):
        return bool(self.rows) and all(good for _, _, good in self.rows)

    def show(self, indent):
        print(f"{indent}threadscope {' '.join(self.q.command)}: {self.seconds:.1f} s")
        for perfect, ours, good in self.rows:
            print(f"{indent}  {'perfect' if good else 'EXPECTED'}  {perfect}")
            print(f"{indent}  {'ours   ' if good else 'OURS    '}  {ours}")

    def add(self, perfect, ours, good):
        self.rows.append((perfect, ours, good))

    def is_said(self, perfect, wanted, blocks):
        """In the last block, in each, or in any."""
        hits = [next((line for line in b if wanted.search(line)), None) for b in blocks]
        chosen = {"last": hits[-1:], "each": hits, "any": [h for h in hits if h] or [None]}[self.q.where]
        good = bool(chosen) and all(chosen)
        self.add(perfect, chosen[-1] if good else said(blocks), good)

    def is_not_said(self, never, blocks):
        """Tests run beside others: that a thread has no CPU may well be true."""
        bad = [line for b in blocks for line in b if re.search(never, line)]
        if "CPU" not in never:
            bad = [line for line in bad if "runnable without a CPU" not in line]
        self.add(f"not: {never}", bad[0] if bad else "not said", not bad)

    def is_true(self, expression, documents, before):
        done = subprocess.run(["jq", "-c", "--argjson", "before", json.dumps(before), "--argjson", "after",
                               json.dumps(self.facts), expression], input=json.dumps(documents), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        good = done.stdout.strip() == "true"
        self.add(" ".join(expression.split()), "true" if good else f"{done.stdout.strip()[:300]}; " +
                 said(json_blocks(documents)), good)


def said(blocks):
    """What to show in place of a sentence that is not there."""
    last = blocks[-1] if blocks else []
    findings = [line for line in last if FINDING.match(line)]
    return " / ".join(findings[:3] or last[:3]) or "nothing"


def patience():
    """How much longer a command takes on this machine now: by the threads that want a CPU, for each CPU."""
    return stage.SCALE * max(1.0, os.getloadavg()[0] / os.cpu_count())


def ask(s, q):
    before = dict(s.facts)
    limit = ["timeout", "-s", "KILL", str(int(60 * stage.SCALE))]
    began = time.monotonic()
    done = subprocess.run(limit + command(s, q), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    a = Answer(q, dict(s.facts))
    a.seconds = time.monotonic() - began
    allowed = q.within * patience()
    if q.within and a.seconds > allowed:
        a.add(f"within {q.within} s, now {allowed:.1f} s", f"{a.seconds:.1f} s", False)
    if done.returncode != q.status:
        a.add(f"exit status {q.status}", f"{done.returncode}: {done.stderr.strip()[-300:]}", False)
    documents = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")] if q.is_json else []
    blocks = json_blocks(documents) if q.is_json else text_blocks(done.stdout)
    for sentence in q.says:
        a.is_said(sentence, case.pattern(sentence, s.facts), blocks)
    for regex in q.match:
        a.is_said(f"/{regex}/", re.compile(regex), blocks)
    for regex in q.never:
        a.is_not_said(regex, blocks)
    if q.json:
        a.is_true(q.json, documents, before)
    if not a.rows:
        a.add("(nothing asked)", said(blocks), False)
    return a
