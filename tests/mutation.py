#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutation.py: do the unit tests fail when the code is wrong?

Makes mutants of the pure parts of src/ (those that need neither a kernel nor another process): one operator changed,
one constant off by one, one condition negated, or one statement dropped. Each is compiled and put before the library
with LD_PRELOAD, and the unit tests that run the changed line are run against it, the likeliest first, until one fails.
Prints what became of each, and at the end how many were killed; the exit status is 1 below 90 %.

  mutation.py                     200 mutants, those that this seed picks
  mutation.py --count N --seed S  others; a seed picks by the text of the line, so that the same lines give the same
                                  mutants wherever they stand
  mutation.py --file PATH...      only of these files (any part of a path below src/)
  mutation.py --quick             survivors are not tried again with sanitizers
  mutation.py --list              what would be tried, without running it
  mutation.py --show N            the change that mutant number N makes, as a diff

Everything is below build/mutation: the library thrice (plain for speed; with gcov, to know which test runs which line;
with sanitizers, where survivors are tried again, because `make check` runs the tests with them, and a leak or a read
out of bounds kills there), the tests once each, and report.tsv. `make all` must have been run.

Not counted: mutants that do not compile, and those that the compiler makes the same code of at -O2 (equivalent).
Not made, because no test could or should tell:
- in lines that answer a shortage of memory (ENOMEM, abort, a failed allocation), or that say how much room an array
  or a buffer gets and when a hash table grows, and in the factor of a hash;
- in the -1 and 1 of a comparison function, of which only the sign counts; its < and > are turned round instead of
  made <= and >=, because what is equal has been dealt with in the lines before;
- in assertions, declarations without a value, and the text of messages.
"""
import argparse
import concurrent.futures
import difflib
import fnmatch
import functools
import hashlib
import json
import os
import re
import resource
import shlex
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = "build/mutation"
CC = shlex.split(os.environ.get("CC", "cc"))

PURE = [
    "src/util/*", "src/words/*", "src/waits/*", "src/model/*", "src/unwind/*", "src/go/runtime/*", "src/symbols/*",
    "src/collect/locks/lock_layout.c", "src/go/collect/go_clock.c", "src/go/collect/panic_value.c", "src/probes/glob.c",
    "src/probes/uring_forms.c", "src/target/proc_text.c",
]
NOT_PURE = [
    # They ask the kernel, another process, the disk or the net.
    "src/util/loop.c", "src/unwind/walk_memory.c", "src/go/runtime/memory.c", "src/go/runtime/find.c",
    "src/go/runtime/image.c",
    "src/symbols/debuginfod.c", "src/symbols/kernel_symbols.c", "src/symbols/images.c", "src/symbols/debug_file.c",
    "src/symbols/elf_file.c", "src/symbols/module.c", "src/symbols/symbolizer.c",
    # They walk through a live thread's memory and code, or an ELF file's sections with libdw: the fuzzers, the
    # comparison with gdb and the live tests judge them.
    "src/unwind/step.c", "src/unwind/by_code.c", "src/unwind/unwind.c", "src/unwind/rules.c", "src/symbols/plt.c",
    "src/symbols/symtab.c", "src/symbols/dwarf_lines.c", "src/symbols/dwarf_units.c",
    # They read the memory of a Go program that runs: tests/live/go_*.bats and panics.bats.
    "src/go/runtime/panic_points.c", "src/go/runtime/receivers.c", "src/go/runtime/receiving.c",
    "src/go/runtime/functions.c", "src/go/runtime/details.c", "src/go/runtime/count.c", "src/go/runtime/reader.c",
    "src/go/runtime/read.c", "src/go/runtime/scheduler.c", "src/go/runtime/semaphores.c",
    "src/go/runtime/variables.c", "src/go/runtime/unwind.c",
    # Reads ahead: without it the same is read, slower.
    "src/go/runtime/batch.c",
]
VARIANTS = {
    "plain": "-O0 -g0 -fPIC",
    "gcov": "-O0 -g0 -fPIC --coverage",
    "asan": "-O1 -g -fPIC -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer",
}
WARNINGS = "-Wall -Wextra -Wtype-limits -Wshadow"
LIBRARIES = "libbpf libelf libdw zlib liblzma jansson libcap-ng libseccomp ncursesw"
OTHER_PROCESSOR = "x86" if os.uname().machine == "aarch64" else "arm64"
ENOUGH = 0.9
SANITIZED = 3 # so many tests, the likeliest, try a survivor again


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", **options)


def must(command, **options):
    done = run(command, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


# ---- mutants ----

SWAPS = {
    "==": "!=", "!=": "==", "<=": "<", ">=": ">", "<": "<=", ">": ">=", "&&": "||", "||": "&&", "+": "-", "-": "+",
    "*": "/", "/": "*", "%": "/", "&": "|", "|": "&", "^": "&", "<<": ">>", ">>": "<<", "+=": "-=", "-=": "+=",
    "|=": "&=", "&=": "|=", "++": "--", "--": "++",
}
BINARY = re.compile(r"(?<= )(==|!=|<=|>=|<<|>>|&&|\|\||\+=|-=|\|=|&=|<|>|\+|-|\*|/|%|&|\||\^)(?= )")
STEP = re.compile(r"\+\+|--")
NUMBER = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)(?![\w.])")
CONDITION = re.compile(r"\b(if|while) \(")
SHORT_OF_MEMORY = re.compile(r"ENOMEM|\babort\(|\b\w*alloc\w*\(|\brealloc|strn?dup\(|\broom\b|capacity|reserve|ARENA_NEW|"
                             r"\bgrow\(|0x100000001b3")
LEFT_ALONE = re.compile(r"^\s*(#(?!define \w+ )|assert|_Static_assert|static_assert|_Pragma)")
DECLARES = re.compile(r"^(static |const |extern |struct |enum |union |unsigned |return\b|goto |case |default|else\b|typedef |"
                      r"[A-Za-z_]\w* \**\w+( =|;|\[|,))")
SIGN = re.compile(r"\? -?1 : -?1\b")
ROOM = re.compile(r"\b[A-Za-z_]\w* \**\w+\[[^\]]*\](\[[^\]]*\])?(;| = |,)")


def blank_out(text):
    """The same text, with comments and what is between quotes replaced by blanks."""
    def blanks(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blanks, text, flags=re.S)


def closing(line, at):
    """Where the parenthesis that opens at this place is closed; -1: not in this line."""
    depth = 0
    for i in range(at, len(line)):
        depth += (line[i] == "(") - (line[i] == ")")
        if not depth:
            return i
    return -1


def is_statement(code, before):
    """One whole statement that does something, alone in its line."""
    text = code.strip()
    return (text.endswith(";") and text.count(";") == 1 and text.count("(") == text.count(")") and len(text) > 1
            and not DECLARES.match(text) and re.match(r"[A-Za-z_*(+-]", text) and text[-2:] != "};"
            and (not before or before[-1] in ";{}:)" or before.endswith("else")))


def mutants_of(path):
    """Yields (line number, description, new line)."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines, before = text.split("\n"), ""
    for number, (line, code) in enumerate(zip(lines, blank_out(text).split("\n")), 1):
        if not code.strip():
            continue
        previous, before = before, code.strip()
        # What a macro takes as its value goes on in the lines below: left alone, but for plain numbers.
        if LEFT_ALONE.match(code) or SHORT_OF_MEMORY.search(code) or code.endswith("\\") or previous.endswith("\\"):
            continue
        defined = code.startswith("#define")
        if defined and not re.match(r"#define \w+ \S+\s*$", code):
            continue
        inside = re.match(r"\s", code) is not None
        if not inside and not defined and "=" not in code:
            continue # the head of a function, or a declaration
        room = [m.span() for m in (*ROOM.finditer(code), *SIGN.finditer(code))]
        for match in BINARY.finditer(code):
            if match.group() in "+-*/" and any(a <= match.start() < b for a, b in room):
                continue # of a buffer
            old, new = match.group(), SWAPS[match.group()]
            if old in "<>" and SIGN.search(code):
                new = "<" if old == ">" else ">"
            # `*` and `&` of pointers have no blank behind them: see BINARY
            yield number, f"{old} -> {new}", line[:match.start()] + new + line[match.end():]
        for match in STEP.finditer(code):
            old = match.group()
            yield number, f"{old} -> {SWAPS[old]}", line[:match.start()] + SWAPS[old] + line[match.end():]
        for match in NUMBER.finditer(code):
            if any(a <= match.start() < b for a, b in room):
                continue
            value = int(match.group(1), 0) if not re.match(r"0\d", match.group(1)) else int(match.group(1), 8)
            for new in ([value + 1] if value == 0 else [value + 1, value - 1]):
                yield (number, f"{match.group()} -> {new}",
                       line[:match.start()] + str(new) + match.group(2) + line[match.end():])
        for match in CONDITION.finditer(code):
            end = closing(code, match.end() - 1)
            if end > 0:
                a = match.end()
                yield number, "condition negated", f"{line[:a]}!({line[a:end]}){line[end:]}"
        if inside and is_statement(code, previous):
            yield number, "statement dropped", line[:len(line) - len(line.lstrip())] + ";"


def all_mutants(only):
    files = []
    for folder, _, names in os.walk("src"):
        files += [os.path.join(folder, name) for name in names if name.endswith(".c")]
    for pattern in PURE + NOT_PURE:
        if not fnmatch.filter(files, pattern):
            sys.exit(f"mutation.py: no file is {pattern} (any more): put its list right")
    for path in sorted(files):
        if OTHER_PROCESSOR in path:
            continue # not compiled here
        if not any(fnmatch.fnmatch(path, p) for p in PURE) or any(fnmatch.fnmatch(path, p) for p in NOT_PURE):
            continue
        if not only or any(o in path for o in only):
            for number, what, line in mutants_of(path):
                yield path, number, what, line


def in_order(mutants, seed):
    """Shuffled: by a hash of the seed, the change, the line and the one before."""
    seen, keyed = {}, []
    for mutant in mutants:
        path, number, what, line = mutant
        with_before = (str(seed), what, line.strip(), previous_line(path, number))
        seen[with_before] = seen.get(with_before, 0) + 1
        keyed.append((hashlib.sha256("\0".join([*with_before, str(seen[with_before])]).encode()).digest(), mutant))
    return [mutant for _, mutant in sorted(keyed)]


@functools.lru_cache(maxsize=None)
def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read().split("\n")


def previous_line(path, number):
    return next((text.strip() for text in reversed(lines_of(path)[:number - 1]) if text.strip()), "")


def changed(path, number, line):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    lines[number - 1] = line
    return "\n".join(lines)


# ---- building ----

def cppflags():
    return ["-D_GNU_SOURCE", "-I.", "-Isrc", f"-I{OUT}/gen", "-Itests/unit",
            *must(["pkg-config", "--cflags", *LIBRARIES.split()]).split()]


def ldlibs():
    return [*must(["pkg-config", "--libs", *LIBRARIES.split()]).split(), "-liberty", "-ldl", "-lpthread"]


def shared_library(variant):
    """The library as a shared one; the Makefile knows what belongs to it. Returns whether it was made anew."""
    folder, flags = f"{OUT}/{variant}", VARIANTS[variant]
    os.makedirs(folder, exist_ok=True)
    if not os.path.lexists(f"{OUT}/gen"):
        os.symlink("../gen", f"{OUT}/gen")
    if not os.path.lexists(f"{folder}/gen"):
        os.symlink("../../gen", f"{folder}/gen")
    archive, library = f"{folder}/asan/libthreadscope.a", f"{folder}/libthreadscope.so"
    must(["make", "-s", f"-j{os.cpu_count()}", f"BUILD={folder}", f"SANITIZE={flags}", f"WARNINGS={WARNINGS}", archive])
    if os.path.exists(library) and os.path.getmtime(library) > os.path.getmtime(archive):
        return False
    # What it calls of the kernel side is not in it, and no unit test comes there: bound when called.
    must([*CC, *flags.split(), "-shared", "-Wl,-z,lazy", "-o", library, "-Wl,--whole-archive", archive,
          "-Wl,--no-whole-archive", *ldlibs()])
    return True


def unit_tests():
    return sorted(n[:-2] for n in os.listdir("tests/unit") if n.startswith("test_") and n.endswith(".c"))


def build_test(variant, name):
    program, source = f"{OUT}/{variant}/{name}", f"tests/unit/{name}.c"
    headers = [f"tests/unit/{n}" for n in os.listdir("tests/unit") if n.endswith(".h")]
    newest = max(os.path.getmtime(f) for f in [source, f"{OUT}/{variant}/libthreadscope.so", *headers])
    if os.path.exists(program) and os.path.getmtime(program) > newest:
        return
    # -O1 and -g, as in the Makefile: some tests look at their own code.
    flags = VARIANTS[variant].replace("-O0 -g0", "-O1 -g").replace("-fPIC --coverage", "").replace("-fPIC", "").split()
    must([*CC, "-std=gnu17", *flags, "-fno-omit-frame-pointer", *cppflags(), "-pthread", "-o", program, source,
          f"{OUT}/{variant}/libthreadscope.so", "-Wl,-z,lazy,--unresolved-symbols=ignore-in-shared-libs",
          f"-Wl,-rpath,{ROOT}/{OUT}/{variant}", *ldlibs()])


def build(variant):
    anew = shared_library(variant)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda name: build_test(variant, name), unit_tests()))
    return anew


def compile_mutant(source, folder, output, *flags):
    return run([*CC, "-std=gnu17", "-w", *flags, *cppflags(), "-iquote", folder, "-o", output, source]).returncode == 0


# ---- running ----

def limits():
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)) # a mutant that eats memory eats no more
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_test(variant, name, mutant, seconds, environment=None):
    """True: it passed."""
    env = {**os.environ, **(environment or {})}
    if variant == "asan":
        env["ASAN_OPTIONS"] = "hard_rss_limit_mb=2000"
    if mutant:
        first = [must([*CC, f"-print-file-name=lib{n}.so"]).strip() for n in ("asan", "ubsan")] \
            if variant == "asan" else []
        env["LD_PRELOAD"] = ":".join([*first, os.path.abspath(mutant)])
    child = subprocess.Popen([f"{OUT}/{variant}/{name}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             stdin=subprocess.DEVNULL, env=env, start_new_session=True,
                             preexec_fn=limits if variant != "asan" else None)
    try:
        return child.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        try:
            os.killpg(child.pid, 9)
        except ProcessLookupError:
            pass
        child.wait()


def lines_run(name):
    """{path: {line: True if this test runs it}} for the lines that gcov knows."""
    data = os.path.abspath(f"{OUT}/data/{name}")
    subprocess.run(["rm", "-rf", data], check=True)
    begun = time.monotonic()
    if not run_test("gcov", name, None, 120, {"GCOV_PREFIX": data}):
        sys.exit(f"mutation.py: {name} fails without any mutant")
    took, result, files = time.monotonic() - begun, {}, []
    for folder, _, names in os.walk(data):
        for n in names:
            if n.endswith(".gcda"):
                where = os.path.join(folder, n)
                notes = "/" + os.path.relpath(where, data)[:-5] + ".gcno"
                if os.path.exists(notes) and not os.path.exists(where[:-5] + ".gcno"):
                    os.symlink(notes, where[:-5] + ".gcno")
                files.append(where)
    if files:
        for text in must(["gcov", "-j", "-t", *files]).splitlines():
            for file in json.loads(text)["files"]:
                path = os.path.relpath(os.path.join(ROOT, file["file"]), ROOT)
                known = result.setdefault(path, {})
                for line in file["lines"]:
                    n = str(line["line_number"])
                    known[n] = known.get(n, False) or line["count"] > 0
    subprocess.run(["rm", "-rf", data], check=True)
    return {"seconds": took, "lines": {path: known for path, known in result.items() if any(known.values())}}


def coverage(anew):
    """{test: what lines_run says}, kept until the library or a test changes."""
    kept, known = f"{OUT}/coverage.json", {}
    if os.path.exists(kept) and not anew:
        with open(kept, encoding="utf-8") as file:
            known = json.load(file)
    asked = [t for t in unit_tests()
             if t not in known or os.path.getmtime(f"{OUT}/gcov/{t}") > os.path.getmtime(kept)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        known.update(zip(asked, pool.map(lines_run, asked)))
    known = {t: known[t] for t in unit_tests()}
    with open(kept, "w", encoding="utf-8") as file:
        json.dump(known, file)
    return known


def likeliest_first(known, path, number):
    """The tests that run this line (any line of the file, if gcov does not know this one: a constant's, a table's)."""
    words = set(re.split(r"[_/.]", path[len("src/"):-2]))

    def order(test):
        return (-len(words & set(test.split("_"))), known[test]["seconds"], test)
    of_file = [t for t in known if path in known[t]["lines"]]
    if any(str(number) in known[t]["lines"][path] for t in of_file):
        of_file = [t for t in of_file if known[t]["lines"][path].get(str(number))]
    return sorted(of_file, key=order)


def same_code(source, original, stem, folder):
    """The compiler makes the same of both."""
    ours, theirs = f"{stem}.mutant.o", f"{stem}.original.o"
    flags = ["-O2", "-g0", "-c", f"-frandom-seed={stem}"]
    if not compile_mutant(source, folder, ours, *flags) or not compile_mutant(original, folder, theirs, *flags):
        return False
    with open(ours, "rb") as a, open(theirs, "rb") as b:
        return a.read() == b.read()


def judge(index, mutant, known, quick):
    """(fate, why)."""
    path, number, _, line = mutant
    folder, stem = os.path.dirname(path), f"{OUT}/mutants/{index}"
    tests = likeliest_first(known, path, number)
    # Both of one name, which is in the object.
    source, original = f"{stem}/new/m.c", f"{stem}/old/m.c"
    os.makedirs(f"{stem}/new", exist_ok=True)
    os.makedirs(f"{stem}/old", exist_ok=True)
    with open(source, "w", encoding="utf-8") as file:
        file.write(f'#line 1 "{path}"\n' + changed(path, number, line))
    with open(original, "w", encoding="utf-8") as file, open(path, encoding="utf-8") as old:
        file.write(f'#line 1 "{path}"\n' + old.read())
    try:
        if not compile_mutant(source, folder, f"{stem}/plain.so", *VARIANTS["plain"].split(), "-shared"):
            return "not built", ""
        for test in tests:
            if not run_test("plain", test, f"{stem}/plain.so", 2 + 5 * known[test]["seconds"]):
                return "killed", test
        if same_code(source, original, stem, folder):
            return "equivalent", "the same code"
        tests_again = [] if quick else tests[:SANITIZED]
        if tests_again and compile_mutant(source, folder, f"{stem}/asan.so", *VARIANTS["asan"].split(), "-shared"):
            for test in tests_again:
                if not run_test("asan", test, f"{stem}/asan.so", 10 + 20 * known[test]["seconds"]):
                    return "killed", f"{test}, by sanitizers"
        return "survived", ("passed: " + " ".join(tests)) if tests else "no test runs the line"
    finally:
        subprocess.run(["rm", "-rf", stem, f"{stem}.mutant.o", f"{stem}.original.o"], check=True)


def show(mutant):
    path, number, what, line = mutant
    with open(path, encoding="utf-8") as file:
        old = file.read().split("\n")
    new = changed(path, number, line).split("\n")
    return "\n".join(difflib.unified_diff(old, new, path, f"{path}: {what}", lineterm="", n=3))


def score(mutants, known, options):
    """Runs them in order until so many count."""
    fates, rows, at = {}, [], 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool, \
            open(f"{OUT}/report.tsv", "w", encoding="utf-8") as report:
        while at < len(mutants) and fates.get("killed", 0) + fates.get("survived", 0) < options.count:
            missing = options.count - fates.get("killed", 0) - fates.get("survived", 0)
            batch = list(enumerate(mutants[at:at + missing], at))
            at += len(batch)
            for (index, m), (fate, why) in zip(batch, pool.map(lambda b: judge(*b, known, options.quick), batch)):
                fates[fate] = fates.get(fate, 0) + 1
                row = f"{fate}\t{index}\t{m[0]}:{m[1]}\t{m[2]}\t{why}"
                rows.append((fate, row))
                print(row, file=report, flush=True)
                print(row, flush=True)
    return fates


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", nargs="*", default=[])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--show", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    os.chdir(ROOT)
    mutants = in_order(all_mutants(options.file), options.seed)
    if options.list:
        for index, (path, number, what, _) in enumerate(mutants):
            print(f"{index}\t{path}:{number}\t{what}")
        return 0
    if options.show is not None:
        print(show(mutants[options.show]))
        return 0
    begun = time.monotonic()
    build("plain")
    if not options.quick:
        build("asan")
    known = coverage(build("gcov"))
    made = time.monotonic() - begun
    fates = score(mutants, known, options)
    killed, counted = fates.get("killed", 0), fates.get("killed", 0) + fates.get("survived", 0)
    print(f"{killed} of {counted} mutants killed ({100 * killed / max(counted, 1):.1f} %), of {len(mutants)} that there "
          f"are; not counted: {fates.get('not built', 0)} not built, {fates.get('equivalent', 0)} equivalent; "
          f"{made:.0f} s to build, {time.monotonic() - begun - made:.0f} s to run")
    return 0 if counted and killed >= ENOUGH * counted else 1


if __name__ == "__main__":
    sys.exit(main())
