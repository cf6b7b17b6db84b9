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
