#include "ca/supersede.h"

#include "ca/revoke.h"
#include "store/store_keygen.h"

int supersede_later(const struct env *env, const char *device, const struct cert_row *c,
		    struct err *e)
{
	const struct superseded_row row = {
		.issuer = c->issuer, .serial = c->serial, .device = device, .at = env->now
	};

	return store_superseded_add(env->db, &row, e);
}

static int revoke_one(const struct env *env, const struct superseded_row *s, struct err *e)
{
	struct cert_row c;
	int found = store_cert_load(env->db, env->arena, s->issuer, s->serial, &c, e);

	if (found <= 0)
		return found;
	if (c.not_after <= env->now ||
	    (c.status == CERT_REVOKED && c.reason != REASON_CERTIFICATE_HOLD))
		return 0;
	return revoke_certificate(env, &c, REASON_SUPERSEDED, e);
}

int supersede_now(const struct env *env, const char *device, struct err *e)
{
	struct superseded_row *v;
	size_t n;

	if (store_superseded_list(env->db, env->arena, device, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (revoke_one(env, &v[i], e) < 0)
			return -1;
	}
	return n ? store_superseded_remove(env->db, device, e) : 0;
}
