# The command line: what is asked for wrongly is told, with what was expected, and exit status 2.

load ../lib/shedu

@test "no command, and one that does not exist, are usage errors" {
	run -2 --separate-stderr shedu
	[[ -z $output && $stderr == *"expected a command, got none"* && $stderr == *"usage: shedu"* ]]
	run -2 --separate-stderr shedu frobnicate
	[[ $stderr == *"frobnicate"* ]]
	run -2 --separate-stderr shedu ca
	[[ $stderr == *"expected a command, got ca"* ]]
}

@test "a missing operand, and one too many, name what was expected" {
	run -2 --separate-stderr shedu ca show
	[[ $stderr == *"expected ID, got 0 operands"* && $stderr == *"usage: shedu"*"ca show ID"* ]]
	run -2 --separate-stderr shedu ca show root other
	[[ $stderr == *"got 'other' as well"* ]]
	run -2 --separate-stderr shedu ca list all
	[[ $stderr == *"expected no operand"* ]]
}

@test "options: unknown, without value, twice, and a required one that is missing" {
	run -2 --separate-stderr shedu ca list --frob
	[[ $stderr == *"there is no option --frob"* ]]
	run -2 --separate-stderr shedu ca create x --cn
	[[ $stderr == *"--cn needs a value (NAME)"* ]]
	run -2 --separate-stderr shedu ca create x --cn a --cn b
	[[ $stderr == *"--cn is given twice"* ]]
	run -2 --separate-stderr shedu ca create x
	[[ $stderr == *"expected --cn NAME, and it is missing"* ]]
	run -2 --separate-stderr shedu tick --status=yes
	[[ $stderr == *"--status takes no value, got 'yes'"* ]]
	run -2 --separate-stderr shedu ca list -v
	[[ $stderr == *"there is no option -v"* ]]
}

@test "a value may stand in the same word, and operands behind --" {
	shedu device add --dms=nowhere -- --strange 2>err && return 1
	grep -q 'nowhere' err
	run -1 --separate-stderr shedu ca show -- --help
	[[ -z $output && $stderr == "shedu: CA not found"* ]]
}

@test "--json stands anywhere, and --conf wins over the environment" {
	shedu ca list --json | jq -e '.list | length == 4'
	as_user env SHEDU_CONF=/nowhere "$SHEDU" ca list --conf "$SHEDU_CONF"
	run -1 --separate-stderr as_user env -u SHEDU_CONF "$SHEDU" --conf /nowhere/shedu.conf ca list
	[[ $stderr == *"/nowhere/shedu.conf"* ]]
}

@test "--help tells about the command, its options, and for api the routes" {
	run -0 shedu cert issue --help
	[[ $output == *"--out-key FILE"* && $output == *"usage: shedu"* ]]
	run -0 shedu api --help
	[[ $output == *"/v2/dms/{dms}"* ]]
	run -0 shedu --help
	[[ $output == *"device decommission"* ]]
	run -0 shedu help dms create
	[[ $output == *"dms create ID [FILE|-]"* ]]
	run -2 shedu help frobnicate
}

@test "help settings lists the configuration and a DMS's settings, without a configuration" {
	run -0 as_user env -u SHEDU_CONF "$SHEDU" help settings
	[[ $output == *"public.https_url"* ]]
	[[ $output == *"reenrollment_settings.reenrollment_delta"* ]]
	[[ $output == *"crypto_enforcement.enabled"* ]]
	[[ $output != *".It "* ]]
}

@test "--version prints name and version" {
	run -0 shedu --version
	[[ $output =~ ^shedu\ [0-9]+\.[0-9]+ ]]
}

@test "a refusal prints error, code and each problem with its pointer, on stderr" {
	run -1 --separate-stderr shedu dms create demo \
		<<<'{"settings": {"enrollment_settings": {"enrollment_ca": "nowhere", "registration_mode": "X"}}}'
	[[ -z $output ]]
	[[ $stderr == "shedu: "*"(fields)"* ]]
	[[ $stderr == *"/settings/enrollment_settings/registration_mode: "* ]]
	[[ $stderr == *"/settings/enrollment_settings/enrollment_ca: "* ]]
}

@test "output that cannot be written is a failure" {
	[[ -e /dev/full ]] || skip "there is no /dev/full"
	shedu ca list >/dev/full 2>err && return 1
	grep -q 'cannot write to standard output' err
}
