/* A request against what is asked of it. */
#include <string.h>

#include "base/text.h"
#include "pki/csrattrs.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/name.h"
#include "pki/oid.h"

static const struct {
	const char *dotted, *name;
} names[] = {
	{ "2.5.29.15", "keyUsage" },
	{ "2.5.29.17", "subjectAltName" },
	{ "2.5.29.37", "extKeyUsage" },
	{ "2.5.4.3", "CN" },
	{ "2.5.4.5", "serialNumber" },
	{ "2.5.4.6", "C" },
	{ "2.5.4.7", "L" },
	{ "2.5.4.8", "ST" },
	{ "2.5.4.10", "O" },
	{ "2.5.4.11", "OU" },
	{ "1.2.840.10045.4.3.2", "ecdsa-with-SHA256" },
	{ "1.2.840.10045.4.3.3", "ecdsa-with-SHA384" },
	{ "1.2.840.10045.4.3.4", "ecdsa-with-SHA512" },
	{ "1.2.840.113549.1.1.11", "sha256WithRSAEncryption" },
	{ "1.2.840.113549.1.1.12", "sha384WithRSAEncryption" },
	{ "1.2.840.113549.1.1.13", "sha512WithRSAEncryption" },
};

static const char *name_of(struct arena *a, struct blob whole)
{
	struct der oid;
	const char *dotted = der_only(whole, DER_OID, &oid) ? oid_write(a, oid.content) : "";

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i].dotted, dotted) == 0)
			return names[i].name;
	}
	return dotted;
}

static void next(struct text *lacks)
{
	if (lacks->len)
		text_add(lacks, "; ");
}

static void check_key(const struct csrattrs *in, const struct csr *csr, struct text *lacks)
{
	for (size_t i = 0; i < in->nkeys; i++) {
		const struct key_spec *k = &in->keys[i];

		if (k->type == csr->key.type && (k->bits == 0 || k->bits == csr->key.bits))
			return;
	}
	if (in->nkeys == 0)
		return;
	next(lacks);
	text_add(lacks, "a key ");
	for (size_t i = 0; i < in->nkeys; i++) {
		text_addf(lacks, "%s%s", i ? " or " : "", token_name(key_types, in->keys[i].type));
		if (in->keys[i].bits)
			text_addf(lacks, " %lld", (long long)in->keys[i].bits);
	}
}

static void check_signature(const struct csrattrs *in, const struct csr *csr, struct text *lacks)
{
	if (in->nsignatures == 0 || csr->key.type == KEY_ED25519)
		return;
	for (size_t i = 0; i < in->nsignatures; i++) {
		if (blob_equal(in->signatures[i], csr->signature_oid))
			return;
	}
	next(lacks);
	text_add(lacks, "a signature ");
	for (size_t i = 0; i < in->nsignatures; i++)
		text_addf(lacks, "%s%s", i ? " or " : "", name_of(lacks->arena, in->signatures[i]));
}

static bool find_extension(const struct csr *csr, struct blob oid, struct ext *x)
{
	struct blob in = csr->extensions;

	while (in.len && ext_next(&in, x)) {
		if (blob_equal(x->oid.whole, oid))
			return true;
	}
	return false;
}

static bool find_attribute(const struct csr *csr, struct blob type, struct blob *values)
{
	struct blob in = csr->attributes;
	struct der attribute, oid, set;

	while (der_take(&in, DER_SEQUENCE, &attribute)) {
		if (!der_take(&attribute.content, DER_OID, &oid) ||
		    !der_only(attribute.content, DER_SET, &set))
			return false;
		*values = set.content;
		if (blob_equal(oid.whole, type))
			return true;
	}
	return false;
}

/* RFC 9908 3.4: an empty directoryName or iPAddress is the client's to fill in. */
static bool has_blank(struct blob san)
{
	struct der seq, v;

	if (!der_only(san, DER_SEQUENCE, &seq))
		return true;
	while (der_next(&seq.content, &v)) {
		if (v.content.len == 0 || blob_equal(v.content, blob_of("\x30\x00", 2)))
			return true;
	}
	return false;
}

/* Each usage of the one is one of the other. */
static bool has_usages(struct blob all, struct blob some)
{
	struct der wanted, oid;

	while (der_next(&some, &wanted)) {
		struct blob in = all;
		bool found = false;

		while (!found && der_next(&in, &oid))
			found = blob_equal(oid.whole, wanted.whole);
		if (!found)
			return false;
	}
	return some.len == 0;
}

/* Their order says nothing (RFC 5280 4.2.1.12). */
static bool same_usages(struct blob a, struct blob b)
{
	struct der x, y;

	return der_only(a, DER_SEQUENCE, &x) && der_only(b, DER_SEQUENCE, &y) &&
	       has_usages(x.content, y.content) && has_usages(y.content, x.content);
}

static bool is_met(const struct csrattrs_extension *x, const struct csr *csr)
{
	struct blob values;
	struct der oid;
	struct ext v;

	if (!find_extension(csr, x->oid, &v))
		return !x->has_value && find_attribute(csr, x->oid, &values);
	if (!x->has_value || blob_equal(v.value, x->value))
		return true;
	if (!der_only(x->oid, DER_OID, &oid))
		return false;
	if (der_is(&oid, OID_SUBJECT_ALT_NAME))
		return has_blank(x->value) || cert_equal_san(v.value, x->value);
	return der_is(&oid, OID_EXT_KEY_USAGE) && same_usages(v.value, x->value);
}

static void check_extensions(const struct csrattrs *in, const struct csr *csr, struct text *lacks)
{
	for (size_t i = 0; i < in->nextensions; i++) {
		const struct csrattrs_extension *x = &in->extensions[i];

		if (is_met(x, csr))
			continue;
		next(lacks);
		text_addf(lacks, "the extension %s%s", name_of(lacks->arena, x->oid),
			  x->has_value ? " with the value given" : "");
	}
}

static void check_attributes(const struct csrattrs *in, const struct csr *csr, struct text *lacks)
{
	struct blob values;

	for (size_t i = 0; i < in->nattributes; i++) {
		if (find_attribute(csr, in->attributes[i].oid, &values) &&
		    blob_equal(values, in->attributes[i].values))
			continue;
		next(lacks);
		text_addf(lacks, "the attribute %s with the value given",
			  name_of(lacks->arena, in->attributes[i].oid));
	}
}

static struct blob make_name(struct arena *a, struct blob oid, struct blob value)
{
	size_t name, rdn, part;
	struct der_out w;

	der_init(&w, a, 64);
	name = der_open(&w, DER_SEQUENCE);
	rdn = der_open(&w, DER_SET);
	part = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, oid);
	der_put_raw(&w, value);
	der_close(&w, part);
	der_close(&w, rdn);
	der_close(&w, name);
	return der_done(&w);
}

/* Values compare as parts of names do (RFC 5280 7.1). */
static bool has_part(struct arena *a, const struct csr *csr, const struct csrattrs_part *asked)
{
	struct der name, rdn, part, oid, value;

	if (!der_only(csr->subject_der, DER_SEQUENCE, &name))
		return false;
	while (der_take(&name.content, DER_SET, &rdn)) {
		while (der_take(&rdn.content, DER_SEQUENCE, &part)) {
			if (!der_take(&part.content, DER_OID, &oid) ||
			    !der_next(&part.content, &value) || !blob_equal(oid.whole, asked->oid))
				continue;
			if (asked->value.len == 0 ||
			    name_equal(make_name(a, oid.whole, value.whole),
				       make_name(a, oid.whole, asked->value)))
				return true;
		}
	}
	return false;
}

static void check_subject(const struct csrattrs *in, const struct csr *csr, struct text *lacks)
{
	for (size_t i = 0; i < in->nsubject; i++) {
		const struct csrattrs_part *asked = &in->subject[i];

		if (has_part(lacks->arena, csr, asked))
			continue;
		next(lacks);
		text_addf(lacks, "in the subject %s",
			  asked->value.len
				  ? name_text(lacks->arena,
					      make_name(lacks->arena, asked->oid, asked->value))
				  : name_of(lacks->arena, asked->oid));
	}
}

int csrattrs_check(const struct csrattrs *in, const struct csr *csr, bool its_key, struct err *e)
{
	AUTO(arena) *scratch = arena_new();
	struct text lacks;

	text_init(&lacks, scratch);
	if (in->challenge_password && !csr->has_challenge_password)
		text_add(&lacks, "the attribute challengePassword");
	if (its_key) {
		check_key(in, csr, &lacks);
		check_signature(in, csr, &lacks);
	}
	check_extensions(in, csr, &lacks);
	check_attributes(in, csr, &lacks);
	check_subject(in, csr, &lacks);
	if (lacks.len == 0)
		return 0;
	return err_set(e, ERR_REJECTED, "csr_attributes",
		       "the request lacks what csrattrs asks for (RFC 7030 4.5.2): %s", lacks.s);
}
