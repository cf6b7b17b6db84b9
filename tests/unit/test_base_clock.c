#include "base/clock.h"

#include <string.h>

#include "tap.h"

static struct arena *a;
static struct err e;

static void duration(const char *s, int64_t expected)
{
	int64_t us = -1;

	ok(clock_read_duration(s, &us, &e) == 0 && us == expected, "\"%s\" is a duration", s);
}

static void test_durations(void)
{
	static const char *const bad[] = {
		"",	 " ",
		"1",	 "d",
		"-",	 "1.d2",
		"1 d",	 "1d ",
		"1x",	 ".h",
		"1h-1m", "9999999999999y",
		"--1d",	 "99999999999999999999s",
	};
	int64_t us;

	duration("0", 0);
	duration("-0", 0);
	duration("0s", 0);
	duration("90d", 90 * CLOCK_DAY);
	duration("1y", 364 * CLOCK_DAY);
	duration("1y2w", 378 * CLOCK_DAY);
	duration("12w6d", 90 * CLOCK_DAY);
	duration("1.5h", 90 * CLOCK_MINUTE);
	duration(".5h", 30 * CLOCK_MINUTE);
	duration("1.d", CLOCK_DAY);
	duration("1h30m5s", 5405 * CLOCK_SECOND);
	duration("250ms", 250000);
	duration("7us", 7);
	duration("7\302\265s", 7);
	duration("1500ns", 1);
	duration("-1h", -CLOCK_HOUR);
	duration("+1h", CLOCK_HOUR);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err_clear(&e);
		ok(clock_read_duration(bad[i], &us, &e) == -1 && e.kind == ERR_MALFORMED,
		   "\"%s\" is none", bad[i]);
	}
}

static void test_write_duration(void)
{
	ok(!strcmp(clock_write_duration(a, 0), "0s"), "0s");
	ok(!strcmp(clock_write_duration(a, 90 * CLOCK_DAY), "90d"), "90d, no weeks");
	ok(!strcmp(clock_write_duration(a, 364 * CLOCK_DAY), "364d"), "364d, no years");
	ok(!strcmp(clock_write_duration(a, 90 * CLOCK_MINUTE), "1h30m"), "1h30m");
	ok(!strcmp(clock_write_duration(a, 1500000), "1.5s"), "1.5s");
	ok(!strcmp(clock_write_duration(a, 1), "0.000001s"), "a microsecond");
	ok(!strcmp(clock_write_duration(a, -CLOCK_DAY - CLOCK_SECOND), "-1d1s"), "-1d1s");
}

static void instant(const char *s, int64_t expected)
{
	int64_t us = 1;

	ok(clock_read(s, &us, &e) == 0 && us == expected, "\"%s\" is an instant", s);
}

static void test_instants(void)
{
	static const char *const bad[] = {
		"",
		"2026-11-23",
		"2026-11-23T02:25:10",
		"2026-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-11-31T00:00:00Z",
		"2026-11-23T24:00:00Z",
		"2026-11-23T02:60:00Z",
		"2026-11-23T02:25:10.Z",
		"2026-11-23T02:25:10Zx",
		"2026-11-23 02:25:10Z",
		"2026-11-23T02:25:10+2",
		"26-11-23T02:25:10Z",
		"2026-00-10T00:00:00Z",
	};
	int64_t us;

	instant("1970-01-01T00:00:00Z", 0);
	instant("2026-11-23T02:25:10Z", INT64_C(1795400710000000));
	instant("2026-11-23t02:25:10z", INT64_C(1795400710000000));
	instant("2026-11-23T04:25:10+02:00", INT64_C(1795400710000000));
	instant("2026-11-22T23:55:10-02:30", INT64_C(1795400710000000));
	instant("2026-11-23T02:25:10.25Z", INT64_C(1795400710250000));
	instant("2026-11-23T02:25:10.123456789Z", INT64_C(1795400710123456));
	instant("2024-02-29T00:00:00Z", INT64_C(1709164800000000));
	instant("2016-12-31T23:59:60Z", INT64_C(1483228800000000));
	instant("9999-12-31T23:59:59Z", INT64_C(253402300799000000));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(clock_read(bad[i], &us, &e) == -1, "\"%s\" is none", bad[i]);
}

static void test_write(void)
{
	ok(!strcmp(clock_write(a, INT64_C(1795400710000000)), "2026-11-23T02:25:10Z"),
	   "whole seconds");
	ok(!strcmp(clock_write(a, INT64_C(1795400710250000)), "2026-11-23T02:25:10.25Z"),
	   "a fraction");
	ok(!strcmp(clock_write(a, -1), "1969-12-31T23:59:59.999999Z"), "before 1970");
	ok(!strcmp(clock_write(a, INT64_C(253402300799000000)), "9999-12-31T23:59:59Z"),
	   "year 9999");
}

int main(void)
{
	int64_t before;

	a = arena_new();
	test_durations();
	test_write_duration();
	test_instants();
	test_write();
	before = clock_monotonic();
	ok(clock_monotonic() >= before, "the monotonic clock does not go back");
	arena_free(a);
	return done();
}
