/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two classes whose initializers need each other, and threads that need one of them: all wait for good, in the JVM
 * and not for a monitor. "waiting" waits for work within the initializer of a class, which is no such wait.
 *
 * Perfect answer: 5 threads wait for the initialization of a class: init-a, init-b, request-1 and 2 more. waiting
 * is not among them.
 */
import java.util.concurrent.CountDownLatch;

class JavaClassInit {
	static final CountDownLatch both = new CountDownLatch(2);

	static void meet() {
		both.countDown();
		try {
			both.await();
		} catch (InterruptedException e) {
			throw new Error(e);
		}
	}

	static class A {
		static {
			meet();
			B.use();
		}
		static void use() {}
	}

	static class B {
		static {
			meet();
			A.use();
		}
		static void use() {}
	}

	static class Waits {
		static {
			synchronized (Waits.class) {
				try {
					Waits.class.wait();
				} catch (InterruptedException e) {
					throw new Error(e);
				}
			}
		}
		static void use() {}
	}

	static void needsA() {
		meet();
		A.use();
	}

	static void start(String name, Runnable run) {
		new Thread(run, name).start();
	}

	public static void main(String[] args) throws Exception {
		start("init-a", () -> A.use());
		start("init-b", () -> B.use());
		start("waiting", () -> Waits.use());
		for (int i = 1; i <= 3; i++)
			start("request-" + i, () -> needsA());
		both.await();
		Thread.sleep(3000); // the waits are old enough for a warning
		System.out.println("ready");
	}
}
