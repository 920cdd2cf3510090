# SPDX-License-Identifier: GPL-2.0-or-later
# held_postgres.py row|table|advisory|queue: six clients of PostgreSQL behind a lock that another client holds, which
# does nothing: a row that an open transaction has changed, LOCK TABLE, an advisory lock, a table that it has read.
# The last one lets other readers in, but the first of the six wants to alter the table, and the others come after it.
#
# Perfect: each backend that pg_stat_activity says to wait for a lock waits for a lock of PostgreSQL, not idle, behind
# the one that pg_blocking_pids() names, and that one behind the holder.
import sys
import time

from servers import PostgreSQL, await_

ALTER = "alter table t add column x int"
HELD = {
    "row": ("begin; update t set n = 1 where id = 1", "update t set n = n + 1 where id = 1"),
    "table": ("begin; lock table t", "select * from t"),
    "advisory": ("select pg_advisory_lock(1)", "select pg_advisory_lock(1)"),
    "queue": ("begin; select * from t", "select * from t"),
}

statement, wish = HELD[sys.argv[1]]
server = PostgreSQL()
holder = server.hold(statement)
server.want(ALTER if sys.argv[1] == "queue" else wish, 1)
await_(lambda: len(server.waiting()) == 1)
server.want(wish, 5)
await_(lambda: len(server.waiting()) == 6)
time.sleep(2)
pids = server.waiting()
first, second = (server.blocking(pid) for pid in pids[:2])
print(f"ready server={server.pid} pid={pids[0]} second={pids[1]} holder={first[0]} before_second={second[0]}", flush=True)
time.sleep(1000)
