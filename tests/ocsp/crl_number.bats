# CRL numbers only grow (RFC 5280 5.2.3): over imports, restores and re-keys.

load ../lib/shedu
load ocsp

# number_of PATH
number_of() {
	get_crl_of "$1" crl && crl_number
}

@test "the next CRL has the number that was asked for, and then it goes on" {
	run -0 shedu ca crl issuing --number 5000
	[[ $output == 'the next CRL of CA issuing has the number 5000' ]]
	shedu tick
	[[ $(number_of "$(crl_path)") == 5000 ]]
	certify d1
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	[[ $(number_of "$(crl_path)") == 5001 ]]
}

@test "it is an event, with the numbers before and after" {
	shedu ca crl issuing --number 5000
	run -0 sqlite3 -readonly state/shedu.db "SELECT subject, data FROM event WHERE type = 'ca.crl.number.update'"
	[[ $output == 'ca/issuing|'*'"previous":1'*'"updated":5000'* ]]
}

@test "a number that is not above the last one, or is none, is refused" {
	local n
	shedu ca crl issuing --number 10
	for n in 9 1 0 -1 ten 9999999999999999; do
		run ! shedu ca crl issuing --number "$n"
	done
	run ! shedu ca crl issuing --number 9
	[[ $output == *'above 9'* ]]
	run ! shedu ca crl nowhere --number 99
	shedu tick
	[[ $(number_of "$(crl_path)") == 10 ]]
}

@test "deltas and shards follow" {
	crl_settings issuing '{"shards": 2, "delta_validity": "1h", "regenerate_on_revoke": false}'
	shedu tick
	shedu ca crl issuing --number 77
	shedu tick
	[[ $(number_of "$(crl_path)") == 77 && $(number_of "$(crl_path delta)") == 77 ]]
	[[ $(number_of "$(crl_path 2-0)") == 77 && $(number_of "$(crl_path 2-1)") == 77 ]]
}

@test "a CA imported with its key has a CRL, which goes on where the old one was" {
	local path
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=Elsewhere' \
		-days 100 -addext keyUsage=critical,keyCertSign,cRLSign -keyout e.key -out e.pem
	chmod a+r e.key
	shedu ca import elsewhere --cert e.pem --key e.key
	shedu ca crl elsewhere --number 321
	shedu tick
	path=/crl/$(shedu --json ca show elsewhere | jq -r .certificate.subject_key_id)
	[[ $(number_of "$path") == 321 ]]
	openssl crl -in crl.pem -noout -CAfile e.pem 2>&1 | grep -q 'verify OK'
	shedu cert issue --ca elsewhere --kind bootstrap --cn d1 --out d1.pem --out-key d1.key
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	get_crl_of "$path" crl
	[[ $(crl_number) == 322 && ${said,,} == *"$(serial_of d1.pem)"* ]]
}

@test "a CA imported without its key has none here" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=Elsewhere' \
		-days 100 -keyout e.key -out e.pem
	shedu ca import elsewhere --cert e.pem
	run ! shedu ca crl elsewhere --number 321
	[[ $output == *'no key here'* ]]
	shedu tick
	cgi ocsp GET "/crl/$(shedu --json ca show elsewhere | jq -r .certificate.subject_key_id)"
	assert_status 404
}

@test "after a re-key the new key's numbers begin above the old one's" {
	local old
	shedu ca crl issuing --number 40
	shedu tick
	old=$(crl_path)
	shedu ca rekey issuing
	shedu tick
	[[ $(number_of "$(crl_path)") == 41 && $(number_of "$old") == 40 && $(crl_path) != "$old" ]]
	shedu ca crl issuing --number 60
	shedu tick
	[[ $(number_of "$(crl_path)") == 60 && $(number_of "$old") == 60 ]]
}

@test "validity and refresh interval are the CA's own" {
	crl_settings issuing '{"validity": "4h", "refresh_interval": "1h"}'
	AT=+4d shedu tick
	AT=+4d get_crl_of "$(crl_path)" crl
	[[ $(crl_number) == 2 ]]
	AT=+5800m shedu tick	# 40 min later
	AT=+5800m get_crl_of "$(crl_path)" crl
	[[ $(crl_number) == 2 ]]
	AT=+5830m shedu tick
	AT=+5830m get_crl_of "$(crl_path)" crl
	[[ $(crl_number) == 3 ]]
	AT=+6080m cgi ocsp GET "$(crl_path)"
	assert_status 503
}

@test "where a revocation makes no CRL, it is in the next one by time, and doctor is content" {
	crl_settings issuing '{"regenerate_on_revoke": false}'
	certify d1
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	get_crl_of "$(crl_path)" crl
	[[ $(crl_number) == 1 && $said == *'No Revoked Certificates'* ]]
	run shedu --json doctor
	[[ $(jq -r '.checks[] | select(.check == "crls") | .status' <<<"$output") == ok ]]
	AT=+4d shedu tick
	AT=+4d get_crl_of "$(crl_path)" crl
	[[ $(crl_number) == 2 && ${said,,} == *"$(serial_of d1.pem)"* ]]
}
