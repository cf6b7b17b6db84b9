# The tree of published answers: whose it is, how long a file stays, and who dies in between.

load ../lib/shedu
load ocsp

setup() {
	publish_test_begin
}

# get_slowly CALL: a publisher that takes two seconds for this call of the system.
get_slowly() {
	ask_slowly r -e "trace=$1" -e "inject=$1:delay_enter=2000000"
}

has_temp() {
	[[ -n $(ls "$SHEDU_PUBLISH/tmp") ]]
}

@test "a revocation waits for a publisher that has read the status, and removes what it wrote" {
	requires_strace
	get_slowly rename
	wait_for 10 has_temp
	[[ -z $(published) ]]
	shedu cert revoke "$(serial_of d1.pem)"
	[[ -z $(published) ]]
	wait "$slow"
	[[ -z $(published) ]]
	grep -q rename trace
	status_of d1
	[[ $said == revoked ]]
}

@test "a publisher that dies before the rename leaves nothing that is given out" {
	requires_strace
	get_slowly rename
	wait_for 10 has_temp
	# Of the shell, strace; of that, the responder.
	kill -KILL "$(pgrep -P "$(pgrep -P "$slow")")"
	wait "$slow" || :
	[[ -z $(published) ]]
	shedu cert revoke "$(serial_of d1.pem)"
	AT=+2m shedu tick
	run ! has_temp
}

@test "a revocation that dies in its commit: nothing is published until that is settled, and then again" {
	requires_strace
	get_r
	[[ -n $(published) ]]
	run as_user strace -f -o trace -e trace=fdatasync -e inject=fdatasync:signal=KILL \
		"$SHEDU" --conf "$SHEDU_CONF" cert revoke "$(serial_of d1.pem)"
	[[ $status != 0 && -z $(published) ]]
	# Nobody but the log of the database knows whether it is revoked.
	get_r
	[[ -z $(published) ]]
	shedu tick
	status_of d1
	get_r
	[[ -n $(published) ]]
	openssl ocsp -respin "$(published)" -issuer issuing.pem -cert d1.pem -noverify | grep "d1.pem: $said"
}

@test "a change that is refused does not settle one that died in its commit" {
	local lock file
	get_r
	file=$(published)
	for lock in "$SHEDU_PUBLISH"/locks/[0-9a-f][0-9a-f]; do
		printf '\1\0\0\0\0\0\0\0' | dd of="$lock" bs=1 seek=8 conv=notrunc status=none
	done
	rm "$file" && mkdir "$file" # what cannot be unlinked
	run -1 shedu cert revoke "$(serial_of d1.pem)"
	[[ $output == *'cannot remove'* ]]
	rmdir "$file"
	get_r
	[[ -z $(published) ]]
}

@test "the tick removes what nears its end, and empty folders, and keeps the rest" {
	get_r
	AT=+11h shedu tick
	[[ -n $(published) ]]
	mkdir -p "$SHEDU_PUBLISH/www/ocsp/a/b"
	own "$SHEDU_PUBLISH/www/ocsp/a"
	AT=+715m shedu tick
	[[ -z $(published) && ! -e $SHEDU_PUBLISH/www/ocsp/a ]]
}

@test "what is no answer is removed" {
	echo rubbish >"$SHEDU_PUBLISH/www/ocsp/MFMw"
	own "$SHEDU_PUBLISH/www/ocsp/MFMw"
	shedu tick
	[[ -z $(published) ]]
}

@test "full: answered, not published; the tick counts again" {
	local f
	for f in "$SHEDU_PUBLISH"/locks/[0-9a-f][0-9a-f]; do
		printf '\x40\x42\x0f\0\0\0\0\0' >"$f"
	done
	get_r
	[[ -z $(published) ]]
	shedu tick
	get_r
	[[ -n $(published) ]]
}

@test "of another boot, or of another database: nothing is published, and the tick begins anew" {
	get_r
	sed -i 's/^./x/' "$SHEDU_PUBLISH/owner"
	enroll_published demo d2
	ocsp_request r -cert d2.pem
	get_r
	[[ $(published | wc -l) == 1 ]]
	shedu tick
	[[ -z $(published) ]]
	get_r
	[[ -n $(published) ]]
}

@test "a restored database: what is published goes with the one that was" {
	shedu backup "$W/copy.db"
	get_r
	[[ -n $(published) ]]
	shedu restore "$W/copy.db"
	[[ -z $(published) ]]
	get_r
	[[ -n $(published) ]]
}

@test "a change of what stands above certificates removes all" {
	get_r
	[[ -n $(published) ]]
	certify b1
	shedu cert revoke "$(serial_of b1.pem)"
	[[ -n $(published) ]] # a bootstrap certificate's is its own alone
	shedu ca create sub --cn Sub --parent root
	[[ -z $(published) ]]
	shedu tick
	[[ -z $(ls "$SHEDU_PUBLISH/tmp") ]]
}

@test "not on a tmpfs: nothing is published, and it is said why" {
	[[ $(stat -f -c %T "$W") != tmpfs ]] || skip "all is on a tmpfs here"
	sed -i "s|publish_dir = \"[^\"]*\"|publish_dir = \"$W/publish\"|" shedu.conf
	run -1 shedu ocsp wipe
	[[ $output == *tmpfs* ]]
	run -1 shedu tick
	run -0 shedu tick --status
	[[ $output == *publish*tmpfs* ]]
	get_r
	[[ -z $(find publish -type f) ]]
}

@test "the folder may be nobody else's" {
	((EUID == 0)) || skip "only root can give a folder away"
	chown root "$SHEDU_PUBLISH"
	run -1 shedu ocsp wipe
	[[ $output == *"folder of this user"* ]]
}
