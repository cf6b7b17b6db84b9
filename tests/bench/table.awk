# The table: awk -f table.awk TABLE RESULTS. TABLE is what lib.bash's table_* wrote; RESULTS has a line
# "id rate p50 p99 requests errors" for each row and round.
#
# What is printed is the median of the rounds, of a ratio too: other work on the machine strikes both
# of its sides.

function median(v, id, base,    m, k, j, x, s) {
	m = rounds[id]
	if (base && rounds[base] < m)
		m = rounds[base]
	for (k = 1; k <= m; k++) {
		if (base && !v[base, k])
			return 0
		x = v[id, k] / (base ? v[base, k] : 1)
		for (j = k - 1; j > 0 && s[j] > x; j--)
			s[j + 1] = s[j]
		s[j + 1] = x
	}
	return m ? (s[int((m + 1) / 2)] + s[int((m + 2) / 2)]) / 2 : 0
}

function put_row(id, what, base, aim,    ratio) {
	printf "%-14s %-47s", id, what
	if (!rounds[id]) {
		print "  not measured"
		return
	}
	printf " %7d %8.2f %8.2f %8d %6d", median(rate, id), median(p50, id) / 1000,
		median(p99, id) / 1000, n[id], errors[id]
	if (base && rounds[base]) {
		ratio = median(rate, id, base)
		printf "  %6.2f of %-14s%s", ratio, base,
			aim ? sprintf(" aim %.2f: %s", aim, ratio >= aim ? "met" : "MISSED") : ""
	}
	print ""
}

NR == FNR { table[++lines] = $0; next }
{
	i = ++rounds[$1]
	rate[$1, i] = $2
	p50[$1, i] = $3
	p99[$1, i] = $4
	n[$1] += $5
	errors[$1] += $6
}
END {
	printf "%-14s %-47s %7s %8s %8s %8s %6s  %s\n", "row", "", "per s", "p50 ms", "p99 ms", "number",
		"errors", "ratio, of which row, aim"
	for (i = 1; i <= lines; i++) {
		split(table[i], f, "|")
		if (f[1] == "section")
			printf "\n%s\n", f[2]
		else if (f[1] == "row")
			put_row(f[2], f[3], f[4], f[5])
		else
			printf "%-14s %-47s %s%s\n", "", f[2], f[3], f[4] ? sprintf("  aim %s: %s", f[4], f[5]) : ""
	}
}
