#include "pki/name.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "pki/der.h"
#include "pki/ossl.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1

struct part {
	const char *label;
	const char *oid;	/* 2.5.4.x, with tag and length */
	size_t offset;		/* in struct subject */
	size_t max;		/* characters, RFC 5280 A.1 */
	unsigned tag;
};

/* In the order of the RDNSequence: the common name comes last. */
static const struct part parts[] = {
	{ "C", "\x06\x03\x55\x04\x06", offsetof(struct subject, country), 2, DER_PRINTABLE_STRING },
	{ "ST", "\x06\x03\x55\x04\x08", offsetof(struct subject, state), 128, DER_UTF8_STRING },
	{ "L", "\x06\x03\x55\x04\x07", offsetof(struct subject, locality), 128, DER_UTF8_STRING },
	{ "O", "\x06\x03\x55\x04\x0a", offsetof(struct subject, organization), 64,
	  DER_UTF8_STRING },
	{ "OU", "\x06\x03\x55\x04\x0b", offsetof(struct subject, organization_unit), 64,
	  DER_UTF8_STRING },
	{ "CN", "\x06\x03\x55\x04\x03", offsetof(struct subject, common_name), 64,
	  DER_UTF8_STRING },
};

enum { OID_LEN = 5 };

/* The upper bounds of what else RFC 5280 A.1 names. */
static const struct bound {
	const char *label;
	const char *oid;
	size_t len;
	size_t max;
} bounds[] = {
	{ "surname", OID_AND_LEN("\x06\x03\x55\x04\x04"), 32768 },
	{ "serialNumber", OID_AND_LEN("\x06\x03\x55\x04\x05"), 64 },
	{ "title", OID_AND_LEN("\x06\x03\x55\x04\x0c"), 64 },
	{ "name", OID_AND_LEN("\x06\x03\x55\x04\x29"), 32768 },
	{ "givenName", OID_AND_LEN("\x06\x03\x55\x04\x2a"), 32768 },
	{ "initials", OID_AND_LEN("\x06\x03\x55\x04\x2b"), 32768 },
	{ "generationQualifier", OID_AND_LEN("\x06\x03\x55\x04\x2c"), 32768 },
	{ "pseudonym", OID_AND_LEN("\x06\x03\x55\x04\x41"), 128 },
	{ "emailAddress", OID_AND_LEN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"), 255 },
};

static const char **member_of(struct subject *s, const struct part *part)
{
	return (const char **)((char *)s + part->offset);
}

static const char *value_of(const struct subject *s, const struct part *part)
{
	const char *v = *(const char *const *)((const char *)s + part->offset);

	return v && *v ? v : NULL;
}

static size_t count_characters(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (s[i] & 0xc0) != 0x80;
	return n;
}

/* C0, DEL and C1 (U+0080 to U+009F, in UTF-8 0xc2 and one more octet); NUL is one of them. */
static bool has_control(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f ||
		    (c == 0xc2 && i + 1 < len && (unsigned char)s[i + 1] < 0xa0))
			return true;
	}
	return false;
}

static int bad_part(struct err *e, const char *label, const char *why)
{
	return err_set(e, ERR_REJECTED, "name_part", "%s of the name: %s (RFC 5280 4.1.2.4)", label,
		       why);
}

/* v: the value as UTF-8. */
static int check_value(const char *label, size_t max, const char *v, size_t len, struct err *e)
{
	size_t n = count_characters(v, len);

	if (!text_is_utf8(v, len))
		return bad_part(e, label, "not UTF-8");
	if (has_control(v, len))
		return bad_part(e, label, "a NUL or another control character is in it");
	if (n == 0 || n > max)
		return err_set(
			e, ERR_REJECTED, "name_part",
			"%s of the name: expected 1 to %zu characters, got %zu (RFC 5280 A.1)",
			label, max, n);
	return 0;
}

static int check_part(const struct part *part, const char *v, size_t len, struct err *e)
{
	if (check_value(part->label, part->max, v, len, e) < 0)
		return -1;
	if (part->tag == DER_PRINTABLE_STRING &&
	    (len != 2 || strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != 2))
		return err_set(e, ERR_REJECTED, "name_part",
			       "C of the name: expected two letters (ISO 3166), got \"%s\"", v);
	return 0;
}

static void put_part(struct der_out *w, const struct part *part, const char *v)
{
	size_t rdn = der_open(w, DER_SET), pair = der_open(w, DER_SEQUENCE);

	der_put_raw(w, blob_of(part->oid, OID_LEN));
	der_put(w, part->tag, blob_of(v, strlen(v)));
	der_close(w, pair);
	der_close(w, rdn);
}

int name_make(struct arena *a, const struct subject *s, struct blob *der, struct err *e)
{
	struct der_out w;
	size_t name;

	der_init(&w, a, 256);
	name = der_open(&w, DER_SEQUENCE);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *v = value_of(s, &parts[i]);

		if (!v)
			continue;
		if (check_part(&parts[i], v, strlen(v), e) < 0)
			return -1;
		put_part(&w, &parts[i], v);
	}
	if (w.len == name)
		return err_set(e, ERR_REJECTED, "name_empty",
			       "the name is empty: expected at least a common name");
	der_close(&w, name);
	*der = der_done(&w);
	return 0;
}

static X509_NAME *name_decode(struct blob der)
{
	const unsigned char *p = der.data;
	X509_NAME *name;

	if (!der_check(der))
		return NULL;
	name = d2i_X509_NAME(NULL, &p, (long)der.len);
	if (name && p == der.data + der.len)
		return name;
	X509_NAME_free(name);
	return NULL;
}

/* The value as UTF-8 with its length, which tells of embedded NULs; NULL: no character string. */
static char *text_of(struct arena *a, X509_NAME_ENTRY *entry, size_t *len)
{
	unsigned char *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
	char *s = NULL;

	if (n >= 0 && utf8) {
		s = memcpy(arena_alloc(a, (size_t)n + 1), utf8, (size_t)n);
		*len = (size_t)n;
	}
	OPENSSL_free(utf8);
	return s;
}

static bool entry_is(const X509_NAME_ENTRY *entry, const char *oid, size_t len)
{
	const ASN1_OBJECT *o = X509_NAME_ENTRY_get_object(entry);

	return der_equal(blob_of(OBJ_get0_data(o), OBJ_length(o)), oid, len);
}

static const struct part *part_of(const X509_NAME_ENTRY *entry)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (entry_is(entry, parts[i].oid, OID_LEN))
			return &parts[i];
	}
	return NULL;
}

static const struct bound *bound_of(const X509_NAME_ENTRY *entry)
{
	static const struct bound none = { "an attribute", NULL, 0, SIZE_MAX };

	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		if (entry_is(entry, bounds[i].oid, bounds[i].len))
			return &bounds[i];
	}
	return &none;
}

static int read_entry(struct arena *a, X509_NAME_ENTRY *entry, struct subject *s, struct err *e)
{
	const struct part *part = part_of(entry);
	const struct bound *bound = bound_of(entry);
	const char *label = part ? part->label : bound->label;
	size_t len = 0;
	const char *v = text_of(a, entry, &len);

	if (!v)
		return err_set(e, ERR_MALFORMED, "name_malformed",
			       "%s of the name is no character string (RFC 5280 4.1.2.4)", label);
	if (!part)
		return check_value(label, bound->max, v, len, e);
	if (part->offset == offsetof(struct subject, common_name) && s->common_name)
		return err_set(e, ERR_REJECTED, "csr_common_name",
			       "expected one common name (CN), got more (RFC 5280 4.1.2.6)");
	*member_of(s, part) = v;
	return check_part(part, v, len, e);
}

static int no_name(struct err *e)
{
	return err_set(e, ERR_MALFORMED, "name_malformed",
		       "not the DER of a distinguished name (RFC 5280 4.1.2.4)");
}

int name_read(struct arena *a, struct blob der, struct subject *s, struct err *e)
{
	OSSL_SCOPE;
	AUTO(X509_NAME) *name = name_decode(der);

	*s = (struct subject){ .common_name = NULL };
	if (!name)
		return no_name(e);
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		if (read_entry(a, X509_NAME_get_entry(name, i), s, e) < 0)
			return -1;
	}
	return 0;
}

/* The last of each that is text. */
static void read_lax(struct arena *a, const X509_NAME *name, struct subject *s)
{
	*s = (struct subject){ .common_name = NULL };
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		const struct part *part = part_of(entry);
		size_t len = 0;
		const char *v;

		if (!part)
			continue;
		v = text_of(a, entry, &len);
		*member_of(s, part) = v && !memchr(v, '\0', len) ? v : NULL;
	}
}

int name_read_lax(struct arena *a, struct blob der, struct subject *s, struct err *e)
{
	OSSL_SCOPE;
	AUTO(X509_NAME) *name = name_decode(der);

	*s = (struct subject){ .common_name = NULL };
	if (!name)
		return no_name(e);
	read_lax(a, name, s);
	return 0;
}

/* Each is decoded once: reading certificates does little else. */
int name_read_pair(struct arena *a, const struct blob der[2], struct subject *const s[2],
		   bool *equal, struct err *e)
{
	OSSL_SCOPE;
	AUTO(X509_NAME) *x = name_decode(der[0]), *y = NULL;

	*equal = blob_equal(der[0], der[1]);
	if (!*equal)
		y = name_decode(der[1]);
	if (!x || (!*equal && !y))
		return no_name(e);
	read_lax(a, x, s[0]);
	if (*equal) {
		*s[1] = *s[0];
		return 0;
	}
	read_lax(a, y, s[1]);
	*equal = X509_NAME_cmp(x, y) == 0;
	return 0;
}

char *name_text(struct arena *a, struct blob der)
{
	OSSL_SCOPE;
	AUTO(X509_NAME) *name = name_decode(der);
	AUTO(BIO) *out = BIO_new(BIO_s_mem());
	struct blob text;

	/* Control characters are escaped, UTF-8 stays. */
	if (!name || !out ||
	    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
		return arena_strdup(a, "");
	text = ossl_bio_blob(a, out);
	return arena_strndup(a, (const char *)text.data, text.len);
}

bool name_equal(struct blob a, struct blob b)
{
	OSSL_SCOPE;
	AUTO(X509_NAME) *x = NULL, *y = NULL;

	if (a.len && blob_equal(a, b))
		return true;
	x = name_decode(a);
	y = name_decode(b);
	return x && y && X509_NAME_cmp(x, y) == 0;
}
