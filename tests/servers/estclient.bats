# GlobalSign's estclient, a client written by others.

load ../lib/shedu
load both

setup_file() {
	export ESTCLIENT=$SHEDU_BUILD/tools/estclient
	[[ -x $ESTCLIENT ]] || ESTCLIENT=$(command -v estclient) ||
		{ skips 'estclient is not there; quickstart check builds it where Go is installed' && return; }
	both_servers
}

est() {
	timeout 30 "$ESTCLIENT" "$@" -explicit root.pem
}

cacerts() {
	est cacerts -server "localhost:$HTTPS_PORT$1" "${@:2}" -out "$SERVER-cas.pem"
	openssl verify -CAfile "$SERVER-cas.pem" issuing.pem
}

@test "cacerts, with -aps, and with a path prefix" {
	on_each_server cacerts '' -aps demo
	on_each_server cacerts ''
	on_each_server cacerts /api/devmanager -aps demo
}

enroll_and_renew() {
	local name=$SERVER-$1 server=localhost:$HTTPS_PORT$2
	shift 2
	new_csr "$name"
	est enroll -server "$server" "$@" -certs bootstrap.pem -key bootstrap.key -csr "$name.csr" \
		-out "$name.pem"
	openssl verify -CAfile root.pem -untrusted issuing.pem "$name.pem"
	est reenroll -server "$server" "$@" -certs "$name.pem" -key "$name.key" -out "$name-2.pem"
	openssl verify -CAfile root.pem -untrusted issuing.pem "$name-2.pem"
	[[ $(serial_of "$name.pem") != "$(serial_of "$name-2.pem")" ]]
}

@test "enroll and reenroll, with -aps" {
	on_each_server enroll_and_renew aps '' -aps demo
}

@test "enroll and reenroll with a path prefix in -server" {
	on_each_server enroll_and_renew prefix /api/dmsmanager -aps demo
}

refusal() {
	new_csr "$SERVER-nobody"
	run est enroll -server "localhost:$HTTPS_PORT" -aps demo -csr "$SERVER-nobody.csr" -key "$SERVER-nobody.key"
	((status != 0))
	[[ $output == *401* || $output == *certificate* ]]
}

@test "a refusal is shown with our text" {
	on_each_server refusal
}
