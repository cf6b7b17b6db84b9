# auth_mode JWT with jwks_url: keys that the issuer publishes, kept in the database.

load ../lib/shedu
load jwt

setup_file() {
	requires jose || return 0
	shedu_file_begin
}

setup() {
	shedu_test_begin
	issuer_key k1
	new_csr d1
	new_csr d2
}

# fetched N: so often did somebody ask the issuer.
fetched() {
	[[ $(grep -c FILE: issuer.log) == "$1" ]] || { cat issuer.log shedu.log >&2 && return 1; }
}

# A token that is good for two days.
lasting() {
	token "$1" "$2" '.exp = $now + 172800'
}

@test "the keys are fetched once, and kept for all workers" {
	start_issuer k1
	make_jwt_dms demo "$(by_url)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	bearer demo d2 "$(token k1 d2)"
	assert_status 200
	fetched 1
}

@test "a key that is new is fetched; a stranger's does not hammer the issuer" {
	start_issuer k1
	make_jwt_dms demo "$(by_url)"
	bearer demo d1 "$(token k1 d1)"
	issuer_key k2
	for _ in 1 2 3; do
		bearer demo d2 "$(token k2 d2)"
		refused token_key
	done
	fetched 1
	publish k2
	AT=+40s bearer demo d2 "$(token k2 d2)"
	assert_status 200
	fetched 2
}

@test "a key that the issuer withdraws is of no use after jwks_max_age" {
	start_issuer k1
	make_jwt_dms demo "$(by_url '.jwks_max_age = "10m"')"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	issuer_key k2
	publish k2
	AT=+9m bearer demo d2 "$(lasting k1 d2)"
	assert_status 200
	AT=+11m bearer demo d2 "$(lasting k1 d2)"
	refused token_key
}

@test "while the issuer is down its keys serve for a day; what cannot be known is 503" {
	start_issuer k1
	make_jwt_dms demo "$(by_url)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	end issuer
	issuer_key k2
	AT=+20m bearer demo d2 "$(lasting k2 d2)"
	assert_status 503
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	AT=+22m bearer demo d2 "$(lasting k1 d2)"
	assert_status 200
	grep -q 'those of before still serve' shedu.log
	new_csr d3
	AT=+25h bearer demo d3 "$(lasting k1 d3)"
	assert_status 503
	api GET /v2/devices/d3
	assert_status 404
}

@test "an answer that is no key set changes nothing" {
	start_issuer k1
	make_jwt_dms demo "$(by_url)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	echo '<html>' >issuer/keys
	AT=+20m bearer demo d2 "$(lasting k1 d2)"
	assert_status 200
	fetched 2
	grep -q 'gave no key set' shedu.log
}

@test "a server that the trust anchors do not vouch for gives no keys, not even kept ones" {
	start_issuer k1
	make_jwt_dms good "$(by_url)"
	make_jwt_dms demo "$(by_url 'del(.jwks_ca)')"
	bearer good d1 "$(token k1 d1)"
	assert_status 200
	bearer demo d2 "$(token k1 d2)"
	assert_status 503
	fetched 1
}

# Into a folder of its own, beside what the test does meanwhile.
in_background() {
	mkdir -p bg
	(W=$W/bg bearer "$@" && echo "$status" >bg/status) &
}

one_row() {
	[[ $(as_user sqlite3 -readonly state/shedu.db 'SELECT count(*) FROM jwks') == 1 ]]
}

@test "an issuer that hangs is waited for by one, on one of the slots" {
	local pid first second
	echo 'webhook = { slots = 1; };' >>shedu.conf
	start_issuer k1
	make_jwt_dms demo "$(by_url)"
	make_jwt_dms other "$(by_url '.jwks_url += "?other"')"
	first=$(token k1 d1) second=$(token k1 d2)
	kill -STOP "$(background_pid issuer)"
	in_background demo d1 "$first"
	pid=$!
	wait_for 30 one_row
	bearer other d2 "$second"
	assert_status 503
	assert_output_has outside_busy
	bearer demo d2 "$second"
	assert_status 503
	grep -q 'a moment ago' shedu.log
	wait "$pid"
	[[ $(<bg/status) == 503 ]]
	grep -q '"code":"http_timeout"' shedu.log
	kill -CONT "$(background_pid issuer)"
}
