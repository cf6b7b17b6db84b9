# The SAN of a request: names of a kind and form that may be copied, or a refusal.

load ../lib/shedu
load csr

setup() {
	shedu_test_begin
	make_dms demo
}

@test "a NUL, a control character or an outer space in a dNSName, rfc822Name or URI" {
	local kind hex v
	for kind in 1 2 6; do
		for hex in 00 09 7f; do
			request_san "n=IMP:$kind,IA5:xd1@.example"
			sed -i 's/v=UTF8:d1/v=UTF8:dev/' r.cnf
			openssl asn1parse -genconf r.cnf -noout -out d1.der
			patch_csr @ $hex
			refused 400 csr_san
		done
		for v in 20612e6578 612e657820; do
			request_san "n=IMP:$kind,FORMAT:HEX,OCT:$v"
			refused 400 csr_san
		done
	done
}

@test "a dNSName that is no DNS name" {
	local name
	for name in a..b .a a. -a a- 'a b' 'a/b' a*b '*' '*.' '*.*.b' a:1 'a,b' \
		"$(printf 'a%.0s' {1..64})" "$(printf 'abc.%.0s' {1..63})de"; do
		request_san "n=IMP:2,IA5:$name"
		refused 400 csr_san
	done
}

@test "an iPAddress of neither 4 nor 16 octets" {
	local v
	for v in 0a00 0a000001ff 0a000001ffffff00; do
		request_san "n=IMP:7,FORMAT:HEX,OCT:$v"
		refused 400 subjectAltName
	done
}

@test "a directoryName is checked as the subject is" {
	local dir=('n=EXP:4,SEQ:dir' '[dir]' s=SET:ds '[ds]' q=SEQ:dq '[dq]')
	request_san "${dir[@]}" o=OID:organizationName "v=UTF8:$(printf 'o%.0s' {1..65})"
	refused 400 'directoryName of the subjectAltName'
	request_san "${dir[@]}" o=OID:organizationName "v=IMP:12U,FORMAT:HEX,OCT:6100"
	refused 400 name_part
	request_san 'n=EXP:4,SEQ:dir' '[dir]' v=INTEGER:1
	refused 400 name_malformed
}

@test "an otherName or a registeredID that is not in form" {
	request_san n=IMP:0,SEQ:o '[o]' v=EXP:0,UTF8:x
	refused 400 csr_san
	request_san n=IMP:0,SEQ:o '[o]' o=OID:1.2.3.4 v=UTF8:x
	refused 400 csr_san
	request_san n=IMP:0,SEQ:o '[o]' o=OID:1.2.3.4 v=EXP:0,IMP:12U,FORMAT:HEX,OCT:6100
	refused 400 csr_san
	request_san n=IMP:8,FORMAT:HEX,OCT:2a83
	refused 400 csr_san
}

@test "an x400Address or an ediPartyName" {
	request_san n=IMP:3,SEQ:o '[o]' v=UTF8:x
	refused 400 csr_san
	request_san n=IMP:5,SEQ:o '[o]' v=EXP:1,UTF8:x
	refused 400 csr_san
}
