# SPDX-License-Identifier: GPL-3.0-or-later
# What a program needs beside the flags of a sanitizer.
function(halftone_sanitized program)
    if(UNIX AND CMAKE_CXX_FLAGS MATCHES "-fsanitize=address")
        target_sources(${program} PRIVATE ${PROJECT_SOURCE_DIR}/tests/sanitizers/leaks.cpp)
        target_link_options(${program} PRIVATE -Wl,--export-dynamic-symbol=dlclose)
    endif()
endfunction()
