#include "pki/cmc.h"

#include "pki/der.h"

#define ID_CMC "\x06\x08\x2b\x06\x01\x05\x05\x07\x07"	/* id-cmc, but for its last arc */

#define BODY_ID_MAX INT64_C(4294967295)

/* The last arc of each control's OID (RFC 5272 6, RFC 6402 3). */
static const struct known_control {
	unsigned char arc;
	const char *name;
	enum cmc_control_kind kind;
	bool once;
	unsigned tag;	/* of the value; 0: any */
} known_controls[] = {
	{ 5, "transactionId", CMC_TRANSACTION_ID, true, DER_INTEGER },
	{ 6, "senderNonce", CMC_SENDER_NONCE, true, DER_OCTET_STRING },
	{ 4, "dataReturn", CMC_DATA_RETURN, true, DER_OCTET_STRING },
	{ 17, "revokeRequest", CMC_REVOKE_REQUEST, false, DER_SEQUENCE },
	{ 1, "statusInfo", CMC_UNSUPPORTED, false, 0 },
	{ 2, "identification", CMC_UNSUPPORTED, false, 0 },
	{ 3, "identityProof", CMC_UNSUPPORTED, false, 0 },
	{ 7, "recipientNonce", CMC_UNSUPPORTED, false, 0 },
	{ 8, "addExtensions", CMC_UNSUPPORTED, false, 0 },
	{ 9, "encryptedPOP", CMC_UNSUPPORTED, false, 0 },
	{ 10, "decryptedPOP", CMC_UNSUPPORTED, false, 0 },
	{ 11, "lraPOPWitness", CMC_UNSUPPORTED, false, 0 },
	{ 15, "getCert", CMC_UNSUPPORTED, false, 0 },
	{ 16, "getCRL", CMC_UNSUPPORTED, false, 0 },
	{ 18, "regInfo", CMC_UNSUPPORTED, false, 0 },
	{ 19, "responseInfo", CMC_UNSUPPORTED, false, 0 },
	{ 21, "queryPending", CMC_UNSUPPORTED, false, 0 },
	{ 22, "popLinkRandom", CMC_UNSUPPORTED, false, 0 },
	{ 23, "popLinkWitness", CMC_UNSUPPORTED, false, 0 },
	{ 24, "confirmCertAcceptance", CMC_UNSUPPORTED, false, 0 },
	{ 25, "statusInfoV2", CMC_UNSUPPORTED, false, 0 },
	{ 26, "trustedAnchors", CMC_UNSUPPORTED, false, 0 },
	{ 27, "authData", CMC_UNSUPPORTED, false, 0 },
	{ 28, "batchRequests", CMC_UNSUPPORTED, false, 0 },
	{ 29, "batchResponses", CMC_UNSUPPORTED, false, 0 },
	{ 30, "publishCert", CMC_UNSUPPORTED, false, 0 },
	{ 31, "modCertTemplate", CMC_UNSUPPORTED, false, 0 },
	{ 32, "controlProcessed", CMC_UNSUPPORTED, false, 0 },
	{ 33, "popLinkWitnessV2", CMC_UNSUPPORTED, false, 0 },
	{ 34, "identityProofV2", CMC_UNSUPPORTED, false, 0 },
	{ 35, "raIdentityWitness", CMC_UNSUPPORTED, false, 0 },
	{ 37, "responseBody", CMC_UNSUPPORTED, false, 0 },
};

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "cmc_malformed",
		       "the PKIData is malformed: %s (RFC 5272 3.2.1)", what);
}

static int too_many(struct err *e, const char *what, int max)
{
	return err_set(e, ERR_REJECTED, "cmc_too_many", "expected at most %d %s in a message", max,
		       what);
}

static const struct known_control *find_known(const struct der *oid)
{
	struct blob b = oid->content;

	if (b.len != 8 || !der_equal(blob_of(b.data, 7), ID_CMC, sizeof(ID_CMC) - 1))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(known_controls); i++) {
		if (known_controls[i].arc == b.data[7])
			return &known_controls[i];
	}
	return NULL;
}

static bool read_id(struct blob *in, int64_t *id)
{
	struct der v;

	return der_take(in, DER_INTEGER, &v) && der_read_small(&v, BODY_ID_MAX, id);
}

static int read_control(struct blob in, struct cmc_data *d, struct err *e)
{
	struct cmc_control c = { .kind = CMC_UNSUPPORTED, .name = "unknown" };
	const struct known_control *known;
	struct der oid, set, value;

	if (!read_id(&in, &c.id) || !der_take(&in, DER_OID, &oid) || !der_only(in, DER_SET, &set))
		return malformed(e, "a control");
	known = find_known(&oid);
	if (known) {
		c.kind = known->kind;
		c.name = known->name;
	}
	if (c.kind != CMC_UNSUPPORTED) {
		if (!der_only(set.content, known->tag, &value))
			return malformed(e, "the value of a control");
		if (known->once && cmc_find_control(d, c.kind))
			return malformed(e, "the same control twice");
		c.value = value.whole;
	}
	if (d->ncontrols == CMC_MAX_CONTROLS)
		return too_many(e, "controls", CMC_MAX_CONTROLS);
	d->controls[d->ncontrols++] = c;
	return 0;
}

/* certReqId stands for the bodyPartID (RFC 5272 3.2.1.2). */
static bool read_crmf(struct arena *a, const struct der *v, struct cmc_request *r)
{
	struct blob in = v->content;
	struct der request;
	struct der_out w;

	if (!der_take(&in, DER_SEQUENCE, &request) || !read_id(&request.content, &r->id))
		return false;
	der_init(&w, a, v->whole.len);
	der_put(&w, DER_SEQUENCE, v->content);	/* for the tag [1] that it has here */
	r->form = CMC_CRMF;
	r->der = der_done(&w);
	return true;
}

static int read_request(struct arena *a, const struct der *v, struct cmc_data *d, struct err *e)
{
	struct cmc_request r = { .form = CMC_OTHER_REQUEST };
	struct blob in = v->content;
	struct der csr;
	bool good = false;

	if (v->tag == (DER_CONSTRUCTED | 0)) {
		good = read_id(&in, &r.id) && der_only(in, DER_SEQUENCE, &csr);
		r.form = CMC_PKCS10;
		r.der = good ? csr.whole : in;
	} else if (v->tag == (DER_CONSTRUCTED | 1)) {
		good = read_crmf(a, v, &r);
	} else if (v->tag == (DER_CONSTRUCTED | 2)) {
		good = read_id(&in, &r.id);
	}
	if (!good)
		return malformed(e, "a request");
	if (d->nrequests == CMC_MAX_REQUESTS)
		return too_many(e, "requests", CMC_MAX_REQUESTS);
	d->requests[d->nrequests++] = r;
	return 0;
}

static int read_others(struct blob in, struct cmc_data *d, struct err *e)
{
	struct der v;

	while (in.len) {
		if (d->nothers == CMC_MAX_OTHERS)
			return too_many(e, "other messages", CMC_MAX_OTHERS);
		if (!der_take(&in, DER_SEQUENCE, &v) ||
		    !read_id(&v.content, &d->others[d->nothers]))
			return malformed(e, "cmsSequence, otherMsgSequence");
		d->nothers++;
	}
	return 0;
}

static size_t list_ids(const struct cmc_data *d, int64_t *ids)
{
	size_t n = 0;

	for (size_t i = 0; i < d->ncontrols; i++)
		ids[n++] = d->controls[i].id;
	for (size_t i = 0; i < d->nrequests; i++)
		ids[n++] = d->requests[i].id;
	for (size_t i = 0; i < d->nothers; i++)
		ids[n++] = d->others[i];
	return n;
}

static int check_ids(const struct cmc_data *d, struct err *e)
{
	int64_t ids[CMC_MAX_PARTS];
	size_t n = list_ids(d, ids);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++) {
			if (ids[i] == 0 || (j < i && ids[j] == ids[i]))
				return err_set(
					e, ERR_MALFORMED, "cmc_body_part",
					"expected a bodyPartID of its own, other than 0, for "
					"each part of the PKIData, got %lld again or 0 "
					"(RFC 5272 3.2.2)",
					(long long)ids[i]);
		}
	}
	return 0;
}

int cmc_data_read(struct arena *a, struct blob der, struct cmc_data *d, struct err *e)
{
	struct der whole, controls, requests, cms, others, v;

	*d = (struct cmc_data){ .ncontrols = 0 };
	if (!der_check(der))
		return malformed(e, "it is not DER");
	if (!der_only(der, DER_SEQUENCE, &whole) ||
	    !der_take(&whole.content, DER_SEQUENCE, &controls) ||
	    !der_take(&whole.content, DER_SEQUENCE, &requests) ||
	    !der_take(&whole.content, DER_SEQUENCE, &cms) ||
	    !der_only(whole.content, DER_SEQUENCE, &others))
		return malformed(e, "expected four sequences");
	while (controls.content.len) {
		if (!der_take(&controls.content, DER_SEQUENCE, &v))
			return malformed(e, "controlSequence");
		if (read_control(v.content, d, e) < 0)
			return -1;
	}
	while (requests.content.len) {
		if (!der_next(&requests.content, &v))
			return malformed(e, "reqSequence");
		if (read_request(a, &v, d, e) < 0)
			return -1;
	}
	if (read_others(cms.content, d, e) < 0 || read_others(others.content, d, e) < 0)
		return -1;
	return check_ids(d, e);
}

const struct cmc_control *cmc_find_control(const struct cmc_data *d, enum cmc_control_kind kind)
{
	for (size_t i = 0; i < d->ncontrols; i++) {
		if (d->controls[i].kind == kind)
			return &d->controls[i];
	}
	return NULL;
}

int cmc_revoke_read(struct blob value, struct cmc_revoke_request *r, struct err *e)
{
	struct der seq, name, serial, reason, v;
	bool negative;
	int64_t when;

	*r = (struct cmc_revoke_request){ .reason = 0 };
	if (!der_only(value, DER_SEQUENCE, &seq) || !der_take(&seq.content, DER_SEQUENCE, &name) ||
	    !der_take(&seq.content, DER_INTEGER, &serial) ||
	    !der_read_integer(&serial, &r->serial, &negative) || negative ||
	    !der_take(&seq.content, DER_ENUMERATED, &reason) ||
	    !der_read_small(&reason, 10, &r->reason))
		return malformed(e, "revokeRequest (6.11)");
	r->issuer_der = name.whole;
	if (der_take(&seq.content, DER_GENERALIZED_TIME, &v) && !der_read_time(&v, &when))
		return malformed(e, "invalidityDate of a revokeRequest (6.11)");
	r->has_passphrase = der_take(&seq.content, DER_OCTET_STRING, &v);
	der_take(&seq.content, DER_UTF8_STRING, &v);	/* comment */
	return seq.content.len == 0 ? 0 : malformed(e, "revokeRequest (6.11)");
}
