/*
 * Pre-shared enrollment secrets. A secret is 256 random bits that we make, shown once; the database
 * has its HMAC alone, under a key in STATE/keys/secrets.key, so that who reads the database cannot
 * enroll, and who writes it cannot make secrets.
 */
#ifndef AUTH_SECRET_H
#define AUTH_SECRET_H

#include "data/conf.h"
#include "store/store_secret.h"

/* Sets id and mac of the row and gives the secret's text. Makes the key when there is none yet. */
int secret_make(const struct conf *conf, struct arena *a, struct secret_row *row, const char **text,
		struct err *e);

/* Is the text the secret of the row? Takes the same time whatever the answer, also for row NULL,
 * where it is always no. 1, 0, or -1 and ERR_BUSY: the key is not there. */
int secret_verify(const struct conf *conf, struct arena *a, const struct secret_row *row,
		  const char *text, struct err *e);

#endif
