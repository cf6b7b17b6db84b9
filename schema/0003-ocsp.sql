-- What the status of certificates needs: OCSP answers that are kept, and CRLs of several kinds.

-- How the CA's certificates are answered for, as one document (data/validation.h).
ALTER TABLE ca ADD COLUMN validation text NOT NULL DEFAULT '{}';

-- Counts the changes of whatever stands above a single certificate and decides what is said of it:
-- CAs and their settings, keys and ends, the certificates of CAs and of responders. All are rare, so
-- one counter serves all CAs: what was derived from them under this epoch and this number holds.
-- Triggers count, so that no statement can forget to.
ALTER TABLE meta ADD COLUMN ca_change @INT64 NOT NULL DEFAULT 0;

CREATE TRIGGER ca_change_issuer_added AFTER INSERT ON issuer
BEGIN
	UPDATE meta SET ca_change = ca_change + 1;
END;
CREATE TRIGGER ca_change_issuer AFTER UPDATE OF parent, key_uri, not_before, not_after, revoked_at, reason
	ON issuer
BEGIN
	UPDATE meta SET ca_change = ca_change + 1;
END;
CREATE TRIGGER ca_change_validation AFTER UPDATE OF validation ON ca
BEGIN
	UPDATE meta SET ca_change = ca_change + 1;
END;
CREATE TRIGGER ca_change_certificate AFTER UPDATE OF status, reason, revoked_at ON certificate
	WHEN NEW.kind IN ('ca', 'cross', 'responder')
BEGIN
	UPDATE meta SET ca_change = ca_change + 1;
END;
CREATE TRIGGER ca_change_responder_added AFTER INSERT ON responder
BEGIN
	UPDATE meta SET ca_change = ca_change + 1;
END;
CREATE TRIGGER ca_change_responder AFTER UPDATE ON responder
BEGIN
	UPDATE meta SET ca_change = ca_change + 1;
END;

-- CRLs of several scopes (RFC 5280 5): '' is complete, 'delta' the changes since it, 'N-K' the shard K
-- of N by serial. Of each the newest only. Shards stay as long as the CA: certificates name them.
ALTER TABLE crl RENAME TO crl_single;
CREATE TABLE crl (
	issuer @BYTES NOT NULL REFERENCES issuer (ski),
	scope text NOT NULL,
	number @INT64 NOT NULL,
	this_update @INT64 NOT NULL,
	next_update @INT64 NOT NULL,
	-- SHA-256 of the list, null where it is not known: what has not changed is not signed again.
	entries @BYTES,
	-- The names of a shard's distribution point, one a line: a certificate has the one that was
	-- configured when it was issued.
	urls text NOT NULL,
	der @BYTES NOT NULL,
	PRIMARY KEY (issuer, scope)
) @STRICT;
INSERT INTO crl (issuer, scope, number, this_update, next_update, entries, urls, der)
SELECT issuer, '', number, this_update, next_update, NULL, '', der FROM crl_single;
DROP TABLE crl_single;

-- The CRLs of one issuer share their numbers: the last one that was given, or the one before the
-- next. made_at: of the last that was signed; 0: all are due. pause: until a revocation makes
-- another.
ALTER TABLE issuer ADD COLUMN crl_number @INT64 NOT NULL DEFAULT 0;
ALTER TABLE issuer ADD COLUMN crl_made_at @INT64 NOT NULL DEFAULT 0;
ALTER TABLE issuer ADD COLUMN crl_pause @INT64 NOT NULL DEFAULT 0;
-- Counts the changes of what the CRLs list. The CRL that was read at this count has them all.
ALTER TABLE issuer ADD COLUMN crl_change @INT64 NOT NULL DEFAULT 0;
UPDATE issuer SET crl_number = coalesce((SELECT number FROM crl WHERE crl.issuer = issuer.ski), 0);
CREATE INDEX issuer_by_name ON issuer (name_sha256);

-- Where answers are published, since which boot of the machine: whoever changes a status removes them
-- there, whatever his own configuration says. No row: nowhere. tree: random, and said by the folder
-- too: in another mount namespace another one may have this name.
CREATE TABLE published (
	one @INT64 PRIMARY KEY CHECK (one = 1),
	dir text NOT NULL,
	boot text NOT NULL,
	tree @BYTES NOT NULL
) @STRICT;
