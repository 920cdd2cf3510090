// SPDX-License-Identifier: GPL-2.0-or-later
// Waits for the end of a thread and of a task. "circle": a thread joins another inside synchronized, and that
// one wants the same monitor; the same with Future.get; and the only thread of a pool, and both threads of
// another, wait for tasks that are in the queue of their own pool. "healthy": the same with timeouts and
// without the locks, and tasks that other threads of the pool may run.
//
// Perfect: each circle is a likely deadlock (an interrupt would end it), with its threads by name; nothing of
// the healthy ones.
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

class JavaEnds {
	static final Object state = new Object(), cache = new Object();

	interface Work {
		void run() throws Exception;
	}

	static void start(String name, Work work) {
		Thread t = new Thread(() -> {
			try {
				work.run();
			} catch (Exception e) {
				throw new RuntimeException(e);
			}
		}, name);
		t.start();
	}

	static Thread child(Object lock) {
		Thread t = new Thread(() -> {
			nap(300);
			synchronized (lock) {
				nap(1000000);
			}
		}, "child");
		t.start();
		return t;
	}

	static void nap(long ms) {
		try {
			Thread.sleep(ms);
		} catch (InterruptedException e) {
			throw new RuntimeException(e);
		}
	}

	static ExecutorService pool(String name, int threads) {
		return Executors.newFixedThreadPool(threads, r -> new Thread(r, name));
	}

	static void circle() throws Exception {
		CountDownLatch both = new CountDownLatch(2);
		ExecutorService exec = pool("exec", 1), alone = pool("alone", 1), two = pool("two", 2);
		start("joiner", () -> {
			synchronized (state) {
				child(state).join();
			}
		});
		start("asker", () -> {
			synchronized (cache) {
				exec.submit(() -> {
					nap(300);
					synchronized (cache) {
						return 1;
					}
				}).get();
			}
		});
		alone.submit(() -> alone.submit(() -> 1).get());
		for (int i = 0; i < 2; i++)
			two.submit(() -> {
				both.countDown();
				both.await();
				return two.submit(() -> 1).get();
			});
	}

	static void healthy() throws Exception {
		ExecutorService exec = pool("exec", 1), two = pool("two", 2);
		start("joiner", () -> child(state).join());
		start("timed-joiner", () -> {
			synchronized (cache) {
				child(cache).join(1000000);
			}
		});
		start("asker", () -> exec.submit(() -> nap(1000000)).get());
		two.submit(() -> two.submit(() -> nap(1000000)).get());
		start("timed", () -> {
			ExecutorService alone = pool("alone", 1);
			alone.submit(() -> alone.submit(() -> 1).get(1000, TimeUnit.SECONDS));
		});
	}

	public static void main(String[] args) throws Exception {
		if (args[0].equals("circle"))
			circle();
		else
			healthy();
		nap(1300);
		System.out.println("ready");
		nap(1000000);
	}
}
