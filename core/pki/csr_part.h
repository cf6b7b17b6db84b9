/* The parts that every form of a certification request has, checked alike: for core/pki only. */
#ifndef PKI_CSR_PART_H
#define PKI_CSR_PART_H

#include "pki/csr.h"

/* The content of an AlgorithmIdentifier: whether we take such a signature at all. */
int csr_part_algorithm(struct blob algorithm, struct csr *r, struct err *e);
/* r->subject_der is there. */
int csr_part_subject(struct arena *a, struct csr *r, struct err *e);
/* The SEQUENCE OF Extension. */
int csr_part_extensions(struct blob values, struct csr *r, struct err *e);
/* r->spki has passed ossl_spki_check(). Last, when nothing is left that is known to be hostile. */
int csr_part_key(struct arena *a, struct csr *r, struct err *e);

#endif
