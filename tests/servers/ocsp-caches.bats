# Caches and gateways before OCSP, behind each server: headers, 304, revocation, Lamassu's paths.

load ../lib/shedu
load both
load ../ocsp/ocsp

setup_file() {
	both_servers
	ca_pem issuing >issuing.pem
	certify d1
}

caches() {
	local tag url
	url=$HTTP_URL/ocsp/$(path_of r)/ # with a slash at the end it is the responder's, not a file's
	web GET "$url"
	[[ $(header Cache-Control) == 'max-age='*', public, no-transform, must-revalidate' ]]
	[[ -n $(header Date) && -n $(header Last-Modified) && -n $(header Expires) && -z $(header Pragma) ]]
	[[ $(grep -ci '^cache-control' "$headers_file") == 1 ]]
	tag=$(header ETag)
	[[ $tag == "\"$(sha256sum <"$body_file" | cut -d' ' -f1)\"" ]]
	web GET "$url" -H "If-None-Match: $tag"
	assert_status 304
	[[ $(header ETag) == "$tag" && ! -s $body_file ]]
	web GET "$url" -H 'If-None-Match: "other"'
	ocsp_answered
}

@test "the headers of RFC 5019, and 304" {
	ocsp_request r -cert d1.pem
	on_each_server caches
}

gateway() {
	local ski
	ski=$(shedu --json ca show issuing | jq -r .certificate.subject_key_id)
	web GET "/api/va/v1/roles/$ski" --cert operator.pem --key operator.key
	assert_status 200
	[[ $(json .ca_ski) == "$ski" ]]
	web GET "/api/va/v1/roles/$ski"
	[[ $status == 40[13] ]]
	web GET "$HTTP_URL/api/va/v1/roles/$ski"
	assert_status 404
	for url in "$HTTP_URL" "$HTTPS_URL"; do
		web GET "$url/api/va/ocsp/$(path_of r)"
		ocsp_answered
		web GET "$url/api/va/crl/$ski"
		assert_status 200
	done
}

@test "Lamassu's /api/va: ocsp and crl on both ports, roles over HTTPS with a certificate alone" {
	ocsp_request r -cert d1.pem
	on_each_server gateway
}

@test "a revocation shows on the very next request: GET, POST, and with the old ETag" {
	local tag
	certify d2
	ocsp_request r -cert d2.pem
	before() {
		web GET "$HTTP_URL/ocsp/$(path_of r)"
		ocsp_answered -cert d2.pem
		tag=$(header ETag)
	}
	after() {
		web GET "$HTTP_URL/ocsp/$(path_of r)" -H "If-None-Match: $tag"
		ocsp_answered -cert d2.pem
		[[ $said == *'d2.pem: revoked'* ]]
		web POST "$HTTP_URL/ocsp" --data-binary @r
		ocsp_answered -cert d2.pem
		[[ $said == *'d2.pem: revoked'* ]]
	}
	on_each_server before
	shedu cert revoke "$(serial_of d2.pem)"
	on_each_server after
}
