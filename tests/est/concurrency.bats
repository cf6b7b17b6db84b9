# Many at once: one consistent outcome, no 5xx.

load ../lib/shedu

# parallel N CERT OPERATION CSR...: posts each CSR N times at once; statuses end up in the file out.
parallel() {
	local n=$1 cert=$2 op=$3 i f pids=()
	shift 3
	rm -rf answers && mkdir answers
	for f; do pem_b64 "$f" >"$f.b64"; done
	for ((i = 0; i < n; i++)); do
		for f; do
			as_user env -i PATH="$PATH" SHEDU_CONF="$SHEDU_CONF" REQUEST_METHOD=POST HTTPS=on \
				HTTP_USER_AGENT=curl REQUEST_URI="/.well-known/est/demo/$op" \
				CONTENT_TYPE=application/pkcs10 CONTENT_LENGTH="$(stat -c %s "$f.b64")" \
				SSL_CLIENT_CERT="$(cat "$cert")" timeout 60 "$EST" \
				<"$f.b64" >"answers/$i.$f" 2>/dev/null &
			pids+=($!)
		done
	done
	wait "${pids[@]}"
	sed -n 's/^Status: \([0-9]*\).*/\1/p' answers/* | sort | uniq -c | awk '{ print $2, $1 }' >out
	cat out
}

@test "100 posts of one CSR: 100 times 200, one certificate" {
	make_dms demo
	new_csr d1
	parallel 100 bootstrap.pem simpleenroll d1.csr
	[[ $(cat out) == "200 100" ]]
	[[ $(for f in answers/*; do sed '1,/^\r*$/d' "$f" | md5sum; done | sort -u | wc -l) == 1 ]]
	api GET '/v2/certificates?device=d1'
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 1 ]]
}

@test "one CN with different keys: one wins, the others are 409" {
	local i
	make_dms demo
	for i in 1 2 3 4 5 6; do
		rm -f d1.key
		new_csr d1
		mv d1.csr "k$i.csr"
	done
	parallel 1 bootstrap.pem simpleenroll k1.csr k2.csr k3.csr k4.csr k5.csr k6.csr
	[[ $(cat out) == $'200 1\n409 5' ]]
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 1 ]]
}

@test "renewals of one device with different keys: one wins" {
	local i
	make_dms demo '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	enroll_device demo d1
	for i in 1 2 3 4 5 6; do
		rm -f d1.key
		new_csr d1
		mv d1.csr "k$i.csr"
	done
	parallel 1 d1.pem simplereenroll k1.csr k2.csr k3.csr k4.csr k5.csr k6.csr
	grep -qx '200 1' out
	! grep -q '^5' out
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 2 ]]
}

@test "100 posts of one CSR that has to be approved: one request, then one certificate" {
	local id
	make_dms demo '{"enrollment_settings": {"manual_approval": true}}'
	new_csr d1
	parallel 100 bootstrap.pem simpleenroll d1.csr
	[[ $(cat out) == "202 100" ]]
	api GET '/v2/approvals?dms=demo'
	[[ $(json '.list | length') == 1 ]]
	id=$(json '.list[0].id')
	[[ $(grep -l "$id" answers/* | wc -l) == 100 ]]
	api GET '/v2/events?type=approval.request'
	[[ $(json '.list | length') == 1 ]]
	shedu approval approve "$id"
	parallel 20 bootstrap.pem simpleenroll d1.csr
	[[ $(cat out) == "200 20" ]]
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 1 ]]
}
