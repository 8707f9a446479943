// SPDX-License-Identifier: Apache-2.0
// Sums and maxima over the 64 invocations of a work-group, through shared memory: no subgroup operation is needed. All invocations call.

shared float reduced[64];

float sumOfGroup(float value)
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

float largestOfGroup(float value)
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
