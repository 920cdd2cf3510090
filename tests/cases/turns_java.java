// SPDX-License-Identifier: GPL-2.0-or-later
// turns_java: workers take turns at a BlockingQueue, by a monitor.
//
// Perfect: no warning: nobody is held up.
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

class turns_java {
	static final LinkedBlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
	static final Object turn = new Object();

	static Runnable take() throws InterruptedException {
		synchronized (turn) {
			return jobs.take();
		}
	}

	static void start(String name, Callable<?> work) {
		new Thread(() -> {
			try {
				while (true)
					work.call();
			} catch (Exception e) {
				throw new RuntimeException(e);
			}
		}, name).start();
	}

	public static void main(String[] args) throws Exception {
		for (int i = 0; i < 3; i++)
			start("taker", () -> take());
		Thread.sleep(2000);
		System.out.println("ready");
	}
}
