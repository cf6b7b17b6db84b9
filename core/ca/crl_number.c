#include "ca/crl_number.h"

#include "fleet/event.h"
#include "store/store_ca.h"
#include "store/store_crl.h"

static int highest_of(const struct env *env, const struct issuer_row *v, size_t n, int64_t *highest,
		      struct err *e)
{
	*highest = -1;
	for (size_t i = 0; i < n; i++) {
		struct crl_series s = { 0 };

		if (v[i].key_uri && store_crl_load_series(env->db, v[i].ski, &s, e) < 0)
			return -1;
		if (v[i].key_uri && s.number > *highest)
			*highest = s.number;
	}
	return 0;
}

static int add_event(const struct env *env, const char *ca, int64_t previous, int64_t number,
		     struct err *e)
{
	struct doc *data = doc_object(env->arena);
	struct event v = { .type = EVENT_CA_CRL_NUMBER, .data = data };

	v.subject = arena_printf(env->arena, "ca/%s", ca);
	doc_set_int(data, "previous", previous);
	doc_set_int(data, "updated", number);
	return event_add(env->db, env->arena, env->actor, env->now, &v, e);
}

int crl_number_set(const struct env *env, const char *ca, int64_t number, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);
	struct issuer_row *v;
	int64_t highest;
	size_t n;

	if (!t || store_issuer_list_by_ca(env->db, env->arena, ca, &v, &n, e) < 0 ||
	    highest_of(env, v, n, &highest, e) < 0)
		return -1;
	if (!n)
		return err_set(e, ERR_NOT_FOUND, "ca_not_found", "CA not found");
	if (highest < 0)
		return err_set(e, ERR_CONFLICT, "ca_key",
			       "CA %s has no key here: its CRLs are made elsewhere", ca);
	if (number <= highest || number > CRL_NUMBER_MAX)
		return err_set(
			e, ERR_CONFLICT, "crl_number",
			"expected a CRL number above %lld, the last one of CA %s, and at most "
			"%lld; got %lld: numbers only grow (RFC 5280 5.2.3)",
			(long long)highest, ca, (long long)CRL_NUMBER_MAX, (long long)number);
	for (size_t i = 0; i < n; i++) {
		if (v[i].key_uri && store_crl_jump(env->db, v[i].ski, number - 1, e) < 0)
			return -1;
	}
	if (add_event(env, ca, highest, number, e) < 0)
		return -1;
	return store_commit(&t, e);
}
