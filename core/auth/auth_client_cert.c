/*
 * CLIENT_CERTIFICATE: the certificate of the TLS session (RFC 7030 3.3.2).
 *
 * For enrollment it must chain to one of the DMS's validation CAs. For re-enrollment it is the
 * device's own, issued by the enrollment CA or one of the additional validation CAs; where expired
 * certificates may be renewed, a bootstrap certificate under the re-enrollment block's validation
 * CAs does instead.
 */
#include <string.h>

#include "auth/auth.h"
#include "base/clock.h"
#include "base/log.h"
#include "fleet/issuer.h"
#include "pki/name.h"
#include "pki/verify.h"

struct certs {
	const struct cert **v;
	size_t n;
};

/* Who signs messages for others has id-kp-cmcRA for it, and need not be a TLS client. A bootstrap
 * certificate that takes the place of an expired one is asked for no less than in a TLS session. */
static unsigned path_flags(const struct auth_input *in)
{
	return in->is_signer && !in->reenroll ? VERIFY_ANY_PURPOSE : 0;
}

static struct verify_set set_of(const struct certs *c)
{
	return (struct verify_set){ c->v, c->n };
}

static void push(struct arena *a, struct certs *c, size_t *room, const struct cert *cert)
{
	const struct cert **v = c->v;

	if (c->n == *room) {
		*room = 2 * *room + 4;
		c->v = arena_array(a, *room, sizeof(*v));
		if (c->n)
			memcpy(c->v, v, c->n * sizeof(*v));
	}
	c->v[c->n++] = cert;
}

/* The certificates of the named CAs, of their present keys and of those before a re-key: devices
 * of both eras come. What is not there, or is revoked, validates nothing. */
static int load_cas(const struct auth_input *in, const struct texts *ids, struct certs *out,
		    struct err *e)
{
	size_t room = 0, i, k;

	*out = (struct certs){ 0 };
	for (i = 0; i < ids->n; i++) {
		struct issuer *eras;
		size_t n, before = out->n;

		if (issuer_load_eras(in->db, in->arena, ids->v[i], &eras, &n, e) < 0)
			return -1;
		for (k = 0; k < n; k++) {
			if (!eras[k].row.revoked_at)
				push(in->arena, out, &room, eras[k].cert);
		}
		if (out->n == before)
			log_msg(LOG_WARN, "DMS %s: validation CA %s is %s", in->dms->row.id,
				ids->v[i], n > 0 ? "revoked" : "not there");
	}
	return 0;
}

static bool issued_one_of(const struct cert *ca, const struct cert *const *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (name_equal(ca->subject_der, v[i]->issuer_der))
			return true;
	return false;
}

/*
 * What completes the path. chain_level_validation N > 0 counts certificates from the leaf on: only
 * the first N of the chain are considered, so N = 1 is the leaf alone. The chain is walked by
 * names, level by level; signatures are verify_path()'s business.
 */
static int load_intermediates(const struct auth_input *in, const struct cert *leaf, int64_t levels,
			      struct certs *out, struct err *e)
{
	const struct cert **all;
	size_t n, from = 0, i;

	if (issuer_load_unrevoked(in->db, in->arena, &all, &n, e) < 0)
		return -1;
	if (levels <= 0) {
		*out = (struct certs){ all, n };
		return 0;
	}
	out->v = arena_array(in->arena, n + 2, sizeof(*out->v));
	out->v[0] = leaf;
	out->n = 1;
	while (--levels > 0 && from < out->n) {
		size_t to = out->n;

		for (i = 0; i < n; i++) {
			if (all[i] && issued_one_of(all[i], out->v + from, to - from)) {
				out->v[out->n++] = all[i];
				all[i] = NULL;
			}
		}
		from = to;
	}
	return 0;
}

static int check_begun(const struct auth_input *in, const struct cert *leaf, struct err *e)
{
	if (in->now >= leaf->not_before)
		return 0;
	return err_set(e, ERR_UNAUTHENTICATED, "certificate_not_yet_valid",
		       "invalid certificate: it is not valid before %s",
		       clock_write(in->arena, leaf->not_before));
}

static int refuse_expired(const struct auth_input *in, const struct cert *leaf,
			  const char *allowed_by, struct err *e)
{
	return err_set(e, ERR_UNAUTHENTICATED, "certificate_expired",
		       "expired certificate: it ended at %s, and %s does not allow it",
		       clock_write(in->arena, leaf->not_after), allowed_by);
}

/* Under the validation CAs of the block. */
static int check_validated(const struct auth_input *in, const struct client_certificate_settings *s,
			   const struct cert *leaf, const struct cert **issuer, struct err *e)
{
	struct certs anchors, intermediates;
	int64_t at = s->allow_expired ? leaf->not_before : in->now;
	struct err direct = { 0 };

	if (check_begun(in, leaf, e) < 0)
		return -1;
	if (in->now >= leaf->not_after && !s->allow_expired)
		return refuse_expired(in, leaf, "allow_expired", e);
	if (load_cas(in, &s->validation_cas, &anchors, e) < 0)
		return -1;
	if (anchors.n == 0)
		return err_set(e, ERR_UNAUTHENTICATED, "certificate_untrusted",
			       "invalid certificate: DMS %s has no validation CA", in->dms->row.id);
	/* A validation CA issued most leaves itself: only for the others are all CAs read. */
	if (verify_path(leaf, set_of(&anchors), (struct verify_set){ 0 }, at, path_flags(in),
			issuer, &direct) == 0)
		return 0;
	if (load_intermediates(in, leaf, s->chain_level_validation, &intermediates, e) < 0)
		return -1;
	if (verify_path(leaf, set_of(&anchors), set_of(&intermediates), at, path_flags(in), issuer,
			e) < 0)
		return err_in(e, "invalid certificate");
	return 0;
}

static int check_enroll(const struct auth_input *in, const struct cert *leaf, struct who *who,
			const struct cert **issuer, struct err *e)
{
	const struct dms_settings *s = &in->dms->settings;

	(void)who;
	return check_validated(
		in, &s->enrollment_settings.est_rfc7030_settings.client_certificate_settings, leaf,
		issuer, e);
}

/* Did the enrollment CA, or one that came before it, issue the leaf? No intermediates, and time is
 * looked at by the caller. 1, 0, -1. */
static int issued_here(const struct auth_input *in, const struct cert *leaf,
		       const struct cert **issuer, struct err *e)
{
	const struct dms_settings *s = &in->dms->settings;
	const struct texts *additional = &s->reenrollment_settings.additional_validation_cas;
	struct texts ids = { arena_array(in->arena, additional->n + 1, sizeof(*ids.v)), 0 };
	const unsigned flags = VERIFY_NO_TIME | (in->is_signer ? VERIFY_ANY_PURPOSE : 0);
	struct certs anchors;
	struct err why = { 0 };

	for (size_t i = 0; i < additional->n; i++)
		ids.v[ids.n++] = additional->v[i];
	ids.v[ids.n++] = s->enrollment_settings.enrollment_ca;
	if (load_cas(in, &ids, &anchors, e) < 0)
		return -1;
	return verify_path(leaf, set_of(&anchors), (struct verify_set){ 0 }, in->now, flags, issuer,
			   &why) == 0;
}

static int check_reenroll(const struct auth_input *in, const struct cert *leaf, struct who *who,
			  const struct cert **issuer, struct err *e)
{
	const struct dms_settings *s = &in->dms->settings;
	const struct client_certificate_settings *bootstrap =
		&s->reenrollment_settings.est_rfc7030_settings.client_certificate_settings;
	int rc = issued_here(in, leaf, issuer, e);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		if (!s->reenrollment_settings.enable_expired_renewal ||
		    bootstrap->validation_cas.n == 0)
			return err_set(e, ERR_UNAUTHENTICATED, "certificate_untrusted",
				       "invalid certificate: neither the enrollment CA %s nor an "
				       "additional validation CA of DMS %s issued it",
				       s->enrollment_settings.enrollment_ca, in->dms->row.id);
		who->bootstrap = true;
		return check_validated(in, bootstrap, leaf, issuer, e);
	}
	if (check_begun(in, leaf, e) < 0)
		return -1;
	if (in->now < leaf->not_after)
		return 0;
	if (!s->reenrollment_settings.enable_expired_renewal)
		return refuse_expired(in, leaf, "enable_expired_renewal", e);
	if (in->now - leaf->not_after > s->reenrollment_settings.expired_renewal_max_age)
		return refuse_expired(in, leaf, "expired_renewal_max_age", e);
	return 0;
}

static int check(const struct auth_input *in, struct who *who, struct err *e)
{
	const struct cert *issuer = NULL;
	struct cert *leaf;

	*who = (struct who){ .name = "anonymous" };
	if (!in->client_cert)
		return err_set(
			e, ERR_UNAUTHENTICATED, "no_certificate",
			"no client certificate was presented (RFC 7030 3.3.2); a web server may "
			"also drop one whose issuer is not in its list of CAs, as lighttpd does");
	leaf = cert_read_pem(in->arena, in->client_cert, strlen(in->client_cert), e);
	if (!leaf) {
		err_clear(e);
		return err_set(e, ERR_UNAUTHENTICATED, "certificate_unreadable",
			       "invalid certificate: the client certificate could not be read");
	}
	if ((in->reenroll ? check_reenroll : check_enroll)(in, leaf, who, &issuer, e) < 0)
		return -1;
	who->cert = leaf;
	who->issuer = issuer->ski.len ? issuer->ski : key_make_ski(in->arena, issuer->spki);
	who->credential = blob_of(leaf->sha256, SHA256_LEN);
	who->name = arena_printf(in->arena, "cert:%s",
				 leaf->subject.common_name ? leaf->subject.common_name : "");
	return 0;
}

const struct auth_mode auth_client_cert = {
	.id = AUTH_CLIENT_CERTIFICATE,
	.challenge = "ClientCertificate",
	.by_certificate = true,
	.check = check,
};
