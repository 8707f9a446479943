// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HALFTONE_THREAD_SANITIZER
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define HALFTONE_THREAD_SANITIZER
#endif
#ifdef HALFTONE_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace halftone {

// Libraries that move work between threads (oneTBB, Qt) are packaged without the thread sanitizer, so it does not see that what one
// thread did before comes before what the other does then. These tell it: all that precedes handOver(place) happens before what
// follows takeOver(place). They order nothing themselves, and are nothing in other builds.

inline void handOver([[maybe_unused]] const void* place) noexcept
{
#ifdef HALFTONE_THREAD_SANITIZER
    __tsan_release(const_cast<void*>(place));
#endif
}

inline void takeOver([[maybe_unused]] const void* place) noexcept
{
#ifdef HALFTONE_THREAD_SANITIZER
    __tsan_acquire(const_cast<void*>(place));
#endif
}

}  // namespace halftone
