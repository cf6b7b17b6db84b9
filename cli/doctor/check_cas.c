/* What signs: keys of CAs, OCSP responders, CRLs; and whom the web server trusts. */
#include <string.h>

#include "base/clock.h"
#include "base/rand.h"
#include "ca/crl_scope.h"
#include "ca/trust.h"
#include "ca/upkeep.h"
#include "cli/doctor/doctor.h"
#include "pki/csr.h"
#include "pki/name.h"
#include "store/store_meta.h"

/* Signs something and verifies it: a token may load a key and refuse to use it. */
static int try_key(struct doctor *d, const struct key *key, struct err *e)
{
	const struct subject subject = { .common_name = "shedu doctor" };
	struct arena *a = d->env.arena;
	struct blob name, der;

	if (name_make(a, &subject, &name, e) || csr_make(a, name, (struct blob){ 0 }, key, &der, e))
		return -1;
	const struct csr *csr = csr_read(a, der, e);
	return csr ? csr_check_signature(csr, e) : -1;
}

static int use_key(struct doctor *d, const char *uri, struct blob spki, struct err *e)
{
	const struct key *key = key_load(d->env.arena, uri, d->cli->conf->keys.passphrase_file, e);

	if (!key || key_check_pair(key, spki, e))
		return -1;
	return try_key(d, key, e);
}

/* An earlier key ends, or is revoked, with nothing to be done about it. */
static int check_end(struct doctor *d, const struct issuer *i, struct err *e)
{
	int64_t rest = i->row.not_after - d->env.now;
	const char *end = clock_write(d->env.arena, i->row.not_after);
	static const char rekey[] = "give it a new key: shedu ca rekey";
	static const char successor[] =
		"make a new CA, name it in the DMSs as enrollment_ca, and keep the old "
		"one in additional_validation_cas";
	const char *advice = i->row.key_uri ? rekey : successor;
	struct ca_row ca;
	int found = store_ca_load(d->env.db, d->env.arena, i->row.ca, &ca, e);

	if (found <= 0 || !blob_equal(ca.issuer, i->row.ski))
		return found < 0 ? -1 : 0;
	if (i->row.revoked_at)
		doctor_advise(d, LEVEL_WARN, successor, "CA %s is revoked", i->row.ca);
	else if (rest <= 0)
		doctor_advise(d, LEVEL_WARN, advice, "CA %s ended at %s", i->row.ca, end);
	else if (rest < 30 * CLOCK_DAY)
		doctor_advise(d, LEVEL_WARN, advice, "CA %s ends at %s", i->row.ca, end);
	return 0;
}

int check_keys(struct doctor *d, struct err *e)
{
	struct issuer *v;
	size_t n, keys = 0, bad = 0;

	if (doctor_list_issuers(d, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (check_end(d, &v[i], e))
			return -1;
		if (!v[i].row.key_uri)
			continue;
		keys++;
		if (!use_key(d, v[i].row.key_uri, v[i].cert->spki, &why))
			continue;
		bad++;
		doctor_found(d, LEVEL_FAIL, "CA %s: %s", v[i].row.ca, err_log_text(&why));
	}
	if (!bad)
		doctor_found(d, LEVEL_OK, "%zu CAs, %zu with a key here, each signs", n, keys);
	return 0;
}

static int check_responder(struct doctor *d, const struct issuer *i, struct err *e)
{
	struct responder_row row;
	int found = store_responder_load(d->env.db, d->env.arena, i->row.ski, &row, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_fault(e, ERR_INTERNAL, "responder", "it has no OCSP responder");
	if (row.not_after <= d->env.now)
		return err_fault(e, ERR_INTERNAL, "responder", "its OCSP responder ended at %s",
				 clock_write(d->env.arena, row.not_after));
	const struct cert *cert = cert_read(d->env.arena, row.der, e);
	return cert ? use_key(d, row.key_uri, cert->spki, e) : -1;
}

/* What waits for the next scheduled CRL, as the CA's settings say, is in order; and so is the pause
 * while certificates are revoked by the thousand. */
static int check_pending(struct doctor *d, const struct issuer *i, struct err *e)
{
	struct validation settings;
	struct crl_series s = { 0 };

	if (!i->row.crl_dirty)
		return 0;
	if (store_crl_load_series(d->env.db, i->row.ski, &s, e) < 0)
		return -1;
	if (d->env.now < upkeep_crl_paused_until(&s))
		return 0;
	if (crl_load_settings(&d->env, i->row.ca, &settings, e) < 0)
		return -1;
	if (!settings.crl.regenerate_on_revoke)
		return 0;
	return err_fault(e, ERR_INTERNAL, "crl", "a revocation is not in its CRL yet");
}

static int check_crl(struct doctor *d, const struct issuer *i, struct err *e)
{
	bool complete = false;
	struct crl_row *v;
	size_t n;

	if (store_crl_list(d->env.db, d->env.arena, i->row.ski, &v, &n, e) < 0)
		return -1;
	for (size_t k = 0; k < n; k++) {
		const char *scope = v[k].scope;

		complete = complete || strcmp(scope, CRL_COMPLETE) == 0;
		if (v[k].next_update <= d->env.now)
			return err_fault(e, ERR_INTERNAL, "crl", "its %s%sCRL lapsed at %s", scope,
					 *scope ? " " : "",
					 clock_write(d->env.arena, v[k].next_update));
	}
	if (!complete)
		return err_fault(e, ERR_INTERNAL, "crl", "it has no CRL");
	return check_pending(d, i, e);
}

/* Of each CA that signs here and still holds. */
static int check_each(struct doctor *d, const char *what,
		      int (*check)(struct doctor *, const struct issuer *, struct err *),
		      struct err *e)
{
	struct issuer *v;
	size_t n, good = 0, bad = 0;

	if (doctor_list_issuers(d, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (!v[i].row.key_uri || v[i].row.not_after <= d->env.now || v[i].row.revoked_at)
			continue;
		if (!check(d, &v[i], &why)) {
			good++;
			continue;
		}
		bad++;
		doctor_found(d, LEVEL_FAIL, "CA %s: %s", v[i].row.ca, err_log_text(&why));
	}
	if (!bad)
		doctor_found(d, LEVEL_OK, "%zu %s, all current", good, what);
	return 0;
}

int check_responders(struct doctor *d, struct err *e)
{
	return check_each(d, "OCSP responders", check_responder, e);
}

int check_crls(struct doctor *d, struct err *e)
{
	return check_each(d, "CRLs", check_crl, e);
}

int check_trust(struct doctor *d, struct err *e)
{
	const char *bundle = d->cli->conf->trust.bundle;
	struct meta_row meta;
	int64_t have;
	int found = store_meta_load(d->env.db, d->env.arena, &meta, e);

	if (found <= 0)
		return found < 0
			       ? -1
			       : err_fault(e, ERR_INTERNAL, "meta", "the database has no meta row");
	have = trust_generation(d->cli->conf);
	if (!bundle)
		doctor_advise(d, LEVEL_WARN,
			      "set trust.bundle to the file that the web server reads",
			      "no trust.bundle is set: whom the web server trusts is unknown here");
	else if (have < 0)
		doctor_found(d, LEVEL_FAIL, "%s was not written, or the web server did not take it",
			     bundle);
	else if (have != meta.trust_generation)
		doctor_found(d, LEVEL_FAIL, "%s is of generation %lld, expected %lld", bundle,
			     (long long)have, (long long)meta.trust_generation);
	else
		doctor_found(d, LEVEL_OK, "%s is of generation %lld, the newest", bundle,
			     (long long)have);
	return 0;
}
