// SPDX-License-Identifier: Apache-2.0
// Sums and maxima over the 64 invocations of a work-group, through shared memory: no subgroup operation is needed. All invocations call.
// REDUCED is what is added up: float, unless it is defined as a vector.

#ifndef REDUCED
#define REDUCED float
#endif
shared REDUCED reduced[64];

REDUCED sumOfGroup(REDUCED value)
{
    barrier();  // what was read before may be written
    reduced[gl_LocalInvocationID.x] = value;
    for (uint step_ = 32; step_ > 0; step_ /= 2) {
        barrier();
        if (gl_LocalInvocationID.x < step_)
            reduced[gl_LocalInvocationID.x] += reduced[gl_LocalInvocationID.x + step_];
    }
    barrier();
    return reduced[0];
}

REDUCED largestOfGroup(REDUCED value)
{
    barrier();
    reduced[gl_LocalInvocationID.x] = value;
    for (uint step_ = 32; step_ > 0; step_ /= 2) {
        barrier();
        if (gl_LocalInvocationID.x < step_)
            reduced[gl_LocalInvocationID.x] = max(reduced[gl_LocalInvocationID.x], reduced[gl_LocalInvocationID.x + step_]);
    }
    barrier();
    return reduced[0];
}
