# What a restore does not take back.

load ../lib/shedu
load ../ocsp/ocsp

@test "a compromise is not weakened to a hold by restoring two backups in turn" {
	local monday=$W/state/monday.db tuesday=$W/state/tuesday.db
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	shedu backup "$monday"
	shedu cert release "$(serial_of d1.pem)"
	AT=+1h shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	shedu backup "$tuesday"
	AT=+2h shedu restore "$monday" --as-it-was
	AT=+3h shedu restore "$tuesday"
	AT=+4h status_of d1
	[[ $said == revoked && $detail == *keyCompromise* ]]
	AT=+4h run -1 shedu cert release "$(serial_of d1.pem)"
}

# make_chain: x.pem, a root, and y.pem below it, with their keys.
make_chain() {
	printf '%s\n' basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign \
		subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >y.ext
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out x.pem \
		-subj /CN=X -days 3000 -addext keyUsage=critical,keyCertSign,cRLSign
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout y.key -out y.csr -subj /CN=Y
	openssl x509 -req -in y.csr -CA x.pem -CAkey x.key -days 2000 -extfile y.ext -out y.pem
	own x.pem x.key y.pem y.key
	shedu ca import y --cert "$W/y.pem" --key "$W/y.key"
	shedu tick
	shedu cert issue --ca y --kind bootstrap --cn leaf --out "$W/leaf.pem" --out-key "$W/leaf.key"
	openssl ocsp -issuer y.pem -no_nonce -cert leaf.pem -reqout leaf.req
}

leaf_is() {
	post_ocsp leaf.req
	openssl ocsp -respin "$body_file" -issuer y.pem -CAfile x.pem -no_nonce -cert leaf.pem | tee said
	grep "leaf.pem: $1" said
}

@test "a CA whose issuer came to be known since the backup stays compromised" {
	make_chain
	leaf_is good
	shedu backup "$W/state/copy.db"
	shedu ca import x --cert "$W/x.pem" --key "$W/x.key"
	shedu cert revoke "$(serial_of y.pem)" --reason KeyCompromise
	leaf_is revoked
	run shedu restore "$W/state/copy.db"
	[[ $output == *'but for 1 revocations since'* ]]
	leaf_is revoked
	shedu ca import x --cert "$W/x.pem" --key "$W/x.key"
	[[ $(shedu --json cert show "$(serial_of y.pem)" | jq -r '.status + .revocation_reason') == REVOKEDKeyCompromise ]]
	shedu tick
	leaf_is revoked
}

@test "a CA stays compromised by one above it that came to be known since the backup" {
	make_chain
	shedu backup "$W/state/copy.db"
	shedu ca import x --cert "$W/x.pem" --key "$W/x.key"
	shedu cert revoke "$(serial_of x.pem)" --reason CACompromise
	leaf_is revoked
	shedu restore "$W/state/copy.db"
	leaf_is revoked
}

@test "a CA whose issuer is not known stays compromised, and on hold" {
	make_chain
	shedu backup "$W/state/copy.db"
	shedu cert revoke "$(serial_of y.pem)" --reason CertificateHold
	shedu restore "$W/state/copy.db"
	[[ $(shedu --json cert show "$(serial_of y.pem)" | jq -r .revocation_reason) == CertificateHold ]]
	shedu cert release "$(serial_of y.pem)"
	shedu cert revoke "$(serial_of y.pem)" --reason CACompromise
	shedu restore "$W/state/copy.db"
	leaf_is revoked
}

@test "a CA whose certificate the backup lacks stays compromised" {
	make_chain
	shedu backup "$W/state/copy.db"
	as_user sqlite3 state/copy.db "DELETE FROM certificate WHERE kind = 'ca' AND common_name = 'Y'"
	shedu ca import x --cert "$W/x.pem" --key "$W/x.key"
	shedu cert revoke "$(serial_of y.pem)" --reason KeyCompromise
	shedu restore "$W/state/copy.db"
	leaf_is revoked
}

@test "a CA stays on hold by one above it that came to be known since the backup, until it is released" {
	make_chain
	shedu backup "$W/state/copy.db"
	shedu ca import x --cert "$W/x.pem" --key "$W/x.key"
	shedu cert revoke "$(serial_of x.pem)" --reason CertificateHold
	shedu restore "$W/state/copy.db"
	run -1 shedu cert issue --ca y --kind bootstrap --cn other --out "$W/o.pem" --out-key "$W/o.key"
	shedu cert release "$(serial_of y.pem)"
	shedu cert issue --ca y --kind bootstrap --cn other --out "$W/o.pem" --out-key "$W/o.key"
}

@test "a device that was decommissioned since the backup stays so, also one that it does not know" {
	make_dms demo
	enroll_device demo d1
	shedu backup "$W/state/copy.db"
	enroll_device demo d2
	shedu device decommission d1
	shedu device decommission d2
	run shedu restore "$W/state/copy.db"
	[[ $output == *'and 2 devices decommissioned'* ]]
	[[ $(shedu --json device show d1 | jq -r .status) == DECOMMISSIONED ]]
	[[ $(shedu --json device show d2 | jq -r .status) == DECOMMISSIONED ]]
	shedu restore "$W/state/copy.db" --as-it-was
	[[ $(shedu --json device show d1 | jq -r .status) == ACTIVE ]]
	run -1 shedu device show d2
}

@test "what was revoked before the backup is not counted, and stays as it was" {
	local before
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason Superseded
	shedu backup "$W/state/copy.db"
	status_of d1
	before=$(grep -E 'Reason|Revocation Time' <<<"$detail")
	AT=+1h run shedu restore "$W/state/copy.db"
	[[ $output == *'but for 0 revocations since, and 0 devices'* ]]
	AT=+1h status_of d1
	[[ $(grep -E 'Reason|Revocation Time' <<<"$detail") == "$before" ]]
}
