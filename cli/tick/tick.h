/*
 * The clock's jobs. Each is one function that looks whether there is something to do, does a
 * bounded piece of it, and returns; the loop comes again. None keeps what may be lost: a tick
 * that is killed anywhere, and two ticks at once, do no harm.
 */
#ifndef CLI_TICK_TICK_H
#define CLI_TICK_TICK_H

#include "ca/env.h"

struct tick {
	struct env env;		/* the arena is reset after each round */
	/* What a job remembers only to save itself work. */
	struct {
		int64_t checked_at;	/* when all issuers were last looked at */
		size_t issuers;
		int64_t ca_change;	/* meta_row.ca_change then */
	} crl, responder;
	bool once;		/* one round: nothing is left for a later one */
	int64_t crl_due_at;	/* of the next CRL by time, as of that look */
	struct {
		int64_t at;		/* monotonic: the last piece; 0: none yet */
		int64_t seen_at;	/* the same by the clock that answers are dated by */
		bool hurries;		/* the present round makes no pauses */
	} walk;			/* through what is published */
	uint64_t crl_folder;	/* inode of the folder that they were published in */
	struct err crl_failure, responder_failure;	/* of that look */
	struct {
		int64_t done_at;	/* monotonic */
		int64_t size, changed_at;	/* of the log, after that */
	} checkpoint;
	int64_t audit_seq;	/* of the head that was signed last */
	bool again;		/* set by a job that left something to do at once */
};

struct job {
	const char *name;
	/* 0, or -1 with *e; the next round tries again. */
	int (*run)(struct tick *t, struct err *e);
	int64_t every;		/* at the earliest so long after its last end; 0: each round */
};

extern const struct job jobs[];
extern const size_t njobs;

int tick_crl(struct tick *t, struct err *e);
int tick_responder(struct tick *t, struct err *e);
int tick_signer(struct tick *t, struct err *e);
int tick_trust(struct tick *t, struct err *e);
int tick_transitions(struct tick *t, struct err *e);
int tick_expire(struct tick *t, struct err *e);
int tick_ca_end(struct tick *t, struct err *e);
int tick_publish(struct tick *t, struct err *e);
int tick_checkpoint(struct tick *t, struct err *e);
int tick_audit(struct tick *t, struct err *e);

/* The head of the event chain as it was last signed, in state_dir/audit.head; seq 0: never. */
struct audit_head {
	int64_t seq;
	struct blob hash, signature;
};
int audit_load(const struct conf *conf, struct arena *a, struct audit_head *h, struct err *e);
/* After a restore the chain goes on from an older end: the head that was signed is kept under another
 * name, and the next one is signed as the first. Nothing signed: nothing done. */
int audit_put_away(const struct conf *conf, struct arena *a, const struct audit_head *h,
		   struct err *e);
/* The signature that the head must have: Ed25519 has one only. */
int audit_sign(const struct conf *conf, struct arena *a, int64_t seq, struct blob hash,
	       struct blob *signature, struct err *e);

#endif
