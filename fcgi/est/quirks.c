/*
 * What EST clients in use need beyond the RFCs, in one place. Each row was seen on the wire; a test
 * in tests/servers/quirks.bats replays that client's bytes.
 *
 * Most needs can be met for everybody at once, and are:
 *
 *	need							of whom
 *	Content-Length, never chunked				libest, strongSwan pki
 *	head and body in one write, head below 1 kB		pki: one read of 1024 octets for the head
 *	"; smime-type=certs-only" with one space, lower case	libest compares the whole value
 *	one certificate in the answer to an enrollment		estclient refuses two
 *	cacerts reaches up to the self-signed root		pki, libest verify the chain
 *	a chunked request, without Content-Length		estclient sends one (the web server joins it)
 *	base64 in one line without an end, in a request		pki
 *	base64 in lines, with Content-Transfer-Encoding		libest, estclient; not looked at (RFC 8951)
 *	PEM, as curl users post it by mistake			by hand
 *	Retry-After in whole seconds				libest, pki read no date
 *	204 for no CSR attributes, never an empty 200		estclient, libest
 *	TLS 1.2							libest, pki have no other
 *
 * What one client needs and another one cannot take depends on who asks: the table below.
 */
#include "fcgi/est/quirks.h"

#include <stddef.h>

/* strongSwan's pki sends Host, Content-Type, Content-Length, and nothing else. */
static bool sends_no_user_agent(const struct req *r)
{
	return !r->user_agent;
}

static const struct quirk {
	const char *client;
	bool (*shows)(const struct req *r);
	unsigned columns;
} quirks[] = {
	/* Before 5.9.11 it reads no line breaks within base64; RFC 8951 3 allows none. */
	{ "strongSwan pki", sends_no_user_agent, 0 },
	/* openssl base64 -d, coreutils and libest read lines, and openssl nothing else. */
	{ "anybody", NULL, 64 },
};

unsigned quirk_base64_columns(const struct req *r)
{
	size_t i = 0;

	while (quirks[i].shows && !quirks[i].shows(r))
		i++;
	return quirks[i].columns;
}
