#include "pki/der.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"

/* X.690 10.1: the length in as few octets as possible. */
static bool read_length(const unsigned char *p, size_t n, size_t *header, size_t *len)
{
	size_t octets;

	if (p[1] < 0x80) {
		*header = 2;
		*len = p[1];
		return true;
	}
	octets = p[1] & 0x7f;
	if (octets == 0 || octets > 4 || n < 2 + octets || p[2] == 0)
		return false;
	*len = 0;
	for (size_t i = 0; i < octets; i++)
		*len = *len << 8 | p[2 + i];
	*header = 2 + octets;
	return *len >= 0x80;
}

/* Single octets are all the tags there are here. */
static bool read_header(struct blob in, size_t *header, size_t *len)
{
	return in.len >= 2 && (in.data[0] & 0x1f) != 0x1f &&
	       read_length(in.data, in.len, header, len);
}

size_t der_size(struct blob start)
{
	size_t header, len;

	return read_header(start, &header, &len) ? header + len : 0;
}

bool der_next(struct blob *in, struct der *v)
{
	size_t header, len;

	if (!read_header(*in, &header, &len) || len > in->len - header)
		return false;
	v->tag = in->data[0];
	v->content = blob_of(in->data + header, len);
	v->whole = blob_of(in->data, header + len);
	in->data += header + len;
	in->len -= header + len;
	return true;
}

bool der_take(struct blob *in, unsigned tag, struct der *v)
{
	return in->len && in->data[0] == tag && der_next(in, v);
}

bool der_only(struct blob in, unsigned tag, struct der *v)
{
	return der_take(&in, tag, v) && in.len == 0;
}

/* Only SEQUENCE and SET are constructed among the universal types of DER (X.690 10.2). */
static bool form_is_der(unsigned tag)
{
	bool constructed = tag & 0x20;
	unsigned number = tag & 0x1f;

	if (tag >> 6 != 0)
		return true;
	return constructed == (number == (DER_SEQUENCE & 0x1f) || number == (DER_SET & 0x1f));
}

bool der_check(struct blob in)
{
	struct blob level[DER_MAX_DEPTH] = { in };
	size_t depth = 0;
	struct der v;

	if (!der_next(&level[0], &v) || level[0].len)
		return false;
	level[0] = in;
	for (;;) {
		while (level[depth].len == 0) {
			if (depth == 0)
				return true;
			depth--;
		}
		if (!der_next(&level[depth], &v) || !form_is_der(v.tag))
			return false;
		if (!(v.tag & 0x20))
			continue;
		if (++depth == DER_MAX_DEPTH)
			return false;
		level[depth] = v.content;
	}
}

bool der_equal(struct blob oid_content, const char *oid, size_t len)
{
	return oid_content.len == len - 2 && memcmp(oid_content.data, oid + 2, len - 2) == 0;
}

bool der_read_integer(const struct der *v, struct blob *magnitude, bool *negative)
{
	struct blob b = v->content;

	if ((v->tag != DER_INTEGER && v->tag != DER_ENUMERATED) || b.len == 0)
		return false;
	if (b.len > 1 &&
	    ((b.data[0] == 0 && b.data[1] < 0x80) || (b.data[0] == 0xff && b.data[1] >= 0x80)))
		return false;
	*negative = b.data[0] >= 0x80;
	if (b.len > 1 && b.data[0] == 0)
		b = blob_of(b.data + 1, b.len - 1);
	*magnitude = b;
	return true;
}

bool der_read_small(const struct der *v, int64_t max, int64_t *n)
{
	struct blob b;
	bool negative;

	if (!der_read_integer(v, &b, &negative) || negative || b.len > 7)
		return false;
	*n = 0;
	for (size_t i = 0; i < b.len; i++)
		*n = *n << 8 | b.data[i];
	return *n <= max;
}

bool der_read_boolean(const struct der *v, bool *b)
{
	if (v->tag != DER_BOOLEAN || v->content.len != 1)
		return false;
	*b = v->content.data[0] == 0xff;
	return *b || v->content.data[0] == 0;
}

bool der_read_bits(const struct der *v, unsigned *mask)
{
	const unsigned char *p = v->content.data;
	size_t n = v->content.len;

	if (v->tag != DER_BIT_STRING || n == 0 || p[0] > 7 || (n == 1 && p[0] != 0))
		return false;
	if (n > 1 && p[n - 1] & ((1u << p[0]) - 1))
		return false;
	*mask = 0;
	for (size_t bit = 0; bit < (n - 1) * 8 && bit < 32; bit++) {
		if (p[1 + bit / 8] & 0x80u >> bit % 8)
			*mask |= 1u << bit;
	}
	return true;
}

static bool two_digits(const unsigned char *p, int *n)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*n = (p[0] - '0') * 10 + (p[1] - '0');
	return true;
}

bool der_read_time(const struct der *v, int64_t *us)
{
	const unsigned char *p = v->content.data;
	int part[7];		/* century, year, month, day, hour, minute, second */
	size_t first = v->tag == DER_UTC_TIME ? 1 : 0;
	struct tm tm, back;
	time_t t;

	if (v->tag != DER_UTC_TIME && v->tag != DER_GENERALIZED_TIME)
		return false;
	if (v->content.len != 2 * (7 - first) + 1 || p[v->content.len - 1] != 'Z')
		return false;
	for (size_t i = first; i < 7; i++) {
		if (!two_digits(p + 2 * (i - first), &part[i]))
			return false;
	}
	if (first)
		part[0] = part[1] < 50 ? 20 : 19;
	tm = (struct tm){ .tm_year = part[0] * 100 + part[1] - 1900,
			  .tm_mon = part[2] - 1,
			  .tm_mday = part[3],
			  .tm_hour = part[4],
			  .tm_min = part[5],
			  .tm_sec = part[6] };
	back = tm;
	t = timegm(&back);
	/* timegm() carries 31 February over into March; a date is one that stays what it was. */
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday || back.tm_hour != tm.tm_hour ||
	    back.tm_min != tm.tm_min || back.tm_sec != tm.tm_sec)
		return false;
	*us = t * CLOCK_SECOND;
	return true;
}
