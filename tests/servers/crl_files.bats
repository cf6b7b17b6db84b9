# Published CRLs: given out by the server itself, on each path and port.

load ../lib/shedu
load ../ocsp/ocsp
load both

setup_file() {
	both_servers
	requires_tmpfs
}

# is_file URL FILE: the server gives out the file without asking a responder, whose tags are digests of
# 64 digits.
is_file() {
	web GET "$1"
	assert_status 200
	cmp "$body_file" "$2"
	[[ $(header Content-Type) == application/pkix-crl && $(header Cache-Control) == *max-age=60* ]]
	[[ $(header Last-Modified) == "$(date -u -r "$2" +'%a, %d %b %Y %T GMT')" ]]
	[[ $(header ETag) =~ ^(W/)?\"[^\"]{1,60}\"$ ]] || { echo "a responder was asked for $1" >&2 && return 1; }
	web GET "$1" -H "If-None-Match: $(header ETag)"
	assert_status 304
}

are_files() {
	local path
	for path in "$(crl_path)" "$(crl_path delta)" "$(crl_path 2-0)" "$(crl_path 2-1)"; do
		is_file "$HTTP_URL$path" "$SHEDU_PUBLISH/www$path"
		is_file "$HTTPS_URL$path" "$SHEDU_PUBLISH/www$path"
		is_file "$HTTP_URL/api/va$path" "$SHEDU_PUBLISH/www$path"
	done
}

@test "the complete CRL, its delta and the shards are files" {
	crl_settings issuing '{"shards": 2, "delta_validity": "1h"}'
	wait_for 10 test -s "$SHEDU_PUBLISH/www$(crl_path 2-1)"
	on_each_server are_files
}

answered() {
	web GET "$HTTP_URL$(crl_path)"
	assert_status 200
	openssl crl -inform DER -in "$body_file" -noout -CAfile issuing.pem 2>&1 | grep -q 'verify OK'
	web GET "$HTTP_URL/crl/9-0/$(basename "$(crl_path)")"
	assert_status 404
}

@test "where there is no file the responder answers" {
	end tick
	rm "$SHEDU_PUBLISH/www$(crl_path)"
	on_each_server answered
}
