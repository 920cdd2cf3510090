// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Linux 5.15 (and 5.10.162, which took io_uring from it): io_uring_submit_sqe(ring, request, ...),
 * io_uring_complete(ring, user_data, result, flags). 5.16: io_uring_complete(ring, request, user_data,
 * result, ...). 6.0: io_uring_submit_sqe(request, bool). 6.3: io_uring_submit_req(request). 6.16:
 * io_uring_complete(ring, request, entry). Earlier ones do not identify the request.
 */
#include "probes/uring_forms.h"

#include <errno.h>

/* enum uring_complete of bpf/maps.bpf.h */
#define AS_CQE       0
#define AS_REQUEST   1
#define AS_USER_DATA 2

/* The prototype of btf_trace_NAME, a pointer to a function whose first parameter belongs to the hook; NULL:
 * none. */
static const struct btf_type *prototype(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	const struct btf_type *t =
		id < 0 ? NULL : btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type);

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	return t && btf_is_func_proto(t) ? t : NULL;
}

static bool is_pointer(const struct btf *btf, const struct btf_type *proto, unsigned argument)
{
	const struct btf_type *t;

	if (argument + 1 >= btf_vlen(proto))
		return false;
	t = btf__type_by_id(btf, btf_params(proto)[argument + 1].type);
	return t && btf_is_ptr(t);
}

int features__find_uring(const struct btf *btf, struct uring_layout *ret)
{
	const struct btf_type *submit = prototype(btf, "btf_trace_io_uring_submit_req");
	const struct btf_type *complete = prototype(btf, "btf_trace_io_uring_complete");
	unsigned arguments;

	*ret = (struct uring_layout){.submit_req = submit != NULL};
	if (btf__find_by_name_kind(btf, "io_ring_ctx", BTF_KIND_STRUCT) < 0) {
		ret->absent = true;
		return 0;
	}
	if (!submit)
		submit = prototype(btf, "btf_trace_io_uring_submit_sqe");
	if (!submit || !complete)
		return -EOPNOTSUPP;
	/* (request) or (request, bool), else (ring, request, ...) */
	ret->request_at = btf_vlen(submit) - 1 <= 2 ? 0 : 1;
	if (!is_pointer(btf, submit, ret->request_at))
		return -EOPNOTSUPP;
	arguments = btf_vlen(complete) - 1;
	if (arguments == 3)
		ret->complete_as = AS_CQE;
	else if (arguments >= 5)
		ret->complete_as = AS_REQUEST;
	else if (arguments == 4 && !is_pointer(btf, complete, 1))
		ret->complete_as = AS_USER_DATA;
	else
		return -EOPNOTSUPP;
	if (ret->complete_as != AS_USER_DATA && !is_pointer(btf, complete, 1))
		return -EOPNOTSUPP;
	ret->by_user_data = ret->complete_as == AS_USER_DATA;
	return 0;
}
