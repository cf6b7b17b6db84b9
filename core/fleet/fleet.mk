libshedu_a_SOURCES += \
	core/fleet/device.c core/fleet/device.h \
	core/fleet/dms.c core/fleet/dms.h \
	core/fleet/dms_webhook.c \
	core/fleet/dms_keygen.c \
	core/fleet/event.c core/fleet/event.h \
	core/fleet/issuer.c core/fleet/issuer.h
