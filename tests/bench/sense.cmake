# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_sense SOURCES bench_sense.cpp)
