-- What the further ways to authenticate and to enroll keep.

-- The key sets that DMSs name by URL, as they were last fetched.
CREATE TABLE jwks (
	url text NOT NULL PRIMARY KEY,
	keys text NOT NULL,
	fetched_at @INT64 NOT NULL
) @STRICT;

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
CREATE INDEX approval_pending ON approval (dms, expires_at) WHERE state = 0;

-- Why was it refused: few among many events, read newest first.
CREATE INDEX event_refusal ON event (dms, seq) WHERE type = 'dms.refusal';
