#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "pki/der.h"

#define LAST_SECOND INT64_C(253402300799)	/* 99991231235959Z */
#define FIRST_SECOND INT64_C(-30610224000)	/* 10000101000000Z: four digits, always */
#define UTC_TIME_FROM INT64_C(-631152000)	/* 1950, RFC 5280 4.1.2.5.1 */
#define UTC_TIME_UNTIL INT64_C(2524608000)	/* 2050 */

void der_init(struct der_out *w, struct arena *a, size_t expected)
{
	w->arena = a;
	w->cap = expected < 64 ? 64 : expected;
	w->data = arena_alloc(a, w->cap);
	w->len = 0;
}

struct blob der_done(const struct der_out *w)
{
	return blob_of(w->data, w->len);
}

static unsigned char *grow(struct der_out *w, size_t n)
{
	if (n > w->cap - w->len) {
		size_t cap = w->cap;
		unsigned char *data;

		while (n > cap - w->len) {
			if (cap > SIZE_MAX / 2)
				err_die("a DER value grows beyond all bounds");
			cap *= 2;
		}
		data = arena_alloc(w->arena, cap);
		memcpy(data, w->data, w->len);
		w->data = data;
		w->cap = cap;
	}
	w->len += n;
	return w->data + w->len - n;
}

static size_t length_octets(size_t len)
{
	size_t n = 0;

	if (len < 0x80)
		return 0;
	for (; len; len >>= 8)
		n++;
	return n;
}

/* The length at p, with as many octets behind the first as length_octets() said. */
static void write_length(unsigned char *p, size_t len, size_t octets)
{
	if (octets == 0) {
		p[0] = (unsigned char)len;
		return;
	}
	p[0] = (unsigned char)(0x80 | octets);
	for (size_t i = octets; i > 0; i--, len >>= 8)
		p[i] = (unsigned char)len;
}

size_t der_open(struct der_out *w, unsigned tag)
{
	unsigned char *p = grow(w, 2);

	p[0] = (unsigned char)tag;
	return w->len;
}

/* One octet of length is kept free by der_open(): most values need no more. */
void der_close(struct der_out *w, size_t mark)
{
	size_t len = w->len - mark, octets = length_octets(len);

	grow(w, octets);
	memmove(w->data + mark + octets, w->data + mark, len);
	write_length(w->data + mark - 1, len, octets);
}

void der_put_raw(struct der_out *w, struct blob der)
{
	if (der.len)
		memcpy(grow(w, der.len), der.data, der.len);
}

void der_put(struct der_out *w, unsigned tag, struct blob content)
{
	size_t mark = der_open(w, tag);

	der_put_raw(w, content);
	der_close(w, mark);
}

void der_put_integer(struct der_out *w, struct blob magnitude)
{
	size_t mark = der_open(w, DER_INTEGER);

	while (magnitude.len > 0 && magnitude.data[0] == 0)
		magnitude = blob_of(magnitude.data + 1, magnitude.len - 1);
	if (magnitude.len == 0 || magnitude.data[0] >= 0x80)
		*grow(w, 1) = 0;
	der_put_raw(w, magnitude);
	der_close(w, mark);
}

void der_put_number(struct der_out *w, unsigned tag, uint64_t n)
{
	unsigned char octets[9] = { 0 };
	size_t from = 8;

	for (size_t i = 8; i > 0; i--, n >>= 8)
		octets[i] = (unsigned char)n;
	for (size_t i = 8; i > 0; i--) {
		if (octets[i])
			from = i;
	}
	if (octets[from] >= 0x80)
		from--;
	der_put(w, tag, blob_of(octets + from, sizeof(octets) - from));
}

void der_put_bits(struct der_out *w, unsigned mask)
{
	unsigned char octets[5] = { 0 };
	unsigned last = 0;

	for (unsigned bit = 0; bit < 32; bit++) {
		if (!(mask & 1u << bit))
			continue;
		octets[1 + bit / 8] |= (unsigned char)(0x80u >> bit % 8);
		last = bit;
	}
	octets[0] = (unsigned char)(mask ? 7 - last % 8 : 0);
	der_put(w, DER_BIT_STRING, blob_of(octets, mask ? 2 + last / 8 : 1));
}

void der_put_bit_string(struct der_out *w, struct blob octets)
{
	size_t mark = der_open(w, DER_BIT_STRING);

	*grow(w, 1) = 0;
	der_put_raw(w, octets);
	der_close(w, mark);
}

static int64_t seconds_of(int64_t us)
{
	int64_t s = us / CLOCK_SECOND - (us % CLOCK_SECOND < 0);

	return s > LAST_SECOND ? LAST_SECOND : s < FIRST_SECOND ? FIRST_SECOND : s;
}

/* "YYYYMMDDHHMMSSZ" */
static void print_time(int64_t seconds, char out[32])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y%m%d%H%M%SZ", &tm);
}

void der_put_generalized_time(struct der_out *w, int64_t us)
{
	char text[32];

	print_time(seconds_of(us), text);
	der_put(w, DER_GENERALIZED_TIME, blob_of(text, strlen(text)));
}

void der_put_time(struct der_out *w, int64_t us)
{
	int64_t s = seconds_of(us);
	char text[32];

	print_time(s, text);
	if (s >= UTC_TIME_FROM && s < UTC_TIME_UNTIL)
		der_put(w, DER_UTC_TIME, blob_of(text + 2, strlen(text) - 2));
	else
		der_put(w, DER_GENERALIZED_TIME, blob_of(text, strlen(text)));
}
