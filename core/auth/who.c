#include "auth/who.h"

const struct token role_names[] = {
	{ "auditor", ROLE_AUDITOR },
	{ "operator", ROLE_OPERATOR },
	{ "admin", ROLE_ADMIN },
	{ NULL, 0 },
};

bool who_all_dms(const struct who *w)
{
	return w->all_dms || w->role == ROLE_ADMIN;
}

bool who_may_dms(const struct who *w, const char *dms)
{
	return who_all_dms(w) || (dms && texts_contain(&w->dms, dms));
}
