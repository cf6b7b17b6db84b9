#include "ca/keygen.h"

#include <string.h>

#include "base/hex.h"
#include "ca/approval.h"
#include "ca/signer.h"
#include "pki/cms_key.h"

/* How the client has its key protected beyond TLS. */
struct protection {
	bool wanted;
	const char *cipher;
	struct cms_recipient to;
	struct cms_signer signer;
};

static int unknown_key(const struct env *env, struct blob id, const char *known, struct err *e)
{
	const size_t shown = id.len > 40 ? 40 : id.len;

	return err_set(
		e, ERR_REJECTED, "keygen_key_id",
		"the key %s that the request wants its key encrypted with is not known here: "
		"expected %s",
		hex_write(env->arena, blob_of(id.data, shown)), known);
}

static int find_symmetric(const struct env *env, const struct order *o, struct blob id,
			  struct cms_recipient *to, struct err *e)
{
	const char *text = o->dms->settings.server_keygen_settings.symmetric_keys;
	struct err ignored = { 0 };	/* was checked when it was written */
	struct symmetric_key k;

	while (text && symmetric_key_next(env->arena, &text, &k, &ignored) > 0) {
		if (!blob_equal(k.id, id))
			continue;
		*to = (struct cms_recipient){ .id = k.id, .key = k.key };
		return 0;
	}
	return unknown_key(env, id,
			   "a DecryptKeyIdentifier of the DMS's symmetric_keys (RFC 7030 4.4.1.1)",
			   e);
}

static int take_if_named(struct blob id, const struct cert *c, struct cms_recipient *to,
			 struct err *e)
{
	if (!cms_names_cert(id, c))
		return 0;
	if (!cms_can_receive(c))
		return err_set(e, ERR_REJECTED, "keygen_key_id",
			       "expected an AsymmetricDecryptKeyIdentifier of an RSA or EC key: "
			       "nothing can be encrypted to another (RFC 7030 4.4.2)");
	*to = (struct cms_recipient){ .cert = c };
	return 1;
}

static int find_registered(const struct env *env, const struct order *o, struct blob id,
			   struct cms_recipient *to, struct err *e)
{
	const char *pem = o->dms->settings.server_keygen_settings.recipients;
	struct err why = { 0 };
	struct cert **v;
	size_t n;

	if (!pem || !*pem)
		return 0;
	if (cert_read_pem_list(env->arena, pem, strlen(pem), &v, &n, &why) < 0)
		return err_fault(e, ERR_INTERNAL, "dms_settings", "recipients of DMS %s: %s",
				 o->dms->row.id, err_log_text(&why));
	for (size_t i = 0; i < n; i++) {
		int rc = take_if_named(id, v[i], to, e);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* The certificate that was presented, the device's present one, and those that the DMS lists. Of
 * the client's own keys no keyUsage is asked: it says itself that it can decrypt. */
static int find_asymmetric(const struct env *env, const struct order *o, const struct who *w,
			   const struct facts *f, struct blob id, struct cms_recipient *to,
			   struct err *e)
{
	const struct cert *active;
	int rc = w->cert ? take_if_named(id, w->cert, to, e) : 0;

	if (rc == 0 && f->has_active && f->active.status == CERT_ACTIVE) {
		active = cert_read(env->arena, f->active.der, e);
		rc = active ? take_if_named(id, active, to, e) : -1;
	}
	if (rc == 0)
		rc = find_registered(env, o, id, to, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return unknown_key(env, id,
			   "an AsymmetricDecryptKeyIdentifier of the client certificate, of the "
			   "device's present one, or of the DMS's recipients (RFC 7030 4.4.1.2)",
			   e);
}

/* With the CAs below the root: whoever trusts the root can verify it. */
static int find_signer(const struct env *env, struct blob ski, struct cms_signer *s, struct err *e)
{
	struct issuer *v;
	size_t n;

	if (signer_load(env, ski, &s->cert, &s->key, e) < 0 ||
	    issuer_load_chain(env->db, env->arena, ski, &v, &n, e) < 0)
		return -1;
	s->chain = arena_array(env->arena, n + 1, sizeof(*s->chain));
	for (size_t i = 0; i < n; i++) {
		if (!v[i].cert->self_issued)
			s->chain[s->nchain++] = v[i].cert;
	}
	return 0;
}

static int find_protection(const struct env *env, const struct order *o, const struct who *w,
			   const struct facts *f, struct protection *p, struct err *e)
{
	struct csr_protection asked;
	int rc;

	*p = (struct protection){ .cipher = CMS_DEFAULT_CIPHER };
	if (csr_read_protection(o->csr, &asked, e) < 0)
		return -1;
	p->wanted = asked.symmetric_id.data || asked.asymmetric_id.data;
	if (!p->wanted)
		return 0;
	if (asked.capabilities.data)
		p->cipher = cms_find_cipher(asked.capabilities);
	if (!p->cipher)
		return err_set(
			e, ERR_REJECTED, "keygen_algorithm",
			"expected an algorithm in SMIMECapabilities that is served here: AES of "
			"128, 192 or 256 bits in CBC or GCM (RFC 7030 4.4.1)");
	rc = asked.symmetric_id.data
		     ? find_symmetric(env, o, asked.symmetric_id, &p->to, e)
		     : find_asymmetric(env, o, w, f, asked.asymmetric_id, &p->to, e);
	if (rc < 0)
		return -1;
	return find_signer(env, f->issuer.ski, &p->signer, e);
}

/* What the client gets. */
static int make_answer(const struct env *env, const struct protection *p, struct blob private_key,
		       struct keygen *out, struct err *e)
{
	struct blob signed_key;

	out->encrypted = p->wanted;
	out->key = private_key;
	if (!p->wanted)
		return 0;
	if (cms_sign_private_key(env->arena, private_key, &p->signer, &signed_key, e) < 0)
		return -1;
	return cms_encrypt(env->arena, signed_key, &p->to, p->cipher, &out->key, e);
}

static int make_escrow(const struct env *env, const struct order *o, struct blob private_key,
		       struct blob *escrow, struct err *e)
{
	const char *pem = o->dms->settings.server_keygen_settings.escrow_recipient;
	struct cms_recipient to = { 0 };
	struct err why = { 0 };

	if (!pem || !*pem)
		return 0;
	to.cert = cert_read_pem(env->arena, pem, strlen(pem), &why);
	if (!to.cert || cms_check_recipient(to.cert, &why) < 0)
		return err_fault(e, ERR_INTERNAL, "dms_settings", "escrow_recipient of DMS %s: %s",
				 o->dms->row.id, err_log_text(&why));
	return cms_encrypt(env->arena, private_key, &to, "AES-256-CBC", escrow, e);
}

static struct key *make_key(const struct env *env, const struct order *o, struct err *e)
{
	struct err why = { 0 };
	struct key *key = key_new(env->arena, &o->csr->key, &why);

	if (!key)	/* settings of an older version */
		err_fault(e, ERR_INTERNAL, "dms_settings",
			  "server_keygen_settings.key of DMS %s: %s", o->dms->row.id,
			  err_log_text(&why));
	return key;
}

int keygen_check(const struct env *env, const struct order *o, const struct who *w,
		 const struct facts *f, struct err *e)
{
	struct protection p;

	return find_protection(env, o, w, f, &p, e);
}

int keygen_enroll(const struct env *env, const struct order *o, const struct who *w,
		  struct keygen *out, struct err *e)
{
	struct csr csr = *o->csr;
	struct order made = *o;
	struct protection p;
	struct blob private_key;
	enum verdict verdict;
	struct facts facts;
	struct key *key;

	if (enroll_check(env, o, w, &facts, &verdict, e) < 0 ||
	    find_protection(env, o, w, &facts, &p, e) < 0)
		return -1;
	if (verdict == VERDICT_WAIT)
		return facts.has_approval ? approval_wait(&facts.approval, e)
					  : enroll_wait(env, o, w, e);
	key = make_key(env, o, e);
	if (!key || cms_make_private_key(env->arena, key, &private_key, e) < 0 ||
	    make_answer(env, &p, private_key, out, e) < 0 ||
	    make_escrow(env, o, private_key, &made.escrow, e) < 0)
		return -1;
	csr.spki = key_get_spki(env->arena, key);
	made.csr = &csr;
	return enroll(env, &made, w, &out->enrolled, e);
}
