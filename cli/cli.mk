bin_PROGRAMS += cli/shedu
cli_shedu_SOURCES = \
	cli/args.c cli/args.h \
	cli/call.c cli/call.h \
	cli/cmd_api.c \
	cli/cmd_approval.c cli/cmd_backup.c \
	cli/cmd_ca.c \
	cli/cmd_ca_validation.c \
	cli/cmd_cert.c \
	cli/cmd_device.c \
	cli/cmd_dms.c \
	cli/cmd_explain.c \
	cli/cmd_help.c cli/help.h \
	cli/cmd_ocsp.c \
	cli/export.c cli/export.h \
	cli/cmd_operator.c \
	cli/cmd_profile.c \
	cli/cmd_secret.c \
	cli/cmd_setup.c \
	cli/commands.c \
	cli/csr.c cli/csr.h \
	cli/doctor/ask_ocsp.c cli/doctor/ask_ocsp.h \
	cli/doctor/canary.c \
	cli/doctor/check_cas.c \
	cli/doctor/check_files.c \
	cli/doctor/check_publication.c \
	cli/doctor/check_practice.c \
	cli/doctor/check_secrets.c \
	cli/doctor/check_server.c \
	cli/doctor/check_state.c \
	cli/doctor/doctor.c cli/doctor/doctor.h \
	cli/doctor/probe.c cli/doctor/probe.h \
	cli/file.c cli/file.h \
	cli/print.c cli/print.h \
	cli/priv.c cli/priv.h \
	cli/restore_keep.c cli/restore_keep.h \
	cli/shedu.c cli/shedu.h \
	cli/tick/audit.c \
	cli/tick/ca_end.c \
	cli/tick/checkpoint.c \
	cli/tick/cmd_tick.c \
	cli/tick/crl.c \
	cli/tick/expire.c \
	cli/tick/loop.c cli/tick/loop.h \
	cli/tick/publish.c \
	cli/tick/responder.c \
	cli/tick/signer.c \
	cli/tick/tick.h \
	cli/tick/transitions.c \
	cli/tick/trust.c
cli_shedu_LDADD = libdms.a $(LDADD) $(CURL_LIBS)
dist_man_MANS += cli/shedu.1
