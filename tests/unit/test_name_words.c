/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of functions against patterns, and the words in them. */
#include "test.h"
#include "waits/name_words.h"
#include "waits/pattern.h"

TEST(patterns)
{
	CHECK(wait_pattern__matches("lock_wait", "lock_wait"));
	CHECK(wait_pattern__matches("lock_wait", "__lock_wait"));
	CHECK(wait_pattern__matches("lock_wait", "lock_wait.constprop.0"));
	CHECK(wait_pattern__matches("lock_wait", "lock_wait(que_thr_t*)"));
	CHECK(!wait_pattern__matches("lock_wait", "lock_wait_end"));
	CHECK(!wait_pattern__matches("lock_wait", "clock_wait"));
	CHECK(wait_pattern__matches("absl::*Mutex::*LockSlow*", "absl::lts_20220623::Mutex::LockSlowLoop"));
	CHECK(wait_pattern__matches("a*b*c", "axxbxxbyc"));
	CHECK(wait_pattern__matches("std::sys::*::lock_contended",
				    "<std::sys::sync::mutex::futex::Mutex>::lock_contended"));
	CHECK(wait_pattern__matches("a::B::c", "<a::B>::c"));
	CHECK(!wait_pattern__matches("a::B::c", "<a::Bc>::c"));
	CHECK(!wait_pattern__matches("a::B::c", "a::B>::c"));
	CHECK(!wait_pattern__matches("a*b*c", "axxbxxby"));
	CHECK(!wait_pattern__matches("*ab", "axb"));
	CHECK(wait_pattern__matches("*", ""));
	CHECK(wait_pattern__matches("put", "put<int>"));
	CHECK(!wait_pattern__matches("put", ""));
}

TEST(names)
{
	static const struct {
		const char *name;
		enum name_says says;
	} CASES[] = {
		{"spin_lock", NAME_SAYS_LOCK},
		{"take_lock", NAME_SAYS_LOCK},
		{"LockManager::Acquire", NAME_SAYS_NOTHING},
		{"RWLock::ReadLock", NAME_SAYS_LOCK},
		{"my_rw_lock_wait", NAME_SAYS_LOCK},
		{"Mutex<int>::lock", NAME_SAYS_LOCK},
		{"wait_for_commit", NAME_SAYS_LOCK},
		{"lock_monitor_thread", NAME_SAYS_NOTHING},
		{"clock_wait", NAME_SAYS_NOTHING},
		{"unlock", NAME_SAYS_NOTHING},
		{"block", NAME_SAYS_WAIT},
		{"acquire_next_job", NAME_SAYS_NOTHING},
		{"next_job", NAME_SAYS_WORK},
		{"wait_for_client", NAME_SAYS_WORK},
		{"run_worker", NAME_SAYS_WORK},
		{"EventLoop", NAME_SAYS_WORK},
		{"Queue::pop", NAME_SAYS_WORK},
		{"finish_job", NAME_SAYS_NOTHING},
		{"process_job", NAME_SAYS_NOTHING},
		{"wait_for_reply", NAME_SAYS_NOTHING},
		{"os::PlatformEvent::park", NAME_SAYS_NOTHING},
		{"os_event_wait_low", NAME_SAYS_NOTHING},
		{"wait_for_events", NAME_SAYS_WORK},
		{"serve_request", NAME_SAYS_NOTHING},
		{"cond_wait", NAME_SAYS_WAIT},
		{"ConditionVariable::timedWait", NAME_SAYS_WAIT},
		{"doLOCK", NAME_SAYS_LOCK},
		{"CommitLog::flush", NAME_SAYS_NOTHING},
		{"ClusterLock::keep", NAME_SAYS_NOTHING},
		{"renew_lock", NAME_SAYS_NOTHING},
		{"SpinLock::enter", NAME_SAYS_LOCK},
		{"ShutdownLatch::wait", NAME_SAYS_NOTHING},
		{"await_latch", NAME_SAYS_NOTHING},
		{"latch_page", NAME_SAYS_LOCK},
		{"Pool::WaitLocked", NAME_SAYS_NOTHING},
		{"RWLock::read", NAME_SAYS_LOCK},
		{"a_word_of_morethantwentyfourletters", NAME_SAYS_NOTHING},
		{"", NAME_SAYS_WAIT},
		/* C++ */
		{"rocksdb::block_cache::Lookup(rocksdb::Slice const&)", NAME_SAYS_NOTHING},
		{"spinlock_free::Queue<int, std::mutex>::push(int)", NAME_SAYS_NOTHING},
		{"lock::Pipe::send(Mutex*) const", NAME_SAYS_NOTHING},
		{"worker::Client::send()", NAME_SAYS_NOTHING},
		{"(anonymous namespace)::Store::acquire_page(int)", NAME_SAYS_LOCK},
		{"std::unique_ptr<Lock> app::monitor::Table::latch<int>(int)", NAME_SAYS_LOCK},
		{"app::run(int)::{lambda(Lock&)#1}::operator()(Lock&) const", NAME_SAYS_NOTHING},
		{"app::take_lock(int)::{lambda()#1}::operator()() const", NAME_SAYS_NOTHING},
		{"take_lock(int) [clone .constprop.0]", NAME_SAYS_LOCK},
		{"lock.part.0", NAME_SAYS_LOCK},
		{"flush.isra.0", NAME_SAYS_NOTHING},
		/* Rust */
		{"spinlock_free_queue::Queue<T>::push", NAME_SAYS_NOTHING},
		{"mutex::stage::run", NAME_SAYS_NOTHING},
		{"clock::Table::acquire", NAME_SAYS_LOCK},
		{"parking_lot_core::parking_lot::park::{closure#0}", NAME_SAYS_NOTHING},
		{"app::flock::write_all", NAME_SAYS_NOTHING},
		{"app::clock::wait", NAME_SAYS_NOTHING},
		{"app::store::take_lock::{{closure}}::h0123456789abcdef", NAME_SAYS_LOCK},
		{"<app::lock::Stage as app::mutex::Step>::run", NAME_SAYS_NOTHING},
		{"<app::pool::Mutex<app::Job> as app::Step>::enter", NAME_SAYS_LOCK},
		{"<app::lock::Jobs>::get", NAME_SAYS_WORK},
		/* Go */
		{"github.com/lock/mutex.(*Store).flush", NAME_SAYS_NOTHING},
		{"github.com/gofrs/flock.(*Writer).wait", NAME_SAYS_NOTHING},
		{"example.com/app/worker.Send", NAME_SAYS_NOTHING},
		{"example.com/app/clock.(*Store).Acquire", NAME_SAYS_LOCK},
		{"main.takeLock.func1", NAME_SAYS_LOCK},
		{"main.(*rwLock[...]).enter.func2.1", NAME_SAYS_LOCK},
		{"gopkg.in/lock.v2.Flush", NAME_SAYS_NOTHING},
		/* Java */
		{"java.util.concurrent.mutex.Stage.run", NAME_SAYS_NOTHING},
		{"Lcom/lock/Stage;::run", NAME_SAYS_NOTHING},
		{"Lcom/app/StoreLock;::enter", NAME_SAYS_LOCK},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		if (name__says(CASES[i].name) != CASES[i].says)
			printf("# %s\n", CASES[i].name);
		CHECK_EQ(name__says(CASES[i].name), CASES[i].says);
	}
}

TEST_MAIN
