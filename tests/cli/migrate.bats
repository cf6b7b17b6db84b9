# migrate: what a filled database of the schema before CRL scopes becomes.

load ../lib/shedu
load ../ocsp/ocsp

# rows_as_before: into state/old.db, what the tables of the old schema have of the present database.
rows_as_before() {
	local table columns
	echo 'PRAGMA foreign_keys = OFF; BEGIN;'
	for table in $(as_user sqlite3 state/old.db "SELECT name FROM sqlite_schema WHERE type = 'table'"); do
		columns=$(as_user sqlite3 state/old.db "SELECT group_concat(name) FROM pragma_table_info('$table')")
		echo "INSERT OR REPLACE INTO $table ($columns) SELECT $columns FROM new.$table;"
	done
	echo 'UPDATE meta SET schema = 2; COMMIT;'
}

# as_before: the state's database has schema 2, as a program of then would have left it.
as_before() {
	cat "$SHEDU_SRC"/schema/000[12]-*.sql |
		sed 's/@INT64/INTEGER/g; s/@BYTES/BLOB/g; s/@CLUSTERED/STRICT, WITHOUT ROWID/g; s/@STRICT/STRICT/g' |
		as_user sqlite3 state/old.db
	rows_as_before >rows.sql
	{ echo "ATTACH 'state/shedu.db' AS new;" && cat rows.sql; } | as_user sqlite3 -bail state/old.db
	rm -f state/shedu.db*
	mv state/old.db state/shedu.db
}

db() {
	sqlite3 -readonly state/shedu.db "$1"
}

setup() {
	shedu_test_begin
	certify d1
	certify d2
	certify d3
	shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	shedu tick
	path=$(crl_path)
	shedu cert revoke "$(serial_of d2.pem)"	# no CRL has it yet
	before=$(db 'SELECT count(*), sum(status), group_concat(hex(sha256)) FROM certificate')
	as_before
}

@test "refused until it is migrated; then each certificate is as it was" {
	[[ $(db 'SELECT schema FROM meta') == 2 ]]
	run ! shedu tick
	shedu migrate
	[[ $(db 'SELECT count(*), sum(status), group_concat(hex(sha256)) FROM certificate') == "$before" ]]
	[[ $(db 'PRAGMA foreign_key_check; PRAGMA integrity_check') == ok ]]
	[[ $(db "SELECT DISTINCT validation FROM ca") == '{}' ]]
	status_of d1
	[[ $said == revoked ]]
	status_of d3
	[[ $said == good ]]
}

@test "the CRL is the last one until the tick makes the next, with all that was revoked" {
	local number
	shedu migrate
	get_crl_of "$path" crl
	number=$(crl_number)
	[[ ${said,,} == *"$(serial_of d1.pem)"* && ${said,,} != *"$(serial_of d2.pem)"* ]]
	shedu tick
	get_crl_of "$path" crl
	[[ $(crl_number) == $((number + 1)) ]]
	[[ ${said,,} == *"$(serial_of d1.pem)"* && ${said,,} == *"$(serial_of d2.pem)"* ]]
}

@test "the last CRL of a CA that has ended is kept" {
	shedu migrate
	AT=+4000d run shedu tick
	AT=+4000d get_crl_of "$path" crl
	[[ ${said,,} == *"$(serial_of d1.pem)"* ]]
}

@test "deltas and shards can be had at once" {
	shedu migrate
	shedu ca validation issuing --set crl.delta_validity=1h --set crl.shards=2
	shedu tick
	get_crl_of "$(crl_path delta)" delta
	get_crl_of "$path" crl
	[[ $said == *'Freshest CRL'* && ${said,,} == *"$(serial_of d2.pem)"* ]]
	get_crl_of "$(crl_path "2-$((16#$(serial_of d2.pem | tail -c 9) % 2))")" shard
	[[ ${said,,} == *"$(serial_of d2.pem)"* ]]
}
