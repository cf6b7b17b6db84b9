# What the responder publishes, and what it must never leave behind.

load ../lib/shedu
load ocsp

setup() {
	publish_test_begin
}

# file_of FILE: where the answer to the request lies.
file_of() {
	echo "$SHEDU_PUBLISH/www/ocsp/$(path_of "$1" | tr -s /)"
}

# file_says: what the published answer to r says of d1.
file_says() {
	openssl ocsp -respin "$(file_of r)" -issuer issuing.pem -cert d1.pem -CAfile root.pem -no_nonce \
		2>/dev/null | sed -n 's/^d1.pem: //p'
}

# hold_all: every shard is somebody else's, until free_all.
hold_all() {
	local f fd
	held=()
	for f in "$SHEDU_PUBLISH"/locks/??; do
		exec {fd}<>"$f"
		flock -n "$fd"
		held+=("$fd")
	done
	((${#held[@]} == 64))
}

free_all() {
	local fd
	for fd in "${held[@]}"; do exec {fd}>&-; done
}

@test "a GET is published, dated by thisUpdate; the file is the answer" {
	get_ocsp r
	assert_status 200
	cmp "$body_file" "$(file_of r)"
	[[ $(stat -c %a "$(file_of r)") == 644 ]]
	[[ $(date -ud "$(header Last-Modified)" +%s) == "$(stat -c %Y "$(file_of r)")" ]]
	[[ -z $(ls "$SHEDU_PUBLISH/tmp") ]]
}

@test "both hashes of the issuer" {
	ocsp_request r256 -sha256 -cert d1.pem
	get_ocsp r
	get_ocsp r256
	[[ $(published | wc -l) == 2 && -s $(file_of r256) ]]
}

@test "no POST, no nonce, no serial that was not issued, no other hash, nothing twice, no other CA's" {
	local hex short i
	post_ocsp r
	openssl ocsp -issuer issuing.pem -nonce -cert d1.pem -reqout r.nonce
	ocsp_request r.unknown -serial 0x7b
	ocsp_request r.sha384 -sha384 -cert d1.pem
	ocsp_request r.two -cert d1.pem -cert d1.pem
	openssl ocsp -issuer bootstrap-ca.pem -no_nonce -serial 0x7b -reqout r.other
	for f in r.nonce r.unknown r.sha384 r.two r.other; do get_ocsp "$f"; done
	# No NULL parameters of the digest: another encoding of the same.
	hex=$(xxd -p r | tr -d '\n') short=
	for i in 2 6 10 14 18; do short+=$(printf '30%02x' $((16#${hex:i:2} - 2))); done
	xxd -r -p <<<"${short}300706052b0e03021a${hex:42}" >r.short
	get_ocsp r.short
	check_ocsp -cert d1.pem
	[[ -z $(published) ]]
}

@test "hashes of the issuer that are not the ones the CertID names: unauthorized, and nothing is published" {
	local sha1 sha256
	ocsp_request r256 -sha256 -cert d1.pem
	sha1=$(xxd -p r | tr -d '\n') sha256=$(xxd -p r256 | tr -d '\n')
	request_of r.long "$(der 30 "300906052b0e03021a0500${sha256#*0402010500}")"
	request_of r.short "$(der 30 "300d06096086480165030402010500${sha1#*03021a0500}")"
	for f in r.long r.short; do
		get_ocsp "$f"
		assert_ocsp_error $UNAUTHORIZED
	done
	[[ -z $(published) ]]
}

@test "what does not hold for long is not published" {
	sed -i 's/^ocsp = {/& validity = "6m";/' shedu.conf
	get_ocsp r
	[[ -z $(published) ]]
	sed -i 's/validity = "6m"/validity = "7m"/' shedu.conf
	get_ocsp r
	[[ -n $(published) ]]
}

@test "a shard that is busy: answered, not published" {
	hold_all
	get_ocsp r
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* && -z $(published) ]]
}

@test "a revocation that cannot have the shard is refused, and nothing is revoked" {
	get_ocsp r
	hold_all
	run -1 shedu cert revoke "$(serial_of d1.pem)"
	[[ -s $(file_of r) ]]
	status_of d1
	[[ $said == good ]]
	free_all
	shedu cert revoke "$(serial_of d1.pem)"
	[[ ! -e $(file_of r) ]]
	status_of d1
	[[ $said == revoked ]]
}

@test "a file that cannot be removed: the revocation is refused" {
	get_ocsp r
	chmod 555 "$(dirname "$(file_of r)")"
	run -1 shedu cert revoke "$(serial_of d1.pem)"
	status_of d1
	[[ $said == good ]]
	chmod 2775 "$(dirname "$(file_of r)")"
	shedu cert revoke "$(serial_of d1.pem)"
	[[ ! -e $(file_of r) ]]
}

@test "a folder that is not ready: the revocation is refused until the tick has run" {
	rm -r "$SHEDU_PUBLISH/locks"
	run -1 shedu cert revoke "$(serial_of d1.pem)"
	rm "$SHEDU_PUBLISH/owner"
	shedu tick
	shedu cert revoke "$(serial_of d1.pem)"
}

@test "a release is published anew, too" {
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	get_ocsp r
	[[ $(file_says) == revoked ]]
	shedu cert release "$(serial_of d1.pem)"
	[[ ! -e $(file_of r) ]]
	get_ocsp r
	[[ $(file_says) == good ]]
}

@test "a device that is decommissioned, and one that enrolls anew" {
	get_ocsp r
	shedu device decommission "$device"
	[[ ! -e $(file_of r) ]]
	get_ocsp r
	[[ $(file_says) == revoked ]]
}
