libshedu_a_SOURCES += \
	core/data/conf.c core/data/conf.h \
	core/data/doc.c core/data/doc.h \
	core/data/field.c core/data/field.h \
	core/data/field_read.c \
	core/data/field_write.c \
	core/data/jwks.c core/data/jwks.h \
	core/data/jwt.c core/data/jwt.h \
	core/data/patch.c core/data/patch.h \
	core/data/settings.c core/data/settings.h \
	core/data/settings_check.c \
	core/data/text_of.h \
	core/data/settings_keygen.c \
	core/data/settings_profile.c \
	core/data/validation.c core/data/validation.h
