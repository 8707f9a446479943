// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/submit_pacer.h"

#include <algorithm>

namespace halftone::gpu {

void SubmitPacer::took(double work, bool batch, double seconds)
{
    // A short submit says little of long ones, so that speed is believed in steps.
    constexpr double kMostGrowth = 4;
    double& speed = m_perSecond[batch];
    speed = std::min(work / std::max(seconds, 1e-6), speed * kMostGrowth);
}

}  // namespace halftone::gpu
