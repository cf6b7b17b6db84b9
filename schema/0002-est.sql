-- What the further ways to authenticate and to enroll keep.

-- The key sets that DMSs name by URL, as they were last fetched.
CREATE TABLE jwks (
	url text NOT NULL PRIMARY KEY,
	keys text NOT NULL,
	fetched_at @INT64 NOT NULL
) @STRICT;
