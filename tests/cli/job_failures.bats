# What the tick does while one of its jobs cannot do all of its work.

load ../lib/shedu

# The error of a job; "null": none.
job_error() {
	shedu --json tick --status | jq -r --arg job "$1" '.jobs[] | select(.name == $job) | .error'
}

job_failed() {
	[[ $(job_error "$1") != null ]]
}

job_well() {
	[[ $(job_error "$1") == null ]]
}

has_responder() {
	[[ $(sqlite3 state/shedu.db "SELECT count(*) FROM responder AS r JOIN issuer AS i
		ON r.issuer = i.ski WHERE i.ca = '$1'") == 1 ]]
}

@test "a responder that cannot be made is not tried again each second, and another CA's is" {
	requires sqlite3
	local key
	key=$(shedu --json ca show bootstrap | jq -r .certificate.subject_key_id).key
	as_user sqlite3 state/shedu.db \
		"DELETE FROM responder WHERE issuer = (SELECT ski FROM issuer WHERE ca = 'bootstrap')"
	mv "state/keys/$key" away.key
	start_tick
	wait_for 10 job_failed responder
	mv away.key "state/keys/$key"
	sleep 2.5
	run ! has_responder bootstrap
	job_failed responder
	shedu ca create late --cn Late
	wait_for 20 has_responder late
	wait_for 20 has_responder bootstrap
	wait_for 20 job_well responder
}
