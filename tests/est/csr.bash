# Requests made by hand, for what no tool would make.
# shellcheck shell=bash disable=SC2154

# refused STATUS CODE: d1.csr is refused so, and nothing is left behind.
refused() {
	enroll demo d1
	assert_status "$1"
	assert_output_has "$2"
	api GET '/v2/devices'
	[[ $(json '.list | length') == 0 ]]
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

# rdn NAME OID VALUE: arguments for request that add a part to the subject.
rdn() {
	printf '%s\n' '[n]' "s$1=SET:s$1" "[s$1]" "q=SEQ:q$1" "[q$1]" "o=OID:$2" "v=$3"
}

# request_san VALUE...: for CN=d1 with these GeneralNames, as asn1parse -genconf writes them.
request_san() {
	request UTF8:d1 '[attrs]' a=SEQ:at '[at]' o=OID:extReq v=SET:av '[av]' e=SEQ:ex '[ex]' x=SEQ:x \
		'[x]' o=OID:subjectAltName 'v=OCTWRAP,SEQ:san' '[san]' "$@"
}
