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
