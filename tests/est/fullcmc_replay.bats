# A recorded CMC message never brings an old key back.

load ../lib/shedu
load cmc

# What the register says, but for refusals: to see that nothing has changed.
state() {
	api GET /v2/certificates
	json -S '[.list[] | {serial_number, status}]'
	api GET /v2/devices
	json -S '[.list[] | {id, status, identity}]'
}

renew_again() {
	mv d1.key "${1:-k2}.key"
	mv d1.pem "${1:-k2}.pem"
	new_csr d1
	pkidata '' "$(tcr 1 d1.csr)"
	sign "${1:-k2}.pem" "${1:-k2}.key"
	post
	answered 200 '0 1'
	issued d1
}

@test "the same message gets the same certificate, and nothing changes" {
	with_device
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cp d1.pem first.pem
	state >before
	post
	answered 200 '0 1'
	issued d1
	cmp first.pem d1.pem
	state | cmp before -
}

@test "signed anew, with another signature and time: it is the same message" {
	with_device '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cp d1.pem first.pem
	sleep 1.1
	sign old.pem old.key
	post
	answered 200 '0 1'
	issued d1
	cmp first.pem d1.pem
}

@test "after a further renewal the old message changes nothing" {
	with_device
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cp m.b64 recorded
	renew_again
	state >before
	cp recorded m.b64
	post
	answered 200 '0 1'
	state | cmp before -
	[[ $(device_version d1) == 2 ]]
	AT=+3d shedu tick
	AT=+3d post
	answered 403 '2 1 7'
	says not_active
	[[ $(device_version d1) == 2 ]]
}

@test "what it got has been revoked since: refused" {
	with_device
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	shedu cert revoke "$(serial_of d1.pem)"
	post
	answered 409 '2 1 2'
	says replayed
}

@test "twelve times at once: one certificate, and twelve answers with it" {
	with_device '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	pkidata "$(nonce)" "$(tcr 1 d1.csr)"
	sign old.pem old.key
	mkdir answers
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		as_user env -i PATH="$PATH" SHEDU_CONF="$SHEDU_CONF" REQUEST_METHOD=POST HTTPS=on \
			REQUEST_URI=/.well-known/est/demo/fullcmc CONTENT_TYPE=application/pkcs7-mime \
			CONTENT_LENGTH="$(stat -c %s m.b64)" HTTP_USER_AGENT=curl timeout 60 "$EST" \
			<m.b64 >"answers/$i" 2>/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	for i in answers/*; do
		split_answer "$i"
		answered 200 '0 1'
		issued d1
		serial_of d1.pem
	done >serials
	[[ $(sort -u serials | wc -l) == 1 && $(wc -l <serials) == 12 ]]
	[[ $(device_version d1) == 1 ]]
}

@test "a refused renewal stays refused, for as long as its signer can be renewed, and is one event" {
	with_device '{"reenrollment_settings": {"reenrollment_delta": "100d"}}'
	pkidata "$(nonce)" "$(tcr 1 d1.csr)"
	sign old.pem old.key
	post
	answered 403 '2 1 2'
	says window
	post
	answered 403 '2 1 2'
	says 'replayed.*window'
	api GET /v2/devices/d1/events
	[[ $(json '[.list[] | select(.type == "dms.refusal")] | length') == 1 ]]
	AT=+270d shedu tick
	AT=+270d post
	answered 403 '2 1 2'
	says replayed
	[[ $(device_version d1) == 0 ]]
	pkidata "$(nonce 101 55)" "$(tcr 1 d1.csr)"
	AT=+270d sign old.pem old.key
	AT=+270d post
	answered 200 '0 1'
	[[ $(device_version d1) == 1 ]]
	AT=+395d shedu tick
	[[ $(as_user sqlite3 state/shedu.db 'SELECT outcome FROM cmc_message') == window ]]
	AT=+398d shedu tick
	[[ -z $(as_user sqlite3 state/shedu.db 'SELECT outcome FROM cmc_message') ]]
}
