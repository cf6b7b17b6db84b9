CLI_TESTS = \
	tests/cli/args.bats \
	tests/cli/backup.bats \
	tests/cli/ca.bats \
	tests/cli/ca_above.bats \
	tests/cli/ca_end.bats \
	tests/cli/cert.bats \
	tests/cli/doctor.bats \
	tests/cli/doctor_server.bats \
	tests/cli/explain.bats \
	tests/cli/init.bats \
	tests/cli/job_failures.bats \
	tests/cli/jobs.bats \
	tests/cli/man.bats \
	tests/cli/migrate.bats \
	tests/cli/ocsp.bats \
	tests/cli/rekey.bats \
	tests/cli/restore.bats \
	tests/cli/rekey_life.bats \
	tests/cli/resources.bats \
	tests/cli/secret.bats \
	tests/cli/tick.bats \
	tests/cli/validation.bats
TESTS += $(CLI_TESTS)
EXTRA_DIST += $(CLI_TESTS)
