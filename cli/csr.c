#include "cli/csr.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/b64.h"
#include "cli/file.h"
#include "pki/csr.h"
#include "pki/name.h"

int csr_read_key_spec(const char *text, struct key_spec *out, struct err *e)
{
	const char *colon = strchr(text, ':');
	char type[16];
	char *end = "";
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	*out = (struct key_spec){ 0 };
	if (len < sizeof(type)) {
		memcpy(type, text, len);
		type[len] = '\0';
		if (colon)
			out->bits = strtoll(colon + 1, &end, 10);
		if (!token_value(key_types, type, &out->type) && !*end &&
		    (!colon || out->bits > 0)) {
			if (!colon && out->type == KEY_ECDSA)
				out->bits = 256;
			if (!colon && out->type == KEY_RSA)
				out->bits = 2048;
			return 0;
		}
	}
	return err_set(e, ERR_REJECTED, "usage",
		       "expected a key as ECDSA:256, RSA:2048 or Ed25519, got '%s'", text);
}

static const char *to_text(struct arena *a, struct blob der)
{
	const char *pem = csr_write_pem(a, der);

	return b64_write(a, blob_of(pem, strlen(pem)), 0);
}

static int make_key(struct cli *c, const struct csr_order *o, struct key **key, struct err *e)
{
	struct key_spec spec;

	if (csr_read_key_spec(o->key ? o->key : "ECDSA:256", &spec, e))
		return -1;
	*key = key_new(c->arena, &spec, e);
	/* No passphrase: the file is for a device, an operator or a web server, not for shedu. */
	return *key ? key_save(*key, o->key_path, NULL, e) : -1;
}

static int make_request(struct cli *c, const struct csr_order *o, const struct key *key,
			struct blob *der, struct err *e)
{
	const struct subject subject = { .common_name = o->common_name };
	struct blob name, san = { 0 };

	if (name_make(c->arena, &subject, &name, e))
		return -1;
	if (o->san.n && cert_make_san(c->arena, &o->san, &san, e))
		return -1;
	return csr_make(c->arena, name, san, key, der, e);
}

int csr_make_here(struct cli *c, const struct csr_order *o, const char **csr, bool *key_made,
		  struct err *e)
{
	struct blob file, der;
	struct key *key;

	*key_made = false;
	if (o->csr_path) {
		if (file_read(c->arena, o->csr_path, &file, e) ||
		    csr_read_body(c->arena, file, &der, e))
			return -1;
		*csr = to_text(c->arena, der);
		return 0;
	}
	if (make_key(c, o, &key, e))
		return -1;
	*key_made = true;
	if (make_request(c, o, key, &der, e)) {
		csr_discard_key(o, true);
		return -1;
	}
	*csr = to_text(c->arena, der);
	return 0;
}

void csr_discard_key(const struct csr_order *o, bool key_made)
{
	if (key_made)
		unlink(o->key_path);
}
