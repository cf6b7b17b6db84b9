libshedu_a_SOURCES += \
	core/store/db.h core/store/db_sqlite.c \
	core/store/store_ca.c core/store/store_ca.h \
	core/store/store_cert.c core/store/store_cert.h \
	core/store/store_device.c core/store/store_device.h \
	core/store/store_dms.c core/store/store_dms.h \
	core/store/store_event.c core/store/store_event.h \
	core/store/store_meta.c core/store/store_meta.h \
	core/store/store_operator.c core/store/store_operator.h
