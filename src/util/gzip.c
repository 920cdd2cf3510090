/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util/gzip.h"

#include <errno.h>
#include <limits.h>
#define ZLIB_CONST /* input is const */
#include <zlib.h>

#include "util/heap.h"

#define GZIP_WINDOW (15 + 16) /* the largest window; 16: gzip's header, not zlib's */
#define PIECE       32768

/* Compresses all input of z; flush Z_FINISH ends the member. */
static int deflate_to(FILE *out, z_stream *z, int flush)
{
	unsigned char piece[PIECE] = {0};

	do {
		z->next_out = piece;
		z->avail_out = PIECE;
		deflate(z, flush);
		errno = 0;
		if (fwrite(piece, 1, PIECE - z->avail_out, out) < PIECE - z->avail_out)
			return errno ? -errno : -EIO;
	} while (!z->avail_out);
	return 0;
}

int gzip__write(FILE *out, const void *bytes, size_t size)
{
	z_stream z = {.next_in = bytes};
	int err;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		heap__exhausted();
	do {
		z.avail_in = size > INT_MAX ? INT_MAX : (unsigned)size;
		size -= z.avail_in;
		err = deflate_to(out, &z, size ? Z_NO_FLUSH : Z_FINISH);
	} while (!err && size);
	deflateEnd(&z);
	return err;
}
