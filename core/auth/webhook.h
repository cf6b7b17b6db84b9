/*
 * A question to a DMS's webhook: one JSON document there, one back (Lamassu's form). How the call
 * proves who it is, stands in the settings: not at all, by an API key, by an access token of an
 * OpenID provider, by a client certificate.
 */
#ifndef AUTH_WEBHOOK_H
#define AUTH_WEBHOOK_H

#include "data/conf.h"
#include "data/settings.h"
#include "net/http.h"

struct webhook_call {
	struct arena *arena;
	const struct webhook_settings *settings;
	const char *request_id;		/* sent along, so that the two logs can be joined */
	int64_t deadline;		/* clock_monotonic(): for all that the call takes */
};

/*
 * *authorized is the answer's member of that name; absent or null is false. Everything that is no
 * answer is ERR_BUSY: no slot free ("outside_busy"), "webhook_timeout", "webhook_tls",
 * "webhook_unreachable", "webhook_token", "webhook_status", "webhook_answer".
 */
int webhook_ask(const struct conf *conf, const struct webhook_call *c, const struct doc *question,
		bool *authorized, struct err *e);

/* Sends r in the time that is left; its timeout is set here. ERR_BUSY as above. */
int webhook_send(const struct webhook_call *c, struct http_request *r, struct http_response *out,
		 struct err *e);

/*
 * An access token by the client credentials grant (RFC 6749 4.4), from the provider that the
 * settings name. The process keeps it until shortly before its end, or until webhook_drop_token()
 * says that it was refused. The provider's certificate is verified in any case. NULL: ERR_BUSY.
 */
const char *webhook_get_token(const struct webhook_call *c, struct err *e);
void webhook_drop_token(const struct webhook_call *c);

#endif
