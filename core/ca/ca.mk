libshedu_a_SOURCES += \
	core/ca/answers.c core/ca/answers.h \
	core/ca/asked.c core/ca/asked.h \
	core/ca/approval.c core/ca/approval.h \
	core/ca/authority.c core/ca/authority.h \
	core/ca/ca.c core/ca/ca.h \
	core/ca/crl_number.c core/ca/crl_number.h \
	core/ca/crl_publish.c core/ca/crl_publish.h \
	core/ca/crl_scope.c core/ca/crl_scope.h \
	core/ca/delegate.c \
	core/ca/delegate_key.c core/ca/delegate_key.h \
	core/ca/cmc.c core/ca/cmc.h \
	core/ca/cmc_reply.c core/ca/cmc_reply.h \
	core/ca/cmc_revoke.c core/ca/cmc_revoke.h \
	core/ca/draft.c \
	core/ca/enroll.c core/ca/enroll.h \
	core/ca/enroll_record.c core/ca/enrollment.h \
	core/ca/env.h \
	core/ca/explain.c core/ca/explain.h \
	core/ca/facts.c \
	core/ca/flight.c core/ca/flight.h \
	core/ca/import.c \
	core/ca/issue.c core/ca/issue.h \
	core/ca/issuer_hash.c core/ca/issuer_hash.h \
	core/ca/keygen.c core/ca/keygen.h \
	core/ca/limit.c core/ca/limit.h \
	core/ca/message.c core/ca/message.h \
	core/ca/order.c core/ca/order.h \
	core/ca/policy.c core/ca/policy.h \
	core/ca/publish.c core/ca/publish.h \
	core/ca/publish_path.c core/ca/publish_path.h \
	core/ca/published.c core/ca/published.h \
	core/ca/publish_tree.c core/ca/publish_tree.h \
	core/ca/publish_walk.c core/ca/publish_walk.h \
	core/ca/rekey.c core/ca/rekey.h \
	core/ca/refusal.c core/ca/refusal.h \
	core/ca/revoke.c core/ca/revoke.h \
	core/ca/revoked.c core/ca/revoked.h \
	core/ca/signer.c core/ca/signer.h \
	core/ca/status.c core/ca/status.h \
	core/ca/supersede.c core/ca/supersede.h \
	core/ca/trust.c core/ca/trust.h \
	core/ca/upkeep.c core/ca/upkeep.h
