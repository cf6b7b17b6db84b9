# CRLs by parts (RFC 5280 5.2.5): what certificates name, and what they find there.

load ../lib/shedu
load ocsp

setup() {
	shedu_test_begin
	certify old
	crl_settings issuing '{"shards": 4}'
	shedu tick
}

# point_of NAME: the path of the CRL that NAME.pem names.
point_of() {
	openssl x509 -in "$1.pem" -noout -ext crlDistributionPoints | sed -n "s|.*URI:$HTTP_URL||p"
}

# revoke NAME
revoke() {
	shedu cert revoke "$(serial_of "$1.pem")"
}

@test "a new certificate names the shard of its serial; one from before the complete CRL" {
	local k
	certify d1
	k=$((16#$(serial_of d1.pem | tail -c 9) % 4))
	[[ $(point_of d1) == "$(crl_path "4-$k")" && $(point_of old) == "$(crl_path)" ]]
}

@test "each shard says critically which it is, by the URL that certificates have" {
	local k
	for k in 0 1 2 3; do
		get_crl_of "$(crl_path "4-$k")" shard
		[[ $said == *'Issuing Distribution Point: critical'*"URI:$HTTP_URL$(crl_path "4-$k")"* ]]
		openssl crl -in shard.pem -noout -CAfile issuing.pem 2>&1 | grep -q 'verify OK'
	done
}

@test "openssl verifies with a certificate's own shard, and with no other" {
	local other
	certify d1
	revoke d1
	shedu tick
	certify d2
	get_crl_of "$(point_of d1)" own
	verify d1 own
	[[ $status != 0 && $output == *'certificate revoked'* ]]
	get_crl_of "$(point_of d2)" own
	verify d2 own
	[[ $status == 0 ]]
	other=$(crl_path "4-$(((16#$(serial_of d2.pem | tail -c 9) + 1) % 4))")
	get_crl_of "$other" other
	verify d2 other
	[[ $status != 0 && $output == *'ifferent CRL scope'* ]]
}

@test "the complete CRL has all, also those that name a shard" {
	certify d1
	revoke d1
	revoke old
	shedu tick
	get_crl_of "$(crl_path)" all
	[[ ${said,,} == *"$(serial_of d1.pem)"* && ${said,,} == *"$(serial_of old.pem)"* ]]
	[[ $said != *'Issuing Distribution Point'* ]]
	verify old all
	[[ $output == *'certificate revoked'* ]]
	verify d1 all
	[[ $output == *'certificate revoked'* ]]
}

@test "a revocation makes its shard anew, and leaves the others" {
	local before
	certify d1
	numbers() {
		sqlite3 state/shedu.db "SELECT scope, number FROM crl JOIN issuer ON ski = issuer
			WHERE ca = 'issuing' AND scope <> '' ORDER BY scope"
	}
	numbers >before
	revoke d1
	shedu tick
	numbers >after
	[[ $(diff before after | grep -c '^>') == 1 ]]
	get_crl_of "$(point_of d1)" own
	[[ ${said,,} == *"$(serial_of d1.pem)"* ]]
}

@test "with another number of shards earlier certificates find theirs, kept up" {
	certify d1
	crl_settings issuing '{"shards": 2}'
	shedu tick
	certify d2
	[[ $(point_of d2) == *'/crl/2-'* && $(point_of d1) == *'/crl/4-'* ]]
	crl_settings issuing '{}'
	shedu tick
	certify d3
	[[ $(point_of d3) == "$(crl_path)" ]]
	revoke d1
	revoke d2
	shedu tick
	for name in d1 d2; do
		get_crl_of "$(point_of "$name")" own
		verify "$name" own
		[[ $output == *'certificate revoked'* ]]
	done
	AT=+5d shedu tick
	AT=+10d cgi ocsp GET "$(point_of d1)"
	assert_status 200
}

@test "where a shard is not there yet, the complete CRL is named" {
	crl_settings issuing '{"shards": 8}'
	certify d1
	[[ $(point_of d1) == "$(crl_path)" ]]
	shedu tick
	certify d2
	[[ $(point_of d2) == *'/crl/8-'* ]]
}

@test "under another http_url a shard goes by both names" {
	local url=$HTTP_URL
	certify d1
	sed -i "s|$HTTP_URL|http://other.example|" shedu.conf
	HTTP_URL=http://other.example
	certify d2
	[[ $(point_of d2) == "$(crl_path)" ]]
	shedu tick
	certify d3
	[[ $(point_of d3) == *'/crl/4-'* ]]
	get_crl_of "$(point_of d3)" own
	verify d3 own
	[[ $status == 0 ]]
	HTTP_URL=$url
	revoke d1
	shedu tick
	get_crl_of "$(point_of d1)" own
	verify d1 own
	[[ $output == *'certificate revoked'* ]]
}

@test "a shard of either key of a re-keyed CA has the revoked of both" {
	local k
	certify d1
	cp issuing.pem old-ca.pem
	shedu ca rekey issuing
	shedu tick
	revoke d1
	shedu tick
	get_crl_of "$(point_of d1)" own
	[[ ${said,,} == *"$(serial_of d1.pem)"* ]]
	k=$((16#$(serial_of d1.pem | tail -c 9) % 4))
	get_crl_of "$(crl_path "4-$k")" new
	[[ ${said,,} == *"$(serial_of d1.pem)"* && "$(point_of d1)" != "$(crl_path "4-$k")" ]]
}

@test "an expired certificate leaves its shard a period after its end" {
	shedu cert issue --ca issuing --kind bootstrap --cn d1 --validity 10d --out d1.pem --out-key d1.key
	revoke d1
	shedu tick
	AT=+12d shedu tick
	AT=+12d get_crl_of "$(point_of d1)" own
	[[ ${said,,} == *"$(serial_of d1.pem)"* ]]
	AT=+20d shedu tick
	AT=+24d shedu tick
	AT=+24d get_crl_of "$(point_of d1)" own
	[[ $said == *'No Revoked Certificates'* ]]
}

@test "what is no shard: 404" {
	local p
	for p in 4-4 04-0 4-00 4 -1-0 4-0x 300-1 delta deltas; do
		cgi ocsp GET "$(crl_path "$p")"
		assert_status 404
	done
	cgi ocsp GET "$(crl_path 4-0)" --header "If-None-Match: $(header ETag)"
	assert_status 200
	cgi ocsp GET "/api/va$(crl_path 4-0)" --header "If-None-Match: $(header ETag)"
	assert_status 304
}
