/* CsrAttrs as an operator gives them: RFC 8951 4.1 with the templates of RFC 9908 3.4. */
#include <string.h>

#include "pki/csrattrs.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/oid.h"

enum { LEAST_RSA = 2048, MOST_RSA = 8192 };

#define ECDSA_SHA2(n) "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n
#define PKCS1(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n

static int refuse(struct err *e, const char *expected)
{
	return err_set(e, ERR_REJECTED, "csr_attributes", "expected %s", expected);
}

static int no_room(struct err *e)
{
	return refuse(e, "at most 32 of a kind, and no two that contradict each other");
}

static bool is_signature(const struct der *oid)
{
	return der_is(oid, ECDSA_SHA2("\x02")) || der_is(oid, ECDSA_SHA2("\x03")) ||
	       der_is(oid, ECDSA_SHA2("\x04")) || der_is(oid, PKCS1("\x0b")) ||
	       der_is(oid, PKCS1("\x0c")) || der_is(oid, PKCS1("\x0d"));
}

static int read_oid(const struct der *oid, struct csrattrs *c, struct err *e)
{
	const struct csrattrs_extension x = { .oid = oid->whole };
	int type = key_type_read(oid->content);
	bool done;

	if (der_is(oid, OID_CHALLENGE_PASSWORD)) {
		c->challenge_password = true;
		return 0;
	}
	if (type != KEY_UNKNOWN)
		done = csrattrs_add_key(c, type, 0);
	else if (is_signature(oid))
		done = csrattrs_add_signature(c, oid->whole);
	else
		done = csrattrs_add_extension(c, &x);
	return done ? 0 : no_room(e);
}

static int read_curves(struct blob values, struct csrattrs *c, struct err *e)
{
	struct der oid;

	while (values.len) {
		int64_t bits = der_take(&values, DER_OID, &oid) ? key_curve_read(oid.content) : 0;

		if (bits < 256)
			return refuse(
				e, "P-256, P-384 or P-521 as value of ecPublicKey (RFC 8951 4.1)");
		if (!csrattrs_add_key(c, KEY_ECDSA, bits))
			return no_room(e);
	}
	return 0;
}

static int read_sizes(struct blob values, struct csrattrs *c, struct err *e)
{
	struct der v;
	int64_t bits;

	while (values.len) {
		if (!der_take(&values, DER_INTEGER, &v) || !der_read_small(&v, MOST_RSA, &bits) ||
		    bits < LEAST_RSA)
			return refuse(e, "2048 to 8192 as value of rsaEncryption (RFC 8951 4.1)");
		if (!csrattrs_add_key(c, KEY_RSA, bits))
			return no_room(e);
	}
	return 0;
}

/* Extensions, or where template is set, those that may lack the value. */
static int read_extensions(struct blob in, bool template, struct csrattrs *c, struct err *e)
{
	struct der seq, item, v;

	if (!der_only(in, DER_SEQUENCE, &seq) || seq.content.len == 0)
		return refuse(
			e, "one Extensions as the only value of extensionRequest (RFC 9908 3.2)");
	while (seq.content.len) {
		struct csrattrs_extension x = { .has_value = false };

		if (!der_take(&seq.content, DER_SEQUENCE, &item) ||
		    !der_take(&item.content, DER_OID, &v) || !oid_check(v.content))
			return refuse(e, "extensions in form (RFC 5280 4.1)");
		x.oid = v.whole;
		if (der_take(&item.content, DER_BOOLEAN, &v) && !der_read_boolean(&v, &x.critical))
			return refuse(e, "extensions in form (RFC 5280 4.1)");
		if (item.content.len || !template) {
			if (!der_only(item.content, DER_OCTET_STRING, &v) || !der_check(v.content))
				return refuse(e,
					      "the value of each extension as DER (RFC 5280 4.1)");
			x.has_value = true;
			x.value = v.content;
		}
		if (!csrattrs_add_extension(c, &x))
			return no_room(e);
	}
	return 0;
}

/* RFC 8951's own example lists bare OIDs in the set. */
static int read_extension_request(struct blob values, struct csrattrs *c, struct err *e)
{
	struct der oid;

	if (values.data[0] != DER_OID)
		return read_extensions(values, false, c, e);
	while (values.len) {
		if (!der_take(&values, DER_OID, &oid) || !oid_check(oid.content))
			return refuse(e, "nothing but OIDs after an OID in extensionRequest");
		if (read_oid(&oid, c, e) < 0)
			return -1;
	}
	return 0;
}

static int read_subject(struct blob rdns, struct csrattrs *c, struct err *e)
{
	struct der rdn, part, oid, v;

	while (rdns.len) {
		if (!der_take(&rdns, DER_SET, &rdn) || rdn.content.len == 0)
			return refuse(e, "the template's subject as NameTemplate (RFC 9908 3.4)");
		while (rdn.content.len) {
			struct blob value, rest;

			if (!der_take(&rdn.content, DER_SEQUENCE, &part) ||
			    !der_take(&part.content, DER_OID, &oid) || !oid_check(oid.content))
				return refuse(
					e, "the template's subject as NameTemplate (RFC 9908 3.4)");
			value = rest = part.content;
			if (rest.len && (!der_next(&rest, &v) || rest.len))
				return refuse(e,
					      "one value of each part of the template's subject");
			if (!csrattrs_add_part(c, oid.whole, value))
				return no_room(e);
		}
	}
	return 0;
}

/* The modulus of the key that only tells its length. */
static int64_t dummy_bits(struct blob bits)
{
	struct der v, seq, n;
	struct blob modulus;
	bool negative;
	int64_t len;

	if (!der_only(bits, DER_BIT_STRING, &v) || v.content.len < 1 || v.content.data[0] != 0 ||
	    !der_only(blob_of(v.content.data + 1, v.content.len - 1), DER_SEQUENCE, &seq) ||
	    !der_take(&seq.content, DER_INTEGER, &n) ||
	    !der_read_integer(&n, &modulus, &negative) || negative)
		return 0;
	len = (int64_t)modulus.len * 8;
	for (unsigned top = modulus.data[0]; top < 0x80 && len > 0; top = top << 1 | 1)
		len--;
	return len;
}

static int read_key(struct blob info, struct csrattrs *c, struct err *e)
{
	struct der algorithm, oid, curve;
	int64_t bits = 0;
	int type;

	if (!der_take(&info, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm.content, DER_OID, &oid))
		return refuse(e, "the template's key with an algorithm (RFC 9908 3.4)");
	type = key_type_read(oid.content);
	if (type == KEY_ECDSA && der_only(algorithm.content, DER_OID, &curve))
		bits = key_curve_read(curve.content);
	if (type == KEY_RSA && info.len)
		bits = dummy_bits(info);
	if (type == KEY_UNKNOWN || type == KEY_DSA || (type == KEY_ECDSA && bits < 256) ||
	    (type == KEY_RSA && info.len && (bits < LEAST_RSA || bits > MOST_RSA)) ||
	    (type != KEY_RSA && info.len))
		return refuse(
			e, "the template's key to be ECDSA with a curve, Ed25519, or RSA with or "
			   "without a key of the length that is asked for (RFC 9908 3.4)");
	return csrattrs_add_key(c, type, bits) ? 0 : no_room(e);
}

static int read_template_attributes(struct blob in, struct csrattrs *c, struct err *e)
{
	struct der attribute, oid, set;
	bool extensions = false;

	while (in.len) {
		bool request, template;

		if (!der_take(&in, DER_SEQUENCE, &attribute) ||
		    !der_take(&attribute.content, DER_OID, &oid) || !oid_check(oid.content) ||
		    !der_only(attribute.content, DER_SET, &set) || set.content.len == 0)
			return refuse(e, "the template's attributes in form (RFC 9908 3.4)");
		request = der_is(&oid, OID_EXTENSION_REQUEST);
		template = der_is(&oid, OID_EXTENSION_TEMPLATE);
		if ((request || template) && extensions)
			return refuse(
				e, "extensions in one of the template's attributes (RFC 9908 3.4)");
		extensions |= request || template;
		if (request || template) {
			if (read_extensions(set.content, template, c, e) < 0)
				return -1;
		} else if (!csrattrs_add_attribute(c, oid.whole, set.content)) {
			return no_room(e);
		}
	}
	return 0;
}

static int read_template(struct blob values, struct csrattrs *c, struct err *e)
{
	struct der info, v;
	int64_t version;

	if (c->template)
		return refuse(e, "one certificationRequestInfoTemplate (RFC 9908 3.4)");
	c->template = true;
	if (!der_only(values, DER_SEQUENCE, &info) || !der_take(&info.content, DER_INTEGER, &v) ||
	    !der_read_small(&v, 0, &version))
		return refuse(e, "a template of version 0 (RFC 9908 3.4)");
	if (der_take(&info.content, DER_SEQUENCE, &v) && read_subject(v.content, c, e) < 0)
		return -1;
	if (der_take(&info.content, DER_CONSTRUCTED | 0, &v) && read_key(v.content, c, e) < 0)
		return -1;
	if (!der_only(info.content, DER_CONSTRUCTED | 1, &v))
		return refuse(e,
			      "the template's attributes, and nothing after them (RFC 9908 3.4)");
	return read_template_attributes(v.content, c, e);
}

static int read_attribute(const struct der *oid, struct blob values, bool *requested,
			  struct csrattrs *c, struct err *e)
{
	int type = key_type_read(oid->content);

	if (der_is(oid, OID_EXTENSION_REQUEST)) {
		if (*requested)
			return refuse(e, "one extensionRequest (RFC 9908 3.2)");
		*requested = true;
		return read_extension_request(values, c, e);
	}
	if (der_is(oid, OID_REQUEST_TEMPLATE))
		return read_template(values, c, e);
	if (type == KEY_ECDSA)
		return read_curves(values, c, e);
	if (type == KEY_RSA)
		return read_sizes(values, c, e);
	return csrattrs_add_attribute(c, oid->whole, values) ? 0 : no_room(e);
}

int csrattrs_read(struct blob der, struct csrattrs *out, struct err *e)
{
	struct der whole, attribute, oid, set;
	bool requested = false;

	*out = (struct csrattrs){ .challenge_password = false };
	if (!der_check(der) || !der_only(der, DER_SEQUENCE, &whole))
		return refuse(e, "the DER of a SEQUENCE of OIDs and Attributes (RFC 8951 4.1)");
	while (whole.content.len) {
		if (der_take(&whole.content, DER_OID, &oid)) {
			if (!oid_check(oid.content))
				return refuse(e, "object identifiers in form (X.690 8.19)");
			if (read_oid(&oid, out, e) < 0)
				return -1;
			continue;
		}
		if (!der_take(&whole.content, DER_SEQUENCE, &attribute) ||
		    !der_take(&attribute.content, DER_OID, &oid) || !oid_check(oid.content) ||
		    !der_only(attribute.content, DER_SET, &set) || set.content.len == 0)
			return refuse(
				e, "OIDs, and Attributes with at least one value (RFC 8951 4.1)");
		if (read_attribute(&oid, set.content, &requested, out, e) < 0)
			return -1;
	}
	return 0;
}
