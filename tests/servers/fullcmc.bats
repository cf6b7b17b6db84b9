# fullcmc needs nothing of the TLS session: an expired certificate renews behind every web server.

load ../lib/shedu
load expired
load ../est/cmc

# d1, whose certificate ended five days ago, as old.pem and old.key; its message is m.b64.
expired_message() {
	expired_device
	mv d1.key old.key
	mv d1.pem old.pem
	new_csr d1
	pkidata "$(transaction)$(nonce)" "$(tcr 1 d1.csr)"
	sign old.pem old.key
}

renewed_by() {
	expired_message
	start_server "$@"
	web POST /.well-known/est/demo/fullcmc --data-binary @m.b64 \
		-H 'Content-Type: application/pkcs7-mime; smime-type=CMC-request'
	answered 200 '0 1'
	issued d1
	openssl x509 -in d1.pem -noout -checkend 86400
}

@test "lighttpd, without the provider module: an expired certificate is renewed" {
	renewed_by lighttpd --no-provider
}

@test "apache, without the provider module: an expired certificate is renewed" {
	renewed_by apache --no-provider
}
