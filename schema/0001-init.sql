-- The first schema. Released migrations are frozen: changes come as the next number.
--
-- @INT64 @BYTES @STRICT stand for what the dialect has (SQLite: INTEGER BLOB STRICT). @CLUSTERED is
-- @STRICT with the rows in the primary key's tree: an enrollment writes to a dozen trees, and each
-- costs a page of the log. It suits short rows only.
--
-- Instants are microseconds since 1970 UTC; 0 means "not". Truth values are 0 and 1. JSON is text
-- that only the program reads; whatever a query searches by is a column of its own.
--
-- CHECKs guard sets that are closed by nature (a state, a role). Words that may become more (the
-- kind of a certificate, an operation) have none, because SQLite can change a CHECK only by
-- copying the table.

-- One row. The epoch is rolled anew by init, restore and import: whatever was cached or derived
-- from an older one is void. trust_generation counts the changes of the set of CAs that clients
-- may come with, so that the web server's bundle can be compared with it.
CREATE TABLE meta (
	one @INT64 NOT NULL PRIMARY KEY CHECK (one = 1),
	schema @INT64 NOT NULL,
	epoch @BYTES NOT NULL,
	trust_generation @INT64 NOT NULL
) @STRICT;

-- What operators name. Its present key and certificate is the issuer; after a re-key there are
-- older issuers of the same CA. The two tables name each other: the CA is written first, and its
-- reference waits for the end of the transaction. It is the only one that does. While one waits,
-- SQLite searches for those who wait for each new row, and a table without an index for that is
-- read whole: not to be had where rows are many.
CREATE TABLE ca (
	id text NOT NULL PRIMARY KEY,
	name text NOT NULL,
	issuer @BYTES NOT NULL REFERENCES issuer (ski) DEFERRABLE INITIALLY DEFERRED,
	profile text,
	metadata text NOT NULL,
	created_at @INT64 NOT NULL
) @STRICT;
-- A label of EST may be a CA's common name. Not unique: an imported CA keeps the name it has.
CREATE INDEX ca_by_name ON ca (name);

-- One CA key with its certificate, keyed by the key (SKI): the name is shared after a re-key.
CREATE TABLE issuer (
	ski @BYTES NOT NULL PRIMARY KEY,
	ca text NOT NULL REFERENCES ca (id),
	-- Of the certificate above; null where it is not known here, so no reference.
	parent @BYTES,
	serial @BYTES NOT NULL,
	sha256 @BYTES NOT NULL UNIQUE CHECK (length(sha256) = 32),
	-- Null: the CA validates, and does not issue.
	key_uri text,
	-- What a CertID says of its issuer (RFC 6960 4.1.1), in the two digests that clients use.
	name_sha1 @BYTES NOT NULL CHECK (length(name_sha1) = 20),
	name_sha256 @BYTES NOT NULL CHECK (length(name_sha256) = 32),
	key_sha1 @BYTES NOT NULL CHECK (length(key_sha1) = 20),
	key_sha256 @BYTES NOT NULL CHECK (length(key_sha256) = 32),
	not_before @INT64 NOT NULL,
	not_after @INT64 NOT NULL,
	revoked_at @INT64 NOT NULL,
	reason @INT64 NOT NULL,
	-- Set in the transaction of a revocation, cleared by the one that stores the CRL with it.
	crl_dirty @INT64 NOT NULL CHECK (crl_dirty IN (0, 1)),
	created_at @INT64 NOT NULL,
	der @BYTES NOT NULL
) @STRICT;
CREATE INDEX issuer_by_sha1 ON issuer (key_sha1, name_sha1);
CREATE INDEX issuer_by_sha256 ON issuer (key_sha256, name_sha256);

-- Only the newest: an older CRL is of no use to anybody.
CREATE TABLE crl (
	issuer @BYTES NOT NULL PRIMARY KEY REFERENCES issuer (ski),
	number @INT64 NOT NULL,
	this_update @INT64 NOT NULL,
	next_update @INT64 NOT NULL,
	der @BYTES NOT NULL
) @STRICT;

-- The delegated OCSP responder of each issuer; the next one takes the row's place.
CREATE TABLE responder (
	issuer @BYTES NOT NULL PRIMARY KEY REFERENCES issuer (ski),
	der @BYTES NOT NULL,
	key_uri text NOT NULL,
	not_before @INT64 NOT NULL,
	not_after @INT64 NOT NULL
) @STRICT;

CREATE TABLE profile (
	id text NOT NULL PRIMARY KEY,
	name text NOT NULL,
	profile text NOT NULL,
	created_at @INT64 NOT NULL
) @STRICT;

-- The settings are one document, so that a new setting needs no migration. enrollment_ca is copied
-- out of it, because a CA's name as the label of EST leads to the DMS.
CREATE TABLE dms (
	id text NOT NULL PRIMARY KEY,
	name text NOT NULL,
	settings text NOT NULL,
	metadata text NOT NULL,
	enrollment_ca text,
	-- Grows with each change: who writes says which version he read.
	version @INT64 NOT NULL,
	created_at @INT64 NOT NULL,
	updated_at @INT64 NOT NULL
) @STRICT;
CREATE INDEX dms_by_enrollment_ca ON dms (enrollment_ca, id);

-- state and active_not_after are facts, written with the change that makes them true. The status
-- that people see follows from them, the clock and the DMS's deltas: nothing here goes stale.
CREATE TABLE device (
	id text NOT NULL PRIMARY KEY,
	dms text NOT NULL REFERENCES dms (id),
	state @INT64 NOT NULL CHECK (state BETWEEN 0 AND 3),
	active_version @INT64 NOT NULL CHECK (active_version >= -1),
	active_not_after @INT64 NOT NULL,
	tags text NOT NULL,
	metadata text NOT NULL,
	icon text,
	icon_color text,
	created_at @INT64 NOT NULL,
	updated_at @INT64 NOT NULL
) @CLUSTERED;
CREATE INDEX device_by_dms ON device (dms, id);
-- A status is a range of this index: a page costs the same at ten devices and at a million.
CREATE INDEX device_by_state ON device (dms, state, active_not_after, id);

-- The key is (issuer, serial), in this order in the index: so it also finds a serial alone, as the
-- API may ask. The row is not clustered by the key (no WITHOUT ROWID): random keys and a DER in
-- each row make that slow.
--
-- issuer has no reference: the certificate of an imported CA may be from an issuer unknown here.
-- dms has none: the certificate outlives the DMS.
CREATE TABLE certificate (
	issuer @BYTES NOT NULL,
	serial @BYTES NOT NULL,
	subject text NOT NULL,
	common_name text,
	not_before @INT64 NOT NULL,
	not_after @INT64 NOT NULL,
	status @INT64 NOT NULL CHECK (status IN (0, 1)),
	reason @INT64 NOT NULL CHECK (reason BETWEEN 0 AND 10 AND reason <> 7),
	revoked_at @INT64 NOT NULL,
	status_at @INT64 NOT NULL,
	-- How often the status changed. What was derived from the row (a signed answer, say) holds as
	-- long as this is the same; a trigger counts, so that no statement can forget to.
	change @INT64 NOT NULL DEFAULT 0,
	kind text NOT NULL,
	dms text,
	device text REFERENCES device (id),
	version @INT64 NOT NULL CHECK (version >= -1),
	created_at @INT64 NOT NULL,
	-- By this a presented certificate is found, never by its names.
	sha256 @BYTES NOT NULL UNIQUE CHECK (length(sha256) = 32),
	der @BYTES NOT NULL,
	PRIMARY KEY (serial, issuer),
	CHECK ((status = 0) = (revoked_at = 0)),
	CHECK (not_before <= not_after)
) @STRICT;
-- The listings, newest first. The last columns are the page's key. A device's are found by its slot.
CREATE INDEX certificate_by_time ON certificate (created_at, sha256);
CREATE INDEX certificate_by_issuer ON certificate (issuer, created_at, sha256);
CREATE INDEX certificate_by_dms ON certificate (dms, created_at, sha256) WHERE dms IS NOT NULL;
-- Nearly all are device certificates; these find the few others, and the few that are revoked.
CREATE INDEX certificate_by_kind ON certificate (kind, created_at, sha256) WHERE kind <> 'device';
CREATE INDEX certificate_revoked_by_time ON certificate (created_at, sha256) WHERE status = 1;
-- All that a CRL needs, in its order; status only because SQLite asks the row for it otherwise.
CREATE INDEX certificate_revoked ON certificate (issuer, serial, not_after, revoked_at, reason, status)
	WHERE status = 1;

CREATE TRIGGER certificate_change AFTER UPDATE OF status, reason, revoked_at ON certificate
BEGIN
	UPDATE certificate SET change = change + 1 WHERE serial = NEW.serial AND issuer = NEW.issuer;
END;

-- The history of a device's identity slot; the device row says which version is active.
CREATE TABLE slot_version (
	device text NOT NULL REFERENCES device (id),
	version @INT64 NOT NULL CHECK (version >= 0),
	issuer @BYTES NOT NULL,
	serial @BYTES NOT NULL,
	not_after @INT64 NOT NULL,
	event text NOT NULL,
	at @INT64 NOT NULL,
	PRIMARY KEY (device, version),
	FOREIGN KEY (serial, issuer) REFERENCES certificate (serial, issuer)
) @CLUSTERED;

-- What a repeated request is answered from when its first answer was lost: who asked for what, what
-- was issued for it, and which certificate this very row superseded.
CREATE TABLE enrollment (
	csr_sha256 @BYTES NOT NULL CHECK (length(csr_sha256) = 32),
	-- Empty, not null, without authentication: it is compared.
	credential @BYTES NOT NULL,
	dms text NOT NULL,
	operation text NOT NULL,
	at @INT64 NOT NULL,
	serial @BYTES NOT NULL,
	issuer @BYTES NOT NULL,
	device text NOT NULL,
	superseded_issuer @BYTES,
	superseded_serial @BYTES,
	-- As it is searched; what was issued makes it unique. The columns stand in the key's order:
	-- else SQLite 3.40's integrity_check takes one for another, and cries wolf.
	PRIMARY KEY (csr_sha256, credential, dms, operation, at, serial, issuer),
	FOREIGN KEY (serial, issuer) REFERENCES certificate (serial, issuer)
) @CLUSTERED;
CREATE INDEX enrollment_by_time ON enrollment (at);

-- Append only, seq without gaps, each row's hash over the one before. No references: events outlive
-- what they tell of, and a refusal may name a device that never was.
CREATE TABLE event (
	seq @INT64 NOT NULL PRIMARY KEY CHECK (seq >= 1),
	at @INT64 NOT NULL,
	type text NOT NULL,
	subject text NOT NULL,
	dms text,
	device text,
	actor text NOT NULL,
	data text NOT NULL,
	previous @BYTES NOT NULL,
	hash @BYTES NOT NULL CHECK (length(hash) = 32)
) @STRICT;
CREATE INDEX event_by_device ON event (device, seq) WHERE device IS NOT NULL;
CREATE INDEX event_by_dms ON event (dms, seq) WHERE dms IS NOT NULL;

-- Pinned by the certificate itself. A removed one stays, so that its name in old events has a face.
CREATE TABLE operator (
	sha256 @BYTES NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
	name text NOT NULL,
	role text NOT NULL CHECK (role IN ('auditor', 'operator', 'admin')),
	dms text,
	created_at @INT64 NOT NULL,
	removed_at @INT64 NOT NULL
) @STRICT;

-- When each clock job last ran to its end, and what went wrong.
CREATE TABLE job (
	name text NOT NULL PRIMARY KEY,
	last_at @INT64 NOT NULL,
	last_error text
) @STRICT;
