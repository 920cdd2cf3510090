// SPDX-License-Identifier: GPL-2.0-or-later
// turns_java: workers take turns, by a monitor, at a BlockingQueue, and at a datagram socket, which has a lock of its
// own for that. With "nested": two threads wait for a ReentrantLock, whose owner waits for the result of another task.
//
// Perfect: no warning: nobody is held up. Of nested: a warning that names the lock, and its owner.
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

class turns_java {
	static final LinkedBlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
	static final Object turn = new Object();
	static final ReentrantLock table = new ReentrantLock();

	static Runnable take() throws InterruptedException {
		synchronized (turn) {
			return jobs.take();
		}
	}

	static Object own() throws Exception {
		table.lock();
		return new CompletableFuture<Object>().get();
	}

	static Object want() {
		table.lock();
		return table;
	}

	static void start(String name, Callable<?> work) throws InterruptedException {
		new Thread(() -> {
			try {
				while (true)
					work.call();
			} catch (Exception e) {
				throw new RuntimeException(e);
			}
		}, name).start();
		Thread.sleep(50);
	}

	public static void main(String[] args) throws Exception {
		boolean nested = args.length > 0 && args[0].equals("nested");
		DatagramSocket socket = new DatagramSocket();

		if (nested)
			start("owner", () -> own());
		for (int i = 0; i < (nested ? 2 : 3); i++) {
			if (nested)
				start("wants", () -> want());
			else
				start("taker", () -> take());
			if (!nested)
				start("receiver", () -> {
					socket.receive(new DatagramPacket(new byte[8], 8));
					return socket;
				});
		}
		Thread.sleep(2000);
		System.out.println("ready");
	}
}
