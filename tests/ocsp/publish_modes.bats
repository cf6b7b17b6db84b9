# Who may do what in the tree of published answers, also when somebody dies, and when memory is short.

load ../lib/shedu
load ocsp

setup() {
	publish_test_begin
}

has_folder() {
	[[ -n $(find "$SHEDU_PUBLISH/www/ocsp" -mindepth 1 -type d) ]]
}

# r becomes a request whose answer lies in a folder.
need_folder() {
	local n
	for ((n = 0; n < 40; n++)); do
		[[ $(path_of r) == */?* ]] && return
		enroll_published demo "f$n"
		ocsp_request r -sha256 -cert "f$n.pem"
	done
	return 1
}

# small_tree BYTES: the folder becomes a tmpfs of its own.
small_tree() {
	((EUID == 0)) && mount -t tmpfs -o "size=$1,mode=2755" none "$SHEDU_PUBLISH" 2>/dev/null ||
		skip "no file system can be mounted here"
	mounted=$SHEDU_PUBLISH
	own "$SHEDU_PUBLISH"
	shedu ocsp wipe
}

teardown() {
	[[ -z ${mounted:-} ]] || umount "$mounted"
	shedu_test_end
}

@test "a worker can write where answers lie, and nowhere else" {
	local v
	v=$(cd "$SHEDU_PUBLISH" && stat -c '%a %n' www www/ocsp www/crl locks tmp locks/00)
	[[ $v == $'2755 www\n2775 www/ocsp\n2755 www/crl\n2750 locks\n2770 tmp\n660 locks/00' ]]
}

@test "a folder is never one that others cannot enter, whenever its maker dies" {
	requires_strace
	need_folder
	ask_slowly r -e trace=mkdir -e inject=mkdir:delay_exit=1000000
	wait_for 10 has_folder
	[[ $(stat -c %a "$SHEDU_PUBLISH"/www/ocsp/*/) == 2775 ]]
	wait "$slow"
}

was_put_away() {
	compgen -G "$SHEDU_PUBLISH/tmp/old.*/M*" >/dev/null
}

@test "when all is removed there is always a folder that the server can enter" {
	local slow
	requires_strace
	get_r
	as_user strace -o trace -e trace=/^rename -e inject=/^rename:delay_exit=1000000 \
		"$SHEDU" --conf "$SHEDU_CONF" ca create sub --cn Sub --parent root >slow.out 2>&1 3>&- &
	slow=$!
	wait_for 10 was_put_away
	[[ $(stat -c %a "$SHEDU_PUBLISH/www/ocsp") == 2775 && -z $(published) ]]
	wait "$slow"
	[[ $(stat -c %a "$SHEDU_PUBLISH/www/ocsp") == 2775 ]]
}

@test "a tree whose maker died half way is made whole" {
	rm "$SHEDU_PUBLISH/owner"
	chmod 700 "$SHEDU_PUBLISH"/{www,locks,tmp}
	shedu tick
	[[ $(cd "$SHEDU_PUBLISH" && stat -c %a www locks tmp) == $'2755\n2750\n2770' ]]
	get_r
	[[ -n $(published) ]]
}

@test "a single tick looks at all files" {
	local v=("$SHEDU_PUBLISH"/www/ocsp/x{1..9001})
	touch "${v[@]}"
	own "$SHEDU_PUBLISH/www/ocsp"
	shedu tick
	[[ -z $(published) ]]
}

@test "what another user does not let us remove keeps nobody from the rest" {
	((EUID == 0)) || skip "only root can give files away"
	mkdir "$SHEDU_PUBLISH/tmp/old.x"
	touch "$SHEDU_PUBLISH"/tmp/old.x/{1..4100} "$SHEDU_PUBLISH/www/ocsp/rubbish"
	shedu tick
	[[ -z $(published) ]]
	timeout 20 "${AS_USER[@]}" "$SHEDU" --conf "$SHEDU_CONF" ocsp wipe
}

@test "an eighth of the memory is left to others" {
	small_tree 512k
	get_r
	[[ -n $(published) ]]
	published | xargs rm
	head -c 220K /dev/zero >"$SHEDU_PUBLISH/other"
	get_r
	[[ -z $(published) ]]
}

@test "no memory left: what is revoked is removed all the same" {
	small_tree 512k
	get_r
	[[ -n $(published) ]]
	run head -c 1M /dev/zero >"$SHEDU_PUBLISH/other"
	shedu cert revoke "$(serial_of d1.pem)"
	[[ -z $(published) ]]
	status_of d1
	[[ $said == revoked ]]
	shedu ca create sub --cn Sub --parent root
}

@test "no inode left: what stands above is changed all the same" {
	small_tree 512k,nr_inodes=300
	get_r
	[[ -n $(published) ]]
	touch "$SHEDU_PUBLISH"/tmp/x{1..300} 2>/dev/null || :
	run ! touch "$SHEDU_PUBLISH/tmp/more"
	shedu ca create sub --cn Sub --parent root
	[[ -z $(published) ]]
	touch "$SHEDU_PUBLISH/tmp/more" 2>/dev/null || :
	shedu ca create sub2 --cn Sub2 --parent root
}
