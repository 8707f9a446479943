# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_format SOURCES bench_format.cpp)
