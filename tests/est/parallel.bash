# Requests at the same time, as plain CGI programs; and what must hold of the database afterwards.
# shellcheck shell=bash

# post_now DMS CERT OPERATION FILE ANSWER: in the background; FILE is base64.
post_now() {
	as_user env -i PATH="$PATH" SHEDU_CONF="$SHEDU_CONF" REQUEST_METHOD=POST HTTPS=on \
		HTTP_USER_AGENT=curl REQUEST_URI="/.well-known/est/$1/$3" \
		CONTENT_TYPE=application/pkcs10 CONTENT_LENGTH="$(stat -c %s "$4")" \
		SSL_CLIENT_CERT="$(cat "$2")" timeout 60 "$EST" <"$4" >"$5" 2>/dev/null &
	pids+=($!)
}

# The statuses of the answers, each with its number, in the file out.
count_answers() {
	sed -n 's/^Status: \([0-9]*\).*/\1/p' answers/* | sort | uniq -c | awk '{ print $2, $1 }' >out
	cat out
}

# parallel N CERT OPERATION CSR...: posts each CSR N times at once to the DMS demo.
parallel() {
	local n=$1 cert=$2 op=$3 i f pids=()
	shift 3
	rm -rf answers && mkdir answers
	for f; do pem_b64 "$f" >"$f.b64"; done
	for ((i = 0; i < n; i++)); do
		for f; do post_now demo "$cert" "$op" "$f.b64" "answers/$i.$f"; done
	done
	wait "${pids[@]}"
	count_answers
}

# Whatever came in which order: what the tables say of each other holds.
assert_consistent() {
	local broken
	broken=$(as_user sqlite3 "$W/state/shedu.db" "
		SELECT 'integrity', * FROM pragma_integrity_check WHERE integrity_check <> 'ok';
		SELECT 'reference', * FROM pragma_foreign_key_check;
		SELECT 'live without its certificate', d.id FROM device AS d
			LEFT JOIN slot_version AS s ON s.device = d.id AND s.version = d.active_version
			LEFT JOIN certificate AS c ON c.serial = s.serial AND c.issuer = s.issuer
			WHERE d.state = 1 AND (c.status IS NOT 0 OR c.not_after <> d.active_not_after);
		SELECT 'an active version that is not the last', d.id FROM device AS d
			WHERE d.active_version <> (SELECT coalesce(max(version), -1) FROM slot_version
				WHERE device = d.id);
		SELECT 'out of service with a good certificate', d.id FROM device AS d
			JOIN certificate AS c ON c.device = d.id WHERE d.state = 3 AND c.status = 0;
		SELECT 'a certificate without a slot', hex(c.serial) FROM certificate AS c
			WHERE c.kind = 'device' AND NOT EXISTS (SELECT 1 FROM slot_version AS s
				WHERE s.serial = c.serial AND s.issuer = c.issuer);
		SELECT 'a device of no DMS', id FROM device WHERE dms NOT IN (SELECT id FROM dms);
		SELECT 'a gap in the events', count(*), max(seq) FROM event HAVING count(*) <> max(seq);")
	[[ -z $broken ]] && return
	echo "$broken" >&2
	return 1
}

# The sent certificates are the recorded ones: ANSWER... of 200.
assert_recorded() {
	local f serial
	for f; do
		grep -q '^Status: 200' "$f" || continue
		sed '1,/^\r*$/d' "$f" >sent.b64
		p7_pem sent.b64 >sent.pem
		serial=$(serial_of sent.pem)
		[[ $(as_user sqlite3 "$W/state/shedu.db" \
			"SELECT count(*) FROM certificate WHERE hex(serial) = upper('$serial')") == 1 ]]
	done
}
