#!/bin/sh
# loop_node.sh HOW: a server of Node.js whose event loop stands: in the read of a FIFO (fs.readSync: "read"), in a
# child process (child_process.execSync: "child"), in Atomics.wait ("atomics"), or not at all ("idle"); or its
# Workers wait for their next task by Atomics.wait, as those of pools do ("workers").
#
# Perfect: the event loop of libuv in node has been in read(FIFO) for T: nothing else of it runs meanwhile. Nothing
# of idle, and of workers.
mkfifo fifo
# shellcheck disable=SC2016 # node expands it
exec node -e '
const how = process.argv[1], fs = require("fs");
require("net").createServer().listen(0, "127.0.0.1");
const fifo = fs.openSync("fifo", "r+");
const task = `Atomics.wait(require("worker_threads").workerData, 0, 0)`;
if (how == "workers")
	for (let i = 0; i < 2; i++)
		new (require("worker_threads").Worker)(task, { eval: true,
			workerData: new Int32Array(new SharedArrayBuffer(4)) });
setTimeout(() => {
	console.log("ready");
	if (how == "read")
		fs.readSync(fifo, Buffer.alloc(1));
	else if (how == "child")
		require("child_process").execSync("sleep 1000");
	else if (how == "atomics")
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}, how == "workers" ? 2000 : 100);
' "$1"
