// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/commit_log.h"

#include <fnmatch.h>
#include <stddef.h>

/* Globs of paths; a star also matches slashes. */
#define DIGITS_5 "[0-9][0-9][0-9][0-9][0-9]"

static const char *const PATHS[] = {
	/* PostgreSQL */
	"*/pg_wal/*",
	"*/pg_xlog/*",
	/* MySQL, MariaDB: redo and undo logs, tablespaces, binary logs */
	"*/ib_logfile[0-9]*",
	"*/#ib_redo[0-9]*",
	"*/ibdata[0-9]*",
	"*/undo_[0-9]*",
	"*.ibd",
	"*/aria_log.*",
	"*/aria_log_control",
	"*/ddl_recovery*.log",
	"*/binlog.[0-9]*",
	"*-bin.[0-9]*",
	"*/relay-log.[0-9]*",
	/* etcd, Prometheus, Consul, InfluxDB and others in Go */
	"*/wal/*",
	"*.wal",
	"*/member/snap/db",
	"*/raft.db",
	/* SQLite */
	"*-wal",
	"*-journal",
	/* Redis */
	"*.aof",
	/* RocksDB, LevelDB: 000123.log */
	"*/[0-9][0-9][0-9][0-9][0-9][0-9].log",
	"*/MANIFEST-[0-9]*",
	/* MongoDB, Cassandra, ZooKeeper, LMDB, NATS, Kafka */
	"*/WiredTigerLog.[0-9]*",
	"*/CommitLog-*",
	"*/version-[0-9]/log.*",
	"*.mdb",
	"*/jetstream/*.blk",
	"*/" DIGITS_5 DIGITS_5 DIGITS_5 DIGITS_5 ".log",
};

bool commit_log__is(const char *path)
{
	for (size_t i = 0; i < sizeof(PATHS) / sizeof(PATHS[0]); i++)
		if (!fnmatch(PATHS[i], path, 0))
			return true;
	return false;
}
