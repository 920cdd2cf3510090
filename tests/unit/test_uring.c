/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms that io_uring's tracepoints have had, by descriptions made like the kernels'. */
#include "test.h"

#include <errno.h>
#include <stdarg.h>

#include <bpf/btf.h>

#include "probes/uring_forms.h"

enum { VOID_POINTER = 1, NUMBER = 2, REQUEST = 4 };

/* The first types: void *, u64, struct io_kiocb, struct io_kiocb *, struct io_ring_ctx */
static struct btf *kernel(bool has_uring)
{
	struct btf *b = btf__new_empty();

	btf__add_ptr(b, 0);
	btf__add_int(b, "u64", 8, 0);
	btf__add_struct(b, "io_kiocb", 8);
	btf__add_ptr(b, 3);
	if (has_uring)
		btf__add_struct(b, "io_ring_ctx", 8);
	return b;
}

static void tracepoint(struct btf *b, const char *name, const char *arguments)
{
	int proto = btf__add_func_proto(b, 0), pointer;

	btf__add_func_param(b, "", VOID_POINTER);
	for (const char *a = arguments; *a; a++)
		btf__add_func_param(b, "", *a == 'r' ? REQUEST : *a == 'p' ? VOID_POINTER : NUMBER);
	pointer = btf__add_ptr(b, proto);
	btf__add_typedef(b, name, pointer);
}

static int find(const char *submit_name, const char *submit, const char *complete, struct uring_layout *ret)
{
	struct btf *b = kernel(true);
	int err;

	if (submit)
		tracepoint(b, submit_name, submit);
	if (complete)
		tracepoint(b, "btf_trace_io_uring_complete", complete);
	err = features__find_uring(b, ret);
	btf__free(b);
	return err;
}

#define SQE "btf_trace_io_uring_submit_sqe"
#define REQ "btf_trace_io_uring_submit_req"

TEST(forms_of_each_kernel)
{
	struct uring_layout u;

	/* 5.15: (ring, request, opcode, user_data, flags, bool, bool), (ring, user_data, result, flags) */
	CHECK_EQ(find(SQE, "ppnnnnn", "pnnn", &u), 0);
	CHECK(!u.submit_req && u.request_at == 1 && u.complete_as == 2 && u.by_user_data && !u.absent);
	/* 5.16 to 5.19: (ring, request, ...), (ring, request, user_data, result, flags, ...) */
	CHECK_EQ(find(SQE, "ppnnnnn", "ppnnn", &u), 0);
	CHECK(!u.submit_req && u.request_at == 1 && u.complete_as == 1 && !u.by_user_data);
	/* 6.0 to 6.2 */
	CHECK_EQ(find(SQE, "rn", "ppnnnnn", &u), 0);
	CHECK(!u.submit_req && u.request_at == 0 && u.complete_as == 1 && !u.by_user_data);
	/* 6.3 */
	CHECK_EQ(find(REQ, "r", "ppnnnnn", &u), 0);
	CHECK(u.submit_req && u.request_at == 0 && u.complete_as == 1);
	/* 6.16 */
	CHECK_EQ(find(REQ, "r", "ppp", &u), 0);
	CHECK(u.submit_req && u.request_at == 0 && u.complete_as == 0 && !u.by_user_data);
}

TEST(forms_that_do_not_tell_the_request)
{
	struct uring_layout u;

	/* 5.10 as it came out: (ring, opcode, user_data, bool, bool) */
	CHECK_EQ(find(SQE, "pnnnn", "pnn", &u), -EOPNOTSUPP);
	CHECK_EQ(find(SQE, "pnnnn", "pnnn", &u), -EOPNOTSUPP);
	CHECK_EQ(find(SQE, NULL, "ppp", &u), -EOPNOTSUPP);
	CHECK_EQ(find(REQ, "r", NULL, &u), -EOPNOTSUPP);
	CHECK_EQ(find(REQ, "n", "ppp", &u), -EOPNOTSUPP);
	CHECK_EQ(find(REQ, "r", "pnn", &u), -EOPNOTSUPP);
	CHECK_EQ(find(REQ, "r", "pn", &u), -EOPNOTSUPP);
	CHECK_EQ(find(REQ, "", "ppp", &u), -EOPNOTSUPP);
	CHECK(!u.absent);
}

TEST(a_kernel_without_io_uring)
{
	struct btf *b = kernel(false);
	struct uring_layout u;

	CHECK_EQ(features__find_uring(b, &u), 0);
	CHECK(u.absent);
	btf__free(b);
}

TEST_MAIN
