# SPDX-License-Identifier: GPL-2.0-or-later
"""Database servers of the cases' own, in the working directory, with clients that hold and wait for locks."""
import ctypes
import glob
import os
import pwd
import signal
import subprocess
import sys
import time

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def await_(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise TimeoutError("gave up waiting")
        time.sleep(0.1)


class MariaDB:
    def __init__(self):
        data, self.socket = os.path.abspath("data"), os.path.abspath("socket")
        subprocess.run(["mariadb-install-db", "--no-defaults", "--datadir=" + data, "--user=root",
                        "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, stdout=sys.stderr)
        self.server = subprocess.Popen(["/usr/sbin/mariadbd", "--no-defaults", "--datadir=" + data, "--user=root",
                                        "--socket=" + self.socket, "--skip-networking"], **QUIET)
        self.pid = self.server.pid
        await_(lambda: subprocess.run(["mariadb-admin", "-S", self.socket, "ping"], check=False, **QUIET).returncode == 0)
        self.ask("create database d; create table d.t (id int primary key, n int) engine=innodb; "
                 "insert into d.t values (1, 0), (2, 0)")

    def client(self, *options):
        return ["mariadb", "-S", self.socket, "-N", *options]

    def ask(self, statement):
        return subprocess.run(self.client("-e", statement), check=True, stdout=subprocess.PIPE, text=True).stdout

    def hold(self, statement):
        """A client that has done this and stays connected."""
        holder = subprocess.Popen(self.client("-n"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(statement + "; select 'held';\n")
        holder.stdin.flush()
        while "held" not in holder.stdout.readline():
            pass
        return holder

    def want(self, statement, clients):
        return [subprocess.Popen(self.client("-e", statement, "d"), **QUIET) for _ in range(clients)]

    def waiting(self, state):
        """How many the server itself says to be in this state."""
        return int(self.ask(f"select count(*) from information_schema.processlist where state like '{state}'"))


def end_well():
    """When its starter is killed: SIGQUIT, so that its shared memory goes with it."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT, 0, 0, 0)


class PostgreSQL:
    def __init__(self):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        user = pwd.getpwnam("postgres")
        os.chown(".", user.pw_uid, user.pw_gid)
        os.chmod(".", 0o755)
        self.who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.folder = os.getcwd()
        subprocess.run([self.bin + "/initdb", "-D", "data", "-A", "trust", "-N"], check=True, **self.who, **QUIET)
        self.server = subprocess.Popen([self.bin + "/postgres", "-D", "data", "-k", self.folder,
                                        "-c", "listen_addresses="], preexec_fn=end_well, start_new_session=True,
                                       **self.who, **QUIET)
        self.pid = self.server.pid
        await_(lambda: subprocess.run([self.bin + "/pg_isready", "-h", self.folder], check=False, **QUIET).returncode == 0)
        self.ask("create table t (id int primary key, n int); insert into t values (1, 0), (2, 0)")

    def client(self, *options):
        return [self.bin + "/psql", "-h", self.folder, "-U", "postgres", "-qAt", *options]

    def ask(self, statement):
        return subprocess.run(self.client("-c", statement), check=True, stdout=subprocess.PIPE, text=True).stdout

    def hold(self, statement):
        holder = subprocess.Popen(self.client(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(statement + ";\n select 'held';\n")
        holder.stdin.flush()
        while "held" not in holder.stdout.readline():
            pass
        return holder

    def want(self, statement, clients):
        return [subprocess.Popen(self.client("-c", statement), **QUIET) for _ in range(clients)]

    def waiting(self):
        return self.ask("select pid from pg_stat_activity where wait_event_type = 'Lock' order by query_start").split()

    def blocking(self, pid):
        """The backends that it waits for: who holds the lock, then who comes before it."""
        return self.ask(f"select unnest(pg_blocking_pids({pid}))").split()
