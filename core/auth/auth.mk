libshedu_a_SOURCES += \
	core/auth/auth.c core/auth/auth.h \
	core/auth/auth_client_cert.c \
	core/auth/auth_jwt.c \
	core/auth/auth_none.c \
	core/auth/issuer_keys.c core/auth/issuer_keys.h \
	core/auth/auth_webhook.c \
	core/auth/auth_psk.c \
	core/auth/operator.c \
	core/auth/secret.c core/auth/secret.h \
	core/auth/slot.c core/auth/slot.h \
	core/auth/webhook.c core/auth/webhook.h \
	core/auth/webhook_token.c \
	core/auth/who.c core/auth/who.h
