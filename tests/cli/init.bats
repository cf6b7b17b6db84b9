# init and migrate: a state from nothing, again and again, and the owner that it gets.

load ../lib/shedu

# A configuration for a state that is not there yet, in $W/new.
new_conf() {
	sed "s|$W/state|$W/new/state|g; s|$W/shedu.log|$W/new.log|" "$SHEDU_CONF" >new.conf
	mkdir -p new
	own new
}

# shedu on that state.
new_shedu() {
	as_user "$SHEDU" --conf "$W/new.conf" "$@"
}

mode() {
	stat -c '%a %U' "$1"
}

@test "init makes folders, database and audit key with their modes" {
	new_conf
	new_shedu init
	[[ $(mode new/state) == "750 $SHEDU_USER" ]]
	[[ $(mode new/state/keys) == "700 $SHEDU_USER" ]]
	[[ $(mode new/state/responders) == "750 $SHEDU_USER" ]]
	[[ $(mode new/state/signers) == "700 $SHEDU_USER" ]]
	[[ $(mode new/state/shedu.db) == "640 $SHEDU_USER" ]]
	[[ $(mode new/state/audit.key) == "600 $SHEDU_USER" ]]
	[[ ! -e new/state/shedu.db-wal || $(mode new/state/shedu.db-wal) == "640 $SHEDU_USER" ]]
	new_shedu --json ca list | jq -e '.list == []'
}

@test "the files of the log keep the database's mode after writing" {
	new_conf
	new_shedu init
	new_shedu ca create one --cn One
	[[ $(mode new/state/shedu.db-wal) == "640 $SHEDU_USER" ]]
	[[ $(mode new/state/shedu.db-shm) == "640 $SHEDU_USER" ]]
}

@test "run again, init keeps what is there and makes what is missing" {
	local before
	before=$(shedu --json ca list; sha256sum state/audit.key)
	rmdir state/responders 2>/dev/null || rm -r state/responders
	run -0 shedu --json init
	[[ $(jq -r '.made[]' <<<"$output") == "$W/state/responders" ]]
	[[ $(jq -r '.found | length' <<<"$output") == 5 ]]
	[[ $before == "$(shedu --json ca list; sha256sum state/audit.key)" ]]
}

@test "two states have different epochs" {
	requires sqlite3
	new_conf
	new_shedu init
	[[ $(sqlite3 new/state/shedu.db 'SELECT hex(epoch) FROM meta') != \
		"$(sqlite3 state/shedu.db 'SELECT hex(epoch) FROM meta')" ]]
}

@test "root gives the state to --owner, and works as that user" {
	((EUID == 0)) || skip "not root"
	new_conf
	chown root new
	"$SHEDU" --conf "$W/new.conf" init --owner "$SHEDU_USER"
	"$SHEDU" --conf "$W/new.conf" ca create one --cn One
	"$SHEDU" --conf "$W/new.conf" tick || true
	[[ -z $(find new/state ! -user "$SHEDU_USER") ]]
	[[ $("$SHEDU" --conf "$W/new.conf" api GET /v2/events 2>/dev/null | jq -r '.list[0].authid') == cli:0 ]]
}

@test "root never writes a file outside as root" {
	((EUID == 0)) || skip "not root"
	mkdir rootonly && chmod 700 rootonly
	run -1 --separate-stderr "$SHEDU" cert issue --ca bootstrap --kind bootstrap --cn x \
		--out "$W/rootonly/x.pem" --out-key "$W/x.key"
	[[ $stderr == *"cannot write $W/rootonly/x.pem as uid $(id -u "$SHEDU_USER")"* ]]
	[[ ! -e x.key ]]
}

@test "an owner that does not exist, or other than the state's, is refused" {
	new_conf
	run -1 --separate-stderr new_shedu init --owner no-such-user
	[[ $stderr == *"no-such-user"* && ! -e new/state ]]
	run -1 --separate-stderr "$SHEDU" init --owner root
	[[ $stderr == *"(owner)"* ]]
}

@test "without a state the other commands name init" {
	new_conf
	run -1 --separate-stderr "$SHEDU" --conf "$W/new.conf" ca list
	[[ $stderr == *"init"* || $stderr == *"new/state"* ]]
	run -1 --separate-stderr new_shedu migrate
	[[ $stderr == *"run shedu init"* ]]
}

@test "a database of another schema is refused with a hint; migrate tells what it did" {
	requires sqlite3
	run -0 shedu --json migrate
	[[ $(jq '.from == .to' <<<"$output") == true ]]
	as_user sqlite3 state/shedu.db 'UPDATE meta SET schema = 999'
	run -1 --separate-stderr shedu ca list
	[[ $stderr == *"(schema)"* ]]
}

@test "a wrong configuration names file and setting" {
	echo 'databse = "x";' >>"$SHEDU_CONF"
	run -1 --separate-stderr shedu ca list
	[[ $stderr == *"shedu.conf"* && $stderr == *"databse"* ]]
}
