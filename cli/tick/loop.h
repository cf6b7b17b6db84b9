/* The loop over jobs[], and what it leaves for others to see. */
#ifndef CLI_TICK_LOOP_H
#define CLI_TICK_LOOP_H

#include "cli/tick/tick.h"

/* One round: each job whose pause is over. The number of jobs that failed. */
int loop_round(struct tick *t);

/* Rounds until SIGTERM or SIGINT, each so long after the beginning of the one before. */
void loop_run(struct tick *t, int64_t every);

#endif
