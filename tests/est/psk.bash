# DMSs that enroll by secrets, and requests with one.
# shellcheck shell=bash disable=SC2034,SC2154

# make_psk ID [PATCH]: a DMS with auth_mode PSK; PATCH is merged into its settings.
make_psk() {
	make_dms "$1" "$(jq -n --argjson patch "${2:-"{}"}" '{enrollment_settings:
		{est_rfc7030_settings: {auth_mode: "PSK"}}} * $patch')"
}

# add_secret DMS [options of secret add]: sets $id and $secret.
add_secret() {
	local dms=$1
	shift
	shedu --json secret add --dms "$dms" "$@" >secret.json
	id=$(jq -r .id secret.json) secret=$(jq -r .secret secret.json)
}

basic() {
	printf 'Authorization: Basic %s' "$(printf '%s' "$1" | base64 -w0)"
}

# psk DMS NAME [USER:PASSWORD [OPERATION [cgi options]]]: posts NAME.csr, made when missing, by
# default with $id and $secret; on 200 NAME.pem is the certificate.
psk() {
	local dms=$1 name=$2 user=${3:-$id:$secret} op=${4:-simpleenroll}
	shift $(($# < 4 ? $# : 4))
	[[ -e $name.csr ]] || new_csr "$name"
	pem_b64 "$name.csr" >"$name.b64"
	cgi est POST "/.well-known/est/$dms/$op" --https --type application/pkcs10 \
		--body "$name.b64" --header "$(basic "$user")" "$@" || return
	[[ $status != 200 ]] || p7_pem "$body_file" >"$name.pem"
}

# used ID: how often it was used.
used() {
	shedu --json secret list | jq --arg id "$1" '.list[] | select(.id == $id) | .used'
}
