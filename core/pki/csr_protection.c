/* What a request for serverkeygen says about the way its key comes back (RFC 7030 4.4.1). */
#include "pki/csr.h"
#include "pki/der.h"

#define OID_SMIME_CAPABILITIES "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0f"	/* RFC 8551 2.5.2 */
#define ID_AA(n) "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02" n
#define OID_DECRYPT_KEY_ID ID_AA("\x25")	/* RFC 4108 2.2.5 */
#define OID_ASYMMETRIC_DECRYPT_KEY_ID ID_AA("\x36")	/* RFC 7030 4.4.1.2, RFC 8951 */

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "csr_keygen", "the certification request: %s", what);
}

/* One value in the SET. An identifier of no octets identifies nothing. */
static int read_value(struct blob set, unsigned tag, struct blob *out, const char *what,
		      struct err *e)
{
	struct der v;

	if (!der_only(set, tag, &v) || v.content.len == 0)
		return malformed(e, what);
	*out = v.content;
	return 0;
}

static int read_attribute(const struct der *oid, struct blob set, struct csr_protection *p,
			  struct err *e)
{
	if (der_is(oid, OID_SMIME_CAPABILITIES))
		return read_value(set, DER_SEQUENCE, &p->capabilities,
				  "expected one list of SMIMECapabilities (RFC 8551 2.5.2)", e);
	if (der_is(oid, OID_DECRYPT_KEY_ID))
		return read_value(
			set, DER_OCTET_STRING, &p->symmetric_id,
			"expected an octet string as DecryptKeyIdentifier (RFC 7030 4.4.1.1)", e);
	if (der_is(oid, OID_ASYMMETRIC_DECRYPT_KEY_ID))
		return read_value(
			set, DER_OCTET_STRING, &p->asymmetric_id,
			"expected an octet string as AsymmetricDecryptKeyIdentifier (RFC 7030 "
			"4.4.1.2)",
			e);
	return 0;
}

int csr_read_protection(const struct csr *r, struct csr_protection *p, struct err *e)
{
	struct blob in = r->attributes;
	struct der attribute, oid, set;

	*p = (struct csr_protection){ 0 };
	while (in.len) {
		if (!der_take(&in, DER_SEQUENCE, &attribute) ||
		    !der_take(&attribute.content, DER_OID, &oid) ||
		    !der_only(attribute.content, DER_SET, &set))
			return malformed(e, "an attribute is malformed (RFC 2986 4.1)");
		if (read_attribute(&oid, set.content, p, e) < 0)
			return -1;
	}
	if (p->symmetric_id.data && p->asymmetric_id.data)
		return malformed(e,
				 "expected one key to encrypt to, got a DecryptKeyIdentifier and "
				 "an AsymmetricDecryptKeyIdentifier (RFC 7030 4.4.1)");
	return 0;
}
