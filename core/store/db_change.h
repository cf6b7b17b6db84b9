/* What the open write transaction changes of the status of certificates, for the guard (db.h). */
#ifndef STORE_DB_CHANGE_H
#define STORE_DB_CHANGE_H

#include "store/db.h"

/* For store_cert_set_status() and nobody else: it is the only statement that changes a status. */
void db_change_note(struct db *db, struct blob issuer, struct blob serial);

/* What db_txn.c calls, in this order; the end in any case. */
int db_change_begin(struct db *db, struct err *e);
int db_change_guard(struct db *db, struct err *e);
void db_change_end(struct db *db);

#endif
