#include "ca/cmc_revoke.h"

#include <string.h>

#include "base/hex.h"
#include "ca/revoke.h"
#include "fleet/issuer.h"
#include "pki/name.h"
#include "store/store_message.h"

static bool is_devices(int64_t reason)
{
	switch (reason) {
	case REASON_UNSPECIFIED:
	case REASON_KEY_COMPROMISE:
	case REASON_AFFILIATION_CHANGED:
	case REASON_SUPERSEDED:
	case REASON_CESSATION_OF_OPERATION:
	case REASON_CERTIFICATE_HOLD:
	case REASON_PRIVILEGE_WITHDRAWN:
		return true;
	}
	return false;
}

static int check_request(const struct cmc_revoke_request *r, struct err *e)
{
	if (r->has_passphrase)
		return err_set(
			e, ERR_REJECTED, "cmc_passphrase",
			"a revokeRequest is proven by the signature of the certificate's own "
			"key, not by a passphrase (RFC 5272 6.11)");
	if (!is_devices(r->reason))
		return err_set(
			e, ERR_REJECTED, "reason",
			"expected a reason that a device can have to revoke its certificate, "
			"got %lld (RFC 5280 5.3.1)",
			(long long)r->reason);
	return 0;
}

/* Another's, or nobody's? */
static int refuse_target(const struct env *env, const struct cmc_revoke_request *r, struct err *e)
{
	enum { NAMESAKES = 8 };
	struct cert_row *v;
	size_t n;

	if (store_cert_list_by_serial(env->db, env->arena, r->serial, NAMESAKES, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct issuer issuer;
		int found = issuer_load_by_ski(env->db, env->arena, v[i].issuer, &issuer, e);

		if (found < 0)
			return -1;
		if (found && name_equal(issuer.cert->subject_der, r->issuer_der))
			return err_set(e, ERR_FORBIDDEN, "other_certificate",
				       "a revokeRequest is for the certificate that signs the "
				       "message; %s is another's",
				       hex_write(env->arena, r->serial));
	}
	return err_set(e, ERR_NOT_FOUND, "certificate_not_found",
		       "no certificate %s of this issuer was issued here",
		       hex_write(env->arena, r->serial));
}

static bool is_signer(const struct cmc_revoke_request *r, const struct who *who)
{
	return blob_equal(r->serial, who->cert->serial) &&
	       name_equal(r->issuer_der, who->cert->issuer_der);
}

static int load_target(const struct env *env, const struct dms *dms, const struct who *who,
		       struct cert_row *row, struct err *e)
{
	int found = store_cert_load(env->db, env->arena, who->issuer, who->cert->serial, row, e);

	if (found < 0)
		return -1;
	if (!found || !row->device || !row->dms || strcmp(row->dms, dms->row.id) != 0)
		return err_set(e, ERR_FORBIDDEN, "other_certificate",
			       "a revokeRequest is for a device's certificate of DMS %s",
			       dms->row.id);
	if (!blob_equal(row->sha256, who->credential))
		return err_set(e, ERR_UNAUTHENTICATED, "certificate_altered",
			       "invalid certificate: it differs from the one that was issued with "
			       "its serial number");
	found = issuer_find_revoked(env->db, env->arena, who->issuer, e);
	if (found > 0)
		return err_set(e, ERR_UNAUTHENTICATED, "ca_revoked",
			       "the CA of the signer's certificate, or one above it, is revoked");
	return found;
}

/* 1: done before, 0, -1. */
static int check_message(const struct env *env, const struct dms *dms,
			 const struct message_part *part, struct err *e)
{
	struct message_row row;
	int found = store_message_load(env->db, env->arena, part->digest, part->id, &row, e);

	if (found <= 0)
		return found < 0 ? -1 : 0;
	if (strcmp(row.dms, dms->row.id) == 0 && strcmp(row.outcome, MESSAGE_REVOKED) == 0)
		return 1;
	return err_set(e, ERR_FORBIDDEN, "replayed",
		       "this message has been answered before (%s); sign a new one, with another "
		       "senderNonce (RFC 5272 6.6)",
		       row.outcome);
}

/* A renewal of this very message may have superseded it already. */
static bool is_renewed(const struct cert_row *row, int64_t renewed_at)
{
	return renewed_at && row->status == CERT_REVOKED && row->revoked_at == renewed_at;
}

/* 1: done before, 0: to be done, -1. */
static int look(const struct env *env, const struct dms *dms, const struct who *who,
		const struct message_part *part, int64_t renewed_at, struct cert_row *row,
		struct err *e)
{
	int done = check_message(env, dms, part, e);

	if (done != 0)
		return done;
	if (load_target(env, dms, who, row, e) < 0)
		return -1;
	if (row->status == CERT_REVOKED && !is_renewed(row, renewed_at))
		return err_set(e, ERR_UNAUTHENTICATED, "certificate_revoked",
			       "certificate is revoked");
	return 0;
}

static int first_look(const struct env *env, const struct dms *dms, const struct who *who,
		      const struct message_part *part, int64_t renewed_at, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	struct cert_row row;

	return t ? look(env, dms, who, part, renewed_at, &row, e) : -1;
}

int cmc_revoke(const struct env *env, const struct dms *dms, const struct who *who,
	       const struct cmc_control *control, const struct message_part *part,
	       int64_t renewed_at, struct err *e)
{
	struct message_row record = { .digest = part->digest,
				      .part = part->id,
				      .dms = dms->row.id,
				      .outcome = MESSAGE_REVOKED,
				      .at = env->now };
	struct cmc_revoke_request r;
	AUTO(db_txn) *t = NULL;
	struct cert_row row;
	int done;

	if (cmc_revoke_read(control->value, &r, e) < 0 || check_request(&r, e) < 0)
		return -1;
	if (!is_signer(&r, who))
		return refuse_target(env, &r, e);
	/* Others who write wait for nothing that is refused. */
	done = first_look(env, dms, who, part, renewed_at, e);
	if (done != 0)
		return done < 0 ? -1 : 0;
	t = db_begin(env->db, DB_WRITE, e);
	done = t ? look(env, dms, who, part, renewed_at, &row, e) : -1;
	if (done != 0)
		return done < 0 ? -1 : 0;
	/* That it is superseded is known, that it is compromised is not. */
	if (revoke_may_say(&row, (int)r.reason) &&
	    revoke_certificate(env, &row, (int)r.reason, e) < 0)
		return -1;
	record.issuer = row.issuer;
	record.serial = row.serial;
	return store_message_save(env->db, &record, e) < 0 ? -1 : store_commit(&t, e);
}
