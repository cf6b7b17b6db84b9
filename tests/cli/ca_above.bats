# ca import: the CA above, which may be revoked, on hold, or not known here.

load ../lib/shedu
load ../ocsp/ocsp

# Not shedu's: above.pem .key, and below.pem .key, which it signed with the serial 1.
setup() {
	shedu_test_begin
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout above.key -out above.pem \
		-subj /CN=Above -days 3000 -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	sign_ca below above
}

# sign_ca NAME ABOVE: NAME.pem .key, a CA that ABOVE signed.
sign_ca() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" \
		-subj "/CN=CA $1" 2>/dev/null
	printf '%s\n' basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign \
		subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >ca.ext
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial 1 -days 2000 -extfile ca.ext \
		-out "$1.pem" 2>/dev/null
	own ./*.key
}

import() {
	shedu ca import "$1" --cert "$W/$1.pem" --key "$W/$1.key"
}

issue() {
	shedu cert issue --ca below --kind bootstrap --cn leaf --out "$W/leaf.pem" --out-key "$W/leaf.key"
}

# said_of CA NAME: what OCSP says of NAME.pem, verified up to above.pem, in $said.
said_of() {
	openssl ocsp -issuer "$1.pem" -no_nonce -cert "$2.pem" -reqout r >/dev/null
	post_ocsp r
	said=$(openssl ocsp -respin "$body_file" -issuer "$1.pem" -CAfile above.pem -no_nonce -cert "$2.pem" 2>&1)
	[[ $said == *'Response verify OK'* ]]
}

# revoke SERIAL-OF REASON
revoke() {
	shedu cert revoke "$(serial_of "$1")" --reason "$2"
}

@test "a CA below a revoked one is imported with a warning, and does not issue" {
	import above
	revoke above.pem KeyCompromise
	run -0 --separate-stderr import below
	[[ $output == "imported CA below: "* && $stderr == *'warning: CA below, or one above it, is revoked'* ]]
	[[ $(shedu --json ca show below | jq .level) == 1 ]]
	run -1 issue
	[[ $output == *ca_inactive* && ! -e leaf.pem ]]
}

@test "a CA whose chain holds is imported without a warning" {
	import above
	run -0 --separate-stderr import below
	[[ -z $stderr ]]
	issue
}

@test "what a CA below a compromised one may have signed is revoked to OCSP" {
	import above
	revoke above.pem KeyCompromise
	import below
	sign_ca leaf below
	shedu tick
	said_of below leaf
	[[ $said == *'leaf.pem: revoked'* ]]
	said_of above below
	[[ $said == *'below.pem: revoked'*'Reason: cACompromise'* ]]
}

@test "a CA below one on hold issues after the release, and falls with it when that is compromised" {
	import above
	revoke above.pem CertificateHold
	import below
	run -1 issue
	shedu cert release "$(serial_of above.pem)"
	issue
	shedu tick
	said_of below leaf
	[[ $said == *'leaf.pem: good'* ]]
	revoke above.pem KeyCompromise
	said_of below leaf
	[[ $said == *'leaf.pem: revoked'*'Reason: cACompromise'* ]]
}

@test "a CA that was imported below one on hold can be revoked" {
	import above
	revoke above.pem CertificateHold
	import below
	run -0 revoke below.pem CessationOfOperation
}

@test "a CA below one that is not known here can be revoked, and what it issued falls with it" {
	import below
	issue
	shedu tick
	revoke below.pem KeyCompromise
	said_of below leaf
	[[ $said == *'leaf.pem: revoked'*'Reason: cACompromise'* ]]
	run -1 issue
}

@test "the CA above becomes known: it answers for the one that was revoked before" {
	import below
	revoke below.pem CessationOfOperation
	import above
	shedu tick
	said_of above below
	[[ $said == *'below.pem: revoked'*'Reason: cessationOfOperation'* ]]
	cgi ocsp GET "/crl/$(shedu --json ca show above | jq -r .certificate.subject_key_id)"
	[[ $(openssl crl -inform DER -in "$body_file" -noout -text) == *'Serial Number: 01'* ]]
}

@test "the CA above becomes known: it answers for the one that holds" {
	import below
	import above
	shedu tick
	said_of above below
	[[ $said == *'below.pem: good'* ]]
	issue
}

@test "two CAs of one serial, the upper one below a CA that is not known here" {
	sign_ca lowest below
	import below
	import lowest
	run -1 --separate-stderr shedu cert revoke 01
	[[ $stderr == *ambiguous_serial* ]]
}

@test "two CAs that certified each other: the chain ends at the one that was imported first" {
	sign_ca one above
	sign_ca two above
	# Each again, by the other's key.
	openssl x509 -req -in one.csr -CA two.pem -CAkey two.key -set_serial 2 -days 2000 -extfile ca.ext \
		-out one.tmp 2>/dev/null
	openssl x509 -req -in two.csr -CA one.pem -CAkey one.key -set_serial 3 -days 2000 -extfile ca.ext \
		-out two.pem 2>/dev/null
	mv one.tmp one.pem
	import one
	run -0 --separate-stderr import two
	[[ -z $stderr ]]
	[[ $(shedu --json ca show one | jq .level)$(shedu --json ca show two | jq .level) == 01 ]]
	shedu cert issue --ca two --kind bootstrap --cn leaf --out "$W/leaf.pem" --out-key "$W/leaf.key"
	revoke one.pem KeyCompromise
	run -1 shedu cert issue --ca two --kind bootstrap --cn leaf --out "$W/l.pem" --out-key "$W/l.key"
}
