// SPDX-License-Identifier: GPL-2.0-or-later
// FILE: "log-writer" appends a line and forces it to disk in a synchronized method, again and again, on a disk whose
// syncs take long; the six workers of a pool want to append a line, too.
//
// Perfect: log-writer has been in fsync or fdatasync(FILE) for T, called from append; 6 threads wait behind the monitor
// that it holds.
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;

class JavaHeldForce {
	private final FileChannel file;

	JavaHeldForce(String name) throws Exception {
		file = FileChannel.open(Path.of(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
	}

	synchronized void append(boolean force) throws Exception {
		file.write(ByteBuffer.wrap("a line\n".getBytes()));
		if (force)
			file.force(false);
	}

	public static void main(String[] args) throws Exception {
		JavaHeldForce log = new JavaHeldForce(args[0]);
		var pool = Executors.newFixedThreadPool(6);

		new Thread(() -> {
			try {
				log.append(true);
			} catch (Exception e) {
				System.exit(1);
			}
		}, "log-writer").start();
		Thread.sleep(500);
		for (int i = 0; i < 6; i++)
			pool.submit(() -> {
				log.append(false);
				return 0;
			});
		Thread.sleep(1500);
		System.out.println("ready");
		Thread.sleep(1000000);
	}
}
