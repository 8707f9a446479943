# SPDX-License-Identifier: GPL-3.0-or-later
# halftone_warnings(target): the warnings every target of ours is built with; errors when HALFTONE_WERROR is on.
function(halftone_warnings target)
    if(MSVC)
        target_compile_options(${target} PRIVATE /W4 /utf-8 $<$<BOOL:${HALFTONE_WERROR}>:/WX>)
    else()
        target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor $<$<BOOL:${HALFTONE_WERROR}>:-Werror>)
    endif()
endfunction()
