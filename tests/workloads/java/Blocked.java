/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pool of threads that wait deep in a recursion: for a ReentrantLock, a monitor, a latch, an element of a queue, and
 * asleep; others of the pool wait for work. Each way has been gone often before, so that it is compiled. ARGUMENTS:
 * a file to be created once all wait.
 */
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

public class Blocked {
	static final int THREADS = 4; // of each kind
	static final ReentrantLock lock = new ReentrantLock();
	static final Object monitor = new Object();
	static final CountDownLatch latch = new CountDownLatch(1);
	static final BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(1);
	static volatile long sink;

	interface Work {
		void run() throws Exception;
	}

	static long descend(int n, long x, Work work) throws Exception {
		if (n == 0) {
			work.run();
			return x;
		}
		return descend(n - 1, x * 31 + n, work) ^ x;
	}

	static void locked() {
		lock.lock();
		lock.unlock();
	}

	static void synchronised() {
		synchronized (monitor) {
			sink++;
		}
	}

	static boolean waiting() {
		for (Thread t : Thread.getAllStackTraces().keySet())
			if (t.getName().startsWith("pool-") && (t.getState() == Thread.State.RUNNABLE || t.getState() == Thread.State.NEW))
				return false;
		return true;
	}

	public static void main(String[] arguments) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(6 * THREADS);
		Work[] ways = {Blocked::locked, Blocked::synchronised, latch::await, queue::take, () -> Thread.sleep(1000000)};

		for (int i = 0; i < 20000; i++) {
			sink += descend(6, i, Blocked::locked);
			sink += descend(6, i, Blocked::synchronised);
		}
		for (int i = 0; i < 6 * THREADS; i++)
			pool.submit(() -> descend(6, 1, Blocked::locked)).get();
		lock.lock();
		synchronized (monitor) {
			for (Work way : ways)
				for (int i = 0; i < THREADS; i++)
					pool.submit(() -> descend(9, 1, way));
			while (!waiting())
				Thread.sleep(10);
			new java.io.File(arguments[0]).createNewFile();
			Thread.sleep(1000000);
		}
	}
}
