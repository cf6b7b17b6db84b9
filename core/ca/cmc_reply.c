#include "ca/cmc_reply.h"

#include <string.h>

#include "base/clock.h"
#include "fleet/issuer.h"

enum { RETRY_PENDING = 60 };	/* seconds, where nothing else is said */

/* RFC 5272 6.1.4, by the code of the refusal; the others by its kind. */
static const struct {
	const char *code;
	enum cmc_fail_info info;
} fail_infos[] = {
	{ "cms_signature", CMC_BAD_MESSAGE_CHECK },
	{ "csr_signature", CMC_POP_FAILED },
	{ "pop_required", CMC_POP_REQUIRED },
	{ "pop_unsupported", CMC_POP_FAILED },
	{ "weak_signature", CMC_BAD_ALG },
	{ "weak_key", CMC_BAD_ALG },
	{ "crypto_enforcement", CMC_BAD_ALG },
	{ "csr_ca", CMC_UNSUPPORTED_EXT },
	{ "csr_ext_key_usage", CMC_UNSUPPORTED_EXT },
	{ "csr_san", CMC_UNSUPPORTED_EXT },
	{ "extension_malformed", CMC_UNSUPPORTED_EXT },
	{ "certificate_not_found", CMC_BAD_CERT_ID },
	{ "device_not_found", CMC_BAD_CERT_ID },
	{ "no_identity", CMC_BAD_CERT_ID },
	{ "other_certificate", CMC_BAD_IDENTITY },
	{ "not_active", CMC_BAD_IDENTITY },
	{ "other_dms", CMC_BAD_IDENTITY },
	{ "device_id_match", CMC_BAD_IDENTITY },
	{ "auth_mode", CMC_BAD_IDENTITY },
};

static enum cmc_fail_info fail_info_of(const struct err *why)
{
	for (size_t i = 0; i < ARRAY_LEN(fail_infos); i++) {
		if (strcmp(fail_infos[i].code, why->code) == 0)
			return fail_infos[i].info;
	}
	switch (why->kind) {
	case ERR_UNAUTHENTICATED:
		return CMC_BAD_IDENTITY;
	case ERR_BUSY:
		return CMC_TRY_LATER;
	case ERR_INTERNAL:
		return CMC_INTERNAL_CA_ERROR;
	default:
		return CMC_BAD_REQUEST;
	}
}

static struct cmc_status_info status_of(const struct env *env, const struct cmc_outcome *o,
					struct blob digest)
{
	struct cmc_status_info s = { .parts = o->ids, .nparts = o->nids };
	int wait = o->why.retry_after ? o->why.retry_after : RETRY_PENDING;

	if (o->why.kind == ERR_NONE)
		return s;
	s.text = arena_printf(env->arena, "%s: %s", o->why.code, o->why.text);
	if (o->why.kind == ERR_PENDING) {
		s.status = CMC_PENDING;
		s.pend_token = digest;
		s.pend_time = env->now + wait * CLOCK_SECOND;
	} else {
		s.status = CMC_FAILED;
		s.fail_info = fail_info_of(&o->why);
	}
	return s;
}

struct bag {
	struct blob *v;
	size_t n, cap;
};

static void add(struct bag *b, struct arena *a, struct blob der)
{
	for (size_t i = 0; i < b->n; i++) {
		if (blob_equal(b->v[i], der))
			return;
	}
	if (b->n == b->cap) {
		struct blob *v = arena_array(a, 2 * b->cap + 8, sizeof(*v));

		if (b->n)
			memcpy(v, b->v, b->n * sizeof(*v));
		b->v = v;
		b->cap = 2 * b->cap + 8;
	}
	b->v[b->n++] = der;
}

/* Without the root: who does not have it already has no reason to trust it from here (RFC 5272 4). */
static int add_chain(const struct env *env, struct blob issuer, struct bag *b, struct err *e)
{
	struct issuer *chain;
	size_t n;

	if (issuer_load_chain(env->db, env->arena, issuer, &chain, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!chain[i].cert->self_issued)
			add(b, env->arena, chain[i].cert->der);
	}
	return 0;
}

/* What was issued comes first, then what leads up from there, then the signer. */
static int collect(const struct env *env, const struct cmc_speaker *by, const struct cmc_outcome *v,
		   size_t n, struct bag *b, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].cert.len)
			add(b, env->arena, v[i].cert);
	}
	for (size_t i = 0, issued = b->n; i < issued; i++) {
		const struct cert *c = cert_read(env->arena, b->v[i], e);

		if (!c || (c->aki.len && add_chain(env, c->aki, b, e) < 0))
			return -1;
	}
	if (add_chain(env, by->issuer, b, e) < 0)
		return -1;
	add(b, env->arena, by->cert->der);
	return 0;
}

int cmc_reply_make(const struct env *env, const struct cmc_speaker *by,
		   const struct cmc_data *asked, struct blob digest, const struct cmc_outcome *v,
		   size_t n, struct blob *der, struct err *e)
{
	struct cmc_status_info *statuses = arena_array(env->arena, n + 1, sizeof(*statuses));
	struct cms_sign_spec spec = {
		.type = blob_of(OID_PKI_RESPONSE, sizeof(OID_PKI_RESPONSE) - 1),
		.signer = by->cert,
		.key = by->key,
		.now = env->now,
	};
	struct bag certs = { 0 };

	for (size_t i = 0; i < n; i++)
		statuses[i] = status_of(env, &v[i], digest);
	if (collect(env, by, v, n, &certs, e) < 0)
		return -1;
	spec.content = cmc_response_make(env->arena, asked, statuses, n);
	spec.certs = certs.v;
	spec.ncerts = certs.n;
	return cms_signed_make(env->arena, &spec, der, e);
}
