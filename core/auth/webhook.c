#include "auth/webhook.h"

#include <string.h>

#include "auth/slot.h"
#include "base/clock.h"

enum { MAX_HEADERS = 6 };

/* What http_send() says, for who asked us: the address and the reason are for the log. */
static int no_answer(const struct err *why, struct err *e)
{
	if (strcmp(why->code, "http_timeout") == 0) {
		err_fault(e, ERR_BUSY, "webhook_timeout", "%s", err_log_text(why));
		return err_tell(e, "external webhook authorization timed out or was canceled");
	}
	if (why->kind != ERR_BUSY)
		return err_fault(e, why->kind, why->code, "%s", err_log_text(why));
	err_fault(e, ERR_BUSY,
		  strcmp(why->code, "http_tls") == 0 ? "webhook_tls" : "webhook_unreachable", "%s",
		  err_log_text(why));
	return err_tell(e, "error while calling external webhook: it cannot be reached");
}

int webhook_send(const struct webhook_call *c, struct http_request *r, struct http_response *out,
		 struct err *e)
{
	struct err why = { .kind = ERR_BUSY, .code = "http_timeout", .text = "no time is left" };
	const char *ca = c->settings->config.server_ca;

	if (ca)
		r->ca = blob_of(ca, strlen(ca));
	r->keep = true;
	r->timeout = c->deadline - clock_monotonic();
	if (r->timeout <= 0 || http_send(c->arena, r, out, &why) < 0)
		return no_answer(&why, e);
	return 0;
}

/* Adds what the settings' auth_mode says to the headers, at *n, or to the request. */
static int add_credentials(const struct webhook_call *c, struct http_request *r,
			   const char **headers, size_t *n, struct err *e)
{
	const struct webhook_settings *s = c->settings;
	const char *token;

	switch ((enum webhook_auth_mode)s->config.auth_mode) {
	case WEBHOOK_NOAUTH:
		break;
	case WEBHOOK_APIKEY:
		headers[(*n)++] = arena_printf(c->arena, "%s: %s", s->config.apikey.header,
					       s->config.apikey.key);
		break;
	case WEBHOOK_JWT:
		token = webhook_get_token(c, e);
		if (!token)
			return -1;
		headers[(*n)++] = arena_printf(c->arena, "Authorization: Bearer %s", token);
		break;
	case WEBHOOK_MTLS:
		r->cert = s->config.mtls.cert;
		r->key = s->config.mtls.key;
		break;
	}
	return 0;
}

static int refuse_status(const struct webhook_call *c, int status, struct err *e)
{
	if (status == 401 && c->settings->config.auth_mode == WEBHOOK_JWT)
		webhook_drop_token(c);
	err_fault(e, ERR_BUSY, "webhook_status", "webhook %s: unexpected status code: %d",
		  c->settings->name ? c->settings->name : "", status);
	return err_tell(e, "error while calling external webhook: unexpected status code: %d",
			status);
}

static int read_answer(const struct webhook_call *c, const struct http_response *r,
		       bool *authorized, struct err *e)
{
	struct err why = { 0 };
	const struct doc *d = NULL, *yes;

	if (r->status < 200 || r->status > 299)
		return refuse_status(c, r->status, e);
	if (r->body.len)
		d = doc_read(c->arena, (const char *)r->body.data, r->body.len, &why);
	yes = doc_find(d, "authorized");
	if (doc_kind(d) == DOC_OBJECT && (doc_kind(yes) == DOC_NULL || doc_kind(yes) == DOC_BOOL)) {
		*authorized = doc_get_bool(yes);
		return 0;
	}
	err_fault(e, ERR_BUSY, "webhook_answer",
		  "webhook %s: expected a JSON object with the boolean \"authorized\"; got %zu "
		  "octets of %.60s%s%s",
		  c->settings->name ? c->settings->name : "", r->body.len,
		  r->type ? r->type : "no type", *why.text ? ": " : "", why.text);
	return err_tell(e, "error while calling external webhook: its answer is not JSON with the "
			   "boolean \"authorized\"");
}

int webhook_ask(const struct conf *conf, const struct webhook_call *c, const struct doc *question,
		bool *authorized, struct err *e)
{
	const char *headers[MAX_HEADERS] = { "Content-Type: application/json",
					     "Accept: application/json", "User-Agent: shedu" };
	const char *body = doc_write(c->arena, question);
	struct http_request r = {
		.method = c->settings->method ? c->settings->method : "POST",
		.url = c->settings->url,
		.any_server = !c->settings->config.validate_server_cert,
		.headers = headers,
		.body = blob_of(body, strlen(body)),
	};
	struct http_response answer;
	size_t n = 3;
	AUTO_FD slot = slot_take(conf, c->arena, e);

	*authorized = false;
	if (slot < 0)
		return -1;
	headers[n++] = arena_printf(c->arena, "X-Request-Id: %s", c->request_id);
	if (add_credentials(c, &r, headers, &n, e) < 0 || webhook_send(c, &r, &answer, e) < 0)
		return -1;
	return read_answer(c, &answer, authorized, e);
}
