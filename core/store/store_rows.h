/* What the store_*.c share: the one row, and the list of rows, of a statement. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store/db.h"

/* Reads the present row of the statement into *row. */
typedef void row_reader(struct db_stmt *st, struct arena *a, void *row);

/* 1 and the row, 0, or -1. */
int rows_one(struct db_stmt *st, struct arena *a, row_reader *read, void *row, struct err *e);

/* All rows, as an array of rows of this size in the arena; none: NULL and 0. */
int rows_all(struct db_stmt *st, struct arena *a, row_reader *read, size_t size, void *v, size_t *n,
	     struct err *e);

/* What an optional part of a filter is bound as. */
static inline const char *rows_any(const char *s)
{
	return s ? s : "";
}

/* A blob that is compared, or may not be null: empty instead. */
static inline struct blob rows_not_null(struct blob b)
{
	return b.data ? b : blob_of("", 0);
}

#endif
