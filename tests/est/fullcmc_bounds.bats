# What a signer of CMC messages can make the register grow by.

load ../lib/shedu
load cmc

rows() {
	as_user sqlite3 state/shedu.db 'SELECT count(*) FROM cmc_message'
}

refusals() {
	shedu api GET '/v2/dms/demo/refusals?page_size=1000' | jq '.list | length'
}

# parts N FILE.csr: N requests of the same.
parts() {
	local i
	for ((i = 1; i <= $1; i++)); do tcr "$i" "$2"; done
}

each_of_8() {
	local i
	for ((i = 1; i <= 8; i++)); do echo "2 $i $1"; done
}

with_strict_ra() {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	make_ra
	shedu tick
	new_csr d1
}

@test "of an RA that is revoked nothing is recorded but one refusal a message" {
	with_strict_ra
	shedu cert revoke "$(serial_of ra.pem)"
	fullcmc ra.pem ra.key "$(nonce 101 00)" "$(parts 8 d1.csr)"
	mapfile -t lines < <(each_of_8 7)
	answered 401 "${lines[@]}"
	says certificate_revoked
	[[ $(rows) == 0 && $(refusals) == 1 ]]
	fullcmc ra.pem ra.key "$(nonce 101 01)$(control 102 99 0500)" "$(parts 8 d1.csr)"
	answered 400 '2 102 2'
	[[ $(rows) == 0 && $(refusals) == 2 ]]
}

@test "nor of a device's certificate that is not the one that was issued, or is revoked" {
	with_device
	as_user sqlite3 state/shedu.db "UPDATE certificate SET sha256 = zeroblob(32)
		WHERE serial = x'$(serial_of old.pem)'"
	fullcmc old.pem old.key '' "$(tcr 1 d1.csr)"
	answered 401 '2 1 7'
	says certificate_altered
	shedu cert revoke "$(serial_of old.pem)"
	fullcmc old.pem old.key "$(nonce)$(revoke_request 2 old.pem)" "$(tcr 1 d1.csr)"
	answered 401 '2 1 7' '2 2 7'
	[[ $(rows) == 0 && $(refusals) == 2 ]]
}

@test "of one on hold it is recorded: he may be released" {
	with_strict_ra
	shedu cert revoke "$(serial_of ra.pem)" --reason CertificateHold
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 401 '2 1 7'
	shedu cert release "$(serial_of ra.pem)"
	post
	answered 403 '2 1 2'
	says replayed
}

@test "beyond 60 refusals at once a signer has to wait, and nothing is recorded" {
	local i
	with_strict_ra
	for i in 0 1 2 3 4 5 6 7; do
		fullcmc ra.pem ra.key "$(nonce 101 0$i)" "$(parts 8 d1.csr)"
		assert_status 403
	done
	[[ $(rows) =~ ^6[0-2]$ ]]
	shedu device add d1 --dms demo
	fullcmc ra.pem ra.key "$(nonce 101 09)" "$(tlv a2 "$(int 2)" 06012a 0500)"
	answered 503 '2 2 12'
	says messages_rate
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	[[ $(rows) =~ ^6[0-2]$ ]]
	fullcmc ra.pem ra.key "$(nonce 101 0a)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	for i in 0 1 2 3; do
		fullcmc ra.pem ra.key "$(nonce 101 1$i)" "$(tcr 1 d1.csr)"
	done
	answered 503 '2 1 12'
	says messages_rate
}
