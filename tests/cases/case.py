# SPDX-License-Identifier: GPL-2.0-or-later
"""The declaration of a case: tests/cases/NAME.case. README.md describes the form."""
import configparser
import os
import re
import shlex

CASE_KEYS = {"kind", "differs", "source", "compiler", "flags", "run", "needs", "slow", "alone", "says", "never"}
QUESTION_KEYS = {"says", "match", "never", "json", "in", "status", "within"}

# What stands for a value in a perfect sentence.
NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?"
DURATION = NUMBER + r" (?:ns|us|ms|s|min|h|d)(?: [0-9]+ (?:s|min|h))?"
# What began before threadscope looked has lasted for at least so long.
PLACEHOLDERS = {
    "up to T": f"(?:up to|the longest for at least) {DURATION}",
    "T": f"(?:at least )?{DURATION}",
    "N": NUMBER,
    "PID": "[0-9]+",
    "TID": "[0-9]+",
    "ADDR": "0x[0-9a-f]+",
    "...": ".*",
}
WORD = re.compile(r"\.\.\.|\{\w+\}|\b(?:" + "|".join(k for k in PLACEHOLDERS if k != "...") + r")\b|\s+")


def pattern(sentence, facts):
    """A regular expression that matches a whole line which says this sentence."""
    out, at = "", 0
    for word in WORD.finditer(sentence):
        out += re.escape(sentence[at:word.start()])
        at = word.end()
        if word[0].isspace():
            out += r"\s+"
        elif word[0][0] == "{":
            out += re.escape(str(facts[word[0][1:-1]]))
        else:
            out += PLACEHOLDERS[word[0]]
    return re.compile(r"^\s*" + out + re.escape(sentence[at:]) + "$")


def lines(text):
    """One per line; a line that ends in a backslash goes on in the next."""
    text = re.sub(r"\\\n\s*", "", text or "")
    return [t.strip() for t in text.splitlines() if t.strip()]


class Question:
    """One run of threadscope, and what it must and must not say."""

    def __init__(self, title, section, case_section):
        self.command = shlex.split(title)
        self.says = lines(section.get("says", case_section.get("says")))
        self.match = lines(section.get("match"))
        self.never = lines(section.get("never")) + lines(case_section.get("never"))
        self.json = section.get("json")
        self.status = section.getint("status", 0)
        self.within = section.getfloat("within", 0)
        self.where = section.get("in", "last" if self.command[0] in ("top", "logs") else "any")

    @property
    def is_json(self):
        return "--json" in self.command

    @property
    def starts(self):
        """threadscope itself starts the program."""
        return "{run}" in self.command


class Case:
    def __init__(self, name, parser):
        c = parser["case"]
        self.name, self.kind, self.differs = name, c["kind"], c["differs"]
        self.source = c.get("source", "")
        self.compiler = c.get("compiler", "")
        self.flags = shlex.split(c.get("flags", ""))
        self.run = shlex.split(c.get("run", ""))
        self.needs = shlex.split(c.get("needs", ""))
        self.slow, self.alone = c.getboolean("slow", False), c.getboolean("alone", False)
        self.questions = [Question(t, parser[t], c) for t in parser.sections() if t != "case"]
        self.starts = any(q.starts for q in self.questions)


def check(path, parser):
    for title in parser.sections():
        known = CASE_KEYS if title == "case" else QUESTION_KEYS
        for key in parser[title]:
            if key not in known:
                raise ValueError(f"{path}: [{title}] does not accept '{key}'")
    if "case" not in parser or len(parser.sections()) < 2:
        raise ValueError(f"{path}: expected [case] and a command of threadscope")


def read(path):
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    with open(path, encoding="utf-8") as f:
        parser.read_file(f)
    check(path, parser)
    name = os.path.basename(path)[:-len(".case")]
    c = Case(name, parser)
    c.source = c.source or find_source(os.path.dirname(path), name)
    return c


def find_source(folder, name):
    found = [f for f in os.listdir(folder) if f.startswith(name + ".") and not f.endswith(".case")]
    if len(found) != 1:
        raise ValueError(f"{name}.case: expected one source {name}.*, or 'source ='")
    return found[0]
