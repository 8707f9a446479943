// SPDX-License-Identifier: GPL-3.0-or-later
// Part of every program that is built with the address sanitizer. A Vulkan driver leaves some bytes behind for each of its threads;
// LeakSanitizer can be told so only as long as it still knows whose they are, hence libraries stay loaded.

extern "C" int dlclose(void*) noexcept
{
    return 0;
}

extern "C" const char* __lsan_default_suppressions()
{
    return "leak:libvulkan_lvp.so\n";
}
