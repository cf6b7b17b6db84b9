# lighttpd and Apache, both with the shipped configurations, on one state; a test runs on each.
# shellcheck shell=bash

both_servers() {
	requires lighttpd apache2 || return 0
	export SHEDU_SHARED=1
	shedu_file_begin
	make_dms demo
	start_server lighttpd
	start_server apache
}

# The server's certificate, read as the page reads it; curl's trust file.
page_trust() {
	openssl s_client -connect "localhost:$HTTPS_PORT" </dev/null 2>/dev/null |
		sed -ne '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p' >"leaf-$SERVER.pem"
	[[ $(grep -c BEGIN "leaf-$SERVER.pem") == 1 ]]
	export CURL_CA_BUNDLE=$W/leaf-$SERVER.pem
}
