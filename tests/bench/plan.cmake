# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_plan SOURCES bench_plan.cpp)
