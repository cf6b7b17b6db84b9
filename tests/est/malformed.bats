# Requests that are well-formed and not acceptable: methods, paths, keys, names, extensions.

load ../lib/shedu

setup() {
	shedu_test_begin
	make_dms demo
}

# refused STATUS CODE: d1.csr is refused so, and nothing is left behind.
refused() {
	enroll demo d1
	assert_status "$1"
	assert_output_has "$2"
	api GET '/v2/devices'
	[[ $(json '.list | length') == 0 ]]
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

subject() {
	new_key d1.key
	openssl req -new -utf8 -key d1.key -subj "$1" -out d1.csr
}

@test "no common name" {
	subject /O=Example
	refused 400 csr_common_name
}

@test "a common name over 64 characters" {
	printf '[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=%s\n' "$(printf 'a%.0s' {1..65})" >c.cnf
	new_key d1.key
	openssl req -new -key d1.key -config c.cnf -out d1.csr ||
		skip 'this openssl refuses to make such a request'
	refused 400 64
}

@test "a slash in the common name, or . or .. or outer spaces" {
	local cn
	for cn in 'a\/b' . .. ' a' 'a '; do
		subject "/CN=$cn"
		refused 400 'device id'
	done
}

# request CN-ASN1 ATTRIBUTES...: a hand-made PKCS#10; the signature is any bytes.
request() {
	local point cn=$1
	shift
	new_key d1.key
	point=$(openssl pkey -in d1.key -pubout -outform DER | tail -c 65 | od -An -v -tx1 | tr -d ' \n')
	{
		printf '%s\n' 'asn1=SEQ:r' '[r]' 'i=SEQ:i' 'a=SEQ:alg' 's=FORMAT:HEX,BITSTR:3000' \
			'[alg]' 'o=OID:ecdsa-with-SHA256' '[i]' "v=INTEGER:${VERSION:-0}" 'n=SEQ:n' 'k=SEQ:k' \
			'a=IMP:0C,SEQ:attrs' '[n]' 's=SET:s' '[s]' 'q=SEQ:q' '[q]' 'o=OID:commonName' "v=$cn" \
			'[k]' 'a=SEQ:ka' "p=FORMAT:HEX,BITSTR:$point" '[ka]' 'a=OID:id-ecPublicKey' \
			'b=OID:prime256v1' "$@"
	} >r.cnf
	openssl asn1parse -genconf r.cnf -noout -out d1.der
	wrap_csr
}

wrap_csr() {
	{ echo -----BEGIN CERTIFICATE REQUEST-----; base64 d1.der; echo -----END CERTIFICATE REQUEST-----; } >d1.csr
}

# patch_csr CHARACTER HEX: the octet that stands for the character in the common name.
patch_csr() {
	local at
	at=$(grep -abo "d1$1" d1.der | head -n 1 | cut -d: -f1)
	printf '%b' "\\x$2" | dd of=d1.der bs=1 seek=$((at + 2)) conv=notrunc status=none
	wrap_csr
}

@test "a NUL in the common name is not its end" {
	request UTF8:d1@.evil '[attrs]'
	patch_csr @ 00
	refused 400 'device id'
}

@test "a control character in the common name" {
	request UTF8:d1@ '[attrs]'
	patch_csr @ 0a
	refused 400 'device id'
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
