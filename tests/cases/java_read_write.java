// SPDX-License-Identifier: GPL-2.0-or-later
// ReentrantReadWriteLocks that are held to read. "circle": of two threads that hold one, one wants to write
// (an upgrade), and three more want to read; a thread that holds another one waits for a monitor whose owner
// wants to write. "healthy": an upgrade by tryLock with a timeout, and a reader that sleeps while a writer
// waits.
//
// Perfect: the upgrader waits for itself; reader and writer wait for each other; and of the healthy ones, who
// holds it to read, and no deadlock.
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

class JavaReadWrite {
	static final ReentrantReadWriteLock index = new ReentrantReadWriteLock();
	static final ReentrantReadWriteLock table = new ReentrantReadWriteLock();
	static final Object account = new Object();

	static void nap(long ms) {
		try {
			Thread.sleep(ms);
		} catch (InterruptedException e) {
			throw new RuntimeException(e);
		}
	}

	static void start(String name, Runnable work) {
		new Thread(work, name).start();
		nap(200);
	}

	static void holds(ReentrantReadWriteLock lock) {
		lock.readLock().lock();
		nap(1000000);
	}

	static void circle() {
		start("holds", () -> holds(index));
		start("upgrader", () -> {
			index.readLock().lock();
			index.writeLock().lock();
		});
		for (int i = 0; i < 3; i++)
			start("behind", () -> index.readLock().lock());
		start("holds-too", () -> holds(table));
		start("reader", () -> {
			table.readLock().lock();
			nap(300);
			synchronized (account) {
				nap(1);
			}
		});
		start("writer", () -> {
			synchronized (account) {
				nap(300);
				table.writeLock().lock();
			}
		});
	}

	static void healthy() {
		start("upgrader", () -> {
			index.readLock().lock();
			try {
				index.writeLock().tryLock(1000, TimeUnit.SECONDS);
			} catch (InterruptedException e) {
				throw new RuntimeException(e);
			}
		});
		start("holds", () -> holds(table));
		start("writer", () -> table.writeLock().lock());
	}

	public static void main(String[] args) {
		if (args[0].equals("circle"))
			circle();
		else
			healthy();
		nap(1100);
		System.out.println("ready");
		nap(1000000);
	}
}
