# SPDX-License-Identifier: GPL-2.0-or-later
# held_postgres.py row|table|advisory: six clients of PostgreSQL behind a lock that another client holds, which does
# nothing: a row that an open transaction has changed, LOCK TABLE, an advisory lock.
#
# Perfect: each backend that pg_stat_activity says to wait for a lock waits for a lock of PostgreSQL, not idle.
import sys
import time

from servers import PostgreSQL, await_

HELD = {
    "row": ("begin; update t set n = 1 where id = 1", "update t set n = n + 1 where id = 1"),
    "table": ("begin; lock table t", "select * from t"),
    "advisory": ("select pg_advisory_lock(1)", "select pg_advisory_lock(1)"),
}

statement, wish = HELD[sys.argv[1]]
server = PostgreSQL()
holder = server.hold(statement)
server.want(wish, 6)
await_(lambda: len(server.waiting()) == 6)
time.sleep(2)
pids = server.waiting()
print(f"ready server={server.pid} pid={pids[0]} second={pids[1]} waiting={len(pids)}", flush=True)
time.sleep(1000)
