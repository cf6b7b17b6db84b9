#include <string.h>

#include "store/store_rows.h"

int rows_one(struct db_stmt *st, struct arena *a, row_reader *read, void *row, struct err *e)
{
	const int r = db_step(st, e);

	if (r == 1)
		read(st, a, row);
	return r;
}

int rows_all(struct db_stmt *st, struct arena *a, row_reader *read, size_t size, void *v, size_t *n,
	     struct err *e)
{
	char *rows = NULL;
	size_t used = 0, cap = 0;
	int r;

	while ((r = db_step(st, e)) == 1) {
		if (used == cap) {
			char *more = arena_array(a, cap ? 2 * cap : 16, size);

			if (used)
				memcpy(more, rows, used * size);
			rows = more;
			cap = cap ? 2 * cap : 16;
		}
		read(st, a, rows + size * used++);
	}
	memcpy(v, &rows, sizeof(rows));
	*n = used;
	return r;
}
