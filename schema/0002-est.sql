-- What the further ways to authenticate and to enroll keep.

-- The key sets that DMSs name by URL, as they were last fetched.
CREATE TABLE jwks (
	url text NOT NULL PRIMARY KEY,
	keys text NOT NULL,
	fetched_at @INT64 NOT NULL
) @STRICT;

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
