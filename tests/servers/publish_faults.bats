# Publishers, revokers and workers are killed at random while certificates are revoked and asked for:
# never "good" after a revocation was acknowledged.

load ../lib/shedu
load ../ocsp/ocsp

DEVICES=24

# strace does not end with the server, and what it runs does not end with it.
teardown_file() {
	local pid
	for pid in $(pgrep -x 'strace|ocsp'); do
		if grep -qzx "SHEDU_CONF=$SHEDU_CONF" "/proc/$pid/environ" 2>/dev/null; then kill -KILL "$pid"; fi
	done
	shedu_file_end
}

setup_file() {
	requires lighttpd && requires_strace || return 0
	export SHEDU_SHARED=1
	shedu_file_begin
	make_dms demo
	SHEDU_PROCS=3 start_server lighttpd
	[[ -n $SHEDU_PUBLISH ]] || { skips "there is no tmpfs" && return; }
	slow_down
}

# Publishers take their time between what they read and the rename: else hardly anything happens then.
slow_down() {
	printf '#!/bin/sh\nexec strace -o /dev/null -e trace=rename -e inject=rename:delay_enter=40000 "%s"\n' \
		"$OCSP" >"$W/slow-ocsp"
	chmod 755 "$W/slow-ocsp"
	sed -i "s|\"bin-path\" => \"$OCSP\"|\"bin-path\" => \"$W/slow-ocsp\"|" "$W/lighttpd/shedu.conf"
	restart_server
}

# The workers that answer for certificates: of this server.
workers() {
	local p
	for p in $(pgrep -P "$(background_pid server-lighttpd)"); do
		p=$(pgrep -P "$p" || echo "$p")
		[[ $(readlink "/proc/$p/exe") != "$(realpath "$OCSP")" ]] || echo "$p"
	done
}

kill_a_worker() {
	local v
	mapfile -t v < <(workers)
	((${#v[@]} == 0)) || kill -KILL "${v[RANDOM % ${#v[@]}]}" 2>/dev/null || :
}

pause() {
	sleep "0.0$(printf '%02d' $((RANDOM % 25)))"
}

# Several ask at once, so that one publishes while the status changes.
ask_around() {
	local n
	for n in 1 2 3; do
		curl -s --max-time 5 "$HTTP_URL/ocsp/$(path_of "$1")" "$HTTP_URL/ocsp/$(path_of "$2")" >/dev/null 2>&1 3>&- &
	done
}

# revoke NAME: sometimes killed on the way, and then asked again, until it is acknowledged.
revoke() {
	local serial pid out
	serial=$(serial_of "$1.pem")
	while :; do
		"${AS_USER[@]}" "$SHEDU" --conf "$SHEDU_CONF" cert revoke "$serial" >revoke.out 2>&1 3>&- &
		pid=$!
		if ((RANDOM % 3 == 0)); then
			pause
			kill -KILL "$pid" 2>/dev/null || :
		fi
		wait "$pid" && return
		out=$(<revoke.out)
		[[ $out != *already_revoked* && $out != *"is REVOKED"* ]] || return 0
		[[ -z $out || $out == *publication* || $out == *busy* ]] || { echo "$out" >&2 && return 1; }
	done
}

# is_not_good NAME FILE HASH: the answer is for this certificate, and is not good. Where a worker was
# killed there is none.
is_not_good() {
	local said
	[[ -s $2 ]] || return 0
	said=$(openssl ocsp -respin "$2" -issuer issuing.pem "$3" -cert "$1.pem" -noverify 2>&1) || :
	[[ $said != *"$1.pem: good"* ]] || { echo "$1 is good in $2" >&2 && return 1; }
	[[ $said != *"$1.pem: revoked"* ]] || seen=$((seen + 1))
}

check() {
	local hash r
	for hash in sha1 sha256; do
		r=$1.$hash
		curl -s -f --max-time 5 -o get.der "$HTTP_URL/ocsp/$(path_of "$r")" || : >get.der
		is_not_good "$1" get.der "-$hash"
		curl -s -f --max-time 5 -o post.der -H 'Content-Type: application/ocsp-request' \
			--data-binary "@$r" "$HTTP_URL/ocsp" || : >post.der
		is_not_good "$1" post.der "-$hash"
	done
}

@test "killed at random: never good after a revocation was acknowledged" {
	local i killer seen=0 files=0
	for ((i = 0; i < DEVICES; i++)); do
		enroll_device demo "d$i"
		ocsp_request "d$i.sha1" -cert "d$i.pem"
		ocsp_request "d$i.sha256" -sha256 -cert "d$i.pem"
	done
	for ((i = 0; i < DEVICES; i++)); do
		ask_around "d$i.sha1" "d$i.sha256"
		((i % 2)) || { pause && kill_a_worker; } 3>&- &
		pause
		revoke "d$i"
		check "d$i"
		wait
	done
	# Again, when nobody is killed any more: each has its answer.
	files=$(published | wc -l) seen=0
	for ((i = 0; i < DEVICES; i++)); do check "d$i"; done
	echo "$files files, $seen answers" >&2
	((files > DEVICES / 2 && seen >= 4 * DEVICES - 4))
}
