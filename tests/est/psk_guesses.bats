# Guesses are limited by the address that they come from, and nobody locks out anybody else.

load ../lib/shedu
load psk

# The clock stands still, so that a slow machine makes no token.
at() {
	env -u TZ date -d "@$((begin + $1))" '+%Y-%m-%d %H:%M:%S'
}

from() {
	AT=${AT:-$(at 0)} psk demo d1 "$2" simpleenroll --env REMOTE_ADDR="$1"
}

# guess ADDRESS...: one wrong secret from each.
guess() {
	local a
	for a; do
		from "$a" "$id:wrong"
		assert_status 401
	done
}

limited() {
	assert_status 503
	assert_output_has too_many_guesses 'this address'
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 11))
}

setup() {
	shedu_test_begin
	make_psk demo
	add_secret demo
	begin=$(date +%s)
}

@test "after twenty the address is not heard, with the right secret neither; others are" {
	for _ in {1..20}; do guess 192.0.2.1; done
	from 192.0.2.1 "$id:wrong"
	limited
	from 192.0.2.1 "$id:$secret"
	limited
	[[ $(used "$id") == 0 ]]
	from 192.0.2.2 "$id:$secret"
	assert_status 200
	[[ $(as_user stat -c %a state/guesses) == 600 ]]
}

@test "a token comes back every ten seconds" {
	for _ in {1..20}; do guess 192.0.2.1; done
	AT=$(at 12) from 192.0.2.1 "$id:wrong"
	assert_status 401
	AT=$(at 12) from 192.0.2.1 "$id:$secret"
	limited
	AT=$(at 24) from 192.0.2.1 "$id:$secret"
	assert_status 200
}

@test "the right secret takes no token, and neither does what is no guess" {
	local i
	for i in {1..25}; do
		from 192.0.2.1 "$id:$secret"
		assert_status 200
	done
	for i in {1..25}; do
		cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 \
			--body d1.b64 --env REMOTE_ADDR=192.0.2.1
		assert_status 401
	done
	from 192.0.2.1 "$id:$secret"
	assert_status 200
}

@test "of IPv6 a /64 counts as one, and an IPv4 address in IPv6 as itself" {
	for _ in {1..10}; do guess 2001:db8:0:1::1 2001:db8:0:1:ffff::2; done
	from 2001:db8:0:1:aaaa::3 "$id:$secret"
	limited
	from 2001:db8:0:2::1 "$id:$secret"
	assert_status 200
	for _ in {1..10}; do guess ::ffff:192.0.2.1 192.0.2.1; done
	from ::ffff:192.0.2.1 "$id:$secret"
	limited
	from ::ffff:192.0.2.2 "$id:$secret"
	assert_status 200
}

@test "without the file nothing is guessed: 503" {
	as_user mkdir state/guesses
	from 192.0.2.1 "$id:$secret"
	assert_status 503
	as_user rmdir state/guesses
	from 192.0.2.1 "$id:$secret"
	assert_status 200
}
