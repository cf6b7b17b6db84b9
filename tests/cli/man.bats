# The manual page: sound, complete, and its examples run as printed.

load ../lib/shedu

page=$BATS_TEST_DIRNAME/../../cli/shedu.1

@test "mandoc finds nothing wrong with it" {
	requires mandoc
	run mandoc -Tlint "$page"
	# That the other pages are not installed here is all that it may say.
	[[ -z $(grep -v 'STYLE: referenced manual not found' <<<"$output") ]]
}

@test "it has each command, with each of its options" {
	requires mandoc
	local words name
	mandoc -Tutf8 -O width=400 "$page" | col -b >page
	shedu help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' >commands
	(($(wc -l <commands) >= 28))
	while read -r words; do
		grep -qE "^ +$words( |$)" page || { echo "not in the page: $words" >&2 && return 1; }
		for name in $(shedu $words --help </dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
			grep -E "^ +$words( |$)" page | grep -q -- "$name" ||
				{ echo "not in the page: $words $name" >&2 && return 1; }
		done
	done <commands
}

@test "its examples run, in their order" {
	requires mandoc
	local example=$W/example
	mkdir example
	own example
	sed "s|$W/state|$example/state|g; s|$W/shedu.log|$example/log|; s|$W/reload|true|" "$SHEDU_CONF" >example.conf
	sed -n '/^.Sh EXAMPLES/,/^.Sh SEE ALSO/p' "$page" |
		sed -n '/^.Bd -literal/,/^.Ed/p' | grep -v '^\.' | sed 's/\\e$/\\/' >commands.sh
	(($(grep -c '^shedu ' commands.sh) >= 12))
	chmod a+r commands.sh example.conf
	cd example
	as_user env PATH="${SHEDU%/*}:$PATH" SHEDU_CONF="$W/example.conf" sh -eux ../commands.sh
	[[ -s line-1.pem && -s server.key && -s alice.pem ]]
	[[ $(as_user env SHEDU_CONF="$W/example.conf" "$SHEDU" --json device list | jq -r '.list[].id') == d1 ]]
}

@test "JSON of the example's settings are those that help lists" {
	local name
	shedu help settings >settings
	for name in enrollment_settings.enrollment_ca enrollment_settings.registration_mode \
		enrollment_settings.est_rfc7030_settings.auth_mode \
		enrollment_settings.est_rfc7030_settings.client_certificate_settings.validation_cas; do
		grep -qx "  $name" settings
	done
}
