/* Who may use the API: a certificate pinned by the SHA-256 of its DER. */
#ifndef STORE_OPERATOR_H
#define STORE_OPERATOR_H

#include "store/db.h"

struct operator_row {
	struct blob sha256;
	const char *name;
	const char *role;		/* "auditor" "operator" "admin" */
	const char *dms;		/* JSON array of DMS ids; NULL: all */
	int64_t created_at;
	int64_t removed_at;		/* 0: not */
};

int store_operator_add(struct db *db, const struct operator_row *o, struct err *e);
int store_operator_load(struct db *db, struct arena *a, struct blob sha256, struct operator_row *o,
			struct err *e);	/* also removed ones */
int store_operator_remove(struct db *db, struct blob sha256, int64_t at, struct err *e);
int store_operator_list(struct db *db, struct arena *a, struct operator_row **v, size_t *n,
			struct err *e);

#endif
