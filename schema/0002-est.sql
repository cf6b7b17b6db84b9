-- What the further ways to authenticate and to enroll keep.

-- The key sets that DMSs name by URL, as they were last fetched.
CREATE TABLE jwks (
	url text NOT NULL PRIMARY KEY,
	keys text NOT NULL,
	fetched_at @INT64 NOT NULL
) @STRICT;

-- The EST signer of a CA: what speaks for it in CMC answers and signs the keys that are made here
-- (RFC 7030 4.3, 4.4.2). As the responder, and never the CA's own key.
CREATE TABLE signer (
	issuer @BYTES NOT NULL PRIMARY KEY REFERENCES issuer (ski),
	der @BYTES NOT NULL,
	key_uri text NOT NULL,
	not_before @INT64 NOT NULL,
	not_after @INT64 NOT NULL
) @STRICT;

-- serverkeygen: the last certificate of a device whose key was made here, and for what credential.
-- Its answer cannot be repeated, for no key is kept: while the certificate is the active one, and has
-- therefore renewed nothing yet, the same credential may have another made (DESIGN section 5).
CREATE TABLE keygen (
	device text NOT NULL PRIMARY KEY REFERENCES device (id),
	issuer @BYTES NOT NULL,
	serial @BYTES NOT NULL,
	credential @BYTES NOT NULL,
	at @INT64 NOT NULL
) @STRICT;

-- What a serverkeygen took out of use, and is to be revoked when the new certificate is first used:
-- until then the device may not have got it. The device's rows go together.
CREATE TABLE superseded (
	issuer @BYTES NOT NULL,
	serial @BYTES NOT NULL,
	device text NOT NULL REFERENCES device (id),
	at @INT64 NOT NULL,
	PRIMARY KEY (serial, issuer)
) @STRICT;
CREATE INDEX superseded_by_device ON superseded (device, at);

-- Keys that were made here, encrypted to the DMS's escrow recipient (CMS EnvelopedData): this
-- system cannot read them.
CREATE TABLE escrow (
	issuer @BYTES NOT NULL,
	serial @BYTES NOT NULL,
	dms text NOT NULL,
	device text NOT NULL,
	der @BYTES NOT NULL,
	at @INT64 NOT NULL,
	PRIMARY KEY (serial, issuer)
) @STRICT;
