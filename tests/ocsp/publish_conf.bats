# Who publishes and who revokes may have been started with different configurations.

load ../lib/shedu
load ocsp

setup() {
	publish_test_begin
	get_r
	[[ -n $(published) ]]
	cp shedu.conf old.conf
}

teardown() {
	rm -rf "$SHEDU_PUBLISH.new" "$SHEDU_PUBLISH.two"
	shedu_test_end
}

# new_conf [FOLDER]: from now on published there, or nowhere.
new_conf() {
	sed -i "s|publish_dir = \"[^\"]*\";|${1:+publish_dir = \"$1\";}|" shedu.conf
}

get_by() {
	SHEDU_CONF=$W/$1 get_r
}

@test "a revocation by a program that publishes nowhere removes what others published" {
	new_conf
	shedu cert revoke "$(serial_of d1.pem)"
	[[ -z $(published) ]]
}

@test "a revocation by a program that does not see the files is refused" {
	mv "$SHEDU_PUBLISH" "$SHEDU_PUBLISH.new"
	run -1 shedu cert revoke "$(serial_of d1.pem)"
	[[ $output == *"$SHEDU_PUBLISH"* ]]
	status_of d1
	[[ $said == good ]]
	mv "$SHEDU_PUBLISH.new" "$SHEDU_PUBLISH"
	shedu cert revoke "$(serial_of d1.pem)"
	[[ -z $(published) ]]
}

# As it is seen in two mount namespaces.
@test "another tree of the same name: it is one or the other, and the tick sees which" {
	mv "$SHEDU_PUBLISH" "$SHEDU_PUBLISH.new"
	shedu ocsp wipe
	grep -q 'not here any more' "$W/shedu.log"
	shedu cert revoke "$(serial_of d1.pem)"
	mv "$SHEDU_PUBLISH" "$SHEDU_PUBLISH.two"
	mv "$SHEDU_PUBLISH.new" "$SHEDU_PUBLISH"
	enroll_published demo d2
	run -1 shedu cert revoke "$(serial_of d2.pem)"
	[[ $output == *'another of this name'* ]]
	ocsp_request r2 -cert d2.pem
	cgi ocsp GET "/ocsp/$(path_of r2)"
	[[ $(published | wc -l) == 1 ]]
	shedu tick
	[[ -z $(published) ]]
	cgi ocsp GET "/ocsp/$(path_of r2)"
	[[ -n $(published) ]]
}

@test "another name of the same tree: it is wiped, and goes on" {
	new_conf "$SHEDU_PUBLISH/"
	shedu tick
	[[ -z $(published) ]]
	get_by shedu.conf
	[[ -n $(published) ]]
}

@test "no longer published: the tick ends the tree, and workers that still would do not" {
	new_conf
	shedu tick
	[[ -z $(published) ]]
	get_by old.conf
	[[ -z $(published) ]]
	rm -r "$SHEDU_PUBLISH"
	shedu cert revoke "$(serial_of d1.pem)"
}

@test "published elsewhere: the old tree ends, and workers publish in the new one only" {
	new_conf "$SHEDU_PUBLISH.new"
	get_by shedu.conf
	[[ ! -e $SHEDU_PUBLISH.new ]]
	shedu ocsp wipe
	[[ -z $(published) ]]
	get_by old.conf
	[[ -z $(published) ]]
	get_by shedu.conf
	[[ -n $(find "$SHEDU_PUBLISH.new/www/ocsp" -type f) ]]
	"$SHEDU" --conf "$W/old.conf" cert revoke "$(serial_of d1.pem)"
	[[ -z $(find "$SHEDU_PUBLISH.new/www/ocsp" -type f) ]]
}

@test "a restore by a program that publishes nowhere ends what others published" {
	shedu backup "$W/copy.db"
	as_user sqlite3 copy.db 'DELETE FROM published'
	new_conf
	shedu restore "$W/copy.db"
	[[ -z $(published) ]]
}

@test "a folder that cannot be one of answers does not hold up revocations" {
	[[ $(stat -f -c %T "$W") != tmpfs ]] || skip "all is on a tmpfs here"
	new_conf "$W/publish"
	run -1 shedu ocsp wipe
	shedu cert revoke "$(serial_of d1.pem)"
	[[ -z $(published) ]]
}

@test "the files of another boot hold up nobody" {
	sqlite3 state/shedu.db "UPDATE published SET boot = 'other'"
	rm -r "$SHEDU_PUBLISH"
	shedu cert revoke "$(serial_of d1.pem)"
}
