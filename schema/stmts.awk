# Makes C of the SQL (any POSIX awk):
#
#	awk -v out=h -f stmts.awk queries.sql			store/stmts.h
#	awk -v out=c -f stmts.awk queries.sql 0001-*.sql ...	store/stmts.c
#
# queries.sql: a line "-- STMT_NAME" begins a statement, which ends with a line that ends in ";";
# other comment lines are dropped. Migrations are kept as they are, comments too, because a database
# shows them again (.schema).

function fail(text)
{
	print FILENAME ":" FNR ": " text > "/dev/stderr"
	failed = 1
	exit 1
}

function quoted(s)
{
	if (index(s, "\\"))
		fail("backslash in SQL")
	gsub(/"/, "\\\"", s)
	return "\"" s "\\n\""
}

FNR == 1 {
	if (name != "")
		fail("statement " name " has no end")
	migration = ""
	base = FILENAME
	sub(/.*\//, "", base)
	if (base ~ /^[0-9][0-9][0-9][0-9]-/) {
		migration = base
		migrations[++nmigrations] = base
		if (substr(base, 1, 4) + 0 != nmigrations)
			fail("migration out of order, expected number " nmigrations)
	}
}

migration != "" {
	script[nmigrations] = script[nmigrations] "\n\t\t" quoted($0)
	next
}

/^-- STMT_[A-Z0-9_]+$/ {
	if (name != "")
		fail("statement " name " has no end")
	name = $2
	if (name in seen)
		fail(name " stands twice")
	seen[name] = 1
	names[++n] = name
	next
}

/^--/ || /^[ \t]*$/ { next }

{
	if (name == "")
		fail("SQL outside of a statement")
	text[name] = text[name] "\n\t\t" quoted($0)
	if ($0 ~ /;$/)
		name = ""
}

END {
	if (failed)
		exit 1
	if (name != "")
		fail("statement " name " has no end")
	print "/* Made of schema/ by schema/stmts.awk; changes belong there. */"
	if (out == "h")
		header()
	else
		source()
}

function header(  i)
{
	print "#ifndef STORE_STMTS_H\n#define STORE_STMTS_H\n"
	print "enum stmt_id {"
	for (i = 1; i <= n; i++)
		print "\t" names[i] ","
	print "\tSTMT_COUNT\n};\n"
	print "struct stmt_text {\n\tconst char *name, *sql;\n};\n"
	print "extern const struct stmt_text stmt_texts[STMT_COUNT];\n"
	print "/* Number i + 1 stands at i. */"
	print "struct migration {\n\tconst char *name, *sql;\n};\n"
	print "extern const struct migration migrations[];"
	print "extern const int migrations_count;\n"
	print "#endif"
}

function source(  i)
{
	print "#include \"store/stmts.h\"\n"
	print "const struct stmt_text stmt_texts[STMT_COUNT] = {"
	for (i = 1; i <= n; i++)
		print "\t[" names[i] "] = { \"" names[i] "\"," text[names[i]] " },"
	print "};\n"
	print "const struct migration migrations[] = {"
	for (i = 1; i <= nmigrations; i++)
		print "\t{ \"" migrations[i] "\"," script[i] " },"
	print "};\n"
	print "const int migrations_count = " nmigrations ";"
}
