#include "auth/auth.h"

/* clang-format off */
static const struct auth_mode *const auth_modes[] = {
	&auth_client_cert,
	&auth_none,
	&auth_webhook,
	&auth_client_cert_and_webhook,
	&auth_jwt,
	&auth_psk,
};
/* clang-format on */

static const struct est_settings *block(const struct dms *dms, bool reenroll)
{
	return reenroll ? &dms->settings.reenrollment_settings.est_rfc7030_settings
			: &dms->settings.enrollment_settings.est_rfc7030_settings;
}

static const struct auth_mode *find(int id)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(auth_modes); i++)
		if ((int)auth_modes[i]->id == id)
			return auth_modes[i];
	return NULL;
}

int auth_check(const struct auth_input *in, struct who *who, struct err *e)
{
	int id = block(in->dms, in->reenroll)->auth_mode;
	const struct auth_mode *mode = find(id);

	if (!mode)
		return err_fault(e, ERR_INTERNAL, "auth_mode", "DMS %s has the auth mode %d",
				 in->dms->row.id, id);
	return mode->check(in, who, e);
}

const struct texts *auth_shown_headers(const struct dms *dms, bool reenroll)
{
	const struct est_settings *s = block(dms, reenroll);
	const struct auth_mode *mode = find(s->auth_mode);

	if (!mode || !mode->consult)
		return NULL;
	return &s->external_webhook_settings.config.forward_headers;
}

int auth_consult(const struct auth_input *in, const struct auth_request *r, struct who *who,
		 struct err *e)
{
	const struct auth_mode *mode = find(block(in->dms, in->reenroll)->auth_mode);

	return mode && mode->consult ? mode->consult(in, r, who, e) : 0;
}

const char *auth_challenge(const struct dms *dms, bool reenroll)
{
	const struct auth_mode *mode = find(block(dms, reenroll)->auth_mode);

	return mode ? mode->challenge : NULL;
}

bool auth_by_certificate(const struct dms *dms, bool reenroll)
{
	const struct auth_mode *mode = find(block(dms, reenroll)->auth_mode);

	return mode && mode->by_certificate;
}

bool auth_asks(const struct dms *dms, bool reenroll)
{
	const struct auth_mode *mode = find(block(dms, reenroll)->auth_mode);

	return mode && mode->consult;
}
