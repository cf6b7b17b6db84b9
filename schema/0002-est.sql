-- What the further ways to authenticate and to enroll keep.

-- The key sets that DMSs name by URL, as they were last fetched: usable public keys only. The URL is
-- followed by the hash of the trust anchors that it was fetched under, where they are not the
-- system's. tried_at is when somebody last began to fetch it: nobody else does for a while.
CREATE TABLE jwks (
	url text NOT NULL PRIMARY KEY,
	keys text NOT NULL,
	fetched_at @INT64 NOT NULL,	-- 0: never
	tried_at @INT64 NOT NULL
) @STRICT;

-- After a re-key a CA has several issuers.
CREATE INDEX issuer_by_ca ON issuer (ca, created_at, ski);

-- The bridges between two keys of a root (RFC 4210 4.4): the old key certified by the new one
-- (OldWithNew), and the new one by the old (NewWithOld). subject: the SKI of the certified key.
CREATE TABLE cross_certificate (
	ca text NOT NULL REFERENCES ca (id),
	subject @BYTES NOT NULL REFERENCES issuer (ski),
	issuer @BYTES NOT NULL REFERENCES issuer (ski),
	serial @BYTES NOT NULL,
	PRIMARY KEY (ca, subject, issuer),
	FOREIGN KEY (serial, issuer) REFERENCES certificate (serial, issuer)
) @CLUSTERED;

-- Pre-shared enrollment secrets: id is the user name of HTTP Basic. Of the secret itself there is
-- only an HMAC, whose key is not in the database.
CREATE TABLE secret (
	id text NOT NULL PRIMARY KEY,
	dms text NOT NULL REFERENCES dms (id),
	-- Null: any device of the DMS. No reference: the device may be registered later.
	device text,
	mac @BYTES NOT NULL CHECK (length(mac) = 32),
	uses_max @INT64 NOT NULL CHECK (uses_max >= 1),
	used @INT64 NOT NULL CHECK (used BETWEEN 0 AND uses_max),
	created_at @INT64 NOT NULL,
	created_by text NOT NULL,
	expires_at @INT64 NOT NULL,
	revoked_at @INT64 NOT NULL
) @CLUSTERED;
CREATE INDEX secret_by_dms ON secret (dms, id);

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
	csr_sha256 @BYTES NOT NULL CHECK (length(csr_sha256) = 32),
	-- Of the first of several tries: the window does not move with them.
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

-- Each part of a signed CMC message that has caused something, and what: so that a recorded message
-- causes nothing once more. The digest is of what was signed and by whom.
CREATE TABLE cmc_message (
	digest @BYTES NOT NULL CHECK (length(digest) = 32),
	part @INT64 NOT NULL,
	dms text NOT NULL,
	-- 'issued' 'revoked', or the code of the refusal.
	outcome text NOT NULL,
	-- The certificate issued or revoked.
	issuer @BYTES,
	serial @BYTES,
	at @INT64 NOT NULL,
	-- Until then it could do harm; 0: for ever.
	keep_until @INT64 NOT NULL,
	PRIMARY KEY (digest, part),
	FOREIGN KEY (serial, issuer) REFERENCES certificate (serial, issuer)
) @CLUSTERED;
CREATE INDEX cmc_message_by_end ON cmc_message (keep_until) WHERE keep_until > 0;

-- Enrollments that an operator decides: one row for what one credential asks for with one CSR. What
-- was used up or has expired makes room for the next request of the same kind.
CREATE TABLE approval (
	id text NOT NULL PRIMARY KEY,
	csr_sha256 @BYTES NOT NULL CHECK (length(csr_sha256) = 32),
	-- Empty, not null, without authentication: it is compared.
	credential @BYTES NOT NULL,
	dms text NOT NULL,
	operation text NOT NULL,
	device text NOT NULL,
	-- Who asked, as events name him.
	requester text NOT NULL,
	csr @BYTES NOT NULL,
	state @INT64 NOT NULL CHECK (state BETWEEN 0 AND 3),
	created_at @INT64 NOT NULL,
	-- Of the request; once it is decided, of the decision.
	expires_at @INT64 NOT NULL,
	decided_at @INT64 NOT NULL,
	decided_by text,
	reason text,
	UNIQUE (csr_sha256, credential, dms, operation),
	CHECK ((state = 0) = (decided_at = 0))
) @STRICT;
-- The listings, the longest waiting first.
CREATE INDEX approval_by_time ON approval (created_at, id);
CREATE INDEX approval_by_dms ON approval (dms, created_at, id);
CREATE INDEX approval_by_expiry ON approval (expires_at);
-- How many wait is asked for with each new one.
CREATE INDEX approval_pending ON approval (dms, expires_at, device) WHERE state = 0;

-- Why was it refused: few among many events, read newest first.
CREATE INDEX event_refusal ON event (dms, seq) WHERE type = 'dms.refusal';
