#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* ".5" for 500000: no trailing zeros, "" for 0. */
static void print_fraction(char out[8], int64_t us)
{
	int width = 6;

	out[0] = '\0';
	if (us == 0)
		return;
	for (; us % 10 == 0; us /= 10)
		width--;
	out[0] = '.';
	out[width + 1] = '\0';
	for (; width > 0; us /= 10)
		out[width--] = (char)('0' + us % 10);
}

void clock_print(char out[CLOCK_TEXT], int64_t us)
{
	/* Most are printed of the present second. */
	static struct {
		char text[CLOCK_TEXT];
		time_t s;
	} last;
	time_t s = (time_t)floor_div(us, CLOCK_SECOND);
	size_t len;
	struct tm tm;

	if (s != last.s || !last.text[0]) {
		gmtime_r(&s, &tm);
		snprintf(last.text, CLOCK_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d",
			 (tm.tm_year + 1900) % 1000000, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			 tm.tm_min, tm.tm_sec);
		last.s = s;
	}
	len = strlen(last.text);
	memcpy(out, last.text, len);
	print_fraction(out + len, us - s * CLOCK_SECOND);
	len += strlen(out + len);
	memcpy(out + len, "Z", 2);
}

char *clock_write(struct arena *a, int64_t us)
{
	char s[CLOCK_TEXT];

	clock_print(s, us);
	return arena_strdup(a, s);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly n digits, moves *s behind them; -1 when they are not there or above max. */
static int read_digits(const char **s, int n, int max)
{
	int v = 0;

	while (n-- > 0) {
		if (!is_digit(**s))
			return -1;
		v = 10 * v + (*(*s)++ - '0');
	}
	return v > max ? -1 : v;
}

static bool skip(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool read_date(const char **s, struct tm *tm)
{
	int year = read_digits(s, 4, 9999), month, day;

	if (year < 0 || !skip(s, '-'))
		return false;
	month = read_digits(s, 2, 12);
	if (month < 1 || !skip(s, '-'))
		return false;
	day = read_digits(s, 2, days_in(year, month));
	if (day < 1)
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return true;
}

/* Seconds up to 60: a leap second is read as the second after it. */
static bool read_time(const char **s, struct tm *tm)
{
	if ((tm->tm_hour = read_digits(s, 2, 23)) < 0 || !skip(s, ':'))
		return false;
	if ((tm->tm_min = read_digits(s, 2, 59)) < 0 || !skip(s, ':'))
		return false;
	return (tm->tm_sec = read_digits(s, 2, 60)) >= 0;
}

static bool read_fraction(const char **s, int64_t *us)
{
	int64_t scale = CLOCK_SECOND;

	*us = 0;
	if (!skip(s, '.'))
		return true;
	if (!is_digit(**s))
		return false;
	for (; is_digit(**s); (*s)++) {
		scale /= 10;
		*us += (**s - '0') * scale;
	}
	return true;
}

static bool read_offset(const char **s, int64_t *us)
{
	int hour, minute, sign = **s == '-' ? -1 : 1;

	*us = 0;
	if (skip(s, 'Z') || skip(s, 'z'))
		return true;
	if (!skip(s, '+') && !skip(s, '-'))
		return false;
	hour = read_digits(s, 2, 23);
	if (hour < 0 || !skip(s, ':'))
		return false;
	minute = read_digits(s, 2, 59);
	*us = sign * (hour * CLOCK_HOUR + minute * CLOCK_MINUTE);
	return minute >= 0;
}

int clock_read(const char *s, int64_t *us, struct err *e)
{
	struct tm tm = { 0 };
	const char *p = s;
	int64_t fraction, offset;

	if (!read_date(&p, &tm) || (!skip(&p, 'T') && !skip(&p, 't')) || !read_time(&p, &tm) ||
	    !read_fraction(&p, &fraction) || !read_offset(&p, &offset) || *p)
		return err_set(e, ERR_MALFORMED, "time",
			       "expected a time as in \"2026-11-23T02:25:10Z\" (RFC 3339); "
			       "got \"%.80s\"",
			       s);
	*us = timegm(&tm) * CLOCK_SECOND + fraction - offset;
	return 0;
}

struct unit {
	const char *name;
	int64_t us;
};

/* Longer names first where one starts like another. Nanoseconds are rounded to zero. */
static const struct unit units[] = {
	{ "ns", 0 },
	{ "us", 1 },
	{ "\302\265s", 1 },	/* MICRO SIGN */
	{ "\316\274s", 1 },	/* GREEK SMALL LETTER MU */
	{ "ms", 1000 },
	{ "s", CLOCK_SECOND },
	{ "m", CLOCK_MINUTE },
	{ "h", CLOCK_HOUR },
	{ "d", CLOCK_DAY },
	{ "w", 7 * CLOCK_DAY },
	{ "y", 364 * CLOCK_DAY },
};

static const struct unit *read_unit(const char **s)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t n = strlen(units[i].name);

		if (strncmp(*s, units[i].name, n) == 0) {
			*s += n;
			return &units[i];
		}
	}
	return NULL;
}

/* One "1.5h", added to *us. false when it is none, or too long for 64 bits. */
static bool read_part(const char **s, int64_t *us)
{
	const char *whole = *s, *fraction;
	const struct unit *u;
	int64_t n = 0, scale;
	size_t digits = 0;

	for (; is_digit(**s); (*s)++, digits++) {
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, **s - '0', &n))
			return false;
	}
	fraction = skip(s, '.') ? *s : NULL;
	for (; fraction && is_digit(**s); (*s)++)
		digits++;
	if (digits == 0 || *s == whole)
		return false;
	u = read_unit(s);
	if (!u)
		return false;
	if (u->us == 0)
		n /= 1000;
	if (__builtin_mul_overflow(n, u->us ? u->us : 1, &n))
		return false;
	scale = u->us;
	for (; fraction && is_digit(*fraction); fraction++) {
		scale /= 10;
		n += (*fraction - '0') * scale;
	}
	return !__builtin_add_overflow(*us, n, us);
}

int clock_read_duration(const char *s, int64_t *us, struct err *e)
{
	bool negative = *s == '-';
	const char *p = s + (*s == '-' || *s == '+');
	int64_t sum = 0;

	*us = 0;
	if (strcmp(p, "0") == 0)
		return 0;
	do {
		if (!read_part(&p, &sum))
			return err_set(e, ERR_MALFORMED, "duration",
				       "expected a duration as in \"90d\", \"1y2w\" or \"1.5h\" "
				       "(units ns us ms s m h d w y); got \"%.80s\"",
				       s);
	} while (*p);
	*us = negative ? -sum : sum;
	return 0;
}

char *clock_write_duration(struct arena *a, int64_t us)
{
	uint64_t left = us < 0 ? -(uint64_t)us : (uint64_t)us;
	char fraction[8];
	struct text t;

	text_init(&t, a);
	if (us < 0)
		text_add(&t, "-");
	for (int i = 8; i >= 5; i--) {	/* d, h, m, s in units[] */
		uint64_t unit = (uint64_t)units[i].us, n = left / unit;
		uint64_t rest = left % unit;

		if (n || (i == 5 && (rest || us == 0))) {
			text_addf(&t, "%llu", (unsigned long long)n);
			print_fraction(fraction, i == 5 ? (int64_t)rest : 0);
			text_add(&t, fraction);
			text_add(&t, units[i].name);
		}
		left = rest;
	}
	return t.s;
}
