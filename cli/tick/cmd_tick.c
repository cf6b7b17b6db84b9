/* tick: once, again and again, or how it went. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/print.h"
#include "cli/tick/loop.h"
#include "store/store_meta.h"

static struct doc *job_doc(struct arena *a, const struct job_row *row, int64_t now)
{
	struct doc *d = doc_object(a);

	doc_set_text(d, "name", row->name);
	doc_set_time(d, "last_at", row->last_at);
	if (row->last_at)
		doc_set_int(d, "age", (now - row->last_at) / CLOCK_SECOND);
	else
		doc_set(d, "age", doc_null(a));
	doc_set_text(d, "error", row->last_error);
	return d;
}

static void print_jobs(const struct doc *list)
{
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);
		const char *error = doc_find_text(d, "error");

		if (doc_find_text(d, "last_at"))
			printf("%-12s %6lld s ago  %s\n", doc_find_text(d, "name"),
			       (long long)doc_get_int(doc_find(d, "age")), error ? error : "ok");
		else
			printf("%-12s never\n", doc_find_text(d, "name"));
	}
}

static int tick_status(struct cli *c, struct err *e)
{
	struct doc *report = doc_object(c->arena), *list = doc_array(c->arena);
	int64_t now = clock_now(), newest = 0;

	for (size_t i = 0; i < njobs; i++) {
		struct job_row row = { 0 };

		if (store_job_load(c->db, c->arena, jobs[i].name, &row, e) < 0)
			return -1;
		row.name = jobs[i].name;
		if (row.last_at > newest)
			newest = row.last_at;
		doc_add(list, job_doc(c->arena, &row, now));
	}
	doc_set_time(report, "last_at", newest);
	doc_set(report, "age",
		newest ? doc_int(c->arena, (now - newest) / CLOCK_SECOND) : doc_null(c->arena));
	doc_set(report, "jobs", list);
	if (c->json) {
		print_json(c->arena, report);
		return 0;
	}
	if (newest)
		printf("last tick %lld s ago\n", (long long)((now - newest) / CLOCK_SECOND));
	else
		printf("no tick yet\n");
	print_jobs(list);
	return 0;
}

int cmd_tick(struct cli *c, struct err *e)
{
	const char *every = args_find(&c->args, "every");
	int64_t pause = 0;

	if (every && clock_read_duration(every, &pause, e))
		return err_in(e, "--every");
	if (every && pause < CLOCK_SECOND / 10)
		return err_set(e, ERR_REJECTED, "usage",
			       "expected --every of 100ms or more, got '%s'", every);
	if (cli_open(c, e))
		return -1;
	if (args_have(&c->args, "status"))
		return tick_status(c, e);

	AUTO(arena) *rounds = arena_new();
	struct loop loop;

	loop_init(&loop, c, rounds, !every);
	if (!every && loop_round(&loop))
		return err_fault(e, ERR_INTERNAL, "tick",
				 "a job failed; see the log, or shedu tick --status");
	if (!every)
		return 0;
	log_msg(LOG_INFO, "tick begins, every %s", every);
	loop_run(&loop, pause);
	log_msg(LOG_INFO, "tick ends");
	return 0;
}
