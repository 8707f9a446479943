# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_decode SOURCES bench_decode.cpp)
