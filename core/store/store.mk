libshedu_a_SOURCES += \
	core/store/db.h core/store/db_gate.c core/store/db_gate.h \
	core/store/db_copy.c core/store/db_migrate.c core/store/db_sqlite.c core/store/db_sqlite.h \
	core/store/db_change.c core/store/db_change.h core/store/db_migrate.c core/store/db_sqlite.c core/store/db_sqlite.h \
	core/store/db_stmt.c core/store/db_txn.c \
	core/store/store_answer.c core/store/store_answer.h \
	core/store/store_approval.c core/store/store_approval.h \
	core/store/store_ca.c core/store/store_ca.h \
	core/store/store_cert.c core/store/store_cert.h \
	core/store/store_crl.c core/store/store_crl.h \
	core/store/store_cross.c \
	core/store/store_device.c core/store/store_device.h \
	core/store/store_dms.c core/store/store_dms.h \
	core/store/store_event.c core/store/store_event.h \
	core/store/store_keygen.c core/store/store_keygen.h \
	core/store/store_message.c core/store/store_message.h \
	core/store/store_issuer.c core/store/store_rows.c core/store/store_rows.h core/store/store_slot.c \
	core/store/store_jwks.c core/store/store_jwks.h \
	core/store/store_meta.c core/store/store_meta.h \
	core/store/store_operator.c core/store/store_operator.h \
	core/store/store_secret.c core/store/store_secret.h
nodist_libshedu_a_SOURCES = core/store/stmts.c core/store/stmts.h

MIGRATIONS = schema/0001-init.sql schema/0002-est.sql schema/0003-ocsp.sql
EXTRA_DIST += schema/queries.sql schema/stmts.awk $(MIGRATIONS)

BUILT_SOURCES += core/store/stmts.h
CLEANFILES += core/store/stmts.h core/store/stmts.c

core/store/stmts.h: schema/queries.sql schema/stmts.awk
	$(AM_V_GEN)$(MKDIR_P) core/store && \
	$(AWK) -v out=h -f $(srcdir)/schema/stmts.awk $(srcdir)/schema/queries.sql >$@.tmp && \
	mv $@.tmp $@

core/store/stmts.c: schema/queries.sql schema/stmts.awk $(MIGRATIONS)
	$(AM_V_GEN)$(MKDIR_P) core/store && cd $(srcdir)/schema && \
	$(AWK) -v out=c -f stmts.awk queries.sql $(MIGRATIONS:schema/%=%) \
		>$(abs_builddir)/$@.tmp && \
	mv $(abs_builddir)/$@.tmp $(abs_builddir)/$@
