# The responder's own certificate and key.

load ../lib/shedu
load ocsp

# d1 is good, by another responder than that of old.pem.
good_anew() {
	status_of d1 && [[ $said == good ]] || return 1
	signer_of_answer new.pem
	never cmp -s old.pem new.pem
}

@test "a responder that is revoked answers no more; the tick makes another soon" {
	certify d1
	start_tick
	wait_for 20 grep -q 'tick begins' shedu.log
	status_of d1
	signer_of_answer old.pem
	shedu cert revoke "$(serial_of old.pem)" --reason KeyCompromise
	wait_for 20 good_anew
}

@test "a responder that is revoked, without a tick: tryLater" {
	certify d1
	status_of d1
	signer_of_answer old.pem
	shedu cert revoke "$(serial_of old.pem)" --reason KeyCompromise
	post_ocsp d1.req
	assert_ocsp_error $TRY_LATER
}
