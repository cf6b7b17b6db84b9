/* What a handler sees. Seven members, and that is all. */
#ifndef WEB_CTX_H
#define WEB_CTX_H

#include "auth/who.h"
#include "data/conf.h"
#include "web/req.h"

struct db;
struct resp;

struct ctx {
	struct req *req;
	struct resp *resp;
	struct who *who;
	struct db *db;
	const struct conf *conf;
	struct arena *arena;		/* reset after the request */
	struct err *err;
};

#endif
