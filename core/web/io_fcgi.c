/*
 * FastCGI, the only user of libfcgi.
 *
 * libfcgi's read and write do not retry after EINTR, so the signals that stop us are blocked but
 * for the wait, and a wait prefers a ready descriptor to a pending signal: under load a blocked SIGTERM
 * would never get through, so what is pending is taken before each request. The listening socket does
 * not block: who finds no connection waits, and several processes may share it.
 */
#include "config.h"

#include "web/io.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { LISTENER = 0, DRAIN_MAX = 16 << 20 };	/* FCGI_LISTENSOCK_FILENO; octets */

struct io_fcgi {
	struct io io;
	FCGX_Request request;
	sigset_t ours, idle;	/* the signals that we take; the mask to wait under */
	int waiter;		/* epoll, for the next connection */
	bool woken;		/* a connection is there, and of those who wait only we know */
	bool is_local;		/* the listening socket is a Unix one */
};

static volatile sig_atomic_t stop, reopen;

static void on_signal(int sig)
{
	if (sig == SIGHUP)
		reopen = 1;
	else
		stop = 1;
}

static void init_signals(struct io_fcgi *f)
{
	static const int taken[] = { SIGTERM, SIGUSR1, SIGINT, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	sigemptyset(&f->ours);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		sigaddset(&f->ours, taken[i]);
	sigprocmask(SIG_BLOCK, &f->ours, &f->idle);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		sigdelset(&f->idle, taken[i]);
		sigaction(taken[i], &sa, NULL);
	}
	signal(SIGPIPE, SIG_IGN);	/* a web server that went away is a write error */
}

static void take_pending(const struct io_fcgi *f)
{
	static const struct timespec now;
	int sig;

	while ((sig = sigtimedwait(&f->ours, NULL, &now)) > 0)
		on_signal(sig);
}

/* The web server keeps the connection: it sends the next request on it, or closes it. */
static bool wait_kept(struct io_fcgi *f)
{
	struct pollfd p = { .fd = f->request.ipcFd, .events = POLLIN };

	return ppoll(&p, 1, NULL, &f->idle) >= 0;
}

/* One of those who wait is woken for a connection, not all of them. */
static bool wait_new(struct io_fcgi *f)
{
	struct epoll_event e;
	int n = epoll_pwait(f->waiter, &e, 1, -1, &f->idle);

	f->woken = n > 0;
	return n >= 0;
}

static bool is_fatal(int rc)
{
	return rc == -EBADF || rc == -ENOTSOCK || rc == -EINVAL || rc == -EOPNOTSUPP;
}

static int fcgi_next(struct io *io)
{
	struct io_fcgi *f = (struct io_fcgi *)io;
	int rc;

	take_pending(f);
	if (reopen) {
		reopen = 0;
		log_reopen();
	}
	/* Nobody else is woken for a connection that woke us: it is taken before we stop. */
	if (stop && !f->woken)
		return -1;
	f->woken = false;
	if (f->request.ipcFd >= 0 && !wait_kept(f))
		return errno == EINTR ? 0 : -1;
	rc = FCGX_Accept_r(&f->request);
	if (rc == 0)
		return 1;
	/* The other end went away, or another process was faster: no reason to stop. */
	if (is_fatal(rc))
		return -1;
	if (stop)
		return 0;
	return wait_new(f) || errno == EINTR ? 0 : -1;
}

static const char *fcgi_param(struct io *io, const char *name)
{
	return FCGX_GetParam(name, ((struct io_fcgi *)io)->request.envp);
}

static ssize_t fcgi_read(struct io *io, void *buf, size_t size)
{
	FCGX_Stream *in = ((struct io_fcgi *)io)->request.in;
	int n = FCGX_GetStr(buf, size > 65536 ? 65536 : (int)size, in);

	return n > 0 ? n : FCGX_GetError(in) ? -1 : 0;
}

static int put(FCGX_Stream *out, struct blob b)
{
	while (b.len) {
		int n = b.len > 65536 ? 65536 : (int)b.len;

		if (FCGX_PutStr((const char *)b.data, n, out) != n)
			return -1;
		b = blob_of(b.data + n, b.len - (size_t)n);
	}
	return 0;
}

static int fcgi_write(struct io *io, struct blob head, struct blob body)
{
	FCGX_Stream *out = ((struct io_fcgi *)io)->request.out;

	return put(out, head) || put(out, body) ? -1 : 0;
}

/*
 * libfcgi shuts a connection down and waits until the other end has closed it, so that nothing on its
 * way is lost: a sleep in each request. On a local socket nothing is on its way any more, once the
 * request has been read to its end: what was written is the other end's to read, whatever becomes of
 * this one.
 */
static void close_at_once(struct io_fcgi *f)
{
	bool keeps = f->request.keepConnection;

	f->request.keepConnection = 1;
	FCGX_Finish_r(&f->request);	/* what libfcgi buffered leaves here */
	if (!keeps && f->request.ipcFd >= 0) {
		close(f->request.ipcFd);
		f->request.ipcFd = -1;
	}
}

/* What is left of the body is taken first: a server that cannot get rid of it may not read the
 * answer. It spooled what it passes on; the bound is for one that did not. */
static void fcgi_finish(struct io *io)
{
	struct io_fcgi *f = (struct io_fcgi *)io;
	char buf[8192];
	ssize_t n = 1;

	for (size_t total = 0; total < DRAIN_MAX; total += (size_t)n)
		if ((n = fcgi_read(io, buf, sizeof buf)) <= 0)
			break;
	if (f->is_local && n == 0)
		close_at_once(f);
	else
		FCGX_Finish_r(&f->request);
}

static bool is_local(int fd)
{
	struct sockaddr_storage a = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof a;

	return getsockname(fd, (struct sockaddr *)&a, &len) == 0 && a.ss_family == AF_UNIX;
}

static int init_waiter(struct io_fcgi *f)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };

	f->waiter = epoll_create1(EPOLL_CLOEXEC);
	return f->waiter < 0 ? -1 : epoll_ctl(f->waiter, EPOLL_CTL_ADD, LISTENER, &e);
}

struct io *io_fcgi_open(void)
{
	static struct io_fcgi f = {
		.io = { fcgi_next, fcgi_param, fcgi_read, fcgi_write, fcgi_finish },
	};

	init_signals(&f);	/* first: libfcgi replaces default handlers with its own */
	f.is_local = is_local(LISTENER);
	if (init_waiter(&f) != 0 || FCGX_Init() != 0 ||
	    FCGX_InitRequest(&f.request, LISTENER, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return NULL;
	fcntl(LISTENER, F_SETFL, fcntl(LISTENER, F_GETFL) | O_NONBLOCK);
	return &f.io;
}
