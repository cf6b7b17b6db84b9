libshedu_a_SOURCES += \
	core/base/address.c core/base/address.h \
	core/base/arena.c core/base/arena.h \
	core/base/b64.c core/base/b64.h \
	core/base/bucket.c core/base/bucket.h \
	core/base/cleanup.h \
	core/base/clock.c core/base/clock.h \
	core/base/err.c core/base/err.h \
	core/base/file.c core/base/file.h \
	core/base/hex.c core/base/hex.h \
	core/base/log.c core/base/log.h \
	core/base/octets.c core/base/octets.h \
	core/base/problems.c core/base/problems.h \
	core/base/rand.c core/base/rand.h \
	core/base/tally.c core/base/tally.h \
	core/base/text.c core/base/text.h
