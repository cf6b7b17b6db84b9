# Many ask at the same moment for answers that are not kept: few signatures, no more at once than
# are allowed, and nothing but good answers and tryLater (core/ca/flight.h).

load ../lib/shedu
load both
load ../ocsp/ocsp

WORKERS=4 CLIENTS=32

# No two signatures by ECDSA are the same, so answers that are equal were signed once. One of P-384
# takes long enough for others to come in between.
setup_file() {
	export SHEDU_PROCS=$WORKERS
	both_servers
	[[ -z ${SHEDU_SKIP:-} ]] || return 0
	shedu ca validation issuing --set ocsp.responder_key=P-384
	shedu tick
	# It makes the file of answers. Of several who do so at once, one may have to do without at first.
	new_certificate first
	post_ocsp first.req
}

teardown() {
	let_go
	shedu_test_end
}

# new_certificate NAME: NAME.pem, and the request about it in NAME.req.
new_certificate() {
	certify "$1"
	ocsp_request "$1.req" -cert "$1.pem"
}

# hold REQUEST: a worker that hangs when it has taken its first lock to sign this answer, until let_go.
hold() {
	requires_strace
	rm -f trace
	ask_slowly "$1" -P "$W/state/ocsp/signing.locks" -e trace=fcntl -e inject=fcntl:delay_exit=60000000:when=1
	wait_for 10 grep -q DELAYED trace
}

# Of the shell, strace, which would wait for the end of the delay; of that, the worker.
let_go() {
	local strace
	[[ -n ${slow:-} ]] || return 0
	strace=$(pgrep -P "$slow")
	kill -KILL "$(pgrep -P "$strace")" "$strace"
	wait "$slow" || :
	slow=
}

# storm REQUEST...: CLIENTS requests at once, of these by turns, half by POST and half by GET. The answers
# are storm/N.der, with their headers in storm/N.headers.
storm() {
	local n f
	rm -rf storm && mkdir storm
	for ((n = 0; n < CLIENTS; n++)); do
		f=${*:n % $# + 1:1}
		((n == 0)) || echo next
		if ((n < CLIENTS / 2)); then
			printf '%s\n' "url = $HTTP_URL/ocsp" "data-binary = @$f"
		else
			echo "url = $HTTP_URL/ocsp/$(path_of "$f")"
		fi
		printf '%s\n' "output = storm/$n.der" "dump-header = storm/$n.headers" max-time=60 fail silent show-error
	done >storm/curl
	logged=$(wc -l <shedu.log)
	curl --parallel --parallel-immediate --parallel-max "$CLIENTS" --config storm/curl
}

# answers NAME: each answer of the storm says that NAME.pem is good, or is tryLater and not to be kept:
# $good and $later of them. Of the good ones $signed are different.
answers() {
	local -A seen=()
	local sum
	good=0 later=0
	for body_file in storm/*.der; do
		headers_file=${body_file%der}headers
		if [[ $(xxd -p "$body_file") == "30030a01$TRY_LATER" ]]; then
			[[ $(cache_directives) == *no-store* ]]
			later=$((later + 1))
			continue
		fi
		good=$((good + 1))
		sum=$(sha256sum <"$body_file")
		[[ -z ${seen[$sum]:-} ]] || continue
		seen[$sum]=1
		check_ocsp -cert "$1.pem"
		[[ $said == *'Response verify OK'* && $said == *"$1.pem: good"* ]]
	done
	signed=${#seen[@]}
	echo "$good good, $signed of them different, $later later" >&2
	((good + later == CLIENTS))
}

# Whoever signs what another one has in hand has waited for that one for 50 ms.
is_signed_once() {
	local waited
	waited=$(tail -n "+$((logged + 1))" shedu.log | sed -n 's/.*"program":"ocsp".*"us":\([0-9]*\).*/\1/p' |
		awk '$1 >= 50000' | wc -l)
	((signed <= 1 + waited))
}

sign_once() {
	local i
	for i in 1 2 3 4; do
		new_certificate "a$i-$SERVER"
		storm "a$i-$SERVER.req"
		answers "a$i-$SERVER"
		((good == CLIENTS && signed <= WORKERS))
		wait_for 10 is_signed_once # the line comes after the answer
	done
}

@test "one certificate, nothing kept: one worker signs, another one only when it has waited for that" {
	on_each_server sign_once
}

sign_once_each() {
	new_certificate "h-$SERVER"
	hold "h-$SERVER.req"
	storm "h-$SERVER.req"
	answers "h-$SERVER"
	((good == CLIENTS && signed <= WORKERS))
	let_go
}

@test "a worker hangs with the answer in hand: all get theirs, and each other worker signs at most once" {
	on_each_server sign_once_each
}

# one_at_a_time: from now on.
one_at_a_time() {
	grep -q '^ocsp = {' shedu.conf || echo 'ocsp = { };' >>shedu.conf
	grep -q max_signing shedu.conf || sed -i 's/^ocsp = {/& max_signing = 1;/' shedu.conf
	on_each_server restart_server
}

# nonces NAME: its request with a nonce, each another: nonce-N.
nonces() {
	local n
	for ((n = 0; n < CLIENTS; n++)); do
		openssl ocsp -issuer issuing.pem -cert "$1.pem" -reqout "nonce-$n" >/dev/null
	done
}

no_slot() {
	storm nonce-{0..31}
	answers b
	((later == CLIENTS))
	storm b.req
	answers b
	((good == CLIENTS))
}

slot() {
	storm nonce-{0..31}
	answers b
	((good > 0 && good == signed))
	web POST "$HTTP_URL/ocsp" --data-binary @nonce-0
	ocsp_answered -cert b.pem
}

@test "max_signing: who may not sign says tryLater, not to be kept; what is kept is given all the same" {
	one_at_a_time
	new_certificate b
	nonces b
	post_ocsp b.req
	hold nonce-0
	on_each_server no_slot
	let_go
	on_each_server slot
}
