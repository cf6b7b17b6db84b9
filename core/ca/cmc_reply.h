/* What the parts of a CMC message came to, and the response that says so: for ca/cmc only. */
#ifndef CA_CMC_REPLY_H
#define CA_CMC_REPLY_H

#include "ca/cmc.h"
#include "ca/enroll.h"

struct cmc_outcome {
	int64_t ids[CMC_MAX_PARTS];	/* bodyPartIDs; 0: the whole message */
	size_t nids;
	struct err why;			/* ERR_NONE: granted; ERR_PENDING */
	struct blob cert;		/* issued; empty: none */
	const char *device;		/* NULL: none, or not known */
};

struct cmc_speaker {			/* who signs for the enrollment CA */
	struct blob issuer;		/* its SKI */
	const struct cert *cert;
	const struct key *key;
};

/* digest: of the message, for the tokens of what is pending. */
int cmc_reply_make(const struct env *env, const struct cmc_speaker *by,
		   const struct cmc_data *asked, struct blob digest, const struct cmc_outcome *v,
		   size_t n, struct blob *der, struct err *e);

#endif
