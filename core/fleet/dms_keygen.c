/* The certificates in server_keygen_settings: each must be able to receive a key. */
#include <string.h>

#include "fleet/dms.h"
#include "pki/cms_key.h"

static void check_recipients(struct arena *a, const char *pem, bool only_one, const char *pointer,
			     struct problems *p)
{
	struct err why = { 0 };
	struct cert **v;
	size_t n;

	if (!pem || !*pem)
		return;
	if (cert_read_pem_list(a, pem, strlen(pem), &v, &n, &why) < 0) {
		problems_add(p, pointer, "%s", why.text);
		return;
	}
	if (only_one && n != 1)
		problems_add(p, pointer, "expected one certificate; got %zu", n);
	for (size_t i = 0; i < n; i++) {
		err_clear(&why);
		if (cms_check_recipient(v[i], &why) < 0)
			problems_add(p, pointer, "%s", why.text);
	}
}

void dms_check_keygen(struct arena *a, const struct dms_settings *s, const char *prefix,
		      struct problems *p)
{
	prefix = arena_printf(a, "%s/server_keygen_settings", prefix);
	check_recipients(a, s->server_keygen_settings.escrow_recipient, true,
			 arena_printf(a, "%s/escrow_recipient", prefix), p);
	check_recipients(a, s->server_keygen_settings.recipients, false,
			 arena_printf(a, "%s/recipients", prefix), p);
}
