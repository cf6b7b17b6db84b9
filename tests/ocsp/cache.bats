# What caches are told (RFC 5019 6.2).

load ../lib/shedu
load ocsp

get() {
	ocsp_request r -cert d1.pem
	cgi ocsp GET "/ocsp/$(path_of r)" "$@"
}

epoch() {
	date -d "$(header "$1")" +%s
}

@test "an answer for an issued certificate may be kept: max-age, Last-Modified, Expires, ETag" {
	certify d1
	get
	assert_status 200
	[[ $(header Cache-Control) == 'max-age=60, public, no-transform, must-revalidate' ]]
	[[ $(header ETag) == "\"$(sha256sum <"$body_file" | cut -d' ' -f1)\"" ]]
	check_ocsp -cert d1.pem
	[[ $(epoch Last-Modified) == "$(date -d "$(sed -n 's/.*This Update: //p' <<<"$said")" +%s)" ]]
	[[ $(epoch Expires) == "$(date -d "$(sed -n 's/.*Next Update: //p' <<<"$said")" +%s)" ]]
	(($(epoch Expires) - $(epoch Last-Modified) <= 12 * 3600 + 300))
}

@test "POST says the same of an answer, and is never 304" {
	local tag
	certify d1
	get
	tag=$(header ETag)
	post_ocsp r --header "If-None-Match: $tag"
	assert_status 200
	[[ $(header ETag) == "$tag" && $(header Cache-Control) == max-age=60,* ]]
	[[ -n $(header Last-Modified) && -n $(header Expires) && -s $body_file ]]
}

@test "If-Modified-Since alone is no 304: within a second a status can change twice" {
	certify d1
	get
	cgi ocsp GET "/ocsp/$(path_of r)" --header "If-Modified-Since: $(header Last-Modified)"
	assert_status 200
	[[ -s $body_file ]]
}

@test "max-age never goes beyond nextUpdate" {
	certify d1
	AT=+364d shedu tick
	AT=$(date -d "$(openssl x509 -in d1.pem -noout -enddate | sed 's/.*=//') 30 seconds ago" '+%F %T')
	get
	assert_status 200
	[[ $(header Cache-Control) =~ ^max-age=(2[0-9]|30), ]]
	check_ocsp -cert d1.pem
	[[ $(date -d "$(sed -n 's/.*Next Update: //p' <<<"$said")" +%s) == \
		"$(date -d "$(openssl x509 -in d1.pem -noout -enddate | sed 's/.*=//')" +%s)" ]]
}

@test "behind a server: 304 while the status is the same, 200 after it changed" {
	local tag url i
	requires lighttpd curl
	certify d1
	SHEDU_PUBLISH= start_server lighttpd
	ocsp_request r -cert d1.pem
	url=$HTTP_URL/ocsp/$(path_of r)
	web GET "$url"
	tag=$(header ETag)
	: >answer.body
	web GET "$url" -H "If-None-Match: $tag" # whichever worker has the turn
	assert_status 304
	[[ $(header ETag) == "$tag" && ! -s $body_file && $(header Cache-Control) == max-age=* ]]
	shedu cert revoke "$(serial_of d1.pem)"
	for i in {1..10}; do
		web GET "$url" -H "If-None-Match: $tag"
		assert_status 200
		check_ocsp -cert d1.pem
		[[ $said == *'d1.pem: revoked'* ]]
	done
}

@test "unknown, errors and nonces are not kept" {
	ocsp_request r -serial 0x1234
	cgi ocsp GET "/ocsp/$(path_of r)"
	[[ $(header Cache-Control) == 'max-age=0, no-store' && -z $(header ETag) ]]
	cgi ocsp GET /ocsp/xx
	[[ $(header Cache-Control) == 'max-age=0, no-store' && -z $(header ETag) ]]
	certify d1
	openssl ocsp -issuer issuing.pem -cert d1.pem -reqout r >/dev/null
	cgi ocsp GET "/ocsp/$(path_of r)"
	[[ $(header Cache-Control) == 'max-age=0, no-store' && -z $(header ETag) ]]
}

@test "thisUpdate is set back for slow clocks, but not to before the status changed" {
	local updated
	certify d1
	AT=+1h get
	check_ocsp -cert d1.pem -validity_period 7200
	updated=$(date -d "$(sed -n 's/.*This Update: //p' <<<"$said")" +%s)
	((updated > $(date +%s) + 3600 - 320 && updated < $(date +%s) + 3600 - 280))
	AT=+2h shedu cert revoke "$(serial_of d1.pem)"
	AT=+2h get
	check_ocsp -cert d1.pem -validity_period 9000
	updated=$(date -d "$(sed -n 's/.*This Update: //p' <<<"$said")" +%s)
	((updated >= $(date +%s) + 7200 - 30))
}
