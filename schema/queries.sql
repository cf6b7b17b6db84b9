-- All SQL of the program. A block begins with its name, "-- STMT_NAME", and ends with a semicolon;
-- stmts.awk makes the enum and the texts of them. Parameters are $named and bound by name, columns
-- are read by name. The SQL is what SQLite and PostgreSQL share: no OFFSET, no LIKE, no x'' literal,
-- no function of one dialect. Pages go on after a key, compared as a row of values.

-- The answers that are kept: a file of its own (store_answer.h), not the registry.

-- A key has one place, so that the file never grows beyond the number of places. Another layout is
-- another table; the file of an older program is of no use.
-- STMT_ANSWER_CREATE
CREATE TABLE IF NOT EXISTS answer_1 (
	place INTEGER NOT NULL PRIMARY KEY,
	key BLOB NOT NULL,
	epoch BLOB NOT NULL,
	ca_change INTEGER NOT NULL,
	change INTEGER NOT NULL,
	made_at INTEGER NOT NULL,
	this_update INTEGER NOT NULL,
	next_update INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	der BLOB NOT NULL
);

-- STMT_ANSWER_LOAD
SELECT made_at, this_update, next_update, sha256, der FROM answer_1
WHERE place = $place AND key = $key AND epoch = $epoch AND ca_change = $ca_change
	AND change = $change;

-- STMT_ANSWER_SAVE
INSERT INTO answer_1 (place, key, epoch, ca_change, change, made_at, this_update, next_update, sha256,
	der)
VALUES ($place, $key, $epoch, $ca_change, $change, $made_at, $this_update, $next_update, $sha256,
	$der)
ON CONFLICT (place) DO UPDATE SET key = excluded.key, epoch = excluded.epoch,
	ca_change = excluded.ca_change, change = excluded.change, made_at = excluded.made_at,
	this_update = excluded.this_update, next_update = excluded.next_update,
	sha256 = excluded.sha256, der = excluded.der;

-- meta, job

-- STMT_META_ADD
INSERT INTO meta (one, schema, epoch, trust_generation) VALUES (1, $schema, $epoch, 0);

-- STMT_META_LOAD
SELECT epoch, trust_generation, ca_change FROM meta WHERE one = 1;

-- STMT_META_CA_CHANGE
SELECT ca_change FROM meta WHERE one = 1;

-- STMT_META_SCHEMA
SELECT schema FROM meta WHERE one = 1;

-- STMT_META_SET_SCHEMA
UPDATE meta SET schema = $schema WHERE one = 1;

-- STMT_META_RESTORE
UPDATE meta SET epoch = $epoch, trust_generation = trust_generation + $trust_generation + 1,
	ca_change = ca_change + $ca_change + 1
WHERE one = 1;

-- STMT_META_BUMP_TRUST
UPDATE meta SET trust_generation = trust_generation + 1 WHERE one = 1;

-- STMT_PUBLISHED_LOAD
SELECT dir, boot, tree FROM published WHERE one = 1;

-- STMT_PUBLISHED_SAVE
INSERT INTO published (one, dir, boot, tree) VALUES (1, $dir, $boot, $tree)
ON CONFLICT (one) DO UPDATE SET dir = excluded.dir, boot = excluded.boot, tree = excluded.tree;

-- STMT_PUBLISHED_REMOVE
DELETE FROM published WHERE one = 1;

-- STMT_JOB_LOAD
SELECT name, last_at, last_error FROM job WHERE name = $name;

-- STMT_JOB_SAVE
INSERT INTO job (name, last_at, last_error) VALUES ($name, $last_at, $last_error)
ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at, last_error = excluded.last_error;

-- ca, issuer

-- STMT_CA_ADD
INSERT INTO ca (id, name, issuer, profile, metadata, created_at)
VALUES ($id, $name, $issuer, $profile, $metadata, $created_at);

-- STMT_CA_SET_PROFILE
UPDATE ca SET profile = $profile WHERE id = $id;

-- STMT_CA_LOAD
SELECT id, name, issuer, profile, metadata, created_at FROM ca WHERE id = $id;

-- STMT_CA_LOAD_VALIDATION
SELECT validation FROM ca WHERE id = $id;

-- STMT_CA_SET_VALIDATION
UPDATE ca SET validation = $validation WHERE id = $id;

-- Two are enough to see that the name is ambiguous.
-- STMT_CA_LIST_BY_NAME
SELECT id, name, issuer, profile, metadata, created_at FROM ca WHERE name = $name LIMIT 2;

-- STMT_CA_LIST
SELECT id, name, issuer, profile, metadata, created_at FROM ca
WHERE id > $after ORDER BY id LIMIT $limit;

-- Whoever read another current issuer changes no row.
-- STMT_CA_SET_ISSUER
UPDATE ca SET issuer = $issuer WHERE id = $id AND issuer = $previous;

-- STMT_ISSUER_ADD
INSERT INTO issuer (ski, ca, parent, serial, sha256, key_uri, name_sha1, name_sha256, key_sha1,
	key_sha256, not_before, not_after, revoked_at, reason, crl_dirty, created_at, der)
VALUES ($ski, $ca, $parent, $serial, $sha256, $key_uri, $name_sha1, $name_sha256, $key_sha1,
	$key_sha256, $not_before, $not_after, $revoked_at, $reason, $crl_dirty, $created_at, $der);

-- STMT_ISSUER_LOAD
SELECT ski, ca, parent, serial, sha256, key_uri, name_sha1, name_sha256, key_sha1, key_sha256,
	not_before, not_after, revoked_at, reason, crl_dirty, created_at, der
FROM issuer WHERE ski = $ski;

-- STMT_ISSUER_LOAD_BY_SHA1
SELECT ski, ca, parent, serial, sha256, key_uri, name_sha1, name_sha256, key_sha1, key_sha256,
	not_before, not_after, revoked_at, reason, crl_dirty, created_at, der
FROM issuer WHERE key_sha1 = $key_hash AND name_sha1 = $name_hash AND key_uri IS NOT NULL;

-- STMT_ISSUER_LOAD_BY_SHA256
SELECT ski, ca, parent, serial, sha256, key_uri, name_sha1, name_sha256, key_sha1, key_sha256,
	not_before, not_after, revoked_at, reason, crl_dirty, created_at, der
FROM issuer WHERE key_sha256 = $key_hash AND name_sha256 = $name_hash AND key_uri IS NOT NULL;

-- STMT_ISSUER_LIST
SELECT ski, ca, parent, serial, sha256, key_uri, name_sha1, name_sha256, key_sha1, key_sha256,
	not_before, not_after, revoked_at, reason, crl_dirty, created_at, der
FROM issuer ORDER BY ski;

-- STMT_ISSUER_LOAD_BY_CERT
SELECT ski, ca, parent, serial, sha256, key_uri, name_sha1, name_sha256, key_sha1, key_sha256,
	not_before, not_after, revoked_at, reason, crl_dirty, created_at, der
FROM issuer WHERE sha256 = $sha256;

-- STMT_ISSUER_LIST_BY_CA
SELECT ski, ca, parent, serial, sha256, key_uri, name_sha1, name_sha256, key_sha1, key_sha256,
	not_before, not_after, revoked_at, reason, crl_dirty, created_at, der
FROM issuer WHERE ca = $ca ORDER BY created_at DESC, ski DESC;

-- STMT_CROSS_ADD
INSERT INTO cross_certificate (ca, subject, issuer, serial)
VALUES ($ca, $subject, $issuer, $serial);

-- STMT_CROSS_LIST_BY_CA
SELECT x.ca, x.subject, x.issuer, x.serial, c.not_before, c.not_after, c.status, c.der
FROM cross_certificate AS x JOIN certificate AS c ON c.serial = x.serial AND c.issuer = x.issuer
WHERE x.ca = $ca ORDER BY x.subject, x.issuer;

-- A CA may be imported before the one above it.
-- STMT_ISSUER_SET_PARENT
UPDATE issuer SET parent = $parent WHERE ski = $ski;

-- STMT_ISSUER_SET_REVOKED
UPDATE issuer SET revoked_at = $revoked_at, reason = $reason WHERE ski = $ski;

-- All keys of the name (DESIGN section 7).
-- STMT_CRL_MARK
UPDATE issuer SET crl_dirty = 1, crl_change = crl_change + 1
WHERE name_sha256 = (SELECT name_sha256 FROM issuer WHERE ski = $ski);

-- STMT_CRL_SERIES_LOAD
SELECT crl_dirty, crl_number, crl_made_at, crl_pause, crl_change FROM issuer WHERE ski = $ski;

-- The first key of a name begins with 1, a later one where the others are.
-- STMT_CRL_SERIES_HIGHEST
SELECT max(crl_number) AS number FROM issuer
WHERE name_sha256 = (SELECT name_sha256 FROM issuer WHERE ski = $ski);

-- Whoever read another number changes no row. What was revoked since the list was read keeps the CRL
-- due.
-- STMT_CRL_SERIES_SAVE
UPDATE issuer SET crl_number = $number, crl_made_at = $made_at, crl_pause = $pause,
	crl_dirty = CASE WHEN crl_change = $change THEN 0 ELSE crl_dirty END
WHERE ski = $ski AND crl_number = $previous;

-- All CRLs are due, with numbers above this one.
-- STMT_CRL_SERIES_JUMP
UPDATE issuer SET crl_number = $number, crl_made_at = 0, crl_pause = 0, crl_dirty = 1,
	crl_change = crl_change + 1
WHERE ski = $ski;

-- STMT_CRL_LOAD
SELECT issuer, scope, number, this_update, next_update, entries, urls, der FROM crl
WHERE issuer = $issuer AND scope = $scope;

-- STMT_CRL_LOAD_URLS
SELECT urls FROM crl WHERE issuer = $issuer AND scope = $scope;

-- STMT_CRL_LIST
SELECT issuer, scope, number, this_update, next_update, entries, urls FROM crl
WHERE issuer = $issuer ORDER BY scope;

-- The number only grows: an older one changes no row.
-- STMT_CRL_SAVE
INSERT INTO crl (issuer, scope, number, this_update, next_update, entries, urls, der)
VALUES ($issuer, $scope, $number, $this_update, $next_update, $entries, $urls, $der)
ON CONFLICT (issuer, scope) DO UPDATE SET number = excluded.number,
	this_update = excluded.this_update, next_update = excluded.next_update,
	entries = excluded.entries, urls = excluded.urls, der = excluded.der
WHERE excluded.number > crl.number;

-- STMT_CRL_DELETE
DELETE FROM crl WHERE issuer = $issuer AND scope = $scope;

-- STMT_RESPONDER_LOAD
SELECT issuer, der, key_uri, not_before, not_after FROM responder WHERE issuer = $issuer;

-- STMT_RESPONDER_SAVE
INSERT INTO responder (issuer, der, key_uri, not_before, not_after)
VALUES ($issuer, $der, $key_uri, $not_before, $not_after)
ON CONFLICT (issuer) DO UPDATE SET der = excluded.der, key_uri = excluded.key_uri,
	not_before = excluded.not_before, not_after = excluded.not_after;

-- STMT_SIGNER_LOAD
SELECT issuer, der, key_uri, not_before, not_after FROM signer WHERE issuer = $issuer;

-- STMT_SIGNER_SAVE
INSERT INTO signer (issuer, der, key_uri, not_before, not_after)
VALUES ($issuer, $der, $key_uri, $not_before, $not_after)
ON CONFLICT (issuer) DO UPDATE SET der = excluded.der, key_uri = excluded.key_uri,
	not_before = excluded.not_before, not_after = excluded.not_after;

-- certificate

-- STMT_CERT_ADD
INSERT INTO certificate (issuer, serial, subject, common_name, not_before, not_after, status, reason,
	revoked_at, status_at, kind, dms, device, version, created_at, sha256, der)
VALUES ($issuer, $serial, $subject, $common_name, $not_before, $not_after, $status, $reason,
	$revoked_at, $status_at, $kind, $dms, $device, $version, $created_at, $sha256, $der);

-- STMT_CERT_LOAD
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256, der
FROM certificate WHERE serial = $serial AND issuer = $issuer;

-- STMT_CERT_LOAD_BY_SHA256
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256, der
FROM certificate WHERE sha256 = $sha256;

-- STMT_CERT_LIST_BY_SERIAL
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256, der
FROM certificate WHERE serial = $serial ORDER BY issuer LIMIT $limit;

-- STMT_CERT_LOAD_STATUS
SELECT status, reason, revoked_at, status_at, not_before, not_after, change
FROM certificate WHERE serial = $serial AND issuer = $issuer;

-- STMT_CERT_LIST_BY_KEY
SELECT issuer, serial, status, reason, revoked_at, status_at FROM certificate
WHERE (serial, issuer) > ($after_serial, $after_issuer)
ORDER BY serial, issuer LIMIT $limit;

-- The same, and what the answer is derived from besides, in one snapshot.
-- STMT_CERT_LOAD_STATUS_STAMPED
SELECT m.epoch, m.ca_change, c.serial IS NOT NULL AS issued, c.status, c.reason, c.revoked_at,
	c.status_at, c.not_before, c.not_after, c.change
FROM meta AS m LEFT JOIN certificate AS c ON c.serial = $serial AND c.issuer = $issuer
WHERE m.one = 1;

-- STMT_CERT_SET_STATUS
UPDATE certificate SET status = $status, reason = $reason, revoked_at = $revoked_at,
	status_at = $status_at
WHERE serial = $serial AND issuer = $issuer;

-- The key changes, so SQLite looks for references in whole tables: once in the life of an imported CA,
-- when the one above it is imported after it.
-- STMT_CERT_SET_ISSUER
UPDATE certificate SET issuer = $to, status_at = $status_at
WHERE serial = $serial AND issuer = $issuer;

-- STMT_CERT_LIST_REVOKED_OF_ISSUER
SELECT serial, revoked_at, reason FROM certificate
WHERE status = 1 AND issuer = $issuer AND serial > $after AND not_after >= $since
ORDER BY serial LIMIT $limit;

-- The listings differ in the index that leads; what is left of the filter is compared row by row.
-- There '' and -1 are "any".
-- STMT_CERT_LIST
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256
FROM certificate
WHERE (created_at, sha256) < ($after_at, $after_sha256)
	AND ($kind = '' OR kind = $kind) AND ($status = -1 OR status = $status)
ORDER BY created_at DESC, sha256 DESC LIMIT $limit;

-- A device has few: they are sorted.
-- STMT_CERT_LIST_BY_DEVICE
SELECT c.issuer, c.serial, subject, common_name, not_before, c.not_after, status, reason, revoked_at,
	status_at, change, kind, dms, c.device, c.version, created_at, sha256
FROM slot_version AS s JOIN certificate AS c ON c.serial = s.serial AND c.issuer = s.issuer
WHERE s.device = $device AND (created_at, sha256) < ($after_at, $after_sha256)
	AND ($dms = '' OR dms = $dms) AND ($any_issuer = 1 OR c.issuer = $issuer)
	AND ($kind = '' OR kind = $kind) AND ($status = -1 OR status = $status)
ORDER BY created_at DESC, sha256 DESC LIMIT $limit;

-- STMT_CERT_LIST_BY_DMS
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256
FROM certificate
WHERE dms = $dms AND (created_at, sha256) < ($after_at, $after_sha256)
	AND ($any_issuer = 1 OR issuer = $issuer)
	AND ($kind = '' OR kind = $kind) AND ($status = -1 OR status = $status)
ORDER BY created_at DESC, sha256 DESC LIMIT $limit;

-- STMT_CERT_LIST_BY_ISSUER
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256
FROM certificate
WHERE issuer = $issuer AND (created_at, sha256) < ($after_at, $after_sha256)
	AND ($kind = '' OR kind = $kind) AND ($status = -1 OR status = $status)
ORDER BY created_at DESC, sha256 DESC LIMIT $limit;

-- Any kind but "device", which is nearly all.
-- STMT_CERT_LIST_BY_KIND
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256
FROM certificate
WHERE kind = $kind AND kind <> 'device' AND (created_at, sha256) < ($after_at, $after_sha256)
	AND ($status = -1 OR status = $status)
ORDER BY created_at DESC, sha256 DESC LIMIT $limit;

-- STMT_CERT_LIST_REVOKED
SELECT issuer, serial, subject, common_name, not_before, not_after, status, reason, revoked_at,
	status_at, change, kind, dms, device, version, created_at, sha256
FROM certificate
WHERE status = 1 AND (created_at, sha256) < ($after_at, $after_sha256)
	AND ($kind = '' OR kind = $kind)
ORDER BY created_at DESC, sha256 DESC LIMIT $limit;

-- device, slot_version, enrollment

-- STMT_DEVICE_ADD
INSERT INTO device (id, dms, state, active_version, active_not_after, tags, metadata, icon,
	icon_color, created_at, updated_at)
VALUES ($id, $dms, $state, $active_version, $active_not_after, $tags, $metadata, $icon,
	$icon_color, $created_at, $updated_at);

-- STMT_DEVICE_LOAD
SELECT id, dms, state, active_version, active_not_after, tags, metadata, icon, icon_color,
	created_at, updated_at
FROM device WHERE id = $id;

-- STMT_DEVICE_SAVE
UPDATE device SET dms = $dms, state = $state, active_version = $active_version,
	active_not_after = $active_not_after, tags = $tags, metadata = $metadata, icon = $icon,
	icon_color = $icon_color, created_at = $created_at, updated_at = $updated_at
WHERE id = $id;

-- STMT_DEVICE_LIST
SELECT id, dms, state, active_version, active_not_after, tags, metadata, icon, icon_color,
	created_at, updated_at
FROM device WHERE id > $after ORDER BY id LIMIT $limit;

-- STMT_DEVICE_LIST_BY_DMS
SELECT id, dms, state, active_version, active_not_after, tags, metadata, icon, icon_color,
	created_at, updated_at
FROM device WHERE dms = $dms AND id > $after ORDER BY id LIMIT $limit;

-- STMT_DEVICE_LIST_RANGE
SELECT id, dms, state, active_version, active_not_after, tags, metadata, icon, icon_color,
	created_at, updated_at
FROM device
WHERE dms = $dms AND state = $state AND active_not_after < $hi
	AND (active_not_after, id) > ($after_not_after, $after_id)
ORDER BY active_not_after, id LIMIT $limit;

-- STMT_DEVICE_COUNT
SELECT count(*) AS n FROM device;

-- STMT_DEVICE_COUNT_BY_DMS
SELECT count(*) AS n FROM device WHERE dms = $dms;

-- STMT_SLOT_ADD
INSERT INTO slot_version (device, version, issuer, serial, not_after, event, at)
VALUES ($device, $version, $issuer, $serial, $not_after, $event, $at);

-- STMT_SLOT_LOAD
SELECT device, version, issuer, serial, not_after, event, at
FROM slot_version WHERE device = $device AND version = $version;

-- STMT_SLOT_LIST
SELECT device, version, issuer, serial, not_after, event, at
FROM slot_version WHERE device = $device ORDER BY version;

-- STMT_ENROLLMENT_ADD
INSERT INTO enrollment (csr_sha256, credential, dms, operation, device, issuer, serial,
	superseded_issuer, superseded_serial, at)
VALUES ($csr_sha256, $credential, $dms, $operation, $device, $issuer, $serial,
	$superseded_issuer, $superseded_serial, $at);

-- STMT_ENROLLMENT_LOAD
SELECT csr_sha256, credential, dms, operation, device, issuer, serial, superseded_issuer,
	superseded_serial, at
FROM enrollment
WHERE csr_sha256 = $csr_sha256 AND credential = $credential AND dms = $dms
	AND operation = $operation AND at >= $since
ORDER BY at DESC LIMIT 1;

-- The oldest, a bounded number at once: the write gate must not stay closed for long.
-- STMT_ENROLLMENT_PURGE
DELETE FROM enrollment WHERE at <= (
	SELECT max(at) FROM (
		SELECT at FROM enrollment WHERE at < $before ORDER BY at LIMIT $limit) AS oldest);

-- keygen, superseded, escrow

-- STMT_KEYGEN_SAVE
INSERT INTO keygen (device, issuer, serial, credential, csr_sha256, at)
VALUES ($device, $issuer, $serial, $credential, $csr_sha256, $at)
ON CONFLICT (device) DO UPDATE SET issuer = excluded.issuer, serial = excluded.serial,
	credential = excluded.credential, csr_sha256 = excluded.csr_sha256, at = excluded.at;

-- STMT_KEYGEN_LOAD
SELECT device, issuer, serial, credential, csr_sha256, at FROM keygen WHERE device = $device;

-- STMT_SUPERSEDED_ADD
INSERT INTO superseded (issuer, serial, device, at) VALUES ($issuer, $serial, $device, $at)
ON CONFLICT (serial, issuer) DO NOTHING;

-- STMT_SUPERSEDED_LOAD
SELECT issuer, serial, device, at FROM superseded WHERE serial = $serial AND issuer = $issuer;

-- STMT_SUPERSEDED_LIST
SELECT issuer, serial, device, at FROM superseded WHERE device = $device ORDER BY at;

-- STMT_SUPERSEDED_REMOVE
DELETE FROM superseded WHERE device = $device;

-- STMT_ESCROW_ADD
INSERT INTO escrow (issuer, serial, dms, device, der, at)
VALUES ($issuer, $serial, $dms, $device, $der, $at);

-- STMT_ESCROW_LOAD
SELECT issuer, serial, dms, device, der, at FROM escrow WHERE serial = $serial AND issuer = $issuer;

-- dms, profile

-- STMT_DMS_ADD
INSERT INTO dms (id, name, settings, metadata, enrollment_ca, version, created_at, updated_at)
VALUES ($id, $name, $settings, $metadata, $enrollment_ca, $version, $created_at, $updated_at);

-- STMT_DMS_LOAD
SELECT id, name, settings, metadata, enrollment_ca, version, created_at, updated_at
FROM dms WHERE id = $id;

-- STMT_DMS_SAVE
UPDATE dms SET name = $name, settings = $settings, metadata = $metadata,
	enrollment_ca = $enrollment_ca, version = version + 1, updated_at = $updated_at
WHERE id = $id AND version = $version;

-- STMT_DMS_REMOVE
DELETE FROM dms WHERE id = $id AND NOT EXISTS (SELECT 1 FROM device WHERE dms = $id);

-- STMT_DMS_LIST
SELECT id, name, settings, metadata, enrollment_ca, version, created_at, updated_at
FROM dms WHERE id > $after ORDER BY id LIMIT $limit;

-- STMT_DMS_LIST_BY_CA
SELECT id, name, settings, metadata, enrollment_ca, version, created_at, updated_at
FROM dms WHERE enrollment_ca = $enrollment_ca ORDER BY id;

-- STMT_DMS_USES_CA
SELECT 1 AS n FROM dms WHERE enrollment_ca = $enrollment_ca LIMIT 1;

-- STMT_DMS_COUNT
SELECT count(*) AS n FROM dms;

-- STMT_PROFILE_ADD
INSERT INTO profile (id, name, profile, created_at) VALUES ($id, $name, $profile, $created_at);

-- STMT_PROFILE_SAVE
UPDATE profile SET name = $name, profile = $profile WHERE id = $id;

-- STMT_PROFILE_REMOVE
DELETE FROM profile WHERE id = $id;

-- STMT_PROFILE_LOAD
SELECT id, name, profile, created_at FROM profile WHERE id = $id;

-- STMT_PROFILE_LIST
SELECT id, name, profile, created_at FROM profile WHERE id > $after ORDER BY id LIMIT $limit;

-- event

-- STMT_EVENT_ADD
INSERT INTO event (seq, at, type, subject, dms, device, actor, data, previous, hash)
VALUES ($seq, $at, $type, $subject, $dms, $device, $actor, $data, $previous, $hash);

-- STMT_EVENT_LOAD_HEAD
SELECT seq, at, hash
FROM event ORDER BY seq DESC LIMIT 1;

-- STMT_EVENT_LIST
SELECT seq, at, type, subject, dms, device, actor, data, previous, hash
FROM event WHERE seq > $after ORDER BY seq LIMIT $limit;

-- STMT_EVENT_LIST_BY_DEVICE
SELECT seq, at, type, subject, dms, device, actor, data, previous, hash
FROM event WHERE device = $device AND seq > $after AND ($dms = '' OR dms = $dms)
ORDER BY seq LIMIT $limit;

-- STMT_EVENT_LIST_BY_DMS
SELECT seq, at, type, subject, dms, device, actor, data, previous, hash
FROM event WHERE dms = $dms AND seq > $after ORDER BY seq LIMIT $limit;

-- Newest first.
-- STMT_EVENT_LIST_REFUSALS
SELECT seq, at, type, subject, dms, device, actor, data, previous, hash
FROM event WHERE type = 'dms.refusal' AND dms = $dms AND seq < $before
ORDER BY seq DESC LIMIT $limit;

-- STMT_EVENT_LIST_REFUSALS_OF_DEVICE
SELECT seq, at, type, subject, dms, device, actor, data, previous, hash
FROM event
WHERE device = $device AND seq < $before AND ($dms = '' OR dms = $dms) AND type = 'dms.refusal'
ORDER BY seq DESC LIMIT $limit;

-- operator

-- STMT_OPERATOR_ADD
INSERT INTO operator (sha256, name, role, dms, created_at, removed_at)
VALUES ($sha256, $name, $role, $dms, $created_at, $removed_at);

-- STMT_OPERATOR_LOAD
SELECT sha256, name, role, dms, created_at, removed_at FROM operator WHERE sha256 = $sha256;

-- STMT_OPERATOR_REMOVE
UPDATE operator SET removed_at = $removed_at WHERE sha256 = $sha256 AND removed_at = 0;

-- STMT_OPERATOR_LIST
SELECT sha256, name, role, dms, created_at, removed_at FROM operator ORDER BY created_at, sha256;

-- jwks

-- STMT_JWKS_LOAD
SELECT url, keys, fetched_at, tried_at FROM jwks WHERE url = $url;

-- STMT_JWKS_SAVE
INSERT INTO jwks (url, keys, fetched_at, tried_at) VALUES ($url, $keys, $fetched_at, $fetched_at)
ON CONFLICT (url) DO UPDATE SET keys = excluded.keys, fetched_at = excluded.fetched_at;

-- STMT_JWKS_TRY
INSERT INTO jwks (url, keys, fetched_at, tried_at) VALUES ($url, '', 0, $now)
ON CONFLICT (url) DO UPDATE SET tried_at = excluded.tried_at
WHERE jwks.tried_at <= $before OR jwks.tried_at > excluded.tried_at;

-- secret

-- STMT_SECRET_ADD
INSERT INTO secret (id, dms, device, mac, uses_max, used, created_at, created_by, expires_at,
	revoked_at)
VALUES ($id, $dms, $device, $mac, $uses_max, $used, $created_at, $created_by, $expires_at,
	$revoked_at);

-- STMT_SECRET_LOAD
SELECT id, dms, device, mac, uses_max, used, created_at, created_by, expires_at, revoked_at
FROM secret WHERE id = $id;

-- STMT_SECRET_USE
UPDATE secret SET used = used + 1 WHERE id = $id AND used < uses_max;

-- STMT_SECRET_REVOKE
UPDATE secret SET revoked_at = $revoked_at WHERE id = $id AND revoked_at = 0;

-- STMT_SECRET_REMOVE_BY_DMS
DELETE FROM secret WHERE dms = $dms;

-- STMT_SECRET_LIST
SELECT id, dms, device, mac, uses_max, used, created_at, created_by, expires_at, revoked_at
FROM secret WHERE id > $after ORDER BY id LIMIT $limit;

-- STMT_SECRET_LIST_BY_DMS
SELECT id, dms, device, mac, uses_max, used, created_at, created_by, expires_at, revoked_at
FROM secret WHERE dms = $dms AND id > $after ORDER BY id LIMIT $limit;

-- STMT_SECRET_FIND_USABLE
SELECT id, dms, device, mac, uses_max, used, created_at, created_by, expires_at, revoked_at
FROM secret
WHERE dms = $dms AND revoked_at = 0 AND used < uses_max AND expires_at > $now LIMIT 1;

-- cmc_message

-- STMT_MESSAGE_SAVE
INSERT INTO cmc_message (digest, part, dms, outcome, issuer, serial, at, keep_until)
VALUES ($digest, $part, $dms, $outcome, $issuer, $serial, $at, $keep_until)
ON CONFLICT (digest, part) DO UPDATE SET dms = excluded.dms, outcome = excluded.outcome,
	issuer = excluded.issuer, serial = excluded.serial, at = excluded.at,
	keep_until = excluded.keep_until;

-- STMT_MESSAGE_LOAD
SELECT digest, part, dms, outcome, issuer, serial, at, keep_until
FROM cmc_message WHERE digest = $digest AND part = $part;

-- STMT_MESSAGE_PURGE
DELETE FROM cmc_message WHERE keep_until > 0 AND keep_until <= (
	SELECT max(keep_until) FROM (
		SELECT keep_until FROM cmc_message
		WHERE keep_until > 0 AND keep_until < $before ORDER BY keep_until LIMIT $limit) AS oldest);

-- approval

-- A row of the same request gives way when it was used up, or its time is over.
-- STMT_APPROVAL_SAVE_NEW
INSERT INTO approval (id, csr_sha256, credential, dms, operation, device, requester, csr, state,
	created_at, expires_at, decided_at, decided_by, reason)
VALUES ($id, $csr_sha256, $credential, $dms, $operation, $device, $requester, $csr, 0,
	$created_at, $expires_at, 0, NULL, NULL)
ON CONFLICT (csr_sha256, credential, dms, operation) DO UPDATE SET id = excluded.id,
	device = excluded.device, requester = excluded.requester, csr = excluded.csr, state = 0,
	created_at = excluded.created_at, expires_at = excluded.expires_at, decided_at = 0,
	decided_by = NULL, reason = NULL
WHERE approval.state = 3 OR approval.expires_at <= excluded.created_at;

-- STMT_APPROVAL_LOAD
SELECT id, csr_sha256, credential, dms, operation, device, requester, csr, state, created_at,
	expires_at, decided_at, decided_by, reason
FROM approval WHERE id = $id;

-- STMT_APPROVAL_LOAD_OPEN
SELECT id, csr_sha256, credential, dms, operation, device, requester, csr, state, created_at,
	expires_at, decided_at, decided_by, reason
FROM approval
WHERE csr_sha256 = $csr_sha256 AND credential = $credential AND dms = $dms
	AND operation = $operation AND state <> 3 AND expires_at > $now;

-- STMT_APPROVAL_SET_STATE
UPDATE approval SET state = $state, decided_at = $decided_at, decided_by = $decided_by,
	reason = $reason, expires_at = $expires_at
WHERE id = $id AND state = $from;

-- Without the CSR: a page may be long. What is left of the filter is compared row by row; -1 is any
-- state.
-- STMT_APPROVAL_LIST
SELECT id, csr_sha256, credential, dms, operation, device, requester, state, created_at,
	expires_at, decided_at, decided_by, reason
FROM approval
WHERE (created_at, id) > ($after_at, $after_id) AND ($state = -1 OR state = $state)
ORDER BY created_at, id LIMIT $limit;

-- STMT_APPROVAL_LIST_BY_DMS
SELECT id, csr_sha256, credential, dms, operation, device, requester, state, created_at,
	expires_at, decided_at, decided_by, reason
FROM approval
WHERE dms = $dms AND (created_at, id) > ($after_at, $after_id) AND ($state = -1 OR state = $state)
ORDER BY created_at, id LIMIT $limit;

-- STMT_APPROVAL_COUNT_PENDING
SELECT count(*) AS n, count(CASE WHEN device = $device THEN 1 END) AS of_device
FROM approval WHERE dms = $dms AND state = 0 AND expires_at > $now;

-- STMT_APPROVAL_REMOVE_BY_DMS
DELETE FROM approval WHERE dms = $dms;

-- The oldest, a bounded number at once.
-- STMT_APPROVAL_PURGE
DELETE FROM approval WHERE expires_at <= (
	SELECT max(expires_at) FROM (
		SELECT expires_at FROM approval WHERE expires_at <= $now
		ORDER BY expires_at LIMIT $limit) AS oldest);
