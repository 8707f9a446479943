# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_quant SOURCES bench_quant.cpp)
