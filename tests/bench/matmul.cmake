# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_matmul SOURCES bench_matmul.cpp)
