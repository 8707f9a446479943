# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_tokens SOURCES bench_tokens.cpp)
