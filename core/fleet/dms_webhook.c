/* What a DMS's webhooks and its tokens' issuer bring along in PEM must be readable when the DMS is
 * written, not when the first device enrolls. */
#include <string.h>

#include "fleet/dms.h"
#include "pki/cert.h"
#include "pki/key.h"

static void add(struct problems *p, const char *config, const char *member, const struct err *why)
{
	problems_add(p, arena_printf(p->arena, "%s/%s", config, member), "%s", err_log_text(why));
}

static void check_anchors(const char *pem, const char *prefix, const char *member,
			  struct problems *p)
{
	struct err why = { 0 };
	struct cert **v;
	size_t n;

	if (pem && cert_read_pem_list(p->arena, pem, strlen(pem), &v, &n, &why) < 0)
		add(p, prefix, member, &why);
}

/* A path is read when it is used: the file may be another user's, or change. */
static bool is_pem(const char *s)
{
	return s && s[0] != '/';
}

static void check_client(const struct webhook_settings *w, const char *config, struct problems *p)
{
	const char *cert = w->config.mtls.cert, *key = w->config.mtls.key;
	struct err why = { 0 };
	struct cert *c = NULL;
	struct key *k = NULL;

	if (is_pem(cert) && !(c = cert_read_pem(p->arena, cert, strlen(cert), &why)))
		add(p, config, "mtls/cert", &why);
	err_clear(&why);
	if (is_pem(key) && !(k = key_read_pem(p->arena, blob_of(key, strlen(key)), &why)))
		add(p, config, "mtls/key", &why);
	err_clear(&why);
	if (c && k && key_check_pair(k, c->spki, &why) < 0)
		add(p, config, "mtls/key", &why);
}

void dms_check_webhook(const struct est_settings *s, const char *prefix, struct problems *p)
{
	const struct webhook_settings *w = &s->external_webhook_settings;
	const char *config = arena_printf(p->arena, "%s/external_webhook_settings/config", prefix);

	if (s->auth_mode == AUTH_JWT)
		check_anchors(s->jwt_settings.jwks_ca,
			      arena_printf(p->arena, "%s/jwt_settings", prefix), "jwks_ca", p);
	if (s->auth_mode != AUTH_EXTERNAL_WEBHOOK &&
	    s->auth_mode != AUTH_CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK)
		return;
	check_anchors(w->config.server_ca, config, "server_ca", p);
	if (w->config.auth_mode == WEBHOOK_MTLS)
		check_client(w, config, p);
}
