#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs fuzzers: run.py [OPTION]... FUZZER...

  --seconds N   for each
  --jobs N      at a time
  --tap         a line for each, as TAP
  --write       the table into docs/reliability.md
  --keep        what reached new code into tests/fuzz/corpus, as little as has the same coverage

Each begins with tests/fuzz/corpus/NAME, where seed-* were not made by the fuzzer and stay. What made one fail is left beside the program: fuzz_NAME-crash-*,
-timeout-*, -oom-*; fuzz_NAME FILE repeats it. Status 1: one has failed.
"""

import argparse
import concurrent.futures
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CORPUS = os.path.join(HERE, "corpus")
REPORT = os.path.join(ROOT, "docs", "reliability.md")
KEPT_BYTES = 100_000  # of one fuzzer's corpus
KEPT_FILES = 150
LARGEST = 65536  # of an input
SLOWEST = 10  # seconds for one input, with sanitizers
MEMORY = 2048  # MB


def name_of(program):
    return os.path.basename(program).removeprefix("fuzz_")


def subject(name):
    """The first sentence of the program's comment."""
    with open(os.path.join(HERE, f"fuzz_{name}.c"), encoding="utf-8") as source:
        text = re.search(r"/\*(?! SPDX)(.*?)\*/", source.read(), re.S).group(1)
    text = " ".join(line.strip(" *\t") for line in text.splitlines()).strip()
    return re.split(r"[.:] ", text + " ")[0].removesuffix(".")


def limits(program):
    return [f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY}", f"-max_len={LARGEST}", f"-artifact_prefix={program}-"]


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(program, seconds, found):
    """found: a folder for what reaches new code."""
    kept = os.path.join(CORPUS, name_of(program))
    os.makedirs(kept, exist_ok=True)
    began = time.monotonic()
    done = subprocess.run(
        [program, f"-max_total_time={seconds}", "-print_final_stats=1", *limits(program), found, kept],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", cwd=ROOT, check=False)
    said = done.stderr
    return {
        "name": name_of(program),
        "ok": done.returncode == 0,
        "seconds": time.monotonic() - began,
        "runs": number(r"stat::number_of_executed_units:\s+(\d+)", said),
        "slowest": number(r"stat::slowest_unit_time_sec:\s+(\d+)", said),
        "edges": number(r"cov: (\d+)", said),
        "all": number(r"PC tables \((\d+) PCs\)", said),
        "new": number(r"stat::new_units_added:\s+(\d+)", said),
        "said": said,
    }


def keep(program, found):
    """The seeds, and as few and small files as reach what they do not."""
    kept = os.path.join(CORPUS, name_of(program))
    with tempfile.TemporaryDirectory() as merged:
        seeds = [f.name for f in os.scandir(kept) if f.name.startswith("seed-")]
        for name in seeds:
            shutil.copy(os.path.join(kept, name), merged)
        subprocess.run([program, "-set_cover_merge=1", *limits(program), merged, kept, found], cwd=ROOT, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files = sorted((f.stat().st_size, f.name) for f in os.scandir(merged) if f.name not in seeds)
        for f in os.scandir(kept):
            if f.name not in seeds:
                os.remove(f.path)
        total = 0
        for size, name in files[:KEPT_FILES]:  # the smallest first: where it is too much, the largest stay away
            total += size
            if total <= KEPT_BYTES:
                shutil.copy(os.path.join(merged, name), kept)


def files_in(folder):
    sizes = [f.stat().st_size for f in os.scandir(folder)]
    return f"{len(sizes)}, {(sum(sizes) + 1023) // 1024} KiB"


def table(results):
    lines = [
        f"Linux {platform.release()}, {time.strftime('%Y-%m-%d')}:",
        "",
        "| fuzzer | its input | seconds | executions | edges reached, of all that it is linked with | corpus |"
        " failed |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in results:
        lines.append(
            f"| `{r['name']}` | {subject(r['name'])} | {r['seconds']:.0f} | {r['runs']:,} |"
            f" {r['edges']:,} of {r['all']:,} | {files_in(os.path.join(CORPUS, r['name']))} |"
            f" {'no' if r['ok'] else '**yes**'} |")
    return "\n".join(lines)


def write(results):
    with open(REPORT, encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"(?<=<!-- fuzz -->\n).*?(?=<!-- fuzz end -->)", lambda _: table(results) + "\n", text, flags=re.S)
    with open(REPORT, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--tap", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("programs", nargs="+")
    o = parser.parse_args()
    programs = [os.path.abspath(p) for p in o.programs]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(o.jobs) as pool:

        def one(program):
            found = os.path.join(folder, name_of(program))
            os.mkdir(found)
            result = run(program, o.seconds, found)
            if o.keep:
                keep(program, found)
            return result

        results = []
        for result in pool.map(one, programs):
            results.append(result)
            words = (f"fuzz_{result['name']}: {result['runs']} executions in {result['seconds']:.0f} s,"
                     f" {result['edges']} edges, {result['new']} new inputs")
            print(f"{'ok' if result['ok'] else 'not ok'} - {words}" if o.tap else words, flush=True)
            if not result["ok"]:
                print("\n".join("  # " + line for line in result["said"].splitlines()[-40:]), flush=True)
    if o.write:
        write(results)
    return 0 if all(r["ok"] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
