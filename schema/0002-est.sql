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
