-- What the status of certificates needs: OCSP answers that are kept, and CRLs of several kinds.

-- How the CA's certificates are answered for, as one document (data/validation.h).
ALTER TABLE ca ADD COLUMN validation text NOT NULL DEFAULT '{}';

-- Counts the changes of whatever stands above a single certificate and decides what is said of it:
-- CAs and their settings, keys and ends, the certificates that are not a device's, the responders. All
-- are rare, so one counter serves all CAs: what was derived from them under this epoch and this
-- number holds. Triggers count, so that no statement can forget to.
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
	WHEN NEW.kind <> 'device'
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
