# CMC messages made by hand (RFC 5272), signed by openssl, and what their answers say.
# shellcheck shell=bash disable=SC2154

hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
unhex() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }

# tlv TAG HEX...: one DER value, in hex.
tlv() {
	local tag=$1 content n
	shift
	content=$(printf '%s' "$@")
	n=$((${#content} / 2))
	if ((n < 128)); then
		printf '%s%02x%s' "$tag" "$n" "$content"
	elif ((n < 256)); then
		printf '%s81%02x%s' "$tag" "$n" "$content"
	else
		printf '%s82%04x%s' "$tag" "$n" "$content"
	fi
}
int() { tlv 02 "$(printf '%02x' "$1")"; }
pem_hex() { openssl base64 -d <<<"$(pem_b64 "$1")" | hex; }

# tcr ID FILE.csr: a PKCS#10 request.
tcr() { tlv a0 "$(int "$1")" "$(pem_hex "$2")"; }
# control ID ARC HEX: id-cmc ARC with one value.
control() { tlv 30 "$(int "$1")" "$(tlv 06 "2b060105050707$(printf '%02x' "$2")")" "$(tlv 31 "$3")"; }
transaction() { control "${1:-100}" 5 "$(int 77)"; }
nonce() { control "${1:-101}" 6 "$(tlv 04 "${2:-00112233}")"; }

# revoke_request ID CERT [REASON]
revoke_request() {
	local name serial
	name=$(openssl x509 -in "$2" -outform DER | openssl asn1parse -inform DER -strparse \
		"$(openssl x509 -in "$2" -outform DER | openssl asn1parse -inform DER |
			awk '/d=2.*SEQUENCE/ && ++n == 2 { sub(/:.*/, ""); print $1; exit }')" \
		-noout -out /dev/stdout | hex)
	serial=$(serial_of "$2")
	[[ $serial < 8 ]] || serial=00$serial
	control "$1" 17 "$(tlv 30 "$name" "$(tlv 02 "$serial")" "$(tlv 0a "$(printf '%02x' "${3:-0}")")")"
}

# pkidata CONTROLS REQUESTS: m.der
pkidata() {
	unhex "$(tlv 30 "$(tlv 30 "$1")" "$(tlv 30 "$2")" "$(tlv 30 "${3:-}")" "$(tlv 30)")" >m.der
}

# sign CERT KEY [openssl cms options]: m.der into m.cms, m.b64
sign() {
	local cert=$1 key=$2
	shift 2
	openssl cms -sign -binary -nodetach -in m.der -outform DER -out m.cms -signer "$cert" \
		-inkey "$key" -econtent_type 1.3.6.1.5.5.7.12.2 -md sha256 "$@"
	openssl base64 -in m.cms -out m.b64
}

# post [DMS]: m.b64, without any TLS certificate.
post() {
	cgi est POST "/.well-known/est/${1:-demo}/fullcmc" --https --body m.b64 \
		--type 'application/pkcs7-mime; smime-type=CMC-request' "${@:2}"
}

# fullcmc CERT KEY CONTROLS REQUESTS: the message, signed and posted.
fullcmc() {
	pkidata "$3" "$4"
	sign "$1" "$2"
	post
}

# The answer's signature holds, by an EST signer of the CA; r.der is its content, r.pem its certificates.
verify_response() {
	[[ $(header Content-Type) == 'application/pkcs7-mime; smime-type=CMC-response' ]]
	openssl base64 -d -in "$body_file" -out r.cms
	openssl cms -verify -inform DER -in r.cms -CAfile root.pem -purpose any -no_check_time -out r.der \
		-signer r.signer.pem 2>r.err || { cat r.err >&2 && return 1; }
	openssl asn1parse -inform DER -in r.cms | grep -q 'id-cct-PKIResponse'
	openssl x509 -in r.signer.pem -noout -ext extendedKeyUsage | grep -q 'CMC Registration\|1.3.6.1.5.5.7.3.28'
	openssl pkcs7 -inform DER -in r.cms -print_certs | sed -n '/-BEGIN/,/-END/p' >r.pem
}

# One line for each statusInfoV2: "STATUS IDS [FAILINFO]", in decimal.
statuses() {
	openssl asn1parse -inform DER -in r.der | awk '
		/OBJECT/ { on = /statusInfoV2|5\.5\.7\.7\.25/; if (on) { s = ids = f = "" } }
		on && /d=5.*INTEGER/ { if (s == "") s = $NF; else f = $NF }
		on && /d=6.*INTEGER/ { ids = ids "," $NF }
		/d=2.*SEQUENCE/ && s != "" { print s, substr(ids, 2), f; s = "" }
		END { if (s != "") print s, substr(ids, 2), f }' | tr -d : |
		while read -r s ids f; do
			echo "$((16#$s)) $(tr ',' '\n' <<<"$ids" | while read -r i; do echo $((16#$i)); done | paste -sd,)${f:+ $((16#$f))}"
		done
}

# answered STATUS LINE...: the HTTP status, and the statuses.
answered() {
	assert_status "$1"
	verify_response
	shift
	[[ $(statuses) == "$(printf '%s\n' "$@")" ]] && return
	echo "statuses, expected: $*" >&2
	statuses >&2
	openssl asn1parse -inform DER -in r.der | grep UTF8 >&2
	return 1
}

# says TEXT...: in the answer's texts.
says() {
	local t
	for t; do
		openssl asn1parse -inform DER -in r.der | grep -q "UTF8STRING.*$t" && continue
		openssl asn1parse -inform DER -in r.der | grep UTF8STRING >&2
		return 1
	done
}

# issued NAME: the certificate for NAME.key among those of the answer, as NAME.pem.
issued() {
	local key i=0
	key=$(openssl pkey -in "$1.key" -pubout)
	csplit -sz -f c. -b %d.pem r.pem '/-BEGIN/' '{*}'
	while [[ -e c.$i.pem ]]; do
		if [[ $(openssl x509 -in c.$i.pem -noout -pubkey) == "$key" ]]; then
			mv c.$i.pem "$1.pem" && rm -f c.*.pem
			return 0
		fi
		((++i))
	done
	rm -f c.*.pem
	echo "no certificate for $1.key" >&2
	return 1
}

# make_ra: ra.pem ra.key, an RA under the CA that the DMSs of make_dms accept.
make_ra() {
	shedu cert issue --ca bootstrap --kind ra --cn 'line 1 RA' --out "$W/ra.pem" --out-key "$W/ra.key"
}

# device_version NAME: the active version.
device_version() {
	api GET "/v2/devices/$1"
	json .identity.active_version
}

# with_device [PATCH]: the DMS demo, its signer, and d1 enrolled: old.pem old.key, and a request for
# a new key in d1.key d1.csr.
with_device() {
	make_dms demo "$@"
	shedu tick
	enroll_device demo d1
	mv d1.key old.key
	mv d1.pem old.pem
	new_csr d1
}

# crm ID KEY CN [TEMPLATE-MORE [POP]]: a CRMF request for a P-256 key, signed by it; POP replaces the proof.
crm() {
	local spki request
	spki=$(openssl pkey -in "$2" -pubout -outform DER | hex)
	request=$(tlv 30 "$(int "$1")" "$(tlv 30 \
		"$(tlv a5 "$(tlv 30 "$(tlv 31 "$(tlv 30 0603550403 "$(tlv 0c "$(hex <<<"$3" | sed 's/0a$//')")")")")")" \
		"$(tlv a6 "${spki:4}")" "${4:-}")")
	unhex "$request" >crm.der
	tlv a1 "$request" "${5-"$(pop "$2")"}"
}

# pop KEY: proof of possession over crm.der.
pop() {
	tlv a1 300a06082a8648ce3d040302 "$(tlv 03 00 "$(openssl dgst -sha256 -sign "$1" crm.der | hex)")"
}
