#include "fcgi/est/est.h"

#include <string.h>

#include "base/text.h"
#include "fleet/issuer.h"
#include "store/store_cert.h"
#include "store/store_device.h"

static int not_found(const char *label, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "dms_not_found",
		       "DMS not found: no DMS and no CA is named %s", label);
}

static int load(struct ctx *c, const char *id, struct dms *dms, struct err *e)
{
	int rc = dms_load(c->db, c->arena, id, dms, e);

	return rc == 0 ? not_found(id, e) : rc;
}

/* The DMS of the device whose certificate is presented: 1, 0, -1. */
static int presented_dms(struct ctx *c, struct dms *dms, struct err *e)
{
	struct device_row device;
	struct cert_row row;
	struct cert *cert;
	int rc;

	if (!c->req->client_cert)
		return 0;
	cert = cert_read_pem(c->arena, c->req->client_cert, strlen(c->req->client_cert), e);
	if (!cert) {
		err_clear(e);	/* authentication says so */
		return 0;
	}
	rc = store_cert_load_by_sha256(c->db, c->arena, blob_of(cert->sha256, SHA256_LEN), &row, e);
	if (rc <= 0 || !row.device)
		return rc < 0 ? -1 : 0;
	rc = store_device_load(c->db, c->arena, row.device, &device, e);
	if (rc <= 0)
		return rc;
	return dms_load(c->db, c->arena, device.dms, dms, e);
}

/* No label: est.default_dms, or the only DMS there is. */
static int default_dms(struct ctx *c, struct dms *dms, struct err *e)
{
	struct dms_row *v;
	size_t n;

	if (c->conf->est.default_dms)
		return load(c, c->conf->est.default_dms, dms, e);
	if (store_dms_list(c->db, c->arena, NULL, 2, &v, &n, e) < 0)
		return -1;
	if (n != 1)
		return err_set(e, ERR_NOT_FOUND, "no_default_dms",
			       "the path names no DMS, and there is no default one; expected "
			       "/.well-known/est/{dms}/OPERATION");
	return dms_read(c->arena, &v[0], dms, e) < 0 ? -1 : 1;
}

/* The Protocols page's label, a CA: of the DMSs that enroll under it the one that accepts the
 * presented certificate. */
static int ca_dms(struct ctx *c, const struct ca_row *ca, enum operation op, bool is_signer,
		  struct dms *dms, struct err *e)
{
	struct auth_input in = est_auth_input(c, op);
	struct err why = { 0 };
	struct dms_row *v;
	size_t n, i, accepted = 0;

	in.is_signer = is_signer;
	if (store_dms_list_by_ca(c->db, c->arena, ca->id, &v, &n, e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		struct dms candidate;
		struct who who;

		if (dms_read(c->arena, &v[i], &candidate, e) < 0)
			return -1;
		in.dms = &candidate;
		err_clear(&why);
		if (!auth_by_certificate(&candidate, in.reenroll) ||
		    auth_check(&in, &who, &why) < 0)
			continue;
		*dms = candidate;
		accepted++;
	}
	if (accepted == 1)
		return 1;
	if (accepted > 1)
		return err_set(
			e, ERR_MALFORMED, "ambiguous_label",
			"%zu DMSs enroll under the CA %s and accept this certificate; name the "
			"DMS instead: /.well-known/est/{dms}/%s",
			accepted, ca->id, operation_name(op));
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "dms_not_found",
			       "DMS not found: none enrolls under the CA %s", ca->id);
	return err_set(e, ERR_UNAUTHENTICATED, "certificate_untrusted",
		       "no DMS that enrolls under the CA %s accepts what was presented%s%s", ca->id,
		       why.kind == ERR_NONE ? "" : ": ", why.text);
}

int label_find_dms(struct ctx *c, enum operation op, bool is_signer, struct dms *dms, struct err *e)
{
	const char *label = req_param(c->req, "label");
	struct ca_row ca;
	int rc;

	if (!label) {
		rc = op == OP_REENROLL ? presented_dms(c, dms, e) : 0;
		return rc == 0 ? default_dms(c, dms, e) : rc;
	}
	if (text_is_est_operation(label))
		return not_found(label, e);
	rc = dms_load(c->db, c->arena, label, dms, e);
	if (rc != 0)
		return rc;
	rc = store_ca_find(c->db, c->arena, label, &ca, e);
	if (rc <= 0)
		return rc < 0 ? -1 : not_found(label, e);
	rc = op == OP_REENROLL ? presented_dms(c, dms, e) : 0;
	if (rc > 0 && strcmp(dms->settings.enrollment_settings.enrollment_ca, ca.id) == 0)
		return 1;
	return rc < 0 ? -1 : ca_dms(c, &ca, op, is_signer, dms, e);
}

int label_find_distribution(struct ctx *c, struct dms *dms, struct ca_row *ca, struct err *e)
{
	const char *label = req_param(c->req, "label");
	int rc;

	if (!label)
		return default_dms(c, dms, e);
	if (text_is_est_operation(label))
		return not_found(label, e);
	rc = dms_load(c->db, c->arena, label, dms, e);
	if (rc != 0)
		return rc;
	rc = store_ca_find(c->db, c->arena, label, ca, e);
	if (rc <= 0)
		return rc < 0 ? -1 : not_found(label, e);
	return 0;
}
