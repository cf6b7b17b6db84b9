#include "pki/csrattrs.h"

#include <string.h>

#include "pki/der.h"
#include "pki/ext.h"
#include "pki/oid.h"

#define OID_BLOB(oid) blob_of(oid, sizeof(oid) - 1)
#define ECDSA_SHA2(n) "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n
#define PKCS1(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n
#define AT(n) "\x06\x03\x55\x04" n	/* id-at, RFC 5280 A.1 */

bool csrattrs_add_key(struct csrattrs *c, int type, int64_t bits)
{
	for (size_t i = 0; i < c->nkeys; i++) {
		if (c->keys[i].type == type && c->keys[i].bits == bits)
			return true;
	}
	if (c->nkeys == CSRATTRS_MAX)
		return false;
	c->keys[c->nkeys++] = (struct key_spec){ .type = type, .bits = bits };
	return true;
}

bool csrattrs_add_signature(struct csrattrs *c, struct blob oid)
{
	for (size_t i = 0; i < c->nsignatures; i++) {
		if (blob_equal(c->signatures[i], oid))
			return true;
	}
	if (c->nsignatures == CSRATTRS_MAX)
		return false;
	c->signatures[c->nsignatures++] = oid;
	return true;
}

bool csrattrs_add_extension(struct csrattrs *c, const struct csrattrs_extension *x)
{
	for (size_t i = 0; i < c->nextensions; i++) {
		struct csrattrs_extension *old = &c->extensions[i];

		if (!blob_equal(old->oid, x->oid))
			continue;
		if (old->has_value && x->has_value)
			return blob_equal(old->value, x->value);
		if (x->has_value)
			*old = *x;
		return true;
	}
	if (c->nextensions == CSRATTRS_MAX)
		return false;
	c->extensions[c->nextensions++] = *x;
	return true;
}

bool csrattrs_add_attribute(struct csrattrs *c, struct blob oid, struct blob values)
{
	for (size_t i = 0; i < c->nattributes; i++) {
		if (blob_equal(c->attributes[i].oid, oid))
			return blob_equal(c->attributes[i].values, values);
	}
	if (c->nattributes == CSRATTRS_MAX)
		return false;
	c->attributes[c->nattributes++] = (struct csrattrs_attribute){ oid, values };
	return true;
}

bool csrattrs_add_part(struct csrattrs *c, struct blob oid, struct blob value)
{
	if (c->nsubject == CSRATTRS_MAX)
		return false;
	c->subject[c->nsubject++] = (struct csrattrs_part){ oid, value };
	return true;
}

static void ask_keys(const struct profile *f, struct csrattrs *c)
{
	const struct ints *rsa = &f->crypto_enforcement.allowed_rsa_key_sizes;
	const struct ints *ecdsa = &f->crypto_enforcement.allowed_ecdsa_key_sizes;

	if (!f->crypto_enforcement.enabled)
		return;
	/* The template names one key, the first: the one that costs a device least. */
	for (size_t i = 0; f->crypto_enforcement.allow_ecdsa_keys && i < ecdsa->n; i++)
		csrattrs_add_key(c, KEY_ECDSA, ecdsa->v[i]);
	if (f->crypto_enforcement.allow_ecdsa_keys && !ecdsa->set)
		csrattrs_add_key(c, KEY_ECDSA, 0);
	if (f->crypto_enforcement.allow_ed25519_keys)
		csrattrs_add_key(c, KEY_ED25519, 0);
	for (size_t i = 0; f->crypto_enforcement.allow_rsa_keys && i < rsa->n; i++)
		csrattrs_add_key(c, KEY_RSA, rsa->v[i]);
	if (f->crypto_enforcement.allow_rsa_keys && !rsa->set)
		csrattrs_add_key(c, KEY_RSA, 0);
}

static bool may_be(const struct csrattrs *c, int type)
{
	for (size_t i = 0; i < c->nkeys; i++) {
		if (c->keys[i].type == type)
			return true;
	}
	return c->nkeys == 0;
}

static void ask_signature(const struct profile *f, struct csrattrs *c)
{
	const struct {
		int hash;
		struct blob ecdsa, rsa;
	} hashes[] = {
		{ HASH_SHA256, OID_BLOB(ECDSA_SHA2("\x02")), OID_BLOB(PKCS1("\x0b")) },
		{ HASH_SHA384, OID_BLOB(ECDSA_SHA2("\x03")), OID_BLOB(PKCS1("\x0c")) },
		{ HASH_SHA512, OID_BLOB(ECDSA_SHA2("\x04")), OID_BLOB(PKCS1("\x0d")) },
	};

	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		if (hashes[i].hash != f->signature_hash)
			continue;
		if (may_be(c, KEY_ECDSA))
			csrattrs_add_signature(c, hashes[i].ecdsa);
		if (may_be(c, KEY_RSA))
			csrattrs_add_signature(c, hashes[i].rsa);
	}
}

/* The value where the profile decides it, whatever a request says. */
static void ask_extension(struct arena *a, const struct profile *f, const char *dotted,
			  struct csrattrs *c)
{
	struct csrattrs_extension x = { .oid = oid_read(a, dotted) };
	struct blob made;
	struct der_out w;
	struct ext v;

	der_init(&w, a, 64);
	if (blob_equal(x.oid, OID_BLOB(OID_KEY_USAGE)) && !f->honor_key_usage && f->key_usage)
		ext_put_key_usage(&w, f->key_usage);
	if (blob_equal(x.oid, OID_BLOB(OID_EXT_KEY_USAGE)) && !f->honor_extended_key_usages &&
	    f->extended_key_usages)
		ext_put_ext_key_usage(&w, f->extended_key_usages);
	made = der_done(&w);
	if (made.len && ext_next(&made, &v)) {
		x.has_value = true;
		x.critical = v.critical;
		x.value = v.value;
	}
	if (x.oid.len)
		csrattrs_add_extension(c, &x);
}

static struct blob string(struct arena *a, unsigned tag, const char *s)
{
	struct der_out w;

	if (!s || !*s)
		return blob_of(NULL, 0);
	der_init(&w, a, strlen(s) + 8);
	der_put(&w, tag, blob_of(s, strlen(s)));
	return der_done(&w);
}

/* The common name is always the client's to fill in: it is the device id. */
static void ask_subject(struct arena *a, const struct profile *f, struct csrattrs *c)
{
	const struct subject *s = &f->subject;
	const struct {
		struct blob oid;
		unsigned tag;
		const char *value;
	} parts[] = {
		{ OID_BLOB(AT("\x06")), DER_PRINTABLE_STRING, s->country },
		{ OID_BLOB(AT("\x08")), DER_UTF8_STRING, s->state },
		{ OID_BLOB(AT("\x07")), DER_UTF8_STRING, s->locality },
		{ OID_BLOB(AT("\x0a")), DER_UTF8_STRING, s->organization },
		{ OID_BLOB(AT("\x0b")), DER_UTF8_STRING, s->organization_unit },
	};

	for (size_t i = 0; !f->honor_subject && i < ARRAY_LEN(parts); i++) {
		struct blob value = string(a, parts[i].tag, parts[i].value);

		if (value.len)
			csrattrs_add_part(c, parts[i].oid, value);
	}
}

void csrattrs_make(struct arena *a, const struct profile *f, struct csrattrs *out)
{
	*out = (struct csrattrs){ .challenge_password = false };
	ask_keys(f, out);
	ask_signature(f, out);
	for (size_t i = 0; i < f->required_extensions.n; i++)
		ask_extension(a, f, f->required_extensions.v[i], out);
	ask_subject(a, f, out);
	if (csrattrs_is_empty(out))
		return;
	csrattrs_add_part(out, OID_BLOB(AT("\x03")), blob_of(NULL, 0));
	out->template = true;
}

bool csrattrs_is_empty(const struct csrattrs *in)
{
	return !in->challenge_password && in->nkeys == 0 && in->nsignatures == 0 &&
	       in->nextensions == 0 && in->nattributes == 0 && in->nsubject == 0;
}

/* RFC 8951 4.1: ecPublicKey with the curve, rsaEncryption with the size; a bare OID: any. */
static void put_key(struct der_out *w, const struct key_spec *k)
{
	size_t attribute, values;

	if (k->bits == 0) {
		der_put_raw(w, key_type_oid(k->type));
		return;
	}
	attribute = der_open(w, DER_SEQUENCE);
	der_put_raw(w, key_type_oid(k->type));
	values = der_open(w, DER_SET);
	if (k->type == KEY_RSA)
		der_put_number(w, DER_INTEGER, (uint64_t)k->bits);
	else
		der_put_raw(w, key_curve_oid(k->bits));
	der_close(w, values);
	der_close(w, attribute);
}

static void put_extension(struct der_out *w, const struct csrattrs_extension *x)
{
	size_t seq = der_open(w, DER_SEQUENCE);

	der_put_raw(w, x->oid);
	if (x->critical)
		der_put_lit(w, "\x01\x01\xff");
	if (x->has_value)
		der_put(w, DER_OCTET_STRING, x->value);
	der_close(w, seq);
}

static size_t count_values(const struct csrattrs *in)
{
	size_t n = 0;

	for (size_t i = 0; i < in->nextensions; i++)
		n += in->extensions[i].has_value;
	return n;
}

/* One attribute with one value, which is all extensions, or those that have a value. */
static void put_extensions(struct der_out *w, const struct csrattrs *in, struct blob oid, bool all)
{
	size_t attribute = der_open(w, DER_SEQUENCE), values, seq;

	der_put_raw(w, oid);
	values = der_open(w, DER_SET);
	seq = der_open(w, DER_SEQUENCE);
	for (size_t i = 0; i < in->nextensions; i++) {
		if (all || in->extensions[i].has_value)
			put_extension(w, &in->extensions[i]);
	}
	der_close(w, seq);
	der_close(w, values);
	der_close(w, attribute);
}

static void put_attribute(struct der_out *w, struct blob oid, struct blob values)
{
	size_t attribute = der_open(w, DER_SEQUENCE);

	der_put_raw(w, oid);
	der_put(w, DER_SET, values);
	der_close(w, attribute);
}

static void put_subject(struct der_out *w, const struct csrattrs *in)
{
	size_t name = der_open(w, DER_SEQUENCE);

	for (size_t i = 0; i < in->nsubject; i++) {
		size_t rdn = der_open(w, DER_SET), part = der_open(w, DER_SEQUENCE);

		der_put_raw(w, in->subject[i].oid);
		der_put_raw(w, in->subject[i].value);
		der_close(w, part);
		der_close(w, rdn);
	}
	der_close(w, name);
}

/* RFC 9908 3.4: the length of an RSA key is told by a key of that length that is none. */
static void put_rsa_size(struct der_out *w, int64_t bits)
{
	size_t n = (size_t)(bits + 7) / 8, seq;
	unsigned char *modulus = arena_alloc(w->arena, n);
	struct der_out key;

	modulus[0] = (unsigned char)(1 << (bits + 7) % 8);
	modulus[n - 1] |= 1;
	der_init(&key, w->arena, n + 32);
	seq = der_open(&key, DER_SEQUENCE);
	der_put_integer(&key, blob_of(modulus, n));
	der_put_number(&key, DER_INTEGER, 65537);
	der_close(&key, seq);
	der_put_bit_string(w, der_done(&key));
}

static void put_template_key(struct der_out *w, const struct key_spec *k)
{
	size_t info = der_open(w, DER_CONSTRUCTED | 0), algorithm = der_open(w, DER_SEQUENCE);

	der_put_raw(w, key_type_oid(k->type));
	if (k->type == KEY_ECDSA)
		der_put_raw(w, key_curve_oid(k->bits ? k->bits : 256));
	if (k->type == KEY_RSA)
		der_put_lit(w, "\x05\x00");
	der_close(w, algorithm);
	if (k->type == KEY_RSA && k->bits)
		put_rsa_size(w, k->bits);
	der_close(w, info);
}

static void put_template(struct der_out *w, const struct csrattrs *in)
{
	size_t attribute = der_open(w, DER_SEQUENCE), values, info, attributes;
	bool values_only = count_values(in) == in->nextensions;

	der_put_lit(w, OID_REQUEST_TEMPLATE);
	values = der_open(w, DER_SET);
	info = der_open(w, DER_SEQUENCE);
	der_put_number(w, DER_INTEGER, 0);	/* v1 */
	if (in->nsubject)
		put_subject(w, in);
	if (in->nkeys)
		put_template_key(w, &in->keys[0]);
	attributes = der_open(w, DER_CONSTRUCTED | 1);
	if (in->nextensions)
		put_extensions(w, in,
			       values_only ? OID_BLOB(OID_EXTENSION_REQUEST)
					   : OID_BLOB(OID_EXTENSION_TEMPLATE),
			       true);
	for (size_t i = 0; i < in->nattributes; i++)
		put_attribute(w, in->attributes[i].oid, in->attributes[i].values);
	der_close(w, attributes);
	der_close(w, info);
	der_close(w, values);
	der_close(w, attribute);
}

struct blob csrattrs_write(struct arena *a, const struct csrattrs *in)
{
	struct der_out w;
	size_t seq;

	der_init(&w, a, 512);
	seq = der_open(&w, DER_SEQUENCE);
	if (in->challenge_password)
		der_put_lit(&w, OID_CHALLENGE_PASSWORD);
	for (size_t i = 0; i < in->nkeys; i++)
		put_key(&w, &in->keys[i]);
	if (count_values(in))
		put_extensions(&w, in, OID_BLOB(OID_EXTENSION_REQUEST), false);
	for (size_t i = 0; i < in->nattributes; i++)
		put_attribute(&w, in->attributes[i].oid, in->attributes[i].values);
	for (size_t i = 0; i < in->nextensions; i++) {
		if (!in->extensions[i].has_value)
			der_put_raw(&w, in->extensions[i].oid);
	}
	for (size_t i = 0; i < in->nsignatures; i++)
		der_put_raw(&w, in->signatures[i]);
	if (in->template)
		put_template(&w, in);
	der_close(&w, seq);
	return der_done(&w);
}
