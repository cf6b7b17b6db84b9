# ca rekey: a new key under the name of a CA.

load ../lib/shedu

# era CA N [FILTER]: a member of its N-th key, 0 is the present one.
era() {
	shedu --json ca show "$1" | jq -r ".issuers[$2]${3:-.subject_key_id}"
}

# cross CA FILTER FILE: the cross certificate that the filter finds.
cross() {
	shedu --json ca show "$1" | jq -r ".cross_certificates[] | select($2) | .certificate" |
		base64 -d >"$3"
}

@test "a root: another key, the same name, the same length; the old key stays" {
	local before
	before=$(era root 0)
	cp "$W/root.pem" old.pem
	run -0 shedu ca rekey root
	[[ $output == "re-keyed CA root: Test Root, until "* ]]
	ca_pem root >new.pem
	[[ $(era root 0) != "$before" && $(era root 1) == "$before" ]]
	[[ $(openssl x509 -in new.pem -noout -subject) == "$(openssl x509 -in old.pem -noout -subject)" ]]
	openssl verify -CAfile new.pem new.pem
	[[ $(openssl x509 -in new.pem -noout -enddate) == *"$(date -u -d '+7280 days' +%Y) GMT" ]]
	[[ -s state/keys/$before.key && -s state/keys/$(era root 0).key ]]
	[[ $(shedu --json ca show root | jq -c '[.issuers[] | [.current, .status]]') == \
		'[[true,"ACTIVE"],[false,"ACTIVE"]]' ]]
}

@test "a root's bridges: OldWithNew for the old time, NewWithOld to the old end" {
	local old new
	old=$(era root 0)
	shedu ca rekey root --validity 30y
	new=$(era root 0)
	ca_pem root >new.pem
	cross root ".subject_key_id == \"$old\" and .authority_key_id == \"$new\"" old_with_new.pem
	cross root ".subject_key_id == \"$new\" and .authority_key_id == \"$old\"" new_with_old.pem
	openssl verify -CAfile new.pem old_with_new.pem
	openssl verify -CAfile root.pem new_with_old.pem
	run openssl verify -CAfile root.pem old_with_new.pem
	[[ $status != 0 ]]
	[[ $(openssl x509 -in old_with_new.pem -noout -pubkey) == "$(openssl x509 -in root.pem -noout -pubkey)" ]]
	[[ $(openssl x509 -in new_with_old.pem -noout -pubkey) == "$(openssl x509 -in new.pem -noout -pubkey)" ]]
	[[ $(openssl x509 -in old_with_new.pem -noout -dates) == "$(openssl x509 -in root.pem -noout -dates)" ]]
	[[ $(openssl x509 -in new_with_old.pem -noout -enddate) == "$(openssl x509 -in root.pem -noout -enddate)" ]]
	[[ $(sqlite3 -readonly state/shedu.db "SELECT count(*) FROM certificate WHERE kind = 'cross'") == 2 ]]
}

@test "a CA below another: signed by the present key of that one, and ends with it" {
	shedu ca rekey root --validity 5y
	ca_pem root >new.pem
	shedu ca rekey issuing --validity 10y --key RSA:2048
	ca_pem issuing >issuing2.pem
	openssl verify -CAfile new.pem issuing2.pem
	[[ $(openssl x509 -in issuing2.pem -noout -enddate) == "$(openssl x509 -in new.pem -noout -enddate)" ]]
	[[ $(openssl x509 -in issuing2.pem -noout -text) == *"rsaEncryption"* ]]
	[[ $(shedu --json ca show issuing | jq '.cross_certificates | length') == 0 ]]
	openssl x509 -in issuing2.pem -noout -text | grep -q "$HTTP_URL/crl/$(era root 0)"
}

@test "the path length stays, and the key's type unless another is asked for" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ext.key -out ext.pem -subj '/CN=External/O=X' \
		-days 400 -addext keyUsage=critical,keyCertSign,cRLSign \
		-addext basicConstraints=critical,CA:TRUE,pathlen:1 2>/dev/null
	chmod a+r ext.key
	shedu ca import ext --cert "$W/ext.pem" --key "$W/ext.key"
	shedu ca rekey ext
	ca_pem ext >ext2.pem
	openssl x509 -in ext2.pem -noout -text | grep -q 'CA:TRUE, pathlen:1'
	openssl x509 -in ext2.pem -noout -text | grep -q 'Public-Key: (2048 bit)'
	cross ext ".subject_key_id == \"$(era ext 1)\"" own.pem
	# the bridge says of the old key what its certificates say
	[[ $(openssl x509 -in own.pem -noout -ext subjectKeyIdentifier) == \
		"$(openssl x509 -in ext.pem -noout -ext subjectKeyIdentifier)" ]]
	openssl verify -CAfile ext2.pem own.pem
}

@test "refused, and nothing left behind: unknown, without key, revoked, constrained, of the past" {
	local before
	shedu ca create gone --cn Gone
	shedu cert revoke "$(shedu --json ca show gone | jq -r .serial_number)"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout nc.key -out nc.pem \
		-subj /CN=NC -days 400 -addext keyUsage=critical,keyCertSign \
		-addext 'nameConstraints=critical,permitted;DNS:example.org' 2>/dev/null
	chmod a+r nc.key
	shedu ca import nc --cert "$W/nc.pem" --key "$W/nc.key"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out nokey.pem \
		-subj /CN=NoKey -days 400 -addext keyUsage=critical,keyCertSign 2>/dev/null
	shedu ca import nokey --cert "$W/nokey.pem"
	before=$(ls state/keys && sqlite3 -readonly state/shedu.db 'SELECT count(*) FROM issuer')
	refused() {
		run -1 --separate-stderr shedu ca rekey "${@:2}"
		[[ $stderr == *"$1"* ]] || { echo "$stderr" >&2 && return 1; }
	}
	refused 'not found' nowhere
	refused 'ca_revoked' gone
	refused 'ca_without_key' nokey
	refused 'ca_constraints' nc
	refused 'expected a duration' root --validity 1s
	refused 'expected RSA of 2048' root --key RSA:1024
	refused 'key_uri' root --key-uri file:/etc/passwd
	refused 'has this key already' root --key-uri "file:$W/state/keys/$(era root 0).key"
	[[ $before == "$(ls state/keys && sqlite3 -readonly state/shedu.db 'SELECT count(*) FROM issuer')" ]]
}

@test "two at once: each that succeeds is one key, and the others are told" {
	local i ok=0 pids=()
	for i in 1 2 3 4; do
		shedu ca rekey root >"r$i" 2>&1 &
		pids+=($!)
	done
	for i in 1 2 3 4; do
		if wait "${pids[i - 1]}"; then
			ok=$((ok + 1))
		else
			grep -q ca_changed "r$i"
		fi
	done
	[[ $ok -ge 1 ]]
	[[ $(shedu --json ca show root | jq '.issuers | length') == $((ok + 1)) ]]
	[[ $(shedu --json ca show root | jq '.cross_certificates | length') == $((ok * (ok + 1))) ]]
	[[ $(ls state/keys | wc -l) == $((4 + ok)) ]]
}
