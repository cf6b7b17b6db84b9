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
