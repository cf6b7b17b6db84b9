/* What the functions of core/ca work in: one argument for what hardly ever changes. */
#ifndef CA_ENV_H
#define CA_ENV_H

#include "data/conf.h"
#include "store/db.h"

struct env {
	struct db *db;
	struct arena *arena;
	const struct conf *conf;
	const char *actor;	/* for events */
	const char *client;	/* the address that asks; NULL: none */
	int64_t now;
};

#endif
