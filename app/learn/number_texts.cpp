// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/number_texts.h"

#include <QLocale>

namespace halftone::app {

QString digitsText(double value)
{
    return QLocale().toString(value, 'g', 4).toLower().replace(QLatin1Char('-'), QStringLiteral("−"));
}

QString percentText(double share)
{
    const double percent = 100 * share;
    return QLocale().toString(percent, 'f', percent < 10 && percent > 0 ? 2 : 1) + QStringLiteral(" %");
}

}  // namespace halftone::app
