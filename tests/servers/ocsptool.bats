# GnuTLS's ocsptool, which is strict about the form of an answer, asks each server.

load ../lib/shedu
load both
load ../ocsp/ocsp

setup_file() {
	requires ocsptool
	both_servers
	certify good
	certify revoked
	shedu cert revoke "$(serial_of revoked.pem)" --reason KeyCompromise
}

# tool NAME [options]: what ocsptool makes of the answer.
tool() {
	said=$(ocsptool --ask="$HTTP_URL/ocsp" --load-issuer issuing.pem --load-cert "$1.pem" \
		--load-trust issuing.pem "${@:2}" 2>&1) || {
		printf '%s\n' "$said" >&2
		return 1
	}
}

statuses() {
	tool good "$@"
	[[ $said == *'Certificate Status: good'* && $said == *'Verifying OCSP Response: Success'* ]]
	tool revoked "$@"
	[[ $said == *'Certificate Status: revoked'* && $said == *'Verifying OCSP Response: Success'* ]]
}

@test "good and revoked, without a nonce and with one" {
	on_each_server statuses
	on_each_server statuses --nonce
	[[ $said == *Nonce:* ]]
}

@test "good and revoked, by an RSA responder that is named by its name" {
	shedu ca validation issuing --set ocsp.responder_key=RSA-2048 --set ocsp.responder_id=NAME
	shedu tick
	on_each_server statuses
	[[ $said == *'Signature Algorithm: RSA-SHA256'* && $said == *'CN=OCSP responder'* ]]
}

@test "an unissued serial by the extended revoke" {
	shedu ca validation issuing --set ocsp.unissued=REVOKED
	ocsp_request r -serial 0x1234
	web POST "$HTTP_URL/ocsp" --data-binary @r
	said=$(ocsptool --response-info --load-response "$body_file" 2>&1)
	[[ $said == *'Certificate Status: revoked'*'1970'* ]]
}
