# SPDX-License-Identifier: GPL-3.0-or-later
halftone_bench(bench_window SOURCES bench_window.cpp LIBS halftone_app)
target_compile_definitions(bench_window PRIVATE HALFTONE_PROGRAM="$<TARGET_FILE:halftone>")
add_dependencies(bench_window halftone)
