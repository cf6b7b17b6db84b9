# ca validation: how a CA's certificates are answered for.

load ../lib/shedu

@test "it shows the settings, changes those that are named, and no others" {
	run -0 shedu ca validation issuing
	[[ $output == *unissued*UNKNOWN* && $output == *regenerate_on_revoke* ]]
	run -0 shedu ca validation issuing --set ocsp.unissued=UNAUTHORIZED --set crl.validity=3d \
		--set crl.shards=4 --set crl.regenerate_on_revoke=false
	[[ $output == "changed how the certificates of CA issuing are answered for" ]]
	run -0 shedu --json ca validation issuing
	[[ $(jq -c '[.ocsp.unissued, .ocsp.responder_id, .crl.validity, .crl.shards, .crl.regenerate_on_revoke]' <<<"$output") == \
		'["UNAUTHORIZED","KEY","3d",4,false]' ]]
	run -0 shedu --json ca show issuing
	[[ $(jq -r .validation.ocsp.unissued <<<"$output") == UNAUTHORIZED ]]
}

@test "a name that is none, and a value that is none, are refused" {
	local bad
	for bad in ocsp.unisued=UNKNOWN unissued=UNKNOWN ocsp.unissued ocsp=UNKNOWN .=x =; do
		run -2 --separate-stderr shedu ca validation issuing --set "$bad"
		[[ $stderr == *"NAME=VALUE"*"'$bad'"* ]]
	done
	run -1 --separate-stderr shedu ca validation issuing --set ocsp.unissued=GOOD
	[[ $stderr == *UNAUTHORIZED* ]]
	run -1 --separate-stderr shedu ca validation issuing --set crl.shards=many
	[[ $stderr == */crl/shards* ]]
	run -1 shedu ca validation none
}
