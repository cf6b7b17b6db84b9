# A webhook, and an OpenID provider, of our own: lighttpd with a CGI script, on HTTPS.
# shellcheck shell=bash disable=SC2154

# Starts it with the TLS certificate of localhost that the state has. In $W/hook:
#	calls		one line for each request: METHOD PATH
#	NAME.env .body	the last request to NAME.cgi: its variables, sorted, and its body
#	NAME.answer	what NAME.cgi says
#	NAME.delay	seconds that it takes for it
#	fifo		whoever writes a line here ends one such wait
hook_start() {
	local port
	requires lighttpd || return
	free_port && HOOK_PORT=$port
	HOOK=$W/hook HOOK_URL=https://localhost:$HOOK_PORT
	mkdir -p "$HOOK/www" "$HOOK/upload"
	: >"$HOOK/calls"
	mkfifo "$HOOK/fifo"
	cat >"$HOOK/www/ask.cgi" <<-'END'
		#!/bin/bash
		hook=${0%/www/*} name=${0##*/} name=${name%.cgi}
		cat >"$hook/$name.body"
		env | LC_ALL=C sort >"$hook/$name.env"
		echo "$REQUEST_METHOD $REQUEST_URI" >>"$hook/calls"
		# a wait without a child, so that it ends with this process
		[[ ! -s $hook/$name.delay ]] || read -r -t "$(<"$hook/$name.delay")" _ <>"$hook/fifo"
		exec cat "$hook/$name.answer"
	END
	chmod 755 "$HOOK/www/ask.cgi"
	cp "$HOOK/www/ask.cgi" "$HOOK/www/token.cgi"
	jq -n --arg u "$HOOK_URL/token.cgi" '{token_endpoint: $u}' >"$HOOK/www/openid.json"
	cat >"$HOOK/conf" <<-END
		server.modules = ( "mod_openssl", "mod_cgi" )
		server.document-root = "$HOOK/www"
		server.errorlog = "$HOOK/error.log"
		server.upload-dirs = ( "$HOOK/upload" )
		server.bind = "127.0.0.1"
		server.port = $HOOK_PORT
		server.stat-cache-engine = "disable"
		mimetype.assign = ( ".json" => "application/json" )
		cgi.assign = ( ".cgi" => "" )
		ssl.engine = "enable"
		ssl.pemfile = "$W/server.pem"
		ssl.privkey = "$W/server.key"
		ssl.verifyclient.activate = "enable"
		ssl.verifyclient.enforce = "disable"
		ssl.verifyclient.ca-file = "$W/bootstrap-ca.pem"
	END
	hook_says ask '{"authorized": true}'
	hook_says token '{"access_token": "t0k3n.1", "token_type": "bearer", "expires_in": 300}'
	own "$HOOK"
	background hook env PATH="$PATH:/usr/sbin" lighttpd -D -f "$HOOK/conf"
	wait_for 15 curl -s --max-time 2 --cacert "$ROOT_PEM" "$HOOK_URL/openid.json"
}

# hook_says NAME BODY [STATUS]
hook_says() {
	printf 'Status: %s\r\nContent-Type: application/json\r\n\r\n%s' "${3:-200}" "$2" >"$HOOK/$1.answer"
}

hook_calls() {
	grep -c "${1:-ask}" "$HOOK/calls" || :
}

# hook_var NAME VARIABLE: of the last request to NAME.cgi.
hook_var() {
	sed -n "s/^$2=//p" "$HOOK/$1.env"
}

# hook_dms ID [CONFIG [MODE [PATCH]]]: asks the webhook, whose certificate it trusts by root.pem.
hook_dms() {
	local hook patch
	hook=$(jq -n --arg url "$HOOK_URL/ask.cgi" --rawfile ca "$W/root.pem" --argjson c "${2:-"{}"}" \
		'{name: "hook", url: $url, config: ({server_ca: $ca} * $c)}')
	patch=$(jq -n --argjson hook "$hook" --arg mode "${3:-EXTERNAL_WEBHOOK}" --argjson p "${4:-"{}"}" \
		'{enrollment_settings: {est_rfc7030_settings:
			{auth_mode: $mode, external_webhook_settings: $hook}}} * $p')
	make_dms "$1" "$patch"
}

# oidc [OIDC]: the configuration of a webhook that wants an access token.
oidc() {
	jq -n --arg u "$HOOK_URL/openid.json" --argjson more "${1:-"{}"}" '{auth_mode: "jwt",
		oidc: ({client_id: "sh edu", client_secret: "s3cr:t&", well_known: $u} * $more)}'
}

# hook_config ID CONFIG: changes the webhook's part of the settings.
hook_config() {
	jq -n --argjson c "$2" '{settings: {enrollment_settings: {est_rfc7030_settings:
		{external_webhook_settings: {config: $c}}}}}' | shedu dms update "$1" -
}

# ask DMS NAME [OPERATION] [cgi options]: posts NAME.csr without a certificate; on 200 NAME.pem.
ask() {
	local dms=$1 name=$2 op=simpleenroll
	shift 2
	[[ ${1:---} == --* ]] || { op=$1 && shift; }
	[[ -e $name.csr ]] || new_csr "$name"
	pem_b64 "$name.csr" >"$name.b64"
	cgi est POST "/.well-known/est/$dms/$op" --https --type application/pkcs10 \
		--body "$name.b64" "$@" || return
	[[ $status != 200 ]] || p7_pem "$body_file" >"$name.pem"
}

# unanswered DMS NAME TEXT...: 503, come again, and the device is not there.
unanswered() {
	ask "$1" "$2"
	assert_status 503
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	shift
	assert_output_has "${@:2}"
	api GET "/v2/devices/$1"
	assert_status 404
}
