// SPDX-License-Identifier: GPL-2.0-or-later
/* What Java threads wait for beside monitors: the ends of threads and tasks, and who holds a lock to read. */
#include "java_machine.h"
#include "test.h"

#define READS_MAX  400000u
#define HOLDS      "Ljava/util/concurrent/locks/ReentrantReadWriteLock$Sync$ThreadLocalHoldCounter;"
#define CONCURRENT "java/util/concurrent/"

static struct arena arena;
static struct java_reading reading;
static struct java_vm *vm;

/* The thread of that number as it was read; NULL: it was not. */
static const struct java_thread *read_thread(size_t i)
{
	const struct vm_memory memory = {.read = read_machine_bytes};

	java_vm__close(vm);
	vm = NULL;
	if (java_vm__open_memory(&memory, machine.symbols, &vm) ||
	    java_vm__read(vm, &arena, MACHINE_THREADS, &reading) || reading.count <= i)
		return NULL;
	return &reading.threads[i];
}

static void done(void)
{
	java_vm__close(vm);
	vm = NULL;
	arena__free(&arena);
}

/* What the third thread gave to LockSupport.park. */
static void blocks_on(uint64_t object)
{
	put(machine.objects[2] + OBJECT_FIELD(2), object, 8);
}

/* The third thread waits on the Thread object of the first. */
static uint64_t make_join(void)
{
	uint64_t monitor;

	make_machine();
	blocks_on(0);
	monitor = allot(PART);
	put_word(monitor, machine.at.monitor_object, put_pointer(machine.objects[0]));
	put_word(machine.threads[2], machine.at.thread_waiting, monitor);
	return monitor;
}

TEST(a_thread_that_is_joined)
{
	const struct java_thread *t;
	uint64_t monitor = make_join();

	t = read_thread(2);
	CHECK(t && t->kind == LOCK_JOIN && t->owner == machine.threads[0] && t->key == machine.threads[0]);
	CHECK(t && t->lock == machine.objects[0]);
	CHECK_STR(t ? t->only_in : "", "java.lang.Thread.join");
	/* An object that has the address of another thread where a Thread has its own. */
	put(machine.objects[0] + OBJECT_FIELD(1), machine.threads[1], 8);
	t = read_thread(2);
	CHECK(t && !t->lock);
	put(machine.objects[0] + OBJECT_FIELD(1), 0, 8); /* it has ended */
	t = read_thread(2);
	CHECK(t && !t->lock);
	put_word(monitor, machine.at.monitor_object, put_pointer(machine.locks[0]));
	t = read_thread(2);
	CHECK(t && !t->lock);
	done();
}

static uint64_t make_task(void)
{
	static const char *const TASK[] = {"state", "I", "runner", "Ljava/lang/Thread;", NULL};

	return make_object(make_class(CONCURRENT "FutureTask", 0, TASK));
}

TEST(a_task_that_is_run)
{
	const struct java_thread *t;
	uint64_t task;

	make_machine();
	task = make_task();
	put(task + OBJECT_FIELD(1), machine.objects[0], 8);
	blocks_on(task);
	t = read_thread(2);
	CHECK(t && t->kind == LOCK_TASK && t->lock == task && t->owner == machine.threads[0]);
	put(task + OBJECT_FIELD(1), 0, 8); /* nobody runs it yet */
	t = read_thread(2);
	CHECK(t && t->kind == LOCK_TASK && !t->owner && !t->likely);
	put(task + OBJECT_FIELD(0), 2, 4); /* it has a result */
	t = read_thread(2);
	CHECK(t && !t->lock);
	done();
}

struct pool {
	uint64_t counter, pool, queue, node, task;
};

/* The third thread is the only one of a pool, and waits for what is in its queue. */
static struct pool make_pool(void)
{
	static const char *const RUNS[] = {"name",   "Ljava/lang/String;",   "eetop",
					   "J",      "parkBlocker",          "Ljava/lang/Object;",
					   "target", "Ljava/lang/Runnable;", NULL};
	static const char *const WORKER[] = {"this$0", "L" CONCURRENT "ThreadPoolExecutor;", NULL};
	static const char *const POOL[] = {"workQueue",
					   "L" CONCURRENT "BlockingQueue;",
					   "ctl",
					   "L" CONCURRENT "atomic/AtomicInteger;",
					   "corePoolSize",
					   "I",
					   "maximumPoolSize",
					   "I",
					   NULL};
	static const char *const COUNTER[] = {"value", "I", NULL};
	static const char *const QUEUE[] = {"head", "L" CONCURRENT "LinkedBlockingQueue$Node;", "capacity",
					    "I", NULL};
	static const char *const NODE[] = {"next", "L" CONCURRENT "LinkedBlockingQueue$Node;", "item",
					   "Ljava/lang/Object;", NULL};
	struct pool p;
	uint64_t worker, klass;

	make_machine();
	klass = make_class("java/lang/Thread", 0, RUNS);
	for (unsigned i = 0; i < MACHINE_THREADS; i++)
		put_word(machine.objects[i], machine.at.object_klass, klass);
	worker = make_object(make_class(CONCURRENT "ThreadPoolExecutor$Worker", 0, WORKER));
	p.pool = make_object(make_class(CONCURRENT "ThreadPoolExecutor", 0, POOL));
	p.counter = make_object(make_class(CONCURRENT "atomic/AtomicInteger", 0, COUNTER));
	p.queue = make_object(make_class(CONCURRENT "LinkedBlockingQueue", 0, QUEUE));
	p.node = make_object(make_class(CONCURRENT "LinkedBlockingQueue$Node", 0, NODE));
	p.task = make_task();
	put(machine.objects[2] + OBJECT_FIELD(3), worker, 8);
	put(worker + OBJECT_FIELD(0), p.pool, 8);
	put(p.pool + OBJECT_FIELD(0), p.queue, 8);
	put(p.pool + OBJECT_FIELD(1), p.counter, 8);
	put(p.pool + OBJECT_FIELD(2), 1, 4);
	put(p.pool + OBJECT_FIELD(3), 1, 4);
	put(p.counter + OBJECT_FIELD(0), 0xe0000001, 4); /* it runs, with one thread */
	put(p.queue + OBJECT_FIELD(0), p.node, 8);
	put(p.queue + OBJECT_FIELD(1), INT32_MAX, 4);
	put(p.node + OBJECT_FIELD(1), p.task, 8);
	blocks_on(p.task);
	return p;
}

TEST(a_pool_that_waits_for_itself)
{
	struct pool p = make_pool();
	const struct java_thread *t = read_thread(2);

	CHECK(t && t->likely == t->address && t->likely_by == LOCK_LIKELY_POOL);
	put(p.counter + OBJECT_FIELD(0), 0xe0000002, 4); /* it has a thread that is not seen */
	t = read_thread(2);
	CHECK(t && t->kind == LOCK_TASK && !t->likely);
	put(p.counter + OBJECT_FIELD(0), 0xe0000001, 4);
	put(p.pool + OBJECT_FIELD(2), 2, 4); /* it makes another one for the next task */
	t = read_thread(2);
	CHECK(t && !t->likely);
	put(p.pool + OBJECT_FIELD(2), 1, 4);
	put(p.node + OBJECT_FIELD(0), p.node, 8); /* a queue in a circle, without the task */
	put(p.node + OBJECT_FIELD(1), 0, 8);
	t = read_thread(2);
	CHECK(t && !t->likely);
	done();
}

struct rwlock {
	uint64_t sync, counter, entry;
};

/* The third thread waits for a lock that two hold to read; the second has a ThreadLocal that counts it. */
static struct rwlock make_rwlock(void)
{
	static const char *const SYNC[] = {"unused",
					   "J",
					   "state",
					   "I",
					   "readHolds",
					   HOLDS,
					   "firstReader",
					   "Ljava/lang/Thread;",
					   "firstReaderHoldCount",
					   "I",
					   NULL};
	static const char *const OWNABLE[] = {"exclusiveOwnerThread", "Ljava/lang/Thread;", NULL};
	static const char *const LOCALS[] = {
		"name",        "Ljava/lang/String;", "eetop",        "J",
		"parkBlocker", "Ljava/lang/Object;", "threadLocals", "Ljava/lang/ThreadLocal$ThreadLocalMap;",
		NULL};
	static const char *const MAP[] = {"table", "[Ljava/lang/ThreadLocal$ThreadLocalMap$Entry;", NULL};
	static const char *const ENTRY[] = {"referent", "Ljava/lang/Object;", "value", "Ljava/lang/Object;",
					    NULL};
	static const char *const COUNTER[] = {"count", "I", NULL}, *const NOTHING[] = {NULL};
	struct rwlock r;
	uint64_t klass, ownable, map, table, holds;

	make_machine();
	ownable = make_class("java/util/concurrent/locks/AbstractOwnableSynchronizer", 0, OWNABLE);
	klass = make_class("java/lang/Thread", 0, LOCALS);
	for (unsigned i = 0; i < MACHINE_THREADS; i++)
		put_word(machine.objects[i], machine.at.object_klass, klass);
	/* The place of the owner, whose class is another one, is that of the unused one. */
	r.sync = make_object(
		make_class("java/util/concurrent/locks/ReentrantReadWriteLock$FairSync", ownable, SYNC));
	holds = make_object(make_class("java/lang/ThreadLocal", 0, NOTHING));
	map = make_object(make_class("java/lang/ThreadLocal$ThreadLocalMap", 0, MAP));
	r.entry = make_object(make_class("java/lang/ThreadLocal$ThreadLocalMap$Entry", 0, ENTRY));
	r.counter = make_object(make_class("java/util/Counter", 0, COUNTER));
	table = allot(PART);
	put(r.sync + OBJECT_FIELD(1), 2 << 16, 4);
	put(r.sync + OBJECT_FIELD(2), holds, 8);
	put(machine.objects[1] + OBJECT_FIELD(3), map, 8);
	put(map + OBJECT_FIELD(0), table, 8);
	put(table + 16, 4, 4);
	put(table + 24 + 8 * 2, r.entry, 8);
	put(r.entry + OBJECT_FIELD(0), holds, 8);
	put(r.entry + OBJECT_FIELD(1), r.counter, 8);
	put(r.counter + OBJECT_FIELD(0), 1, 4);
	blocks_on(r.sync);
	return r;
}

TEST(who_holds_a_lock_to_read)
{
	struct rwlock r = make_rwlock();
	const struct java_thread *t = read_thread(2);

	CHECK(t && t->readers == 2 && t->likely == machine.threads[1] && t->likely_by == LOCK_LIKELY_READS);
	put(r.counter + OBJECT_FIELD(0), 0, 4); /* not any more */
	t = read_thread(2);
	CHECK(t && t->readers == 2 && !t->likely);
	put(r.sync + OBJECT_FIELD(3), machine.objects[2], 8); /* itself, as the first reader */
	put(r.sync + OBJECT_FIELD(4), 1, 4);
	t = read_thread(2);
	CHECK(t && t->likely == t->address);
	done();
}

static uint64_t drawn = 88172645463325252ull;
static uint64_t draw(void)
{
	drawn ^= drawn << 13;
	drawn ^= drawn >> 7;
	return drawn ^= drawn << 17;
}

TEST(anything_in_their_place)
{
	static struct machine whole;

	for (int i = 0; i < 900; i++) {
		if (i % 300 == 0) {
			if (i == 300)
				make_pool();
			else if (i)
				make_join();
			else
				make_rwlock();
			whole = machine;
		}
		machine = whole;
		for (int n = 0; n < 4; n++)
			put(MEMORY_START + draw() % (machine.used / 8) * 8,
			    draw() % 3 ? MEMORY_START + draw() % machine.used : draw(), draw() % 2 ? 8 : 4);
		machine.reads = 0;
		(void)read_thread(0);
		CHECK(machine.reads < READS_MAX);
		arena__free(&arena);
	}
	done();
}

TEST_MAIN
