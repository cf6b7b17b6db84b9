libshedu_a_SOURCES += \
	core/web/body.c \
	core/web/ctx.h \
	core/web/dispatch.c core/web/dispatch.h \
	core/web/io.h \
	core/web/io_cgi.c \
	core/web/io_fcgi.c \
	core/web/problem.c core/web/problem.h \
	core/web/req.c core/web/req.h \
	core/web/resp.c core/web/resp.h \
	core/web/route.c core/web/route.h \
	core/web/serve.c core/web/serve.h
