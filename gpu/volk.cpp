// SPDX-License-Identifier: Apache-2.0
// volk comes as headers; its functions are compiled here.
#define VOLK_IMPLEMENTATION
#include <volk.h>
