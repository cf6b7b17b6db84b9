/*
 * The loop behind FastCGI, with this program as the web server: kept connections, bodies, signals.
 * The responder is tests/unit/web_service, started on a socket as spawn-fcgi starts it.
 */
#include "tap.h"
#include "fcgi_client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

static char dir[] = "/tmp/shedu-web.XXXXXX", conf[64], away[64], log_path[64];
static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static struct fcgi_answer answer;

static void write_conf(void)
{
	FILE *f;

	snprintf(conf, sizeof conf, "%s/shedu.conf", dir);
	snprintf(away, sizeof away, "%s/away", dir);
	snprintf(log_path, sizeof log_path, "%s/log", dir);
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s/sock", dir);
	f = fopen(conf, "w");
	fprintf(f, "database = \"%s/db\";\nstate_dir = \"%s\";\nlog = { file = \"%s\"; };\n", dir,
		dir, log_path);
	fprintf(f,
		"public = { https_url = \"https://localhost\"; http_url = \"http://localhost\"; };\n");
	fclose(f);
}

static const char *service_path(void)
{
	return getenv("WEB_SERVICE") ? getenv("WEB_SERVICE") : "tests/unit/web_service";
}

static pid_t start(int listener)
{
	pid_t pid = fork();

	if (pid == 0) {
		dup2(listener, 0);
		setenv("SHEDU_CONF", conf, 1);
		setenv("WEB_AWAY", away, 1);
		execl(service_path(), "web_service", (char *)NULL);
		perror(service_path());
		_exit(127);
	}
	return pid;
}

static int listen_here(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(addr.sun_path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) || listen(fd, 64))
		exit(99);
	return fd;
}

static int dial(void)
{
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&addr, sizeof addr))
		perror("connect");
	return fd;
}

static void pause_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* One request on a connection; the answer is in the global. */
static void ask(int fd, bool keep, const char *method, const char *uri, const char *length,
		const char *body)
{
	char m[64], u[64], l[64];
	const char *vars[] = { m, u, "SERVER_PROTOCOL=HTTP/1.1", length ? l : NULL, NULL };

	snprintf(m, sizeof m, "REQUEST_METHOD=%s", method);
	snprintf(u, sizeof u, "REQUEST_URI=%s", uri);
	snprintf(l, sizeof l, "CONTENT_LENGTH=%s", length ? length : "");
	fcgi_begin(fd, keep, vars);
	if (body && *body)
		fcgi_put(fd, FCGI_STDIN, body, strlen(body));
	fcgi_put(fd, FCGI_STDIN, "", 0);
	fcgi_answer(fd, &answer);
}

static void ask_once(const char *method, const char *uri, const char *length, const char *body)
{
	int fd = dial();

	ask(fd, false, method, uri, length, body);
	close(fd);
}

static bool status_is(int status)
{
	char want[32];

	snprintf(want, sizeof want, "Status: %d ", status);
	return answer.ended && !strncmp(answer.text, want, strlen(want));
}

static bool body_is(const char *body)
{
	const char *p = strstr(answer.text, "\r\n\r\n");

	return p && !strcmp(p + 4, body);
}

/* The exit status, or -1 when it does not end within ten seconds. */
static int reap(pid_t pid)
{
	int status;

	for (int i = 0; i < 1000; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
		pause_ms(10);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

static void test_requests(void)
{
	static char big[65537 + 1];

	ask_once("POST", "/echo", "5", "hello");
	ok(status_is(200) && body_is("hello"), "a body is read");
	ask_once("POST", "/echo", NULL, "hello");
	ok(status_is(200) && body_is("hello"), "to its end, without a length");
	ask_once("POST", "/echo", "7", "hello");
	ok(status_is(400), "a body shorter than its length is refused");
	memset(big, 'x', sizeof big - 3);
	ask_once("POST", "/echo", NULL, big);
	ok(status_is(200), "a body below the cap (%zu octets)", strlen(big));
	ask_once("POST", "/echo", "70000", "");
	ok(status_is(413), "a length above the cap");
	ask_once("GET", "/large", NULL, NULL);
	ok(status_is(200) && strlen(strstr(answer.text, "\r\n\r\n")) == 300004 &&
		   strstr(answer.text, "Content-Length: 300000\r\n"),
	   "a large answer is complete");
	ask_once("GET", "/fail", NULL, NULL);
	ok(status_is(500) && !strstr(answer.text, "secret"), "a fault keeps its detail");
	ask_once("GET", "/admin", NULL, NULL);
	ok(status_is(403), "an operator's route by plain HTTP");
}

/* More than the cap, in records: the answer comes although nobody wanted the body. */
static void test_flood(void)
{
	static char piece[60000];
	int fd = dial();

	memset(piece, 'x', sizeof piece);
	fcgi_begin(fd, false,
		   (const char *const[]){ "REQUEST_METHOD=POST", "REQUEST_URI=/echo", NULL });
	for (int i = 0; i < 20; i++)
		fcgi_put(fd, FCGI_STDIN, piece, sizeof piece);
	fcgi_put(fd, FCGI_STDIN, "", 0);
	fcgi_answer(fd, &answer);
	ok(status_is(413), "1.2 MB without a length: refused, and the body is taken");
	close(fd);
}

static void test_broken(void)
{
	int fd = dial();

	fcgi_begin(fd, false,
		   (const char *const[]){ "REQUEST_METHOD=POST", "REQUEST_URI=/echo", NULL });
	fcgi_put(fd, FCGI_STDIN, "half", 4);
	shutdown(fd, SHUT_WR);
	fcgi_answer(fd, &answer);
	ok(!status_is(200), "a connection that breaks off in the body is not handled");
	close(fd);
	ask_once("GET", "/opened", NULL, NULL);
	ok(status_is(200), "and the next request is served");
}

static void test_kept(void)
{
	char pid[32] = "";
	int fd = dial(), same = 0;

	for (int i = 0; i < 5; i++) {
		ask(fd, true, "GET", "/pid", NULL, NULL);
		if (!i)
			snprintf(pid, sizeof pid, "%s", strstr(answer.text, "\r\n\r\n") + 4);
		same += status_is(200) && body_is(pid);
	}
	ok(same == 5, "five requests on one connection");
	ask(fd, true, "POST", "/nothing", "5", "hello");
	ok(status_is(404), "one whose body nobody reads");
	ask(fd, true, "POST", "/echo", "2", "ok");
	ok(status_is(200) && body_is("ok"), "and the next is not confused by it");
	close(fd);
}

static void test_database(void)
{
	ask_once("GET", "/opened", NULL, NULL);
	ok(status_is(200) && body_is("opened 1\n"), "the database is opened once");
	ask_once("GET", "/sync", NULL, NULL);
	ok(status_is(503) && strstr(answer.text, "Retry-After: "), "a failed sync is 503");
	close(open(away, O_CREAT | O_WRONLY, 0600));
	ask_once("GET", "/opened", NULL, NULL);
	ok(status_is(503), "after it the database is opened again; as long as it is away: 503");
	ask_once("GET", "/nothing", NULL, NULL);
	ok(status_is(404), "what is not there needs no database");
	unlink(away);
	ask_once("GET", "/opened", NULL, NULL);
	ok(status_is(200) && body_is("opened 2\n"), "when it is back, so is the service");
	ask_once("GET", "/moved", NULL, NULL);
	ask_once("GET", "/opened", NULL, NULL);
	ok(status_is(200) && body_is("opened 3\n"), "a database that moved is opened again");
}

static void test_log(void)
{
	char line[8192];
	bool found = false;
	FILE *f;

	ask_once("POST", "/echo?x=1", "1", "x");
	f = fopen(log_path, "r");
	while (f && fgets(line, sizeof line, f))
		found = strstr(line, "\"path\":\"/echo\"") && strstr(line, "\"status\":200") &&
			strstr(line, "\"dms\":\"echo\"") && strstr(line, "\"us\":") &&
			strstr(line, "\"request_id\":");
	if (f)
		fclose(f);
	ok(found, "one line in the log for each request");
}

/* SIGTERM in the middle of a body: the request is answered, then the process ends. */
static void test_stop_in_request(pid_t pid)
{
	int fd = dial();

	fcgi_begin(fd, true,
		   (const char *const[]){ "REQUEST_METHOD=POST", "REQUEST_URI=/echo",
					  "CONTENT_LENGTH=10", NULL });
	fcgi_put(fd, FCGI_STDIN, "01234", 5);
	pause_ms(50);
	kill(pid, SIGTERM);
	pause_ms(50);
	fcgi_put(fd, FCGI_STDIN, "56789", 5);
	fcgi_put(fd, FCGI_STDIN, "", 0);
	fcgi_answer(fd, &answer);
	ok(status_is(200) && body_is("0123456789"), "SIGTERM in a body: the request is answered");
	ok(reap(pid) == 0, "and the process ends");
	close(fd);
}

static void test_stop_idle(pid_t pid, int sig, bool kept)
{
	int fd = dial();

	ask(fd, kept, "GET", "/pid", NULL, NULL);
	kill(pid, sig);
	ok(status_is(200) && reap(pid) == 0, "%s ends an idle process%s", strsignal(sig),
	   kept ? " that keeps a connection" : "");
	close(fd);
}

/* With a queue that is never empty: the signal must get through between two requests. */
static void test_stop_busy(pid_t pid)
{
	enum { N = 40 };
	int fd[N], answered = 0;

	for (int i = 0; i < N; i++) {
		fd[i] = dial();
		fcgi_begin(fd[i], false,
			   (const char *const[]){ "REQUEST_METHOD=GET", "REQUEST_URI=/slow",
						  NULL });
		fcgi_put(fd[i], FCGI_STDIN, "", 0);
	}
	pause_ms(100);
	kill(pid, SIGTERM);
	ok(reap(pid) == 0, "SIGTERM ends a process with a full queue");
	for (int i = 0; i < N; i++) {
		struct timeval now = { .tv_usec = 1000 };

		setsockopt(fd[i], SOL_SOCKET, SO_RCVTIMEO, &now, sizeof now);
		fcgi_answer(fd[i], &answer);
		answered += status_is(200);
		close(fd[i]);
	}
	ok(answered == 1, "after the request in hand (%d answered)", answered);
}

/* Each holds one of three bodies that are not complete: none is answered by another's process. */
static void test_shared_socket(int listener)
{
	enum { N = 3 };
	pid_t pids[N];
	int fd[N], good = 0;

	for (int i = 0; i < N; i++)
		pids[i] = start(listener);
	for (int i = 0; i < N; i++) {
		fd[i] = dial();
		fcgi_begin(fd[i], false,
			   (const char *const[]){ "REQUEST_METHOD=POST", "REQUEST_URI=/echo",
						  NULL });
		fcgi_put(fd[i], FCGI_STDIN, "half", 4);
	}
	for (int i = N - 1; i >= 0; i--) {
		fcgi_put(fd[i], FCGI_STDIN, "", 0);
		fcgi_answer(fd[i], &answer);
		good += status_is(200) && body_is("half");
		close(fd[i]);
	}
	ok(good == N, "three processes on one socket");
	for (int i = 0; i < N; i++)
		kill(pids[i], SIGUSR1);
	good = 0;
	for (int i = 0; i < N; i++)
		good += reap(pids[i]) == 0;
	ok(good == N, "all of them end");
}

/* The one that waits longest is woken, and is to stop before it has taken the connection. */
static void test_stop_woken(int listener)
{
	pid_t first, other;
	int fd;

	first = start(listener);
	pause_ms(100);
	other = start(listener);
	pause_ms(100);
	fd = dial();
	kill(first, SIGTERM);
	ask(fd, false, "GET", "/pid", NULL, NULL);
	ok(status_is(200), "a connection does not wait when the process stops that it woke");
	close(fd);
	kill(other, SIGTERM);
	ok(reap(first) == 0 && reap(other) == 0, "both end");
}

int main(void)
{
	int listener;
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	alarm(120);
	if (!mkdtemp(dir))
		return 99;
	write_conf();
	listener = listen_here();
	pid = start(listener);
	test_database();
	test_requests();
	test_flood();
	test_broken();
	test_kept();
	test_log();
	test_stop_in_request(pid);
	test_stop_idle(start(listener), SIGTERM, false);
	test_stop_idle(start(listener), SIGUSR1, true);
	test_stop_busy(start(listener));
	close(listener);
	listener = listen_here();
	test_shared_socket(listener);
	test_stop_woken(listener);
	unlink(conf);
	unlink(log_path);
	unlink(addr.sun_path);
	rmdir(dir);
	return done();
}
