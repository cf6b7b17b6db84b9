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
