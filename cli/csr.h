/* Keys and requests that are made here, for certificates whose key the operator wants as a file. */
#ifndef CLI_CSR_H
#define CLI_CSR_H

#include "cli/shedu.h"
#include "data/settings.h"

/* "ECDSA:256", "RSA:2048", "Ed25519"; without bits 256 and 2048. */
int csr_read_key_spec(const char *text, struct key_spec *out, struct err *e);

struct csr_order {
	const char *csr_path;	/* a file to send, PEM or DER; else a key is made ... */
	const char *key_path;	/* ... and saved here, never over an existing file */
	const char *key;	/* csr_read_key_spec() */
	const char *common_name;
	struct texts san;
};

/* The request as the API takes it: base64 of PEM. *key_made: the key file is new, and goes again
 * (csr_discard_key) when nothing comes of it. */
int csr_make_here(struct cli *c, const struct csr_order *o, const char **csr, bool *key_made,
		  struct err *e);
void csr_discard_key(const struct csr_order *o, bool key_made);

#endif
