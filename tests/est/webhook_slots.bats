# A webhook that hangs, behind a real server: it never stops the devices that do not need it
# (DESIGN section 6), and what workers keep of it.

load ../lib/shedu
load webhook

setup() {
	shedu_test_begin
	hook_start
	new_csr d1
	pem_b64 d1.csr >d1.b64
}

# post DMS [curl options]: the CSR in d1.b64.
post() {
	local dms=$1
	shift
	web POST "/.well-known/est/$dms/simpleenroll" -H 'Content-Type: application/pkcs10' \
		--data-binary @d1.b64 "$@"
}

are_asked() {
	[[ $(hook_calls) == "$1" ]]
}

@test "all slots hang: others enroll, and one more is sent away at once" {
	local i began pids=()
	make_dms demo
	hook_dms slow '{"call_timeout": "60s"}'
	SHEDU_PROCS=4 start_server lighttpd --no-tick
	echo 60 >hook/ask.delay
	for i in 1 2; do
		new_csr "s$i"
		pem_b64 "s$i.csr" >"s$i.b64"
		curl -s --max-time 90 --cacert root.pem -H 'Content-Type: application/pkcs10' -o "s$i.out" \
			-w '%{http_code}' --data-binary "@s$i.b64" \
			"$HTTPS_URL/.well-known/est/slow/simpleenroll" >"s$i.status" 3>&- &
		pids+=($!)
	done
	wait_for 30 are_asked 2
	began=$SECONDS
	post slow
	assert_status 503
	assert_output_has outside_busy
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	for i in 1 2 3 4 5 6; do
		new_csr "d$i"
		pem_b64 "d$i.csr" >d1.b64
		post demo --cert bootstrap.pem --key bootstrap.key
		assert_status 200
	done
	((SECONDS - began < 20))
	are_asked 2
	[[ ! -s s1.status && ! -s s2.status ]]
	# the webhook comes back: who waited is answered, and the slots are free
	printf '\n\n' >hook/fifo
	wait "${pids[@]}"
	[[ $(cat s1.status s2.status) == 200200 ]]
	: >hook/ask.delay
	new_csr d9
	pem_b64 d9.csr >d1.b64
	post slow
	assert_status 200
}

@test "a worker keeps the access token until its end, or until the webhook refuses it" {
	local i
	hook_dms demo "$(oidc)"
	SHEDU_PROCS=1 start_server lighttpd --no-tick	# a changed trust bundle restarts the workers
	for i in 1 2 3; do
		new_csr "d$i"
		pem_b64 "d$i.csr" >d1.b64
		post demo
		assert_status 200
	done
	[[ $(hook_calls) == 3 && $(hook_calls token) == 1 ]]
	# other credentials, another token
	hook_config demo '{"oidc": {"client_secret": "t"}}'
	new_csr d4
	pem_b64 d4.csr >d1.b64
	hook_says token '{"access_token": "t2", "token_type": "Bearer", "expires_in": 2}'
	post demo
	assert_status 200
	[[ $(hook_calls token) == 2 && $(hook_var ask HTTP_AUTHORIZATION) == 'Bearer t2' ]]
	# that one ends
	sleep 1.2
	new_csr d5
	pem_b64 d5.csr >d1.b64
	hook_says token '{"access_token": "t3", "token_type": "Bearer", "expires_in": 900}'
	post demo
	assert_status 200
	[[ $(hook_calls token) == 3 && $(hook_var ask HTTP_AUTHORIZATION) == 'Bearer t3' ]]
	# refused before its end
	new_csr d6
	pem_b64 d6.csr >d1.b64
	hook_says ask '{}' 401
	post demo
	assert_status 503
	hook_says ask '{"authorized": true}'
	hook_says token '{"access_token": "t4", "token_type": "Bearer"}'
	post demo
	assert_status 200
	[[ $(hook_calls token) == 4 && $(hook_var ask HTTP_AUTHORIZATION) == 'Bearer t4' ]]
}

@test "call_timeout is the longest wait" {
	local began=$SECONDS
	hook_dms demo '{"call_timeout": "300ms"}'
	echo 50 >hook/ask.delay
	unanswered demo d1 'external webhook authorization timed out or was canceled'
	((SECONDS - began < 25))
}

@test "call_timeout covers the token as well" {
	local began=$SECONDS
	hook_dms demo "$(oidc | jq '.call_timeout = "3s"')"
	echo 2 >hook/token.delay
	echo 2 >hook/ask.delay
	unanswered demo d1 webhook_timeout
	[[ $(hook_calls token) == 1 ]]
	((SECONDS - began < 25))
	echo 50 >hook/token.delay
	unanswered demo d1 webhook_timeout
}
