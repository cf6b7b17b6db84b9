/* The DER reader refuses what is not DER; the writer writes what the reader reads. */
#include "pki_test.h"

#include "pki/der.h"

#define BYTES(s) blob_of(s, sizeof(s) - 1)

static void test_check(void)
{
	static const unsigned char high_tag[] = { 0x1f, 0x81, 0x01, 0x00 };
	unsigned char deep[200];

	ok(der_check(BYTES("\x30\x03\x02\x01\x05")), "a sequence of an integer");
	ok(der_check(BYTES("\x30\x00")), "an empty sequence");
	ok(!der_check(BYTES("")), "nothing");
	ok(!der_check(BYTES("\x30")), "a tag without a length");
	ok(!der_check(BYTES("\x30\x03\x02\x01")), "a value that is cut off");
	ok(!der_check(BYTES("\x30\x00\x00")), "a trailing octet");
	ok(!der_check(BYTES("\x30\x80\x02\x01\x05\x00\x00")), "an indefinite length");
	ok(!der_check(BYTES("\x30\x81\x03\x02\x01\x05")), "a length that is not minimal");
	ok(!der_check(BYTES("\x30\x04\x02\x81\x01\x05")), "the same within");
	ok(!der_check(BYTES("\x24\x04\x04\x02xy")), "a constructed octet string");
	ok(!der_check(BYTES("\x10\x00")), "a primitive sequence");
	ok(!der_check(BYTES("\x30\x84\xff\xff\xff\xff")), "a length beyond the end");
	ok(!der_check(BYTES("\x30\x89\x01\x02\x03\x04\x05\x06\x07\x08\x09")),
	   "a length of nine octets");
	ok(!der_check(blob_of(high_tag, sizeof(high_tag))), "a tag of several octets");
	for (size_t i = 0; i < 100; i++) {
		deep[2 * i] = 0x30;
		deep[2 * i + 1] = (unsigned char)(198 - 2 * i);
	}
	/* lengths from 128 on need another form: take the last 50 levels */
	ok(!der_check(blob_of(deep + 100, 100)), "50 levels of nesting");
	ok(der_check(blob_of(deep + 160, 40)), "20 levels of nesting");
}

static void test_values(void)
{
	struct blob in = BYTES("\x02\x02\x00\x80"), magnitude;
	struct der v;
	bool negative, b;
	unsigned mask;
	int64_t n;

	der_next(&in, &v);
	ok(der_read_integer(&v, &magnitude, &negative) && !negative && magnitude.len == 1 &&
		   magnitude.data[0] == 0x80,
	   "INTEGER 128 has a magnitude of one octet");
	in = BYTES("\x02\x01\x80");
	der_next(&in, &v);
	ok(der_read_integer(&v, &magnitude, &negative) && negative, "INTEGER -128 is negative");
	ok(!der_read_small(&v, 1000, &n), "and no small number");
	in = BYTES("\x02\x02\x00\x7f");
	der_next(&in, &v);
	ok(!der_read_integer(&v, &magnitude, &negative), "INTEGER with a needless zero");
	in = BYTES("\x02\x00");
	der_next(&in, &v);
	ok(!der_read_integer(&v, &magnitude, &negative), "INTEGER without octets");
	in = BYTES("\x01\x01\x01");
	der_next(&in, &v);
	ok(!der_read_boolean(&v, &b), "BOOLEAN TRUE is ff");
	in = BYTES("\x03\x02\x05\xa0");
	der_next(&in, &v);
	ok(der_read_bits(&v, &mask) && mask == (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT),
	   "named bits count from the left");
	in = BYTES("\x03\x02\x05\xa1");
	der_next(&in, &v);
	ok(!der_read_bits(&v, &mask), "unused bits are zero");
}

static void check_time(const char *label, unsigned tag, const char *text, int64_t want)
{
	struct der v = { .tag = tag, .content = text_blob(text) };
	int64_t us = -1;
	bool read = der_read_time(&v, &us);

	ok(want < 0 ? !read : read && us == want, "time %s: %s", text, label);
}

static void test_times(struct arena *a)
{
	struct der_out w;

	check_time("the epoch", DER_UTC_TIME, "700101000000Z", 0);
	check_time("the end", DER_GENERALIZED_TIME, "99991231235959Z", INT64_C(253402300799000000));
	check_time("a leap day", DER_GENERALIZED_TIME, "20240229000000Z",
		   INT64_C(1709164800000000));
	check_time("no leap day", DER_GENERALIZED_TIME, "20230229000000Z", -1);
	check_time("month 13", DER_UTC_TIME, "231301000000Z", -1);
	check_time("hour 24", DER_UTC_TIME, "230101240000Z", -1);
	check_time("no Z", DER_UTC_TIME, "2301010000000", -1);
	check_time("a fraction", DER_GENERALIZED_TIME, "20230101000000.5Z", -1);
	check_time("an offset", DER_UTC_TIME, "230101000000+0100", -1);
	check_time("no digits", DER_UTC_TIME, "2301 1000000Z", -1);

	der_init(&w, a, 0);
	der_put_time(&w, T0 + 999999);
	ok(blob_equal(der_done(&w), BYTES("\x17\x0d"
					  "261118110640Z")),
	   "UTCTime, cut to seconds");
	der_init(&w, a, 0);
	der_put_time(&w, INT64_C(2524608000) * CLOCK_SECOND);
	ok(blob_equal(der_done(&w), BYTES("\x18\x0f"
					  "20500101000000Z")),
	   "GeneralizedTime from 2050");
	der_init(&w, a, 0);
	der_put_time(&w, INT64_MAX);
	ok(blob_equal(der_done(&w), BYTES("\x18\x0f"
					  "99991231235959Z")),
	   "the last second is the cap");
}

static void test_writer(struct arena *a)
{
	struct der_out w;
	size_t outer, inner;
	unsigned char big[70000] = { 1 };
	struct der v, in;

	der_init(&w, a, 0);
	outer = der_open(&w, DER_SEQUENCE);
	inner = der_open(&w, DER_SEQUENCE);
	der_put(&w, DER_OCTET_STRING, blob_of(big, 200));
	der_put(&w, DER_OCTET_STRING, blob_of(big, sizeof(big)));
	der_close(&w, inner);
	der_put_number(&w, DER_INTEGER, 128);
	der_close(&w, outer);
	ok(der_check(der_done(&w)), "lengths of one to three octets, nested");
	ok(der_only(der_done(&w), DER_SEQUENCE, &v) && der_take(&v.content, DER_SEQUENCE, &in) &&
		   in.content.len == 203 + 4 + sizeof(big) + 1,
	   "and nothing is lost");

	der_init(&w, a, 0);
	der_put_number(&w, DER_INTEGER, 0);
	der_put_number(&w, DER_INTEGER, 127);
	der_put_number(&w, DER_INTEGER, 128);
	der_put_number(&w, DER_INTEGER, UINT64_MAX);
	ok(blob_equal(der_done(&w), BYTES("\x02\x01\x00\x02\x01\x7f\x02\x02\x00\x80"
					  "\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff")),
	   "numbers are minimal and positive");
	der_init(&w, a, 0);
	der_put_integer(&w, BYTES("\x00\x00\xff"));
	der_put_bits(&w, KU_CERT_SIGN | KU_CRL_SIGN);
	der_put_bits(&w, KU_DECIPHER_ONLY);
	der_put_bits(&w, 0);
	ok(blob_equal(der_done(&w), BYTES("\x02\x02\x00\xff\x03\x02\x01\x06\x03\x03\x07\x00\x80"
					  "\x03\x01\x00")),
	   "serials and named bits are minimal");
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	test_check();
	test_values();
	test_times(a);
	test_writer(a);
	return done();
}
