/* Private keys on their way to whoever may have them: packed, signed, encrypted (RFC 5958, 5652). */
#ifndef PKI_CMS_KEY_H
#define PKI_CMS_KEY_H

#include "pki/cert.h"

/* A symmetric key that both sides have, or the certificate of a key that only the other side has. */
struct cms_recipient {
	const struct cert *cert;	/* NULL: symmetric ... */
	struct blob id, key;		/* ... this key of 16, 24 or 32 octets, with its identifier */
};

/* Can something be encrypted to the certificate: RSA or EC, and a keyUsage, if it has one, with
 * keyEncipherment or keyAgreement (RFC 3565 4.1, RFC 5753 2.1)? ERR_REJECTED "recipient". */
int cms_check_recipient(const struct cert *c, struct err *e);
/* The same but for the keyUsage. */
bool cms_can_receive(const struct cert *c);

/* Is it this certificate that a key identifier names: by its subjectKeyIdentifier, or by the SHA-1
 * of its public key's bits or the SHA-256 of the SubjectPublicKeyInfo (RFC 5280 4.2.1.2)? */
bool cms_names_cert(struct blob id, const struct cert *c);

/* OpenSSL's name of the first content encryption in the content of SMIMECapabilities that can be
 * done here: AES of 128, 192 or 256 bits in CBC or GCM (RFC 3565, RFC 5084). NULL: none. */
const char *cms_find_cipher(struct blob capabilities);
#define CMS_DEFAULT_CIPHER "AES-128-CBC"	/* what every receiver has (RFC 8551 2.7) */

/* DER of a PrivateKeyInfo (RFC 5208), in the clear. */
int cms_make_private_key(struct arena *a, const struct key *k, struct blob *der, struct err *e);

struct cms_signer {
	const struct cert *cert;
	const struct key *key;
	const struct cert **chain;	/* sent along: the CAs that lead to it */
	size_t nchain;
};

/* SignedData (as ContentInfo) of an AsymmetricKeyPackage with the private key (RFC 5958 3). */
int cms_sign_private_key(struct arena *a, struct blob private_key, const struct cms_signer *s,
			 struct blob *der, struct err *e);

/* EnvelopedData, or with GCM AuthEnvelopedData (RFC 5083), as ContentInfo: KEKRecipientInfo,
 * KeyTransRecipientInfo (RSA) or KeyAgreeRecipientInfo (EC). The content type is id-data: what is
 * encrypted is whole by itself, so that decrypting gives what `openssl cms -verify` reads. */
int cms_encrypt(struct arena *a, struct blob content, const struct cms_recipient *to,
		const char *cipher, struct blob *der, struct err *e);

#endif
