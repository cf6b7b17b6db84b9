#!/usr/bin/env bats
# Pages, bookmarks and filters.

load ../lib/shedu
load dms

setup_file() {
	export SHEDU_SHARED=1
	shedu_file_begin
	cd "$W"
	make_dms demo
	make_dms other
	# demo: d1-d3 enrolled, d4-d6 not; other: e1 enrolled, e2 decommissioned
	local d
	for d in d1 d2 d3; do enroll_device demo $d; done
	enroll_device other e1
	add_devices demo d4 d5 d6
	add_devices other e2
	as admin DELETE /v2/devices/e2/decommission
}

# all URI: the ids of all pages, only the bookmark being sent for the next one, as the web UI does.
all() {
	local path=${1%%\?*} ids='' next
	as admin GET "$1"
	assert_status 200 || return
	while :; do
		ids+=" $(json '[.list[].id] | join(" ")')"
		next=$(json .next)
		[[ -n $next ]] || break
		as admin GET "$path?bookmark=$next"
		assert_status 200 || return
	done
	got=$(xargs <<<"$ids")
}

@test "a list has next and list, and next is empty at the end" {
	as admin GET /v2/devices
	assert_json '.list | length' 8
	assert_json .next ''
}

@test "pages of each size give each device once, in order" {
	local n
	for n in 1 2 3 7 8 9; do
		all "/v2/devices?page_size=$n"
		[[ $got == "d1 d2 d3 d4 d5 d6 e1 e2" ]] || { echo "$n: $got"; return 1; }
	done
}

@test "the bookmark alone keeps filter and page size" {
	local n
	for n in 1 2 3 4; do
		all "/v2/devices?dms=demo&status=ACTIVE&page_size=$n"
		[[ $got == "d1 d2 d3" ]] || { echo "$n: $got"; return 1; }
	done
}

@test "by status over all DMSs, and by several statuses" {
	all '/v2/devices?filter=status[eq]ACTIVE&page_size=2'
	[[ $got == "d1 d2 d3 e1" ]]
	all '/v2/devices?filter=status[in]NO_IDENTITY,DECOMMISSIONED&page_size=1'
	[[ $got == "d4 d5 d6 e2" ]]
	all '/v2/devices?filter=status[ne]ACTIVE&filter=dms_owner[eq]demo&page_size=2'
	[[ $got == "d4 d5 d6" ]]
}

@test "filters by id and DMS: equal, contains, any case, in; long names; with =" {
	all '/v2/devices?filter=id[eq]d2'
	[[ $got == d2 ]]
	all '/v2/devices?filter=id[contains_ignorecase]E&page_size=1'
	[[ $got == "e1 e2" ]]
	all '/v2/devices?filter=id[in]=d1,e1'
	[[ $got == "d1 e1" ]]
	all '/v2/devices?filter=dms_owner[ne]demo'
	[[ $got == "e1 e2" ]]
}

@test "the DMS in Lamassu's path is a filter too" {
	all '/api/devmanager/v1/devices/dms/other?page_size=1'
	[[ $got == "e1 e2" ]]
	as admin GET /api/devmanager/v1/devices/dms/none
	assert_json '.list | length' 0
}

@test "a filter by time" {
	all '/v2/devices?filter=creation_timestamp[af]2020-01-01T00:00:00Z&filter=id[ct]d'
	[[ $got == "d1 d2 d3 d4 d5 d6" ]]
	all '/v2/devices?filter=creation_timestamp[bf]2020-01-01T00:00:00Z'
	[[ -z $got ]]
}

@test "a bad filter, page size or bookmark is 400 and says so" {
	as admin GET '/v2/devices?filter=status[eq]HAPPY'
	assert_refused 400 filter
	[[ $(json .err) == "invalid filter operand"* ]]
	as admin GET '/v2/devices?filter=nonsense'
	assert_refused 400 filter
	as admin GET '/v2/devices?filter=id[like]x'
	assert_refused 400 filter
	as admin GET '/v2/devices?filter=shoe_size[eq]x'
	assert_refused 400 filter
	as admin GET '/v2/devices?page_size=0'
	assert_refused 400 page_size
	as admin GET '/v2/devices?page_size=x'
	assert_refused 400 page_size
	as admin GET '/v2/devices?bookmark=%21%21'
	assert_refused 400 bookmark
	as admin GET "/v2/devices?bookmark=$(printf '{"size":99999,"filter":[],"key":[]}' | base64 -w0 | tr -d =)"
	assert_refused 400 bookmark
}

@test "pages of DMSs, CAs, certificates, events" {
	all '/v2/dms?page_size=1'
	[[ $got == "demo other" ]]
	all '/v2/dms?filter=id[ct]oth'
	[[ $got == other ]]
	all '/v2/cas?page_size=2'
	[[ $got == "bootstrap issuing operators root" ]]
	all '/v2/cas?filter=subject.common_name[eq]Test%20Root'
	[[ $got == root ]]
	all '/v2/events?page_size=3'
	[[ $(tr ' ' '\n' <<<"$got") == "$(seq "$(wc -w <<<"$got")")" ]]
}

@test "certificates by device, DMS, kind, status; each page newest first" {
	as admin GET '/v2/certificates?device=d1'
	assert_json '[.list[].serial_number] | join(" ")' "$(serial_of d1.pem)"
	as admin GET '/v2/certificates?dms=demo&page_size=2'
	assert_json '.list | length' 2
	as admin GET "/v2/certificates?bookmark=$(json .next)"
	assert_json '[.list[].device] | join(" ")' d1
	as admin GET '/v2/certificates?kind=bootstrap'
	assert_json '[.list[].subject.common_name] | join(" ")' factory
	as admin GET '/v2/certificates?status=REVOKED'
	assert_json '.list | length' 0
}
