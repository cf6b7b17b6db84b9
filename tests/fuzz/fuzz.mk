# What the fuzzer found stays a test: replay runs the corpora. With --enable-fuzz there is
# tests/fuzz/fuzz; see tests/fuzz/fuzz.h.

check_PROGRAMS += tests/fuzz/replay
TESTS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/targets.c tests/fuzz/fuzz.h

if FUZZ
noinst_PROGRAMS += tests/fuzz/fuzz
endif
tests_fuzz_fuzz_SOURCES = tests/fuzz/fuzz.c tests/fuzz/targets.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer

EXTRA_DIST += \
	tests/fuzz/corpus/b64/bits \
	tests/fuzz/corpus/b64/crlf \
	tests/fuzz/corpus/b64/empty \
	tests/fuzz/corpus/b64/nul \
	tests/fuzz/corpus/b64/padded \
	tests/fuzz/corpus/b64/unpadded \
	tests/fuzz/corpus/b64/url \
	tests/fuzz/corpus/cert/root.der \
	tests/fuzz/corpus/cmc/controls.der \
	tests/fuzz/corpus/cmc/crmf.der \
	tests/fuzz/corpus/cmc/cut.der \
	tests/fuzz/corpus/cmc/pkcs10.der \
	tests/fuzz/corpus/cms/ber \
	tests/fuzz/corpus/cms/cut.der \
	tests/fuzz/corpus/cms/no-attributes.der \
	tests/fuzz/corpus/cms/pem \
	tests/fuzz/corpus/cms/signed.der \
	tests/fuzz/corpus/csr/armoured \
	tests/fuzz/corpus/csr/base64 \
	tests/fuzz/corpus/csr/cut.der \
	tests/fuzz/corpus/csr/ec.der \
	tests/fuzz/corpus/csr/keygen.der \
	tests/fuzz/corpus/csr/ed25519-ca.der \
	tests/fuzz/corpus/csrattrs/extensions.der \
	tests/fuzz/corpus/csrattrs/rfc8951.der \
	tests/fuzz/corpus/csrattrs/rsa.der \
	tests/fuzz/corpus/csrattrs/template.der \
	tests/fuzz/corpus/json/all \
	tests/fuzz/corpus/json/deep \
	tests/fuzz/corpus/json/huge \
	tests/fuzz/corpus/json/surrogate \
	tests/fuzz/corpus/json/twice \
	tests/fuzz/corpus/jwt/crit \
	tests/fuzz/corpus/jwt/ec \
	tests/fuzz/corpus/jwt/encrypted \
	tests/fuzz/corpus/jwt/keys \
	tests/fuzz/corpus/jwt/none \
	tests/fuzz/corpus/jwt/nul \
	tests/fuzz/corpus/jwt/rsa \
	tests/fuzz/corpus/ocsp/acceptable.der \
	tests/fuzz/corpus/ocsp/cut.der \
	tests/fuzz/corpus/ocsp/locator.der \
	tests/fuzz/corpus/ocsp/nonce.der \
	tests/fuzz/corpus/ocsp/preferred.der \
	tests/fuzz/corpus/ocsp/rawnonce.der \
	tests/fuzz/corpus/ocsp/sha256.der \
	tests/fuzz/corpus/ocsp/signed.der \
	tests/fuzz/corpus/ocsp/two.der \
	tests/fuzz/corpus/patch/copies \
	tests/fuzz/corpus/patch/merge \
	tests/fuzz/corpus/patch/operations \
	tests/fuzz/corpus/path/accept \
	tests/fuzz/corpus/path/dots \
	tests/fuzz/corpus/path/escapes \
	tests/fuzz/corpus/path/ocsp \
	tests/fuzz/corpus/path/params \
	tests/fuzz/corpus/settings/lamassu \
	tests/fuzz/corpus/settings/profile \
	tests/fuzz/corpus/text/device \
	tests/fuzz/corpus/text/duration \
	tests/fuzz/corpus/text/id \
	tests/fuzz/corpus/text/negative \
	tests/fuzz/corpus/text/overflow \
	tests/fuzz/corpus/text/serial \
	tests/fuzz/corpus/text/time
