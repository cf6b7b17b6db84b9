# filled by the benchmark
