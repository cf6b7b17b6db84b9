/* serverkeygen (RFC 7030 4.4): an order whose key is made here. */
#ifndef CA_KEYGEN_H
#define CA_KEYGEN_H

#include "ca/enroll.h"

struct keygen {
	struct enrolled enrolled;
	struct blob key;	/* DER: PrivateKeyInfo, or encrypted as the CSR asks (RFC 7030 4.4.2) */
	bool encrypted;
};

/*
 * Decides as enroll() does, and only then makes a key and enrolls the order with it. The key lives
 * in the request's arena and nowhere else; where the DMS names an escrow recipient it is kept
 * encrypted to him, in the enrollment's transaction. ERR_MALFORMED or ERR_REJECTED when it cannot
 * be encrypted as asked: it is never given in the clear then.
 */
int keygen_check(const struct env *env, const struct order *o, const struct who *w,
		 const struct facts *f, struct err *e);	/* could the key be encrypted as asked? */
int keygen_enroll(const struct env *env, const struct order *o, const struct who *w,
		  struct keygen *out, struct err *e);

#endif
