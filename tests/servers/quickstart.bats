# The two commands' first one, on a copy of the tree with what was built. The tests of this file are
# one story: each goes on where the one before ended.

load ../lib/shedu

setup_file() {
	((EUID == 0)) || { skips 'quickstart needs root' && return; }
	[[ -e $SHEDU_SRC/build/Makefile && $SHEDU_BUILD == "$SHEDU_SRC/build" ]] ||
		{ skips 'the build is not in ./build, where quickstart has it' && return; }
	SHEDU_TMP=$(mktemp -d "${TMPDIR:-/tmp}/shedu-test.XXXXXX")
	export SHEDU_TMP TREE=$SHEDU_TMP/tree
	chmod 755 "$SHEDU_TMP"
	mkdir "$TREE"
	tar -C "$SHEDU_SRC" --exclude=./.git --exclude=./demo --exclude=./build/asan --exclude='*.log' --exclude='*.trs' -cf - . | tar -C "$TREE" -xf -
	free_port && export PORT1=$port
	free_port && export PORT2=$port
	unset MAKEFLAGS MFLAGS MAKELEVEL SUDO_USER SUDO_UID
}

setup() {
	[[ -z ${SHEDU_SKIP:-} ]] || skip "$SHEDU_SKIP"
	cd "$TREE"
	export W=$SHEDU_TMP
	demo=$TREE/demo
}

teardown() { cd /; }

teardown_file() {
	[[ -z ${SHEDU_SKIP:-} ]] || return 0
	local dir
	for dir in "$TREE/demo" "$SHEDU_TMP/of-games" "$SHEDU_TMP/shut/tree/demo"; do
		"$TREE/quickstart" reset --dir "$dir" >/dev/null 2>&1 || :
	done
	[[ -n ${SHEDU_KEEP:-} ]] || rm -rf "$SHEDU_TMP"
}

# The processes of a demo, with their users.
processes() {
	local p dir
	dir=$(realpath "$1")
	for p in /proc/[0-9]*; do
		! grep -qzF -- "$dir/" "$p/cmdline" || echo "$(stat -c %U "$p") $(tr '\0' ' ' <"$p/cmdline")"
	done 2>/dev/null
}

api_of() {
	(. "$1/env" && curl -sS --fail --cacert "$1/root.pem" --cert "$1/operator.pem" \
		--key "$1/operator.key" "$SHEDU_URL$2")
}

@test "--help tells of everything; what is not understood is refused" {
	run ./quickstart --help
	[[ $status == 0 && $output == *--server* && $output == *reset* && $output == *check* ]]
	run ./quickstart check --help
	[[ $status == 0 ]]
	run ./quickstart --frobnicate
	[[ $status == 2 ]]
	run ./quickstart --port 80
	[[ $status == 2 ]]
}

@test "another user than root is told the one line to run" {
	run as_user ./quickstart --server apache
	[[ $status == 2 && $output == *'sudo ./quickstart --server apache'* ]]
	[[ ! -e $demo ]]
}

@test "start: every step is ok" {
	run ./quickstart --port "$PORT1" --http-port "$PORT2"
	echo "$output"
	[[ $status == 0 && $output != *FAILED* ]]
	[[ $(grep -c '^ok' <<<"$output") -ge 12 ]]
	grep '^ok .*enrolled: device-1' <<<"$output"
	grep '^ok .*old certificate is revoked, the new one good' <<<"$output"
}

@test "what it leaves behind works without it" {
	grep -qx "SHEDU_URL=https://localhost:$PORT1" demo/env
	grep -qx "SHEDU_HTTP_URL=http://localhost:$PORT2" demo/env
	[[ -e $(. demo/env && echo "$SHEDU_CONF") ]]
	openssl verify -CAfile demo/root.pem demo/root.pem
	api_of "$demo" /v2/devices | jq -e '.list | length == 1'
	api_of "$demo" /v2/dms/demo | jq -e '.settings.server_keygen_settings.enabled
		and .settings.enrollment_settings.registration_mode == "JITP"'
	[[ $(stat -c %a demo/operator.key demo/bootstrap.key | sort -u) == 600 ]]
}

@test "the server, the tick and the state are not root's" {
	[[ $(stat -c %U demo/state/shedu.db) == "$SHEDU_USER" ]]
	processes "$demo" >list
	cat list
	[[ $(grep -c . list) -ge 3 ]]
	[[ -z $(grep '^root' list) ]]
}

@test "what root runs or reads again is not the server's to change" {
	[[ $SHEDU_USER == www-data ]] || skip 'the server runs as nobody else than its caller'
	[[ $(stat -c '%U %a' demo) == 'root 1775' ]]
	[[ $(stat -c %U demo/env demo/shedu demo/shedu.conf demo/bin demo/bin/shedu demo/devices | sort -u) == root ]]
	as_user test -w demo/state
	run as_user sh -c 'rm -f demo/env; echo x >>demo/bin/shedu; mv demo/bin demo/bun'
	[[ -s demo/env && -d demo/bin ]]
}

@test "status tells what runs, and the age of the last tick" {
	run ./quickstart status
	[[ $status == 0 && $output == *"server  runs"* && $output == *"tick    runs"* ]]
	[[ $output =~ last\ tick\ [0-9]+\ s\ ago ]]
}

@test "again, with the other server: the same state and ports, and a second device" {
	run ./quickstart --server apache
	echo "$output"
	[[ $status == 0 && $output == *'server: apache'* ]]
	grep -qx "SHEDU_URL=https://localhost:$PORT1" demo/env
	api_of "$demo" /v2/devices | jq -e '.list | length == 2'
}

@test "a demo keeps its ports" {
	run ./quickstart --port 9
	[[ $status == 2 ]]
	run ./quickstart --port $((PORT1 + 1))
	[[ $status == 1 && $output == *reset* ]]
}

@test "stop ends all of it, status says so, and a port that is taken fails with advice" {
	./quickstart stop
	[[ -z $(processes "$demo") ]]
	run ./quickstart status
	[[ $status == 1 && $output == *'does not run'* ]]
	perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1",
		LocalPort => shift, Listen => 1) or die; sleep 30' "$PORT1" 3>&- &
	run ./quickstart
	kill $!
	echo "$output"
	[[ $status == 1 && $output == *FAILED*server* && $output == *"port $PORT1"* && $output == *try:* ]]
}

@test "reset deletes it" {
	./quickstart reset
	[[ ! -e $demo ]]
	run ./quickstart status
	[[ $status == 1 ]]
}

@test "through sudo: the server and the state belong to the caller" {
	id games >/dev/null || skip 'there is no user games'
	run env SUDO_USER=games SUDO_UID=5 ./quickstart --dir "$SHEDU_TMP/of-games"
	echo "$output"
	[[ $status == 0 ]]
	[[ $(stat -c %U "$SHEDU_TMP/of-games/state/shedu.db") == games ]]
	[[ $(processes "$SHEDU_TMP/of-games" | cut -d' ' -f1 | sort -u) == games ]]
	as_games=(setpriv --reuid games --regid games --clear-groups)
	"${as_games[@]}" ./quickstart status --dir "$SHEDU_TMP/of-games"
	"${as_games[@]}" ./quickstart stop --dir "$SHEDU_TMP/of-games"
	./quickstart reset --dir "$SHEDU_TMP/of-games"
}

@test "from a folder that only root can enter: the demo lives in /var/lib, ./demo is a link" {
	mkdir -m 700 "$SHEDU_TMP/shut"
	mv "$TREE" "$SHEDU_TMP/shut/tree"
	cd "$SHEDU_TMP/shut/tree"
	run ./quickstart
	echo "$output"
	mv "$SHEDU_TMP/shut/tree" "$TREE"
	[[ $status == 0 ]]
	[[ -L $TREE/demo && $(realpath "$TREE/demo") == /var/lib/shedu-demo* ]]
	dir=$(realpath "$TREE/demo")
	[[ $(processes "$dir" | cut -d' ' -f1 | sort -u) == "$SHEDU_USER" ]]
	cd "$TREE"
	./quickstart reset
	[[ ! -e $dir && ! -L $TREE/demo ]]
}
