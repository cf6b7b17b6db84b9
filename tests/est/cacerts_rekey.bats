# cacerts (RFC 7030 4.1.3) after a re-key: which certificates, in which order; and caches.

load ../lib/shedu

cacerts() {
	cgi est GET "/.well-known/est/${1:-demo}/cacerts" --https "${@:2}"
	p7_pem "$body_file" >certs.pem 2>/dev/null || :
}

# names FILE...: the certificates of certs.pem in their order, by the files that hold each; "?" for
# another one.
names() {
	local f i n found list=()
	n=$(grep -c BEGIN certs.pem)
	for ((i = 1; i <= n; i++)); do
		awk -v n="$i" '/BEGIN/ { k++ } k == n' certs.pem >one.pem
		found='?'
		for f; do
			[[ $(openssl x509 -in "$f.pem" -outform DER | sha256sum) == \
				"$(openssl x509 -in one.pem -outform DER | sha256sum)" ]] && found=$f
		done
		list+=("$found")
	done
	echo "${list[*]}"
}

# cross CA SUBJECT ISSUER FILE: keys by number, 0 is the present one.
cross() {
	shedu --json ca show "$1" | jq -r --argjson s "$2" --argjson i "$3" '. as $ca | .cross_certificates[] |
		select(.subject_key_id == $ca.issuers[$s].subject_key_id and
			.authority_key_id == $ca.issuers[$i].subject_key_id) | .certificate' | base64 -d >"$4"
}

@test "a re-keyed root: both bridges, then the present one, then the old one" {
	make_dms demo '{"ca_distribution_settings": {"include_enrollment_ca": false, "managed_cas": ["root"]}}'
	cp "$W/root.pem" old.pem
	shedu ca rekey root
	ca_pem root >new.pem
	cross root 1 0 old_with_new.pem
	cross root 0 1 new_with_old.pem
	cacerts
	[[ $(names new old old_with_new new_with_old) == "old_with_new new_with_old new old" ]]
	cacerts root
	[[ $(names new old old_with_new new_with_old) == "old_with_new new_with_old new old" ]]
}

@test "the chain of the enrollment CA's present certificate comes first, each certificate once" {
	make_dms demo '{"ca_distribution_settings": {"managed_cas": ["issuing", "root"]}}'
	cp "$W/root.pem" old.pem
	shedu ca rekey root
	ca_pem root >new.pem
	cacerts
	[[ $(names issuing old new) == "issuing ? ? old new" ]]
	shedu ca rekey issuing
	ca_pem issuing >issuing2.pem
	cacerts
	[[ $(names issuing issuing2 old new) == "issuing2 ? ? new issuing old" ]]
}

@test "the system CA's file may be older than the re-key; the bridges stand before all roots" {
	make_dms demo '{"ca_distribution_settings": {"include_system_ca": true}}'
	cp "$W/root.pem" old.pem
	shedu ca rekey root
	ca_pem root >new.pem
	cacerts
	[[ $(names issuing old new) == "? ? old issuing new" ]]
	shedu dms update demo - <<<'{"settings": {"ca_distribution_settings": {"include_enrollment_ca": false}}}'
	cacerts
	[[ $(names issuing old new) == "? ? old new" ]]
}

@test "an old key that is revoked is left out, with its bridges" {
	make_dms demo '{"ca_distribution_settings": {"include_enrollment_ca": false, "managed_cas": ["root"]}}'
	cp "$W/root.pem" old.pem
	shedu ca rekey root
	ca_pem root >new.pem
	shedu cert revoke "$(serial_of old.pem)" --reason KeyCompromise
	cacerts
	[[ $(names new) == new ]]
}

@test "a bridge that is revoked is left out, and an old key that has ended" {
	shedu ca create short --cn Short --validity 40d
	make_dms demo '{"ca_distribution_settings": {"include_enrollment_ca": false, "managed_cas": ["short"]}}'
	ca_pem short >old.pem
	shedu ca rekey short --validity 400d
	ca_pem short >new.pem
	cross short 1 0 old_with_new.pem
	cross short 0 1 new_with_old.pem
	shedu cert revoke "$(serial_of old_with_new.pem)"
	cacerts
	[[ $(names new old new_with_old) == "new_with_old new old" ]]
	AT=+41d cacerts
	[[ $(names new) == new ]]
}

@test "ETag: the same set is 304, in its form; a re-key makes it another" {
	local tag
	make_dms demo
	cacerts
	tag=$(header ETag)
	[[ $(header Cache-Control) == no-cache && $tag == \"*\" ]]
	cacerts demo --header "If-None-Match: $tag"
	assert_status 304
	[[ ! -s $body_file && $(header ETag) == "$tag" ]]
	cacerts demo --header "If-None-Match: $tag" --accept application/x-pem-file
	assert_status 200
	cacerts demo --header "If-None-Match: $tag" --agent ''
	assert_status 200
	shedu ca rekey issuing
	cacerts demo --header "If-None-Match: $tag"
	assert_status 200
	[[ $(header ETag) != "$tag" ]]
}
