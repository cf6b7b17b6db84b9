# The tick warns of enrollment CAs that end too soon.

load ../lib/shedu

warnings() {
	grep -c '"level":"warn[a-z]*".*an enrollment CA ends' shedu.log || true
}

@test "an enrollment CA that ends sooner than devices renew is told once a day, by name" {
	shedu ca create short --cn Short --parent root --validity 100d
	shedu ca create idle --cn Idle --parent root --validity 10d
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "short"}}'
	make_dms long
	shedu tick
	grep 'an enrollment CA ends' shedu.log >told
	[[ $(jq -r '.ca + " " + .dms' told) == "short demo" ]]
	[[ $(jq -r .end told) == "$(date -u -d '+100 days' +%Y-%m-%dT)"* ]]
	shedu tick
	[[ $(warnings) == 1 ]]
	AT=+25h shedu tick
	[[ $(warnings) == 2 ]]
}

@test "as long as the preventive delta and 30 days are left, nothing is told" {
	shedu ca create near --cn Near --parent root --validity 130d
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "near"},
		"reenrollment_settings": {"preventive_delta": "90d", "critical_delta": "30d"}}'
	shedu tick
	[[ $(warnings) == 0 ]]
	AT=+11d shedu tick
	[[ $(warnings) == 1 ]]
}
