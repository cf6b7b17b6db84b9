EXTRA_DIST += apache/shedu.conf.in
