/* The loop over jobs[], and what it leaves for others to see. */
#ifndef CLI_TICK_LOOP_H
#define CLI_TICK_LOOP_H

#include "cli/shedu.h"
#include "cli/tick/tick.h"

struct progress;

struct loop {
	struct cli *cli;
	struct tick tick;
	struct progress *progress;	/* of the job with the same index */
	int64_t saved;			/* when the job rows were written */
	bool broken;			/* the database: it must be opened again ... */
	int64_t complained;		/* ... and when it was logged that it does not open */
	bool once;
};

/* After cli_open(). rounds is the arena that each round resets. once: there will be one round. */
void loop_init(struct loop *l, struct cli *c, struct arena *rounds, bool once);

/* One round: each job whose pause is over. The number of jobs that failed. */
int loop_round(struct loop *l);

/* Rounds until SIGTERM or SIGINT, each so long after the beginning of the one before. */
void loop_run(struct loop *l, int64_t every);

#endif
