# Caches and gateways before OCSP, behind each server: headers, 304, revocation, Lamassu's paths.

load ../lib/shedu
load both
load ../ocsp/ocsp

setup_file() {
	both_servers
	certify d1
}

caches() {
	local tag url
	certify "c-$SERVER"
	ocsp_request r -cert "c-$SERVER.pem"
	url=$HTTP_URL/ocsp/$(path_of r)
	web GET "$url"
	ocsp_answered -cert "c-$SERVER.pem"
	[[ $(cache_directives) == "$FRESH" ]]
	[[ -n $(header Date) && -n $(header Last-Modified) && -n $(header Expires) && -z $(header Pragma) ]]
	[[ $(header ETag) == "\"$(sha256sum <"$body_file" | cut -d' ' -f1)\"" ]]
	# From here on it may be a file that the responder has published, with the server's own ETag.
	web GET "$url"
	ocsp_answered -cert "c-$SERVER.pem"
	[[ $(cache_directives) == "$FRESH" && -n $(header Date) && -n $(header Last-Modified) && -z $(header Pragma) ]]
	tag=$(header ETag)
	tag=${tag#W/} # Apache's, of a file of this second
	[[ $tag == '"'*'"' ]]
	web GET "$url" -H "If-None-Match: $tag"
	assert_status 304
	# lighttpd says no max-age again: the one that the cache has counts from now on (RFC 9111 4.3.4).
	[[ $(header ETag) == *"$tag" && ! -s $body_file && " $FRESH" == *" $(cache_directives)" ]]
	web GET "$url" -H 'If-None-Match: "other"'
	ocsp_answered -cert "c-$SERVER.pem"
}

@test "the headers of RFC 5019, and 304" {
	on_each_server caches
}

not_kept() {
	local path
	ocsp_request unissued -serial 0x1234
	openssl ocsp -issuer issuing.pem -cert d1.pem -reqout nonce >/dev/null
	for path in "$(path_of unissued)" "$(path_of nonce)" xx; do
		web GET "$HTTP_URL/ocsp/$path"
		assert_status 200
		[[ $(cache_directives) == *no-store* && $(cache_directives) != *max-age=60* && -z $(header ETag) ]]
	done
}

@test "what is not to be kept is not: an unissued serial, a nonce, an error" {
	on_each_server not_kept
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
	local -A tag
	certify d2
	ocsp_request r -cert d2.pem
	before() {
		web GET "$HTTP_URL/ocsp/$(path_of r)"
		ocsp_answered -cert d2.pem
		tag[$SERVER]=$(header ETag)
	}
	after() {
		web GET "$HTTP_URL/ocsp/$(path_of r)" -H "If-None-Match: ${tag[$SERVER]}"
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
