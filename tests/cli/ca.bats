# ca: create, import, list, show.

load ../lib/shedu

@test "create makes a root, and a CA below it" {
	run -0 shedu ca create r2 --cn 'Root 2' --validity 2y --organization Example --country DE
	[[ $output == "made CA r2: Root 2, until "* ]]
	run -0 shedu --json ca create s2 --cn 'Sub 2' --parent r2 --key RSA:2048
	[[ $(jq -r '[.id, .level, .certificate.key_metadata.type] | join(" ")' <<<"$output") == "s2 1 RSA" ]]
	ca_pem r2 >r2.pem
	ca_pem s2 >s2.pem
	openssl verify -CAfile r2.pem s2.pem
	openssl x509 -in r2.pem -noout -subject | grep -q 'C = DE, O = Example, CN = Root 2'
}

@test "the kinds of keys" {
	local k
	for k in ECDSA:384 ECDSA:521 Ed25519 ECDSA; do
		shedu ca create "k${k/:/}" --cn "Key $k" --key "$k"
	done
	run -1 --separate-stderr shedu ca create weak --cn Weak --key RSA:1024
	[[ $stderr == *"expected RSA of 2048"* ]]
	for k in DES ECDSA: ECDSA:x RSA:-1; do
		run -2 --separate-stderr shedu ca create bad --cn Bad --key "$k"
		[[ $stderr == *"expected a key as ECDSA:256"*"'$k'"* ]]
	done
	run -1 shedu ca show weak
}

@test "an id that is taken, a bad id and an unknown parent are refused, and leave no key" {
	local before
	before=$(ls state/keys)
	run -1 --separate-stderr shedu ca create root --cn Again
	[[ $stderr == "shedu: "*"("*")"* ]]
	run -1 shedu ca create 'a/b' --cn Slash
	run -1 shedu ca create child --cn Child --parent nowhere
	[[ $before == "$(ls state/keys)" ]]
}

@test "list and show, for people and as JSON" {
	run -0 shedu ca list
	[[ ${lines[0]} == "ID "*"NAME"* && $output == *"Test Issuing"* ]]
	run -0 shedu --json ca list
	[[ $(jq -r '.list | map(.id) | sort | join(" ")' <<<"$output") == "bootstrap issuing operators root" ]]
	run -0 shedu ca show issuing
	[[ $output == *"common_name: Test Issuing"* && $output != *LS0tLS1CRUdJTi* ]]
	[[ $(shedu --json ca show issuing | jq -r .certificate.subject.common_name) == "Test Issuing" ]]
	run -1 --separate-stderr shedu ca show nowhere
	[[ -n $stderr && -z $output ]]
}

@test "a listing of many pages is whole, as a table and as JSON" {
	local i
	for ((i = 0; i < 110; i++)); do
		printf '{"id":"p%03d","subject":{"common_name":"P%03d"},"key_metadata":{"type":"ECDSA","bits":256},"ca_expiration":{"type":"Duration","duration":"1y"}}' \
			"$i" "$i" | shedu api POST /v2/cas - 2>/dev/null >/dev/null
	done
	[[ $(shedu --json ca list | jq '.list | length') == 114 ]]
	[[ $(shedu ca list | grep -c '^p[0-9]') == 110 ]]
	[[ $(shedu ca list | grep -c '^ID ') == 1 ]]
}

@test "import: with its key it issues, without it only validates" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ext.key \
		-out ext.pem -subj '/CN=External' -days 400 -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	chmod a+r ext.key
	run -0 shedu ca import ext --cert "$W/ext.pem" --key "$W/ext.key"
	[[ $output == "imported CA ext: External, until "* ]]
	shedu cert issue --ca ext --kind bootstrap --cn b --out b.pem --out-key b.key
	openssl verify -CAfile ext.pem b.pem
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key \
		-out other.pem -subj '/CN=Other' -days 400 -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	shedu ca import other --cert "$W/other.pem"
	run -1 shedu cert issue --ca other --kind bootstrap --cn b --out c.pem --out-key c.key
	[[ ! -e c.pem && ! -e c.key ]]
}

@test "import of a wrong key, of no certificate, and of both kinds of key is refused" {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out wrong.key 2>/dev/null
	chmod a+r wrong.key
	run -1 shedu ca import x --cert "$W/root.pem" --key "$W/wrong.key"
	run -1 shedu ca import x --cert "$W/wrong.key"
	run -1 --separate-stderr shedu ca import x --cert "$W/nowhere.pem"
	[[ $stderr == *"cannot read $W/nowhere.pem"* ]]
	run -2 shedu ca import x --cert "$W/root.pem" --key "$W/wrong.key" --key-uri file:/x
	run -1 shedu ca show x
}
