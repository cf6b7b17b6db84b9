# What is said of a serial that the CA did not issue: by default "unknown"; the CA's settings decide.

load ../lib/shedu
load ocsp

# ask SERIAL [openssl ocsp options]
ask() {
	ocsp_request r -serial "$@" && post_ocsp r
}

@test "UNAUTHORIZED: unauthorized, on the very next request, and of this CA alone" {
	ask 0x1234
	check_ocsp -serial 0x1234
	[[ $said == *'0x1234: unknown'* ]]
	shedu ca validation issuing --set ocsp.unissued=UNAUTHORIZED
	ask 0x1234
	assert_ocsp_error $UNAUTHORIZED
	openssl ocsp -no_nonce -issuer root.pem -serial 0x1234 -reqout r >/dev/null
	post_ocsp r
	[[ $(answer_text) == *'Cert Status: unknown'* ]]
}

@test "UNAUTHORIZED: of several serials one is unissued, and the whole is unauthorized" {
	certify d1
	shedu ca validation issuing --set ocsp.unissued=UNAUTHORIZED
	status_of d1
	[[ $said == good ]]
	ocsp_request r -cert d1.pem -serial 0x99
	post_ocsp r
	assert_ocsp_error $UNAUTHORIZED
}

@test "REVOKED: on hold since 1970, and the response says that it means that, not critical" {
	certify d1
	shedu ca validation issuing --set ocsp.unissued=REVOKED
	ask 0x1234 -cert d1.pem
	check_ocsp -serial 0x1234 -cert d1.pem
	[[ $said == *'Response verify OK'*'0x1234: revoked'*'Reason: certificateHold'*'Jan  1 00:00:00 1970 GMT'*'d1.pem: good'* ]]
	[[ $(answer_hex) == *"$(ext $EXTENDED_REVOKE 0500)"* ]]
	[[ $(header Cache-Control) == *no-store* ]]
	status_of d1
	[[ $said == good && $(answer_hex) != *$EXTENDED_REVOKE* ]]
}

@test "REVOKED, with a nonce: both extensions" {
	certify d1
	shedu ca validation issuing --set ocsp.unissued=REVOKED
	request_of r "$(certid_of d1 | sed 's/....$/0000/')" '' "$(ext $NONCE "$(der 04 aabb)")"
	post_ocsp r
	[[ $(answer_hex) == *"$(ext $NONCE "$(der 04 aabb)")$(ext $EXTENDED_REVOKE 0500)"* ]]
	[[ $(answer_text) == *'Cert Status: revoked'* ]]
}

@test "a serial is good as soon as it is issued, whatever was said before" {
	local serial policy n=0
	for policy in UNKNOWN UNAUTHORIZED REVOKED; do
		n=$((n + 1))
		shedu ca validation issuing --set "ocsp.unissued=$policy"
		serial=$(sqlite3 -readonly state/shedu.db "SELECT '7f' || lower(hex(randomblob(15)))")
		ask "0x$serial"
		[[ $(answer_text) != *good* ]]
		certify "d$n"
		as_user sqlite3 state/shedu.db "UPDATE certificate SET serial = x'$serial' WHERE common_name = 'd$n'"
		ask "0x$serial"
		check_ocsp -serial "0x$serial"
		[[ $said == *"0x$serial: good"* ]]
	done
}

@test "serials are numbers: zero, negative, long, and with the same last octets, are not confused" {
	local id serial other
	certify d1
	id=$(certid_of d1)
	serial=$(serial_of d1.pem)
	[[ $id == *"${serial,,}" ]]
	for other in 020100 0201ff "$(der 02 "01${serial,,}")" "$(der 02 "${serial: -16}" | tr A-F a-f)" \
		"$(der 02 "$(printf '7f%.0s' {1..40})")"; do
		id=30$(printf '%02x' $((7 * 2 - 3 + 22 * 2 + ${#other} / 2)))$(certid_of d1 | cut -c 5-114)$other
		request_of r "$id"
		post_ocsp r
		assert_status 200
		[[ $(answer_text) == *'Cert Status: unknown'* && $(answer_text) != *'Cert Status: good'* ]]
	done
}

@test "when the CA's key is compromised, an unissued serial is revoked, whatever the settings" {
	local policy
	for policy in UNKNOWN UNAUTHORIZED REVOKED; do
		shedu ca validation issuing --set "ocsp.unissued=$policy"
		[[ $policy != UNKNOWN ]] || shedu cert revoke "$(serial_of issuing.pem)" --reason KeyCompromise
		ask 0x1234
		[[ $(answer_text) == *'Cert Status: revoked'* ]]
		[[ $(answer_hex) == *"$(ext $EXTENDED_REVOKE 0500)"* ]]
	done
}
