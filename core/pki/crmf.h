/* Certification requests in the form of RFC 4211 (CRMF), as CMC carries them beside PKCS#10. */
#ifndef PKI_CRMF_H
#define PKI_CRMF_H

#include "pki/csr.h"

/*
 * A CertReqMsg, its template read as if it were a PKCS#10 and held to the same checks (csr.h), so
 * that csr_check_signature() and all that judges a request serves for both. What the template says
 * of issuer and validity is the issuance profile's to decide. Refuses besides ("crmf_malformed"):
 * - "crmf_template": no subject or no public key; what RFC 4211 5 lets nobody ask for
 * - "crmf_control": any control or regInfo (RFC 4211 6, 7)
 * - "pop_required": no proof of possession, or raVerified
 * - "pop_unsupported": one that is not a signature over the request itself (RFC 4211 4.1 case 3)
 */
struct csr *crmf_read(struct arena *a, struct blob der, struct err *e);

#endif
