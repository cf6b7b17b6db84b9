/* serverkeygen (RFC 7030 4.4): a certificate, and the key that was made for it. */
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "ca/keygen.h"
#include "fcgi/est/est.h"
#include "pki/cms.h"

#define BOUNDARY "estServerKeyGenBoundary"

/* CRLF before each boundary is part of it (RFC 2046 5.1.1); there are clients that want the
 * Content-Transfer-Encoding. */
static void add_part(struct ctx *c, struct text *t, const char *type, struct blob der)
{
	text_addf(t,
		  "--" BOUNDARY "\r\nContent-Type: %s\r\n"
		  "Content-Transfer-Encoding: base64\r\n\r\n",
		  type);
	text_add(t, est_base64(c, der, "\r\n"));
}

/* The certificate comes last: recipes cut it off there. */
static struct answer *send(struct ctx *c, const struct keygen *k)
{
	struct blob certs;
	struct text t;

	if (cms_make_certs_only(c->arena, &k->enrolled.der, 1, &certs, c->err) < 0)
		return resp_problem(c);
	text_init(&t, c->arena);
	add_part(c, &t,
		 k->encrypted ? "application/pkcs7-mime; smime-type=server-generated-key"
			      : "application/pkcs8",
		 k->key);
	add_part(c, &t, "application/pkcs7-mime; smime-type=certs-only", certs);
	text_add(&t, "--" BOUNDARY "--\r\n");
	resp_header(c, "Cache-Control", "no-store");
	return resp_blob(c, 200, "multipart/mixed; boundary=" BOUNDARY, blob_of(t.s, t.len));
}

struct answer *est_serverkeygen(struct ctx *c)
{
	struct est_order o;
	struct keygen k;
	struct env env;

	if (est_take_order(c, OP_SERVERKEYGEN, &o) < 0)
		return est_refuse(c, &o);
	env = est_env(c);	/* now that it is known who acts */
	env.now = o.in.now;
	if (keygen_enroll(&env, &o.order, c->who, &k, c->err) < 0)
		return est_refuse(c, &o);
	resp_note(c, "serial", hex_write(c->arena, k.enrolled.serial));
	return send(c, &k);
}
