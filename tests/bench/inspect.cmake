# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_inspect SOURCES bench_inspect.cpp)
