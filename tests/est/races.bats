# Enrollment against what an operator does at the same moment: one consistent outcome, no 5xx.

load ../lib/shedu
load parallel

ROUNDS=6

# new_requests N: d1.csr ... with keys of their own.
new_requests() {
	local i
	for ((i = 1; i <= $1; i++)); do
		rm -f d1.key
		new_csr d1
		pem_b64 d1.csr >"k$i.b64"
	done
}

# collide DMS CERT OPERATION N COMMAND...: the command among N posts.
collide() {
	local dms=$1 cert=$2 op=$3 n=$4 i pids=()
	shift 4
	rm -rf answers && mkdir answers
	for ((i = 1; i <= n / 2; i++)); do post_now "$dms" "$cert" "$op" "k$i.b64" "answers/$i"; done
	"$@" >command.out 2>&1 &
	pids+=($!)
	for (( ; i <= n; i++)); do post_now "$dms" "$cert" "$op" "k$i.b64" "answers/$i"; done
	wait "${pids[@]}" || :
	count_answers
	assert_consistent
	assert_recorded answers/*
}

# As collide; and none of the answers is a 5xx.
race() {
	collide "$@"
	never grep -q '^5' out
}

# only STATUS...: no other one was answered.
only() {
	local allowed
	printf -v allowed '%s|' "$@"
	! grep -vE "^(${allowed%|}) " out
}

@test "renewal against the revocation of the certificate that it presents" {
	local round serial
	make_dms demo '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	for ((round = 0; round < ROUNDS; round++)); do
		rm -f d1.key
		[[ $round == 0 ]] || shedu dms update demo - <<<'{"settings": {"enrollment_settings":
			{"enable_replaceable_enrollment": true}}}'
		enroll_device demo d1
		serial=$(serial_of d1.pem)
		new_requests 4
		race demo d1.pem simplereenroll 4 shedu cert revoke "$serial" --reason KeyCompromise
		only 200 401 403
		shedu --json cert show "$serial" | jq -e '.status == "REVOKED"'
	done
}

@test "renewal against decommissioning" {
	local round
	make_dms demo
	for ((round = 0; round < ROUNDS; round++)); do
		make_state
		make_dms demo
		rm -f d1.key
		enroll_device demo d1
		new_requests 4
		race demo d1.pem simplereenroll 4 shedu device decommission d1
		only 200 401 403 409
		shedu --json device show d1 | jq -e '.status == "DECOMMISSIONED"'
	done
}

@test "replacement against decommissioning" {
	local round
	for ((round = 0; round < ROUNDS; round++)); do
		make_state
		make_dms demo '{"enrollment_settings": {"enable_replaceable_enrollment": true}}'
		rm -f d1.key
		enroll_device demo d1
		new_requests 4
		race demo bootstrap.pem simpleenroll 4 shedu device decommission d1
		only 200 409
		shedu --json device show d1 | jq -e '.status == "DECOMMISSIONED"'
	done
}

@test "first enrollment against the deletion of its DMS" {
	local round
	for ((round = 0; round < ROUNDS; round++)); do
		make_state
		make_dms demo
		rm -f d1.key
		new_requests 4
		race demo bootstrap.pem simpleenroll 4 shedu dms delete demo
		only 200 404 409
		# who came first: the device with its DMS, or neither of them
		if grep -q '^200' out; then
			shedu dms show demo
			shedu device show d1
		else
			run ! shedu dms show demo
			run ! shedu device show d1
		fi
	done
}

@test "enrollment against the revocation of the bootstrap certificate" {
	local round serial
	for ((round = 0; round < ROUNDS; round++)); do
		make_state
		make_dms demo
		rm -f d1.key
		new_requests 4
		serial=$(serial_of bootstrap.pem)
		race demo bootstrap.pem simpleenroll 4 shedu cert revoke "$serial"
		only 200 401 409
		enroll_device_after=$(enroll demo d1; echo "$status")
		[[ $enroll_device_after == 401 ]]
	done
}

@test "enrollment against a change of its DMS: by the old settings, or by the new ones, or again" {
	local round
	for ((round = 0; round < ROUNDS; round++)); do
		make_state
		make_dms demo
		rm -f d1.key
		new_requests 4
		# a DMS that changes while its certificate is signed may ask to come again
		collide demo bootstrap.pem simpleenroll 4 shedu dms update demo - \
			<<<'{"settings": {"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}}'
		only 200 403 409 503
	done
}
