# SPDX-License-Identifier: GPL-2.0-or-later
# held_mariadb.py global|row|metadata: clients of MariaDB behind a lock that another client holds, which does nothing:
#   global    20 updates behind FLUSH TABLES WITH READ LOCK
#   row       10 updates of a row that an open transaction has changed
#   metadata  an ALTER TABLE behind an open transaction, and 8 selects behind it
#
# Perfect: so many threads, as the server's process list has them, wait for the lock; none of them is idle.
import sys
import time

from servers import MariaDB, await_

HELD = {
    "global": ("flush tables with read lock", [("update t set n = n + 1 where id = 1", 20)], "Waiting for%lock"),
    "row": ("begin; update d.t set n = 1 where id = 1", [("update t set n = n + 1 where id = 1", 10)], "Updating"),
    "metadata": ("begin; select * from d.t", [("alter table t add m int", 1), ("select * from t", 8)],
                 "Waiting for table metadata lock"),
}

statement, wanted, state = HELD[sys.argv[1]]
server = MariaDB()
holder = server.hold(statement)
clients = 0
for wish, count in wanted:
    server.want(wish, count)
    clients += count
    await_(lambda: server.waiting(state) == clients)
time.sleep(2)
print(f"ready pid={server.pid} waiting={server.waiting(state)}", flush=True)
time.sleep(1000)
