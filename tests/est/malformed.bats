# Requests that are well-formed and not acceptable: methods, paths, keys, extensions.

load ../lib/shedu
load csr

setup() {
	shedu_test_begin
	make_dms demo
}

@test "a wrong method is 405 and names the right one" {
	cgi est POST /.well-known/est/demo/cacerts --https
	assert_status 405
	[[ $(header Allow) == *GET* ]]
	cgi est GET /.well-known/est/demo/simpleenroll --https
	assert_status 405
	[[ $(header Allow) == *POST* ]]
}

@test "OPTIONS names the methods" {
	cgi est OPTIONS /.well-known/est/demo/simpleenroll --https
	assert_status 204
	[[ $(header Allow) == *POST* ]]
}

@test "an unknown operation, two labels, a trailing or double slash are 404" {
	local p
	for p in demo/nosuch nosuch a/b/cacerts demo/cacerts/ /cacerts demo//cacerts; do
		cgi est GET "/.well-known/est/$p" --https
		assert_status 404
	done
}

@test "a label that is the name of an operation is 404" {
	cgi est GET /.well-known/est/cacerts/cacerts --https
	assert_status 404
	cgi est GET /.well-known/est/simpleenroll/cacerts --https
	assert_status 404
}

@test "a label is one decoded segment" {
	cgi est GET /.well-known/est/d%65mo/cacerts --https
	assert_status 200
	local l
	for l in x%2Fdemo demo%00 ..%2Fdemo %ff demo%2F %zz "$(printf 'a%.0s' {1..129})"; do
		cgi est GET "/.well-known/est/$l/cacerts" --https
		[[ $status == 404 || $status == 400 ]]
	done
}

@test "RSA below 2048 bits" {
	new_key d1.key RSA:1024
	new_csr d1
	refused 400 weak_key
}

@test "curves other than P-256, P-384, P-521" {
	new_key d1.key prime192v1
	new_csr d1
	refused 400 weak_key
	new_key d1.key secp256k1
	new_csr d1
	refused 400 weak_key
}

@test "DSA" {
	openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -out dsa.par 2>/dev/null
	openssl genpkey -paramfile dsa.par -out d1.key
	new_csr d1
	refused 400 weak_
}

@test "signatures with SHA-1 or MD5" {
	new_key d1.key RSA:2048
	new_csr d1 -sha1
	refused 400 weak_signature
	new_csr d1 -md5
	refused 400 weak_signature
}

@test "a version other than v1" {
	VERSION=1 request UTF8:d1 '[attrs]'
	refused 400 csr
}

san=(o=OID:subjectAltName 'v=OCTWRAP,SEQ:san' '[san]' n=IMP:2,IA5:a.example)

@test "two extension requests, and the same extension twice" {
	request UTF8:d1 '[attrs]' a=SEQ:at b=SEQ:at '[at]' o=OID:extReq v=SET:av '[av]' e=SEQ:ex \
		'[ex]' x=SEQ:x '[x]' "${san[@]}"
	refused 400 csr_duplicate
	request UTF8:d1 '[attrs]' a=SEQ:at '[at]' o=OID:extReq v=SET:av '[av]' e=SEQ:ex \
		'[ex]' x=SEQ:x y=SEQ:x '[x]' "${san[@]}"
	refused 400 csr_duplicate
}

@test "a request to be a CA" {
	new_csr d1 -addext basicConstraints=critical,CA:TRUE
	refused 400 csr_ca
	new_csr d1 -addext keyUsage=keyCertSign
	refused 400 csr_ca
}
