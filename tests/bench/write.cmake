# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_write SOURCES bench_write.cpp)
