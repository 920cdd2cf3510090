/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goroutines wait on: channels through their sudogs, sleepers through their timers. */
#include "go/runtime/batch.h"
#include "util/text.h"

#define CHAN_BYTES 32 /* of a channel, as far as it is read */

bool go_slot__reason_is(const struct goroutines *r, const struct go_slot *s, const char *prefix)
{
	const char *text = go_layout__wait_reason(&r->layout, s->before[r->layout.off[GO_g_waitreason]]);

	return text && starts_with(text, prefix);
}

static bool waits_for_semaphore(const struct goroutines *r, const struct go_slot *s)
{
	return go_slot__reason_is(r, s, "semacquire") || go_slot__reason_is(r, s, "sync.Mutex.") ||
	       go_slot__reason_is(r, s, "sync.RWMutex.") || go_slot__reason_is(r, s, "sync.WaitGroup.");
}

/* The first sudog of its wait; before 1.26, g does not record those of semaphores. */
static uint64_t first_sudog(struct goroutines *r, struct go_batch *b, const struct go_slot *s)
{
	uint64_t first = raw_u64(s->before, r->layout.off[GO_g_waiting]);

	if (first || r->layout.minor >= 26 || !waits_for_semaphore(r, s))
		return first;
	if (!b->semaphores)
		b->semaphores = go_semaphores__read(r, b->total);
	return go_semaphores__sudog(b->semaphores, s->address);
}

static void want_sudogs(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_sudog], pieces = 0;

	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];
		uint64_t first;

		s->wait = (struct go_wait){.fd = -1};
		s->has_sudog = s->has_chan = false;
		if (!go_status__waits(go_slot__status(r, s->before)))
			continue;
		first = first_sudog(r, b, s);
		if (!first)
			continue;
		go_batch__want(b, first, s->sudog, size);
		s->has_sudog = true;
	}
	go_batch__fetch(r, b);
	for (size_t i = 0; i < n; i++)
		if (list[i]->has_sudog)
			list[i]->has_sudog =
				go_piece__whole(&b->pieces[pieces++]) &&
				raw_u64(list[i]->sudog, r->layout.off[GO_sudog_g]) == list[i]->address;
}

static void take_channel(const struct goroutines *r, struct go_slot *s)
{
	s->wait.len = raw_u64(s->chan, r->layout.off[GO_hchan_qcount]);
	s->wait.cap = raw_u64(s->chan, r->layout.off[GO_hchan_dataqsiz]);
	s->wait.elem_bytes = raw_u32(s->chan, r->layout.off[GO_hchan_elemsize]) & 0xffff;
	s->wait.closed = raw_u32(s->chan, r->layout.off[GO_hchan_closed]) != 0;
}

static void want_channels(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	size_t pieces = 0;

	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];
		uint64_t c = s->has_sudog ? raw_u64(s->sudog, r->layout.off[GO_sudog_c]) : 0;

		if (!c)
			continue;
		s->wait.address = c;
		s->has_chan = true;
		go_batch__want(b, c, s->chan, CHAN_BYTES);
	}
	go_batch__fetch(r, b);
	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];

		if (!s->has_chan)
			continue;
		s->wait.target = GO_TARGET_CHAN;
		if (!go_piece__whole(&b->pieces[pieces++])) {
			s->wait.address = 0;
			continue;
		}
		take_channel(r, s);
	}
}

/* Full, with a buffer: a receive would not wait, so this is a send. */
static bool is_full(const struct goroutines *r, const uint8_t *chan)
{
	uint64_t cap = raw_u64(chan, r->layout.off[GO_hchan_dataqsiz]);

	return cap && raw_u64(chan, r->layout.off[GO_hchan_qcount]) == cap;
}

/* Among a select's channels, a full one is more useful than the first. */
static void prefer_full(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	size_t pieces = 0;

	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];
		uint64_t c = s->has_next ? raw_u64(s->next, r->layout.off[GO_sudog_c]) : 0;

		s->has_case = c && !(s->wait.cap && s->wait.len == s->wait.cap);
		if (s->has_case)
			go_batch__want(b, c, s->chan, CHAN_BYTES);
	}
	go_batch__fetch(r, b);
	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];

		if (!s->has_case || !go_piece__whole(&b->pieces[pieces++]) || !is_full(r, s->chan))
			continue;
		s->wait.address = raw_u64(s->next, r->layout.off[GO_sudog_c]);
		take_channel(r, s);
	}
}

/* The cases of selects: lists of sudogs, all advanced one step at a time. */
static void count_cases(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_sudog], left = 1;

	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];

		s->has_next = s->wait.target == GO_TARGET_CHAN && go_slot__reason_is(r, s, "select");
		if (!s->has_next)
			continue;
		s->wait.target = GO_TARGET_SELECT;
		s->wait.cases = 1;
		memcpy(s->next, s->sudog, size);
	}
	for (int step = 1; step < GO_CASES && left; step++) {
		size_t pieces = 0;

		left = 0;
		for (size_t i = 0; i < n; i++) {
			struct go_slot *s = list[i];
			uint64_t next = s->has_next ? raw_u64(s->next, r->layout.off[GO_sudog_waitlink]) : 0;

			s->has_next = next != 0;
			if (next)
				go_batch__want(b, next, s->next, size);
			left += next != 0;
		}
		go_batch__fetch(r, b);
		for (size_t i = 0; i < n; i++)
			if (list[i]->has_next) {
				list[i]->has_next = go_piece__whole(&b->pieces[pieces++]);
				list[i]->wait.cases += list[i]->has_next;
			}
		prefer_full(r, b, list, n);
	}
}

/* A sudog without a channel: elem is the semaphore's address. */
static void read_semaphores(struct goroutines *r, struct go_slot **list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];

		if (s->has_chan || !go_status__waits(go_slot__status(r, s->before)) ||
		    !waits_for_semaphore(r, s))
			continue;
		s->wait.target = GO_TARGET_SEMAPHORE;
		if (s->has_sudog)
			s->wait.address = raw_u64(s->sudog, r->layout.off[GO_sudog_elem]);
	}
}

static void read_timers(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	int32_t when = r->layout.off[GO_g_sleepWhen];
	size_t pieces = 0;

	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];
		uint64_t timer = raw_u64(s->before, r->layout.off[GO_g_timer]);

		if (!go_status__waits(go_slot__status(r, s->before)) || !go_slot__reason_is(r, s, "sleep"))
			continue;
		s->wait.target = GO_TARGET_SLEEP;
		if (when >= 0)
			s->wait.wake_ns = raw_u64(s->before, when);
		else if (timer)
			go_batch__want(b, timer + (uint64_t)r->layout.off[GO_timer_when], &s->timer, 8);
	}
	go_batch__fetch(r, b);
	for (size_t i = 0; i < n && when < 0; i++)
		if (list[i]->wait.target == GO_TARGET_SLEEP &&
		    raw_u64(list[i]->before, r->layout.off[GO_g_timer]) &&
		    go_piece__whole(&b->pieces[pieces++]))
			list[i]->wait.wake_ns = list[i]->timer;
}

void go_waits__read(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	want_sudogs(r, b, list, n);
	want_channels(r, b, list, n);
	count_cases(r, b, list, n);
	read_semaphores(r, list, n);
	read_timers(r, b, list, n);
}
