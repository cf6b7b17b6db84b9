# The responder's own certificate and key.

load ../lib/shedu
load ocsp

# The certificate that signed the last answer goes to FILE.
signer_of_answer() {
	openssl ocsp -respin "$body_file" -noverify -resp_text -no_nonce 2>/dev/null |
		sed -n '/^-----BEGIN/,/^-----END/p' >"$1"
}

@test "a responder that is revoked answers no more; the tick makes another within a second or two" {
	certify d1
	start_tick
	wait_for 10 grep -q 'tick begins' shedu.log
	sleep 1.5
	status_of d1
	signer_of_answer old.pem
	shedu cert revoke "$(serial_of old.pem)" --reason KeyCompromise
	sleep 2.5
	status_of d1
	[[ $said == good ]]
	signer_of_answer new.pem
	run ! cmp -s old.pem new.pem
}

@test "a responder that is revoked, without a tick: tryLater" {
	certify d1
	status_of d1
	signer_of_answer old.pem
	shedu cert revoke "$(serial_of old.pem)" --reason KeyCompromise
	post_ocsp d1.req
	assert_ocsp_error $TRY_LATER
}
