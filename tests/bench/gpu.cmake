# SPDX-License-Identifier: GPL-3.0-or-later
if(HALFTONE_GPU_BUILT)
    halftone_bench(bench_gpu SOURCES bench_gpu.cpp LIBS halftone_gpu)
endif()
