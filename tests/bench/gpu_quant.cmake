# SPDX-License-Identifier: GPL-3.0-or-later
if(HALFTONE_GPU_BUILT)
    halftone_bench(bench_gpu_quant SOURCES bench_gpu_quant.cpp LIBS halftone_gpu)
endif()
