/*
 * The write gate: one writer at a time, in the order of asking, among all processes that have the
 * database open. SQLite lets writers poll for its lock, and with a dozen of them some starve for
 * seconds. The gate is flock(2) on a file beside the database, so flock(1) closes it too.
 */
#ifndef STORE_DB_GATE_H
#define STORE_DB_GATE_H

#include "base/err.h"

struct db_gate {
	int fd;		/* -1: not open */
};

/* Opens "<db_path>.writer", making it when absent. Who may write the database may use the gate, and
 * nobody else: a reader could hold it closed. */
int gate_open(struct db_gate *g, const char *db_path, struct err *e);
void gate_close(struct db_gate *g);

/* Waits for at most 10 s, then ERR_BUSY "busy". */
int gate_enter(struct db_gate *g, struct err *e);
void gate_leave(struct db_gate *g);

#endif
