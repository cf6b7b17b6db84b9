/*
 * EXTERNAL_WEBHOOK: somebody else decides, by the CSR and what the request shows of itself.
 * CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK: the certificate first, and only with a good one he is
 * asked.
 *
 * No answer is no authorization, and no refusal either: the device is to come again.
 */
#include "auth/webhook.h"

#include <string.h>

#include "auth/auth.h"
#include "base/b64.h"
#include "base/clock.h"

static const struct webhook_settings *settings_of(const struct auth_input *in)
{
	const struct dms_settings *s = &in->dms->settings;

	return in->reenroll
		       ? &s->reenrollment_settings.est_rfc7030_settings.external_webhook_settings
		       : &s->enrollment_settings.est_rfc7030_settings.external_webhook_settings;
}

/* The CSR is base64 once more, of its PEM. CRMF has no PEM. */
static void show_request(struct arena *a, struct doc *q, const struct csr *csr)
{
	const char *pem;

	if (csr->crmf) {
		doc_set_text(q, "crmf", b64_write(a, csr->der, 0));
		return;
	}
	pem = csr_write_pem(a, csr->der);
	doc_set_text(q, "csr", b64_write(a, blob_of(pem, strlen(pem)), 0));
}

/* In Lamassu's words: "aps" is the DMS. */
static struct doc *make_question(const struct auth_input *in, const struct auth_request *r)
{
	struct arena *a = in->arena;
	struct doc *q = doc_object(a), *http = doc_object(a), *headers = doc_object(a);

	for (size_t i = 0; i < r->nheaders; i++)
		doc_set_text(headers, r->headers[i].name, r->headers[i].value);
	doc_set(http, "headers", headers);
	doc_set_text(http, "url", r->url);
	show_request(a, q, r->csr);
	doc_set_text(q, "aps", in->dms->row.id);
	doc_set_text(q, "device_cn", r->device);
	doc_set(q, "http_request", http);
	return q;
}

static int ask(const struct auth_input *in, const struct auth_request *r, struct who *who,
	       struct err *e)
{
	const struct webhook_settings *s = settings_of(in);
	struct webhook_call call = {
		.arena = in->arena,
		.settings = s,
		.request_id = r->request_id,
		.deadline = clock_monotonic() + s->config.call_timeout,
	};
	bool authorized;

	(void)who;
	if (webhook_ask(in->conf, &call, make_question(in, r), &authorized, e) < 0)
		return -1;
	if (authorized)
		return 0;
	return err_set(e, ERR_FORBIDDEN, "webhook_denied", "external webhook denied %s",
		       in->reenroll ? "reenrollment" : "enrollment");
}

static int check_nothing(const struct auth_input *in, struct who *who, struct err *e)
{
	(void)in, (void)e;
	*who = (struct who){ .name = "anonymous" };
	return 0;
}

/* He was told the device's id: his yes is for that one. */
static int consult(const struct auth_input *in, const struct auth_request *r, struct who *who,
		   struct err *e)
{
	if (ask(in, r, who, e) < 0)
		return -1;
	who->name = "webhook";
	who->device = r->device;
	return 0;
}

static int check_certificate(const struct auth_input *in, struct who *who, struct err *e)
{
	return auth_client_cert.check(in, who, e);
}

const struct auth_mode auth_webhook = {
	.id = AUTH_EXTERNAL_WEBHOOK,
	.check = check_nothing,
	.consult = consult,
};

const struct auth_mode auth_client_cert_and_webhook = {
	.id = AUTH_CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK,
	.challenge = "ClientCertificate",
	.by_certificate = true,
	.check = check_certificate,
	.consult = ask,
};
