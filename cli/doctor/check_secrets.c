/* Enrollment secrets: that a DMS which wants them has one, and that one does not renew for all. */
#include "cli/doctor/doctor.h"
#include "store/store_secret.h"

static bool may_not_renew(const struct est_settings *s)
{
	return s->auth_mode == AUTH_PSK && !s->psk_settings.per_device;
}

static int check_dms(struct doctor *d, const struct dms *dms, size_t *asked, struct err *e)
{
	const struct est_settings *first = &dms->settings.enrollment_settings.est_rfc7030_settings;
	const struct est_settings *renewal =
		&dms->settings.reenrollment_settings.est_rfc7030_settings;
	struct secret_row any;
	int found;

	if (first->auth_mode != AUTH_PSK && renewal->auth_mode != AUTH_PSK)
		return 0;
	++*asked;
	found = store_secret_find_usable(d->env.db, d->env.arena, dms->row.id, d->env.now, &any, e);
	if (found < 0)
		return -1;
	if (!found)
		doctor_found(d, LEVEL_WARN,
			     "DMS %s authenticates by PSK and has no secret that can be used",
			     dms->row.id);
	if (may_not_renew(renewal))
		doctor_advise(d, LEVEL_WARN,
			      "set psk_settings.per_device, or renew by client certificate",
			      "DMS %s: a secret that was made for no device renews nothing",
			      dms->row.id);
	return 0;
}

int check_secrets(struct doctor *d, struct err *e)
{
	size_t n, asked = 0, before = d->count[LEVEL_WARN];
	struct dms *v;

	if (doctor_list_dms(d, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (check_dms(d, &v[i], &asked, e))
			return -1;
	if (d->count[LEVEL_WARN] == before)
		doctor_found(d, LEVEL_OK, "%zu DMSs authenticate by PSK, each has a usable secret",
			     asked);
	return 0;
}
