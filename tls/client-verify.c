/*
 * An OpenSSL provider without algorithms: loading it into a web server makes the server accept client
 * certificates outside their validity period, so that they reach the responder, which verifies them
 * itself, the period included (a DMS may allow the renewal of an expired one).
 *
 * A TLS server in OpenSSL verifies its clients by the parameters registered as "ssl_client". What is
 * registered here is OpenSSL's own set of that name plus one flag, no more: path, signatures, key
 * usage and purpose are checked as ever. It holds for every TLS server in the process, and for any
 * other verification that asks for "ssl_client": so it is for a web server that does nothing else,
 * and never for the responders.
 */
#include "config.h"

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#define NAME "ssl_client"

OSSL_provider_init_fn OSSL_provider_init;

static const OSSL_ALGORITHM *no_algorithms(void *provider, int operation, int *no_cache)
{
	(void)provider;
	(void)operation;
	*no_cache = 0;
	return NULL;
}

/* What "openssl list -providers" shows. */
static int get_params(void *provider, OSSL_PARAM params[])
{
	OSSL_PARAM *name = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_NAME);
	OSSL_PARAM *version = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_VERSION);
	OSSL_PARAM *status = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_STATUS);

	(void)provider;
	return (!name || OSSL_PARAM_set_utf8_ptr(name, "shedu client verification")) &&
	       (!version || OSSL_PARAM_set_utf8_ptr(version, PACKAGE_VERSION)) &&
	       (!status || OSSL_PARAM_set_int(status, 1));
}

static const OSSL_PARAM *gettable_params(void *provider)
{
	static const OSSL_PARAM gettable[] = {
		OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_NAME, NULL, 0),
		OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_VERSION, NULL, 0),
		OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, NULL),
		OSSL_PARAM_END,
	};

	(void)provider;
	return gettable;
}

/* An entry of the table cannot be taken out again; OpenSSL frees the table itself. */
static void teardown(void *provider)
{
	(void)provider;
}

static int register_param(void)
{
	const X509_VERIFY_PARAM *builtin = X509_VERIFY_PARAM_lookup(NAME);
	X509_VERIFY_PARAM *p = X509_VERIFY_PARAM_new();

	if (builtin && p && X509_VERIFY_PARAM_set1(p, builtin) &&
	    X509_VERIFY_PARAM_set1_name(p, NAME) &&
	    X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SSL_CLIENT) &&
	    X509_VERIFY_PARAM_set_trust(p, X509_TRUST_SSL_CLIENT) &&
	    X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_NO_CHECK_TIME) &&
	    X509_VERIFY_PARAM_add0_table(p))
		return 1;
	X509_VERIFY_PARAM_free(p);
	return 0;
}

int OSSL_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
		       const OSSL_DISPATCH **out, void **provider)
{
	static const OSSL_DISPATCH dispatch[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))no_algorithms },
		{ OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, (void (*)(void))gettable_params },
		{ OSSL_FUNC_PROVIDER_GET_PARAMS, (void (*)(void))get_params },
		{ OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))teardown },
		{ 0, NULL },
	};

	(void)in;
	*out = dispatch;
	*provider = (void *)handle;
	return register_param();
}
