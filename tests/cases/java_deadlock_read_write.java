// SPDX-License-Identifier: GPL-2.0-or-later
// Three threads with long names hold a monitor, a ReentrantReadWriteLock to write and a fair ReentrantLock, and each
// wants what the next one holds; two more want to read.
//
// Perfect: a deadlock of three threads, with whole names, classes and addresses; 2 more threads wait behind.
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

class JavaDeadlockReadWrite {
	static class Account {
	}

	static final Account account = new Account();
	static final ReentrantReadWriteLock index = new ReentrantReadWriteLock();
	static final Lock journal = new ReentrantLock(true);
	static final CyclicBarrier all = new CyclicBarrier(3);

	static void meet() {
		try {
			all.await();
		} catch (Exception e) {
			throw new RuntimeException(e);
		}
	}

	static void start(String name, Runnable work) {
		new Thread(work, name).start();
	}

	public static void main(String[] args) throws Exception {
		start("transfer-between-accounts", () -> {
			synchronized (account) {
				meet();
				index.writeLock().lock();
			}
		});
		start("rebuilds-the-whole-index", () -> {
			index.writeLock().lock();
			meet();
			journal.lock();
		});
		start("writes-to-the-journal", () -> {
			journal.lock();
			meet();
			synchronized (account) {
				System.out.println("never");
			}
		});
		Thread.sleep(500);
		for (int i = 0; i < 2; i++)
			start("looks-up-in-the-index-" + i, () -> index.readLock().lock());
		Thread.sleep(500);
		System.out.println("ready");
		Thread.sleep(1000000);
	}
}
