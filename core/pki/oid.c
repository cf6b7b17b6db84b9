#include "pki/oid.h"

#include "base/text.h"
#include "pki/der.h"

bool oid_check(struct blob content)
{
	for (size_t i = 0; i < content.len; i++) {
		if (content.data[i] == 0x80 && (i == 0 || content.data[i - 1] < 0x80))
			return false;
	}
	return content.len > 0 && content.data[content.len - 1] < 0x80;
}

static bool read_arc(const char **s, uint64_t *arc)
{
	const char *from = *s;

	*arc = 0;
	for (; **s >= '0' && **s <= '9'; ++*s) {
		*arc = *arc * 10 + (uint64_t)(**s - '0');
		if (*arc > UINT32_MAX)
			return false;
	}
	if (*s == from || (**s && **s != '.'))
		return false;
	if (**s == '.')
		++*s;
	return true;
}

/* Seven bits an octet, the highest first. */
static void put_arc(struct der_out *w, uint64_t arc)
{
	unsigned char octets[10];
	size_t at = sizeof(octets);

	octets[--at] = arc & 0x7f;
	while (arc >>= 7)
		octets[--at] = 0x80 | (arc & 0x7f);
	der_put_raw(w, blob_of(octets + at, sizeof(octets) - at));
}

struct blob oid_read(struct arena *a, const char *dotted)
{
	const struct blob none = { 0 };
	struct der_out w;
	uint64_t first, arc;
	size_t oid;

	if (!read_arc(&dotted, &first) || first > 2 || !read_arc(&dotted, &arc) ||
	    (first < 2 && arc > 39))
		return none;
	der_init(&w, a, 24);
	oid = der_open(&w, DER_OID);
	put_arc(&w, first * 40 + arc);
	while (*dotted) {
		if (!read_arc(&dotted, &arc))
			return none;
		put_arc(&w, arc);
	}
	if (dotted[-1] == '.')
		return none;
	der_close(&w, oid);
	return der_done(&w);
}

char *oid_write(struct arena *a, struct blob content)
{
	struct text t;
	uint64_t arc = 0;

	text_init(&t, a);
	if (!oid_check(content))
		return t.s;
	for (size_t i = 0; i < content.len; i++) {
		if (arc > UINT64_MAX >> 7) {
			text_init(&t, a);
			return t.s;
		}
		arc = arc << 7 | (content.data[i] & 0x7f);
		if (content.data[i] & 0x80)
			continue;
		if (t.len == 0) {
			uint64_t first = arc < 40 ? 0 : arc < 80 ? 1 : 2;

			text_addf(&t, "%llu.", (unsigned long long)first);
			arc -= first * 40;
			text_addf(&t, "%llu", (unsigned long long)arc);
		} else {
			text_addf(&t, ".%llu", (unsigned long long)arc);
		}
		arc = 0;
	}
	return t.s;
}
