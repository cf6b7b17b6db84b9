libshedu_a_SOURCES += \
	core/auth/auth.c core/auth/auth.h \
	core/auth/auth_client_cert.c \
	core/auth/auth_none.c \
	core/auth/auth_psk.c \
	core/auth/operator.c \
	core/auth/secret.c core/auth/secret.h \
	core/auth/slot.c core/auth/slot.h \
	core/auth/who.c core/auth/who.h
