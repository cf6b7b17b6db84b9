#include "ca/asked.h"

#include <string.h>

#include "base/b64.h"

/* own: the DMS's csr_attributes; empty: it has none. */
static int load(const struct env *env, const struct dms *dms, const struct profile *f,
		struct csrattrs *asked, struct blob *own, struct err *e)
{
	const char *text = dms->settings.enrollment_settings.csr_attributes;
	struct err why = { 0 };

	*own = (struct blob){ 0 };
	if (!text || !*text) {
		csrattrs_make(env->arena, f, asked);
		if (!dms->settings.enrollment_settings.require_pop_linking)
			return 0;
		/* a client that knows templates would read nothing else (RFC 9908 4) */
		asked->template = false;
		asked->challenge_password = true;
		return 0;
	}
	if (b64_read(env->arena, text, strlen(text), B64_SPACE, own, &why) < 0 ||
	    csrattrs_read(*own, asked, &why) < 0)
		return err_fault(e, ERR_INTERNAL, "dms_settings", "csr_attributes of DMS %s: %s",
				 dms->row.id, err_log_text(&why));
	return 0;
}

int asked_write(const struct env *env, const struct dms *dms, const struct profile *f,
		struct blob *der, struct err *e)
{
	struct csrattrs asked;
	struct blob own;

	*der = (struct blob){ 0 };
	if (load(env, dms, f, &asked, &own, e) < 0)
		return -1;
	if (own.len)
		*der = own;
	else if (!csrattrs_is_empty(&asked))
		*der = csrattrs_write(env->arena, &asked);
	return 0;
}

int asked_check(const struct env *env, const struct order *o, const struct profile *f,
		struct err *e)
{
	struct csrattrs asked;
	struct blob own;

	if (!o->dms->settings.enrollment_settings.enforce_csr_attributes)
		return 0;
	if (load(env, o->dms, f, &asked, &own, e) < 0)
		return -1;
	return csrattrs_check(&asked, o->csr, o->op != OP_SERVERKEYGEN, e);
}
