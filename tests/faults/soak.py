#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A soak: two runs of `threadscope top --json` for a long time, beside Redis under load and beside threads that come
and go. Memory and descriptors of all their processes must stay as they are, and their totals be those of the targets:
what the kernel (/proc/PID/io) and Redis itself (INFO) have counted, and what the threads' creator has.

  soak.py [--seconds N] [--write]

Memory and descriptors are read every second, as the sums over the processes of a run; of each third of the time the
median is shown. --write: the table into docs/reliability.md. Needs root, redis-server and redis-benchmark. Exit
status 1 if something grew or a total is not exact.
"""
import argparse
import collections
import datetime
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from rig import (PATIENCE_S, Broken, Left, Target, contents, ended_saying, scopes, start, wait_for,
                 write_section)

# A leak of a page per second is 4.7 MiB between the medians of the first and the last third of an hour.
GROWTH = 1.03
GROWTH_BYTES = 1 << 20
SERIES = ("memory", "descriptors", "maps")


# ---- a run of threadscope ------------------------------------------------------------------------------------


def of_session(leader):
    """The processes of a run, which has a session of its own."""
    return [p for p in scopes() if contents(f"/proc/{p}/stat").rpartition(")")[2].split()[3:4] == [str(leader)]]


def resident_bytes(pid):
    return int(contents(f"/proc/{pid}/statm").split()[1]) * os.sysconf("SC_PAGESIZE")


class Run:
    """Its documents are summed as they come."""

    def __init__(self, target, folder):
        self.folder, self.sums, self.last = folder, collections.Counter(), None
        self.series = {name: [] for name in SERIES}
        ready = os.path.join(folder, "attached")
        self.process = start(["top", "--json", "--ready-file", ready], target, start_new_session=True)
        self.reader = threading.Thread(target=self.read, args=(target, self.process.stdout))
        self.reader.start()
        wait_for(lambda: os.path.exists(ready), "it is not attached", 3 * PATIENCE_S)

    def read(self, target, out):
        for line in out:
            document = json.loads(line)
            if not document["interval_ns"]:
                continue
            self.last = document
            self.series["maps"].append(document["cost"]["maps_bytes"] or 0)
            for process in document["processes"]:
                if process["pid"] == target:
                    self.sums["created"] += process["created"]
                    self.sums["exited"] += process["exited"]
                    self.sums["writes"] += process["writes"]["count"]
                    self.sums["bytes"] += process["writes"]["bytes"]
                    self.sums["created_total"] = process["created_total"]
                    self.sums["exited_total"] = process["exited_total"]
            for file in document["files"]:
                if file["kind"] == "socket":
                    self.sums["socket_bytes"] += file["bytes"]

    def measure(self):
        if self.process.poll() is not None:
            raise Broken(f"{' '.join(self.process.args)}: status {self.process.returncode}, "
                         f"{self.process.stderr.read().decode(errors='replace').strip()}")
        memory = descriptors = 0
        for pid in of_session(self.process.pid):
            try:
                memory += resident_bytes(pid)
                descriptors += len(os.listdir(f"/proc/{pid}/fd"))
            except (OSError, IndexError):  # one that it needed for a moment
                pass
        self.series["memory"].append(memory)
        self.series["descriptors"].append(descriptors)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.reader.join(PATIENCE_S)
        self.process.stdout = None
        ended_saying(self.process, [0])

    def thirds(self, name):
        values = self.series[name]
        size = len(values) // 3
        return [statistics.median(values[i * size:(i + 1) * size]) for i in range(3)]

    def judge(self, truth):
        """What is not as it must be."""
        wrong = []
        for name in SERIES:
            first, _, last = self.thirds(name)
            if last > (first if name == "descriptors" else first * GROWTH + GROWTH_BYTES):
                wrong.append(f"{name} grew from {first} to {last}")
        wrong += [f"{name}: {self.sums[name]} of {value}" for name, value in truth.items() if self.sums[name] != value]
        return wrong


# ---- targets -------------------------------------------------------------------------------------------------


class Churn:
    """Threads that come and go, and a creator that counts them."""
    what = "threads that come and go (`tests/workloads/thread_churn.c`)"

    def __init__(self):
        self.target = Target("thread_churn")
        self.target.wait_up()
        self.pid = self.target.pid

    def begin(self):
        self.target.run()

    def stop(self):
        created = self.target.end()["created"]
        exited = created + 1  # its main thread, too
        return {"created": created, "created_total": created, "exited": exited, "exited_total": exited}

    def close(self):
        self.target.__exit__()


class Redis:
    """With its log, and a load that comes again and again."""
    what = "`redis-server --appendonly yes` and `redis-benchmark -c 20 -t set,get,lpush,lpop`"

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="threadscope-faults.")
        self.ended = threading.Event()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = subprocess.Popen(["redis-server", "--port", str(self.port), "--dir", self.folder.name, "--save", "",
                                        "--appendonly", "yes", "--io-threads", "2", "--logfile",
                                        os.path.join(self.folder.name, "log")])
        self.pid = self.server.pid
        self.load = threading.Thread(target=self.repeat)
        wait_for(self.answers, "redis-server does not answer")
        # What it says of itself is an answer that it has written, too.
        text = self.info()
        self.before = {**self.kernel(), "socket_bytes": self.net_output(text) + len(text)}

    def answers(self):
        try:
            return self.info()
        except OSError:
            return None

    def info(self):
        """The answer to INFO as it is on the wire."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as s:
            s.sendall(b"INFO stats\r\n")
            text = s.recv(65536)
            head, _, rest = text.partition(b"\r\n")
            while len(rest) < int(head[1:]) + 2:
                more = s.recv(65536)
                text, rest = text + more, rest + more
            return text

    @staticmethod
    def net_output(text):
        return int(re.search(rb"total_net_output_bytes:(\d+)", text).group(1))

    def kernel(self):
        """Writes and their bytes by the kernel's own account."""
        lines = dict(line.split(": ") for line in contents(f"/proc/{self.pid}/io").splitlines())
        return {"writes": int(lines["syscw"]), "bytes": int(lines["wchar"])}

    def repeat(self):
        while not self.ended.is_set():
            subprocess.run(["redis-benchmark", "-p", str(self.port), "-c", "20", "-n", "20000", "-r", "100000", "-t",
                            "set,get,lpush,lpop", "-q"], stdout=subprocess.DEVNULL, check=False)

    def begin(self):
        self.load.start()

    def stop(self):
        """Once the load is over. The question comes after the last answer that counts."""
        self.ended.set()
        self.load.join()
        wait_for(self.quiet, "redis-server still writes")
        return {name: value - self.before[name] for name, value in self.kernel().items()}

    def quiet(self):
        before = self.kernel()
        time.sleep(2.5)  # its log is written and synced every second
        return self.kernel() == before

    def answered(self):
        """Bytes of answers since before, without this one; after threadscope has ended."""
        return self.net_output(self.info()) - self.before["socket_bytes"]

    def close(self):
        self.ended.set()
        self.server.terminate()
        self.server.wait()
        if self.load.ident:
            self.load.join()
        self.folder.cleanup()


# ---- both ----------------------------------------------------------------------------------------------------


def soak(seconds, targets, folders):
    """(run, truth) of each."""
    runs = [Run(target.pid, folder) for target, folder in zip(targets, folders)]
    for target in targets:
        target.begin()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for run in runs:
            run.measure()
        time.sleep(1)
    truths = [target.stop() for target in targets]
    for run in runs:
        run.end()
    for target, truth in zip(targets, truths):
        if isinstance(target, Redis):
            truth["socket_bytes"] = target.answered()
    return list(zip(runs, truths))


def row(target, run, truth, wrong):
    def mib(name):
        return " / ".join(f"{value / 2**20:.1f}" for value in run.thirds(name))

    totals = ", ".join(f"{name.replace('_', ' ')} {run.sums[name]:,} of {value:,}" for name, value in truth.items()
                       if not name.endswith("_total"))
    descriptors = " / ".join(f"{value:g}" for value in run.thirds("descriptors"))
    lost = ", ".join(f"{count:,} {name}" for name, count in run.last["lost"].items() if count)
    return (f"| {target.what} | {mib('memory')} | {descriptors} | {mib('maps')} | {totals} | {lost or 'nothing'} | "
            f"{'; '.join(wrong) or 'no'} |")


def main():
    a = argparse.ArgumentParser(add_help=False)
    a.add_argument("--seconds", type=int, default=3600)
    a.add_argument("--write", action="store_true")
    options = a.parse_args()
    if not shutil.which("redis-server") or not shutil.which("redis-benchmark"):
        sys.exit("soak.py: needs redis-server and redis-benchmark")
    left, targets = Left(), []
    with tempfile.TemporaryDirectory(prefix="threadscope-faults.") as folder:
        folders = [os.path.join(folder, name) for name in ("redis", "churn")]
        for path in folders:
            os.mkdir(path)
        try:
            for kind in (Redis, Churn):
                targets.append(kind())
            done = soak(options.seconds, targets, folders)
            left.check()
        except Broken as why:
            sys.exit(f"soak.py: {why}")
        finally:
            for target in targets:
                target.close()
            for pid in scopes():
                os.kill(pid, signal.SIGKILL)
    rows, bad = [], []
    for target, (run, truth) in zip(targets, done):
        wrong = run.judge(truth)
        bad += wrong
        rows.append(row(target, run, truth, wrong))
    table = "\n".join([f"Linux {platform.release().split('-')[0]}, {datetime.date.today()}, {options.seconds} s:", "",
                       "| target | resident memory, MiB | descriptors | kernel memory of maps, MiB | totals, of the target's own | "
                       "lost | broken |", "|---|---|---|---|---|---|---|", *rows])
    print(table)
    if options.write:
        write_section("soak", table)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
