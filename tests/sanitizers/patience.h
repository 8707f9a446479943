// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Included before every test that is built with a sanitizer: what takes a second otherwise may take a minute.

#include <QtTest>

#undef QTRY_VERIFY
#undef QTRY_COMPARE
#define QTRY_VERIFY(expr) QTRY_VERIFY_WITH_TIMEOUT((expr), 300000)
#define QTRY_COMPARE(expr, expected) QTRY_COMPARE_WITH_TIMEOUT((expr), expected, 300000)
