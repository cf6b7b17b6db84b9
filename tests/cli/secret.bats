# secret: add, list, revoke; and what doctor says about secrets.

load ../lib/shedu

psk='{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'

@test "secret add prints the user name and the secret once, with what curl takes" {
	make_dms demo "$psk"
	run -0 shedu secret add --dms demo --device d1 --uses 2 --validity 30d
	id=$(sed -n 's/^user name: //p' <<<"$output") secret=$(sed -n 's/^secret:  *//p' <<<"$output")
	[[ $id =~ ^[0-9a-f]{16}$ && ${#secret} == 43 && $output == *"-u $id:$secret"* ]]
	run -0 shedu secret list
	[[ $output == "USER NAME"*"$id"*demo*d1*ACTIVE*0*2*cli:* && $output != *"$secret"* ]]
	run -0 shedu --json secret add --dms demo
	[[ $(jq -r '"\(.dms) \(.secret | length)"' <<<"$output") == "demo 43" ]]
}

@test "secret list of one DMS; secret revoke" {
	make_dms demo "$psk"
	make_dms other "$psk"
	id=$(shedu --json secret add --dms demo | jq -r .id)
	shedu secret add --dms other
	[[ $(shedu --json secret list --dms demo | jq -r '[.list[].id] | join(",")') == "$id" ]]
	[[ $(shedu --json secret list | jq '.list | length') == 2 ]]
	run -0 shedu secret revoke "$id"
	[[ $output == "secret $id is revoked" ]]
	[[ $(shedu --json secret list --dms demo | jq -r '.list[0].status') == REVOKED ]]
	run -0 shedu secret revoke "$id"
	run -1 --separate-stderr shedu secret revoke nobody
	[[ $stderr == *"secret not found"* ]]
}

@test "what cannot be made is refused with the reason" {
	make_dms demo "$psk"
	run -2 --separate-stderr shedu secret add --dms demo --uses many
	[[ $stderr == *"expected a number after --uses, got 'many'"* ]]
	run -1 --separate-stderr shedu secret add --dms demo --uses 0
	[[ $stderr == */uses* ]]
	run -1 --separate-stderr shedu secret add --dms demo --validity soon
	[[ $stderr == */validity* ]]
	run -1 shedu secret add --dms nowhere
	run -2 shedu secret add
	[[ $(shedu --json secret list | jq '.list | length') == 0 ]]
}

# advice: what doctor has to say about secrets.
advice() {
	shedu --json doctor >doctor.json || :
	jq -r '.checks[] | select(.check == "secrets") | "\(.status) \(.text)"' doctor.json
}

@test "doctor: a DMS without a usable secret, secrets that cannot renew, the key's mode" {
	make_dms demo "$psk"
	[[ $(advice) == "warn DMS demo"*"no secret that can be used" ]]
	shedu secret add --dms demo
	[[ $(advice) == "ok 1 DMSs"* ]]
	AT=+31d advice >late
	[[ $(cat late) == "warn DMS demo"* ]]
	make_dms renewals '{"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	shedu secret add --dms renewals
	[[ $(advice) == "warn DMS renewals: a secret that was made for no device"* ]]
	as_user chmod 640 state/keys/secrets.key
	shedu doctor >doctor.txt || :
	grep -q '^fail permissions: .*secrets.key has the mode 0640' doctor.txt
}
