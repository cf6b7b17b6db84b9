# Who may include whom (DESIGN.md section 2): the architecture is a test.

cd "${SHEDU_SRC:-$BATS_TEST_DIRNAME/../..}" || exit

# Prints the includes of a folder's files that are not below one of the permitted folders.
# foreign FOLDER PERMITTED...
foreign() {
	local folder=$1 permitted
	shift
	printf -v permitted '%s|' "$@"
	grep -nE '#include "[^"]*"' "$folder"/*.[ch] |
		grep -vE "#include \"(config\.h\"|(${permitted%|})/)"
}

# none COMMAND...: what it prints is what is wrong.
none() {
	run "$@"
	printf '%s\n' "${lines[@]}"
	[[ -z $output ]]
}

# users PATTERN: the files of the program in which it occurs.
users() {
	grep -rlE --include='*.[ch]' -- "$1" core fcgi cli tls | LC_ALL=C sort
}

@test "base includes base" {
	none foreign core/base base
}

@test "data includes base" {
	none foreign core/data base data
}

@test "pki includes base and data" {
	none foreign core/pki base data pki
}

@test "store includes base and data" {
	none foreign core/store base data store
}

@test "net includes base and data" {
	[[ -d core/net ]] || skip "there is no core/net yet"
	none foreign core/net base data net
}

@test "fleet includes the layers below it" {
	none foreign core/fleet base data pki store net fleet
}

@test "auth includes the layers below it, and fleet" {
	none foreign core/auth base data pki store net fleet auth
}

@test "ca includes the layers below it, fleet and auth" {
	none foreign core/ca base data pki store net fleet auth ca
}

@test "web includes base, data and auth" {
	none foreign core/web base data auth web
}

@test "every layer is in this list" {
	run ls core
	[[ "$(printf '%s ' $(for d in core/*/; do basename "$d"; done | grep -v net))" == \
		"auth base ca data fleet pki store web " ]]
}

@test "ca and web never see each other" {
	none grep -rn '#include "web/' core/ca
	none grep -rn '#include "ca/' core/web
}

@test "the responders never include each other" {
	none foreign fcgi/est base data pki store net fleet auth ca web fcgi/est
	none foreign fcgi/ocsp base data pki store net fleet auth ca web fcgi/ocsp
	none foreign fcgi/dms base data pki store net fleet auth ca web fcgi/dms
}

@test "the core never includes a program" {
	none grep -rnE '#include "(fcgi|cli|tls)/' core
}

@test "the database is known in core/store only" {
	none bash -c "$(declare -f users); users 'sqlite3' | grep -v '^core/store/'"
	[[ -n $(users sqlite3_) ]]
}

@test "OpenSSL is known in core/pki and the provider module only" {
	none bash -c "$(declare -f users); users '<openssl/' | grep -vE '^(core/pki|tls)/'"
	[[ -n $(users '<openssl/') ]]
}

@test "jansson and libconfig are known in core/data only" {
	local c='<jansson\.h>|<libconfig\.h>|\bjson_t\b|\bjson_(object|array|string|integer|load|dump)'
	none bash -c "$(declare -f users); users '$c' | grep -v '^core/data/'"
	[[ -n $(users "$c") ]]
}

@test "libfcgi is known in core/web/io_fcgi.c only" {
	[[ $(users '\bFCGX_|fcgi(app|os|_stdio|_config)\.h') == core/web/io_fcgi.c ]]
}

@test "libcurl is known in core/net only, libjose nowhere else than core/data" {
	none bash -c "$(declare -f users); users '<curl/|\bcurl_' | grep -v '^core/net/'"
	none bash -c "$(declare -f users); users '<jose/|\bjose_' | grep -v '^core/data/'"
}

@test "SQL stands in schema/ only" {
	local sql='"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM)\b'
	none bash -c "$(declare -f users); users '$sql' | grep -v '^core/store/db_'"
}

@test "the store knows no certificate objects" {
	none grep -nE '\b(X509|EVP_PKEY)\b' core/store/*.[ch]
}
