#include "pki/ext.h"

#include <string.h>

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1
#define KP(n) "\x06\x08\x2b\x06\x01\x05\x05\x07\x03" n		/* id-kp, RFC 5280 4.2.1.12 */
#define MS(n) "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37" n		/* Microsoft's */

static const struct {
	unsigned usage;
	const char *oid;
	size_t len;
} purposes[] = {
	{ EKU_ANY, OID_AND_LEN("\x06\x04\x55\x1d\x25\x00") },
	{ EKU_SERVER_AUTH, OID_AND_LEN(KP("\x01")) },
	{ EKU_CLIENT_AUTH, OID_AND_LEN(KP("\x02")) },
	{ EKU_CODE_SIGNING, OID_AND_LEN(KP("\x03")) },
	{ EKU_EMAIL_PROTECTION, OID_AND_LEN(KP("\x04")) },
	{ EKU_IPSEC_END_SYSTEM, OID_AND_LEN(KP("\x05")) },
	{ EKU_IPSEC_TUNNEL, OID_AND_LEN(KP("\x06")) },
	{ EKU_IPSEC_USER, OID_AND_LEN(KP("\x07")) },
	{ EKU_TIME_STAMPING, OID_AND_LEN(KP("\x08")) },
	{ EKU_OCSP_SIGNING, OID_AND_LEN(KP("\x09")) },
	{ EKU_MS_SGC, OID_AND_LEN(MS("\x0a\x03\x03")) },
	{ EKU_NS_SGC, OID_AND_LEN("\x06\x09\x60\x86\x48\x01\x86\xf8\x42\x04\x01") },
	{ EKU_MS_COMMERCIAL_CODE, OID_AND_LEN(MS("\x02\x01\x16")) },
	{ EKU_MS_KERNEL_CODE, OID_AND_LEN(MS("\x3d\x01\x01")) },
	{ EKU_CMC_RA, OID_AND_LEN(KP("\x1c")) },
	{ EKU_CM_KGA, OID_AND_LEN(KP("\x20")) },	/* RFC 6402 2.10 */
};

bool ext_next(struct blob *in, struct ext *x)
{
	struct der seq, v;

	x->critical = false;
	if (!der_take(in, DER_SEQUENCE, &seq) || !der_take(&seq.content, DER_OID, &x->oid) ||
	    x->oid.content.len == 0)
		return false;
	if (der_take(&seq.content, DER_BOOLEAN, &v) && !der_read_boolean(&v, &x->critical))
		return false;
	if (!der_only(seq.content, DER_OCTET_STRING, &v))
		return false;
	x->value = v.content;
	return true;
}

static bool read_basic_constraints(struct blob value, struct ext_set *s)
{
	struct der seq, v;
	int64_t n;

	if (!der_only(value, DER_SEQUENCE, &seq))
		return false;
	if (der_take(&seq.content, DER_BOOLEAN, &v) && !der_read_boolean(&v, &s->is_ca))
		return false;
	s->has_basic_constraints = true;
	if (seq.content.len == 0)
		return true;
	if (!der_only(seq.content, DER_INTEGER, &v) || !der_read_small(&v, INT32_MAX, &n))
		return false;
	s->path_len = (int)n;
	return true;
}

static bool read_key_usage(struct blob value, struct ext_set *s)
{
	struct der v;

	s->has_key_usage = true;
	return der_only(value, DER_BIT_STRING, &v) && der_read_bits(&v, &s->key_usage);
}

static unsigned purpose_of(const struct der *oid)
{
	for (size_t i = 0; i < ARRAY_LEN(purposes); i++) {
		if (der_equal(oid->content, purposes[i].oid, purposes[i].len))
			return purposes[i].usage;
	}
	return 0;
}

static bool read_ext_key_usage(struct blob value, struct ext_set *s)
{
	struct der seq, oid;

	if (!der_only(value, DER_SEQUENCE, &seq) || seq.content.len == 0)
		return false;
	while (seq.content.len) {
		if (!der_take(&seq.content, DER_OID, &oid))
			return false;
		s->ext_key_usage |= purpose_of(&oid);
	}
	s->has_ext_key_usage = true;
	return true;
}

static bool read_san(struct blob value, struct ext_set *s)
{
	s->san = value;
	return san_check(value);
}

static bool read_ski(struct blob value, struct ext_set *s)
{
	struct der v;

	if (!der_only(value, DER_OCTET_STRING, &v))
		return false;
	s->ski = v.content;
	return true;
}

/* keyIdentifier [0]; the other two members say the same in another way. */
static bool read_aki(struct blob value, struct ext_set *s)
{
	struct der seq, v;

	if (!der_only(value, DER_SEQUENCE, &seq))
		return false;
	if (der_take(&seq.content, DER_CONTEXT | 0, &v))
		s->aki = v.content;
	return true;
}

static const struct {
	const char *name;
	const char *oid;
	size_t len;
	bool (*read)(struct blob value, struct ext_set *s);
} readers[] = {
	{ "basicConstraints", OID_AND_LEN(OID_BASIC_CONSTRAINTS), read_basic_constraints },
	{ "keyUsage", OID_AND_LEN(OID_KEY_USAGE), read_key_usage },
	{ "extKeyUsage", OID_AND_LEN(OID_EXT_KEY_USAGE), read_ext_key_usage },
	{ "subjectAltName", OID_AND_LEN(OID_SUBJECT_ALT_NAME), read_san },
	{ "subjectKeyIdentifier", OID_AND_LEN(OID_SUBJECT_KEY_ID), read_ski },
	{ "authorityKeyIdentifier", OID_AND_LEN(OID_AUTHORITY_KEY_ID), read_aki },
};

static int read_one(const struct ext *x, struct ext_set *s, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		if (!der_equal(x->oid.content, readers[i].oid, readers[i].len))
			continue;
		if (readers[i].read(x->value, s))
			return 0;
		return err_set(e, ERR_MALFORMED, "extension_malformed",
			       "the extension %s is malformed (RFC 5280 4.2.1)", readers[i].name);
	}
	return 0;
}

static bool seen(const struct blob *oids, size_t n, struct blob oid)
{
	for (size_t i = 0; i < n; i++) {
		if (blob_equal(oids[i], oid))
			return true;
	}
	return false;
}

int ext_read(struct blob exts, const char *duplicate_code, struct ext_set *s, struct err *e)
{
	struct blob oids[EXT_MAX];
	struct der seq;
	struct ext x;
	size_t n = 0;

	*s = (struct ext_set){ .path_len = -1 };
	if (!der_only(exts, DER_SEQUENCE, &seq) || seq.content.len == 0)
		return err_set(e, ERR_MALFORMED, "extension_malformed",
			       "expected a sequence of extensions (RFC 5280 4.1)");
	while (seq.content.len) {
		if (!ext_next(&seq.content, &x))
			return err_set(e, ERR_MALFORMED, "extension_malformed",
				       "an extension is malformed (RFC 5280 4.1)");
		if (n == EXT_MAX)
			return err_set(e, ERR_MALFORMED, "extension_malformed",
				       "expected at most %d extensions", EXT_MAX);
		if (seen(oids, n, x.oid.content))
			return err_set(e, ERR_MALFORMED, duplicate_code,
				       "the same extension twice (RFC 5280 4.2)");
		oids[n++] = x.oid.content;
		if (read_one(&x, s, e) < 0)
			return -1;
	}
	return 0;
}

void ext_put_ext_key_usage(struct der_out *w, unsigned usage)
{
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_EXT_KEY_USAGE), false);
	size_t seq = der_open(w, DER_SEQUENCE);

	for (size_t i = 0; i < ARRAY_LEN(purposes); i++) {
		if (usage & purposes[i].usage)
			der_put_raw(w, blob_of(purposes[i].oid, purposes[i].len));
	}
	der_close(w, seq);
	ext_close(w, m);
}
