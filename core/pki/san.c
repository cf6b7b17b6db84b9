/* SubjectAltName: GeneralNames (RFC 5280 4.2.1.6). */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pki/cert.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/name.h"
#include "pki/oid.h"

/* The choices of GeneralName. */
enum general_name {
	GN_OTHER = DER_CONSTRUCTED | 0,
	GN_EMAIL = DER_CONTEXT | 1,
	GN_DNS = DER_CONTEXT | 2,
	GN_X400 = DER_CONSTRUCTED | 3,
	GN_DIRECTORY = DER_CONSTRUCTED | 4,
	GN_EDI = DER_CONSTRUCTED | 5,
	GN_URI = DER_CONTEXT | 6,
	GN_IP = DER_CONTEXT | 7,
	GN_REGISTERED = DER_CONTEXT | 8,
};

static bool is_ia5(struct blob s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] >= 0x80)
			return false;
	}
	return s.len > 0;
}

static bool name_is_formed(const struct der *v)
{
	struct der name;

	switch (v->tag) {
	case GN_EMAIL:
	case GN_DNS:
	case GN_URI:
		return is_ia5(v->content);
	case GN_IP:
		return v->content.len == 4 || v->content.len == 16;
	case GN_DIRECTORY:
		return der_only(v->content, DER_SEQUENCE, &name);
	case GN_OTHER:
	case GN_X400:
	case GN_EDI:
	case GN_REGISTERED:
		return v->content.len > 0;
	}
	return false;
}

bool san_check(struct blob san)
{
	struct der seq, v;

	if (!der_check(san) || !der_only(san, DER_SEQUENCE, &seq) || seq.content.len == 0)
		return false;
	while (seq.content.len) {
		if (!der_next(&seq.content, &v) || !name_is_formed(&v))
			return false;
	}
	return true;
}

static bool is_label(const unsigned char *s, size_t n)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_";

	for (size_t i = 0; i < n; i++) {
		if (!memchr(allowed, s[i], sizeof(allowed) - 1))
			return false;
	}
	return n > 0 && n <= 63 && s[0] != '-' && s[n - 1] != '-';
}

/* Labels of letters, digits, hyphens and underscores; a first label "*". */
static bool is_dns_name(struct blob s)
{
	size_t from = s.len > 2 && memcmp(s.data, "*.", 2) == 0 ? 2 : 0;

	for (size_t i = from; i < s.len; i++) {
		if (s.data[i] != '.')
			continue;
		if (!is_label(s.data + from, i - from))
			return false;
		from = i + 1;
	}
	return s.len <= 253 && is_label(s.data + from, s.len - from);
}

bool san_is_host_name(const char *s)
{
	const struct blob name = blob_of(s, strlen(s));
	const char *last = strrchr(s, '.');

	/* RFC 1123 2.1: the last label is not a number, or it would look like an address */
	last = last ? last + 1 : s;
	return is_dns_name(name) && !strchr(s, '*') && !strchr(s, '_') &&
	       last[strspn(last, "0123456789")] != '\0';
}

static bool has_control(struct blob s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < 0x20 || s.data[i] == 0x7f)
			return true;
	}
	return false;
}

static bool is_plain(struct blob s)
{
	return is_ia5(s) && !has_control(s) && s.data[0] != ' ' && s.data[s.len - 1] != ' ';
}

static bool is_other_name(struct blob content)
{
	struct der oid, value, v;

	if (!der_take(&content, DER_OID, &oid) || !oid_check(oid.content) ||
	    !der_only(content, DER_CONSTRUCTED | 0, &value) || !der_next(&value.content, &v) ||
	    value.content.len)
		return false;
	switch (v.tag) {
	case DER_UTF8_STRING:
	case DER_PRINTABLE_STRING:
	case DER_IA5_STRING:
		return !has_control(v.content);
	}
	return true;
}

static int refuse(struct err *e, const char *kind, const char *expected)
{
	return err_set(e, ERR_REJECTED, "csr_san",
		       "%s of the subjectAltName: expected %s "
		       "(RFC 5280 4.2.1.6)",
		       kind, expected);
}

static int check_text(const char *kind, struct blob s, struct err *e)
{
	if (is_plain(s))
		return 0;
	return refuse(e, kind, "ASCII without control characters and outer spaces");
}

static int check_directory_name(struct blob name, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct subject ignored;

	return name_read(a, name, &ignored, e) < 0
		       ? err_in(e, "a directoryName of the subjectAltName")
		       : 0;
}

static int check_requested(const struct der *v, struct err *e)
{
	switch (v->tag) {
	case GN_DNS:
		return is_dns_name(v->content)
			       ? 0
			       : refuse(e, "a dNSName",
					"labels of letters, "
					"digits, '-' and '_', maybe after \"*.\", 253 octets at most");
	case GN_EMAIL:
		return check_text("an rfc822Name", v->content, e);
	case GN_URI:
		return check_text("a uniformResourceIdentifier", v->content, e);
	case GN_IP:
		return 0;	/* 4 or 16 octets already */
	case GN_DIRECTORY:
		return check_directory_name(v->content, e);
	case GN_REGISTERED:
		return oid_check(v->content) ? 0
					     : refuse(e, "a registeredID", "an object identifier");
	case GN_OTHER:
		return is_other_name(v->content)
			       ? 0
			       : refuse(e, "an otherName",
					"an object "
					"identifier and one value, texts without control characters");
	}
	return refuse(e, "a name",
		      "a dNSName, rfc822Name, uniformResourceIdentifier, iPAddress, "
		      "directoryName, registeredID or otherName");
}

int san_check_requested(struct blob san, struct err *e)
{
	struct der seq, v;

	if (!san_check(san) || !der_only(san, DER_SEQUENCE, &seq))
		return refuse(e, "the value", "GeneralNames, each in form");
	while (der_next(&seq.content, &v)) {
		if (check_requested(&v, e) < 0)
			return -1;
	}
	return 0;
}

static int put_name(struct der_out *w, const char *s, struct err *e)
{
	unsigned char address[16];

	if (inet_pton(AF_INET, s, address) == 1)
		der_put(w, GN_IP, blob_of(address, 4));
	else if (inet_pton(AF_INET6, s, address) == 1)
		der_put(w, GN_IP, blob_of(address, 16));
	else if (is_dns_name(blob_of(s, strlen(s))))
		der_put(w, GN_DNS, blob_of(s, strlen(s)));
	else
		return err_set(e, ERR_REJECTED, "san_name",
			       "\"%s\" is neither a DNS name nor an "
			       "address (RFC 5280 4.2.1.6)",
			       s);
	return 0;
}

int cert_make_san(struct arena *a, const struct texts *names, struct blob *san, struct err *e)
{
	struct der_out w;
	size_t seq;

	*san = blob_of(NULL, 0);
	if (names->n == 0)
		return 0;
	der_init(&w, a, 128);
	seq = der_open(&w, DER_SEQUENCE);
	for (size_t i = 0; i < names->n; i++) {
		if (put_name(&w, names->v[i], e) < 0)
			return -1;
	}
	der_close(&w, seq);
	*san = der_done(&w);
	return 0;
}

/* Octets that do not print, and the backslash, become \XX: an embedded NUL shows. */
static const char *print_text(struct arena *a, const char *prefix, struct blob s)
{
	struct text t;

	text_init(&t, a);
	text_add(&t, prefix);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = s.data[i];

		if (c > ' ' && c < 0x7f && c != '\\')
			text_add_mem(&t, &s.data[i], 1);
		else
			text_addf(&t, "\\%02x", c);
	}
	return t.s;
}

static const char *print_address(struct arena *a, struct blob ip)
{
	char s[INET6_ADDRSTRLEN];

	if (!inet_ntop(ip.len == 4 ? AF_INET : AF_INET6, ip.data, s, sizeof(s)))
		return "other";
	return arena_printf(a, "IP:%s", s);
}

static const char *print_name(struct arena *a, const struct der *v)
{
	switch (v->tag) {
	case GN_DNS:
		return print_text(a, "DNS:", v->content);
	case GN_URI:
		return print_text(a, "URI:", v->content);
	case GN_EMAIL:
		return print_text(a, "email:", v->content);
	case GN_IP:
		return print_address(a, v->content);
	}
	return "other";
}

/* The names, each with its tag: slices of the SAN. n is 0 when it is malformed. */
static struct der *split(struct arena *a, struct blob san, size_t *n)
{
	struct der seq, v, *list;
	struct blob rest;

	*n = 0;
	if (!san_check(san) || !der_only(san, DER_SEQUENCE, &seq))
		return NULL;
	for (rest = seq.content; der_next(&rest, &v);)
		++*n;
	list = arena_array(a, *n, sizeof(*list));
	rest = seq.content;
	for (size_t i = 0; i < *n; i++)
		der_next(&rest, &list[i]);
	return list;
}

struct texts cert_read_san(struct arena *a, struct blob san)
{
	size_t n;
	struct der *list = split(a, san, &n);
	struct texts t = { .v = arena_array(a, n, sizeof(*t.v)), .n = n };

	for (size_t i = 0; i < n; i++)
		t.v[i] = print_name(a, &list[i]);
	return t;
}

static int compare(const void *x, const void *y)
{
	const struct der *a = x, *b = y;
	size_t n = a->whole.len < b->whole.len ? a->whole.len : b->whole.len;
	int c = memcmp(a->whole.data, b->whole.data, n);

	return c ? c : (a->whole.len > b->whole.len) - (a->whole.len < b->whole.len);
}

/* Sorted, without repetitions. */
static size_t as_set(struct der *list, size_t n)
{
	size_t kept = 0;

	qsort(list, n, sizeof(*list), compare);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || compare(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	}
	return kept;
}

bool cert_equal_san(struct blob x, struct blob y)
{
	AUTO(arena) *a = NULL;
	struct der *xs, *ys;
	size_t nx, ny;

	if (blob_equal(x, y))
		return true;
	if (x.len == 0 || y.len == 0)
		return false;
	a = arena_new();
	xs = split(a, x, &nx);
	ys = split(a, y, &ny);
	if (nx == 0 || ny == 0)
		return false;
	nx = as_set(xs, nx);
	ny = as_set(ys, ny);
	for (size_t i = 0; nx == ny && i < nx; i++) {
		if (compare(&xs[i], &ys[i]))
			return false;
	}
	return nx == ny;
}
