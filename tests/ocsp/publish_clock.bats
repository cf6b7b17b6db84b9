# What was published while the clock was ahead, when it is right again.

load ../lib/shedu
load ocsp

setup() {
	publish_test_begin
}

@test "published while the clock was ahead: the tick removes it, and keeps the rest" {
	local first
	get_r
	first=$(published)
	enroll_published demo d2
	ocsp_request r -cert d2.pem
	AT=+1h get_r
	[[ $(published | wc -l) == 2 ]]
	shedu tick
	[[ $(published) == "$first" ]]
}

@test "a clock that was set back: a tick that runs removes what was published before" {
	echo '+1d' >clock
	chmod a+r clock
	background tick env FAKETIME_NO_CACHE=1 "FAKETIME_TIMESTAMP_FILE=$W/clock" \
		"LD_PRELOAD=$FAKETIME_LIB" "$SHEDU" --conf "$SHEDU_CONF" tick --every 1s
	sleep 2.5	# until nothing is new to it
	AT=+1d get_r
	[[ -n $(published) ]]
	sleep 1.5
	[[ -n $(published) ]]
	echo '+0' >clock
	none_published() { [[ -z $(published) ]]; }
	wait_for 10 none_published
	get_r
	[[ -n $(published) ]]
	check_ocsp -cert d1.pem
}
