# check_PROGRAMS, TESTS and EXTRA_DIST of this folder
