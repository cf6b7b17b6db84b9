# CAs that are re-keyed while the servers run: TLS lets clients of both eras in.

load ../lib/shedu

# est OPERATION NAME CERT: posts NAME.csr with CERT.pem; NAME.new is the certificate.
est() {
	pem_b64 "$2.csr" >"$2.b64"
	web POST "/.well-known/est/demo/$1" --cert "$3.pem" --key "$3.key" \
		-H 'Content-Type: application/pkcs10' --data-binary "@$2.b64"
	assert_status 200
	p7_pem "$body_file" >"$2.new"
}

bundle_is_new() {
	grep -qF "$1" state/trust.pem && ! grep -q pending state/trust.pem
}

both_eras() {
	make_dms demo
	enroll_device demo d1
	new_csr d2
	new_csr d3
	start_server "$1"
	shedu ca rekey root
	shedu ca rekey issuing
	shedu ca rekey bootstrap
	shedu cert issue --ca bootstrap --kind bootstrap --cn b2 --out "$W/b2.pem" --out-key "$W/b2.key"
	wait_for 10 bundle_is_new "$(ca_pem bootstrap | sed -n 3p)"
	sleep 1	# the reload was told, and is done soon
	est simpleenroll d2 bootstrap
	est simpleenroll d3 b2
	est simplereenroll d1 d1
	cp d1.new d1.pem
	est simplereenroll d1 d1
	web GET /.well-known/est/demo/cacerts
	p7_pem "$body_file" >all.pem
	openssl verify -CAfile root.pem -untrusted all.pem d1.new d2.new d3.new
}

@test "lighttpd" {
	both_eras lighttpd
}

@test "apache" {
	both_eras apache
}
