EXTRA_DIST += lighttpd/shedu.conf.in
