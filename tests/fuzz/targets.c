#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/hex.h"
#include "data/jwks.h"
#include "data/patch.h"
#include "data/settings.h"
#include "pki/cmc.h"
#include "pki/cms_key.h"
#include "pki/cms_signed.h"
#include "pki/crmf.h"
#include "pki/csr.h"
#include "pki/csrattrs.h"
#include "pki/der.h"
#include "pki/ocsp.h"
#include "web/route.h"

static const char *text_of(struct arena *a, struct blob in)
{
	return arena_strndup(a, (const char *)in.data, in.len);
}

static void run_b64(struct arena *a, struct blob in)
{
	struct blob out, again;
	struct err e;
	char *s;

	for (unsigned flags = 0; flags < 8; flags++) {
		if (b64_read(a, (const char *)in.data, in.len, flags, &out, &e)) {
			fuzz_check(e.kind == ERR_MALFORMED);
			continue;
		}
		s = b64_write(a, out, 64);
		fuzz_check(b64_read(a, s, strlen(s), B64_SPACE, &again, &e) == 0);
		fuzz_check(blob_equal(out, again));
	}
}

static void run_text(struct arena *a, struct blob in)
{
	const char *s = text_of(a, in);
	struct blob b, again;
	int64_t us, back;
	struct err e;

	if (hex_read(a, s, &b, &e) == 0)
		fuzz_check(hex_read(a, hex_write(a, b), &again, &e) == 0 && blob_equal(b, again));
	if (clock_read(s, &us, &e) == 0)
		fuzz_check(clock_read(clock_write(a, us), &back, &e) == 0 && us == back);
	if (clock_read_duration(s, &us, &e) == 0)
		fuzz_check(clock_read_duration(clock_write_duration(a, us), &back, &e) == 0 &&
			   us == back);
	if (text_check_device_id((const char *)in.data, in.len, &e) == 0)
		fuzz_check(text_is_utf8((const char *)in.data, in.len) &&
			   !memchr(in.data, 0, in.len));
	if (text_check_id("id", s, &e) == 0)
		fuzz_check(text_check_device_id(s, strlen(s), &e) == 0 || strlen(s) > 64);
}

static void run_json(struct arena *a, struct blob in)
{
	struct doc *d, *again;
	struct err e;
	char *s;

	d = doc_read(a, (const char *)in.data, in.len, &e);
	if (!d)
		return;
	fuzz_check(doc_depth(d) <= DOC_MAX_DEPTH + 1);
	s = doc_write(a, d);
	again = doc_read(a, s, strlen(s), &e);
	fuzz_check(strlen(s) > DOC_MAX_SIZE || (again && doc_equal(d, again)));
	fuzz_check(doc_equal(d, doc_copy(a, d)));
}

/* The target in the first line, the patch in the rest. */
static void run_patch(struct arena *a, struct blob in)
{
	const char *nl = in.len ? memchr(in.data, '\n', in.len) : NULL;
	struct doc *target, *patch, *before, *out;
	struct err e;

	if (!nl)
		return;
	target = doc_read(a, (const char *)in.data, (size_t)(nl - (const char *)in.data), &e);
	patch = doc_read(a, nl + 1, in.len - (size_t)(nl + 1 - (const char *)in.data), &e);
	if (!target || !patch)
		return;
	before = doc_copy(a, target);
	out = patch_apply(a, target, patch, 0, &e);
	fuzz_check(!out || doc_depth(out) <= DOC_MAX_DEPTH);
	out = patch_apply(a, target, patch, PATCH_LENIENT, &e);
	fuzz_check(!out || doc_depth(out) <= DOC_MAX_DEPTH);
	out = patch_merge(a, target, patch);
	fuzz_check(doc_equal(out, patch_merge(a, out, patch)));	/* once more changes nothing */
	fuzz_check(doc_equal(before, target));
}

static void run_settings(struct arena *a, struct blob in)
{
	struct dms_settings s, again;
	struct problems p;
	struct doc *d;
	struct err e;

	d = doc_read(a, (const char *)in.data, in.len, &e);
	if (!d)
		return;
	problems_init(&p, a);
	fields_read(a, dms_settings_fields, d, &s, "/settings", &p);
	if (p.n > 0)
		return;
	settings_check(&s, "/settings", &p);
	problems_init(&p, a);
	d = fields_write(a, dms_settings_fields, &s, FIELDS_SECRETS);
	fields_read(a, dms_settings_fields, d, &again, "", &p);
	fuzz_check(p.n == 0);
	fuzz_check(doc_len(fields_diff(a, dms_settings_fields, &s, &again)) == 0);
}

/* As serverkeygen reads it: what is a CSR with its key is one without. */
static void run_keyless(struct arena *a, struct blob der, bool has_key)
{
	struct err e = { 0 };
	struct csr *r = csr_read_keyless(a, der, &e);
	struct csr_protection p;

	fuzz_check(r || !has_key);
	if (!r || csr_read_protection(r, &p, &e))
		fuzz_check(e.kind == ERR_MALFORMED || e.kind == ERR_REJECTED);
	else
		cms_find_cipher(p.capabilities);
}

static void run_csr(struct arena *a, struct blob in)
{
	struct blob der;
	struct csr *r;
	struct err e = { 0 };

	if (csr_read_body(a, in, &der, &e)) {
		fuzz_check(e.kind != ERR_NONE);
		return;
	}
	r = csr_read(a, der, &e);
	run_keyless(a, der, r != NULL);
	if (!r) {
		fuzz_check(e.kind == ERR_MALFORMED || e.kind == ERR_REJECTED);
		return;
	}
	fuzz_check(blob_equal(r->der, der) && der_check(der));
	fuzz_check(r->common_name != NULL);
	csr_check_signature(r, &e);
	cert_read_san(a, r->san);
}

static void run_csrattrs(struct arena *a, struct blob in)
{
	struct csr request = { .extensions = in, .attributes = in, .subject_der = in };
	struct csrattrs c;
	struct err e = { 0 };

	if (csrattrs_read(in, &c, &e)) {
		fuzz_check(e.kind == ERR_REJECTED);
		return;
	}
	fuzz_check(c.nextensions <= CSRATTRS_MAX && c.nkeys <= CSRATTRS_MAX);
	fuzz_check(der_check(csrattrs_write(a, &c)));
	fuzz_check(!csrattrs_is_empty(&c) || csrattrs_check(&c, &request, true, &e) == 0);
	csrattrs_check(&c, &request, true, &e);
}

/* The envelope of a CMC message. */
static void run_cms(struct arena *a, struct blob in)
{
	const struct cert *signer;
	struct cms_signed s;
	struct blob der;
	struct err e = { 0 };

	if (cms_read_body(a, in, &der, &e) || cms_signed_read(a, der, &s, &e)) {
		fuzz_check(e.kind == ERR_MALFORMED);
		return;
	}
	fuzz_check(s.ncerts <= CMS_MAX_CERTS && s.type.len > 0 && s.signer_id.len > 0);
	signer = cms_signed_find_signer(a, &s);
	if (signer && cms_signed_check(&s, signer, &e))
		fuzz_check(e.kind == ERR_MALFORMED || e.kind == ERR_REJECTED);
}

/* Its content. */
static void run_cmc(struct arena *a, struct blob in)
{
	struct cmc_revoke_request revoke;
	struct cmc_status_info status = { .status = CMC_SUCCESS, .nparts = 1 };
	struct cmc_data d;
	struct err e = { 0 };
	int rc = cmc_data_read(a, in, &d, &e);

	fuzz_check(rc == 0 || e.kind == ERR_MALFORMED || e.kind == ERR_REJECTED);
	fuzz_check(d.ncontrols <= CMC_MAX_CONTROLS && d.nrequests <= CMC_MAX_REQUESTS &&
		   d.nothers <= CMC_MAX_OTHERS);
	for (size_t i = 0; i < d.ncontrols; i++) {
		status.parts = &d.controls[i].id;
		if (d.controls[i].kind == CMC_REVOKE_REQUEST)
			cmc_revoke_read(d.controls[i].value, &revoke, &e);
		fuzz_check(der_check(cmc_response_make(a, &d, &status, 1)));
	}
	for (size_t i = 0; i < d.nrequests; i++) {
		struct csr *r = NULL;

		if (d.requests[i].form == CMC_PKCS10)
			r = csr_read(a, d.requests[i].der, &e);
		else if (d.requests[i].form == CMC_CRMF)
			r = crmf_read(a, d.requests[i].der, &e);
		fuzz_check(!r || (r->common_name && r->spki.len > 0));
		if (r)
			csr_check_signature(r, &e);
	}
}

static void run_cert(struct arena *a, struct blob in)
{
	struct err e = { 0 };
	struct cert *c = cert_read(a, in, &e);

	if (!c)
		return;
	fuzz_check(blob_equal(c->der, in) && c->serial.len > 0);
	cert_check_signed_by(c, c, &e);
	cert_read_san(a, c->san);
}

/* Whatever is preferred, the answer is signed with a hash that its key is used with. */
static void run_preferred(const struct ocsp_request *r)
{
	static const struct cert signers[] = {
		{ .key = { KEY_ECDSA, 256 } },
		{ .key = { KEY_ECDSA, 384 } },
		{ .key = { KEY_RSA, 2048 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(signers); i++) {
		int hash = ocsp_choose_hash(r, &signers[i]);

		fuzz_check(hash == HASH_OF_KEY || hash == HASH_SHA256 || hash == HASH_SHA384 ||
			   hash == HASH_SHA512);
		fuzz_check(hash == HASH_OF_KEY || r->preferred.len > 0);
	}
}

static void run_ocsp(struct arena *a, struct blob in)
{
	struct ocsp_request r;
	struct ocsp_certid id;
	struct ocsp_single said;
	int64_t from, to;
	struct err e = { 0 };

	ocsp_response_read_times(in, &from, &to);
	ocsp_response_read_status(in, &said);
	if (ocsp_request_is_canonical(a, in, &id))
		fuzz_check(ocsp_request_size(in) == in.len);
	if (ocsp_request_read(a, in, &r, &e)) {
		fuzz_check(e.kind == ERR_MALFORMED);
		return;
	}
	fuzz_check(r.n > 0 && r.n <= OCSP_MAX_IDS);
	for (size_t i = 0; i < r.n; i++)
		fuzz_check(r.ids[i].serial.len > 0 && der_check(r.ids[i].der));
	fuzz_check(r.has_nonce == (r.nonce.len > 0));
	run_preferred(&r);
}

/* A key set in the first line, a token in the rest. */
static void run_jwt(struct arena *a, struct blob in)
{
	const struct jwt_rules rules = { "i", "est", CLOCK_MINUTE, 2000000000 * CLOCK_SECOND };
	const char *s = text_of(a, in), *nl = strchr(s, '\n');
	struct err e = { 0 };
	struct problems p;
	struct doc *set;
	struct jwt t;

	set = jwks_read(a, s, nl ? (size_t)(nl - s) : strlen(s), &e);
	if (set) {
		problems_init(&p, a);
		jwks_check(set, "", &p);	/* what was read holds no secret, and may be empty */
		fuzz_check(p.n == (doc_len(doc_find(set, "keys")) == 0));
	}
	if (!nl || jwt_read(a, nl + 1, &t, &e)) {
		fuzz_check(!nl || e.kind == ERR_UNAUTHENTICATED);
		return;
	}
	fuzz_check(t.alg && doc_kind(t.claims) == DOC_OBJECT);
	jwt_check_claims(&t, &rules, &e);
	jwt_claim(a, &t, "/sub/x");
	if (jwks_verify(a, set, &t, &e) == 0)
		fuzz_check(jwks_has_key(a, set, &t) && t.signature_len > 0);
}

static const struct route routes[] = {
	{ METHOD_GET, "/v2/dms", ACCESS_PUBLIC, NULL, NULL, 0, NULL, "" },
	{ METHOD_GET, "/v2/dms/{dms}", ACCESS_PUBLIC, NULL, NULL, 0, NULL, "" },
	{ METHOD_GET, "/v2/dms/{dms}/x/{y}", ACCESS_PUBLIC, NULL, NULL, 0, NULL, "" },
	{ METHOD_GET, "/ocsp/{request*}", ACCESS_PUBLIC, NULL, NULL, 0, NULL, "" },
};

static void run_path(struct arena *a, struct blob in)
{
	struct req r = { .method = METHOD_GET, .path = text_of(a, in) };
	struct route_match m;
	char *query = strchr(r.path, '?'), *s;

	if (query) {
		*query++ = '\0';
		r.query = query;
		req_query(&r, a, "filter", 1);
	}
	m = route_find(routes, ARRAY_LEN(routes), &r, a);
	fuzz_check(!m.route || m.allow & METHOD_GET);
	fuzz_check(!m.route || !strstr(m.route->path, "{dms}") || req_param(&r, "dms"));
	s = req_decode(a, r.path, strlen(r.path));
	fuzz_check(!s || text_is_utf8(s, strlen(s)));
	r.accept = r.path;
	req_accepts(&r, "application/json");
}

const struct fuzz_target fuzz_targets[] = {
	/* clang-format off */
	{ "b64", run_b64 },
	{ "cert", run_cert },
	{ "cmc", run_cmc },
	{ "cms", run_cms },
	{ "csr", run_csr },
	{ "csrattrs", run_csrattrs },
	{ "json", run_json },
	{ "jwt", run_jwt },
	{ "ocsp", run_ocsp },
	{ "patch", run_patch },
	{ "path", run_path },
	{ "settings", run_settings },
	{ "text", run_text },
	{ NULL, NULL },
	/* clang-format on */
};

const struct fuzz_target *fuzz_find(const char *name)
{
	for (const struct fuzz_target *t = fuzz_targets; t->name; t++) {
		if (strcmp(t->name, name) == 0)
			return t;
	}
	return NULL;
}
