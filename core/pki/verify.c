#include "pki/verify.h"

#include <openssl/x509_vfy.h>
#include <string.h>

#include "base/clock.h"
#include "pki/ossl.h"

/* 112 bits: P-224, RSA 2048, SHA-224 and better (RFC 9325 says the same of TLS). */
enum { SECURITY_LEVEL = 2, MAX_DEPTH = 16 };

static void free_stack(STACK_OF(X509) * sk)
{
	sk_X509_free(sk);	/* the certificates are the arena's */
}
AUTO_TYPE(X509_stack, STACK_OF(X509), free_stack)

/* One that OpenSSL cannot read is left out: it does not lead anywhere. */
static STACK_OF(X509) * stack_of(struct verify_set set)
{
	AUTO(X509_stack) *sk = sk_X509_new_null();

	for (size_t i = 0; sk && i < set.n; i++) {
		X509 *x = ossl_x509_get(set.v[i]);

		if (x && !sk_X509_push(sk, x))
			return NULL;
	}
	return steal(&sk);
}

/* Complete and our own: what a configuration of OpenSSL registers under a name has no say. */
static X509_VERIFY_PARAM *make_param(int64_t at, unsigned flags)
{
	AUTO(X509_VERIFY_PARAM) *p = X509_VERIFY_PARAM_new();
	unsigned long f = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST;
	int64_t seconds = at / CLOCK_SECOND - (at % CLOCK_SECOND < 0);

	if (!p)
		return NULL;
	X509_VERIFY_PARAM_set_depth(p, MAX_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(p, SECURITY_LEVEL);
	if (flags & VERIFY_NO_TIME)	/* a time that is set would win over the flag */
		f |= X509_V_FLAG_NO_CHECK_TIME;
	else
		X509_VERIFY_PARAM_set_time(p, (time_t)seconds);
	if (!X509_VERIFY_PARAM_set_flags(p, f))
		return NULL;
	if (!X509_VERIFY_PARAM_set_purpose(p, flags & VERIFY_ANY_PURPOSE ? X509_PURPOSE_ANY
									 : X509_PURPOSE_SSL_CLIENT))
		return NULL;
	return steal(&p);
}

static const struct cert *find_in(struct verify_set set, const X509 *wanted)
{
	for (size_t i = 0; i < set.n; i++) {
		X509 *x = ossl_x509_get(set.v[i]);

		if (x && X509_cmp(x, wanted) == 0)
			return set.v[i];
	}
	return NULL;
}

/* The second of the path; the leaf itself where it is the anchor. */
static const struct cert *issuer_of(X509_STORE_CTX *ctx, struct verify_set anchors,
				    struct verify_set intermediates)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	const X509 *x = sk_X509_value(path, sk_X509_num(path) > 1 ? 1 : 0);
	const struct cert *c = x ? find_in(anchors, x) : NULL;

	return c || !x ? c : find_in(intermediates, x);
}

static const char *code_of(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "certificate_expired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "certificate_not_yet_valid";
	case X509_V_ERR_INVALID_PURPOSE:
		return "certificate_purpose";
	}
	return "certificate_untrusted";
}

static int untrusted(X509_STORE_CTX *ctx, struct err *e)
{
	int error = X509_STORE_CTX_get_error(ctx), depth = X509_STORE_CTX_get_error_depth(ctx);

	return err_set(e, ERR_UNAUTHENTICATED, code_of(error),
		       "the client certificate is not accepted: %s%s (RFC 5280 6)",
		       X509_verify_cert_error_string(error),
		       depth > 0 ? ", in the chain above it" : "");
}

/* After a re-key two CAs have one name. A key identifier tells which of them signed; where there is
 * none OpenSSL would take the first and fail by its signature, so the signature decides. */
static int is_issued(X509_STORE_CTX *ctx, X509 *x, X509 *issuer)
{
	EVP_PKEY *key;

	(void)ctx;
	if (X509_check_issued(issuer, x) != X509_V_OK)
		return 0;
	if (X509_get0_authority_key_id(x))
		return 1;
	key = X509_get0_pubkey(issuer);
	return key && X509_verify(x, key) == 1;
}

static X509_STORE *make_store(void)
{
	X509_STORE *store = X509_STORE_new();

	if (store)
		X509_STORE_set_check_issued(store, is_issued);
	return store;
}

int verify_path(const struct cert *leaf, struct verify_set anchors, struct verify_set intermediates,
		int64_t at, unsigned flags, const struct cert **issuer, struct err *e)
{
	OSSL_SCOPE;
	AUTO(X509_stack) *trusted = stack_of(anchors), *others = stack_of(intermediates);
	AUTO(X509_STORE) *store = make_store();
	AUTO(X509_STORE_CTX) *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param = make_param(at, flags);
	X509 *x = ossl_x509_get(leaf);
	const struct cert *found;

	if (!x) {
		X509_VERIFY_PARAM_free(param);
		return err_set(e, ERR_UNAUTHENTICATED, "certificate_malformed",
			       "the client certificate is malformed (RFC 5280 4.1)");
	}
	if (!trusted || !others || !store || !ctx || !param ||
	    !X509_STORE_CTX_init(ctx, store, x, others)) {
		X509_VERIFY_PARAM_free(param);
		return ossl_fault(e, "preparing path validation");
	}
	X509_STORE_CTX_set0_param(ctx, param);
	X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
	if (X509_verify_cert(ctx) != 1)
		return untrusted(ctx, e);
	found = issuer_of(ctx, anchors, intermediates);
	if (!found)
		return err_set(
			e, ERR_UNAUTHENTICATED, "certificate_untrusted",
			"the client certificate's issuer is none of the CAs given (RFC 5280 6)");
	if (issuer)
		*issuer = found;
	return 0;
}
