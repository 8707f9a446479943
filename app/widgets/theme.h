// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>

class QApplication;
class QPalette;

namespace halftone::app {

/// The colours of the window, light and dark. Every painted thing takes its colours from here, at paint time, so that a
/// change of scheme is seen at once.
struct Theme {
    bool dark = false;
    QColor window, panel, surface, line, grid, text, muted, accent, onAccent, selection;
    QColor histogram;     ///< weights
    QColor error;         ///< what quantization does: sticks, error, sensitivity
    QColor warning, warningGround;

    /// The ramp from few bits (warm) to many (cool grey), the same on every screen. 1..8, 16, 32.
    QColor bits(int bits) const;
    /// Readable ink on bits().
    QColor onBits(int bits) const;

    static const Theme& light();
    static const Theme& darkScheme();
    /// By the application's palette.
    static const Theme& current();
};

enum class Scheme { System, Light, Dark };
/// Sets style, palette and style sheet of the application.
void applyTheme(QApplication& application, Scheme scheme);

QFont monospaceFont();   ///< tensor types and bytes
QFont readingFont();     ///< generated text: a serif at a comfortable size
QFont strongFont(const QFont& base);   ///< weight 600, for names and totals

}  // namespace halftone::app
