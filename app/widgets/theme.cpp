// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/theme.h"

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>

#include <algorithm>
#include <array>
#include <cmath>

namespace halftone::app {
namespace {

QColor rgb(unsigned value)
{
    return QColor::fromRgb(value);
}

Theme makeLight()
{
    Theme t;
    t.window = rgb(0xeef0f3);
    t.panel = rgb(0xf7f8fa);
    t.surface = rgb(0xffffff);
    t.line = rgb(0xd9dde3);
    t.grid = rgb(0xe8ebef);
    t.text = rgb(0x1c2127);
    t.muted = rgb(0x66707c);
    t.accent = rgb(0x2f5fd0);
    t.onAccent = rgb(0xffffff);
    t.selection = rgb(0xdfe8fb);
    t.histogram = rgb(0x8ea6c8);
    t.error = rgb(0xc2542d);
    t.warning = rgb(0x9a6400);
    t.warningGround = rgb(0xfff3d6);
    return t;
}

Theme makeDark()
{
    Theme t;
    t.dark = true;
    t.window = rgb(0x14171b);
    t.panel = rgb(0x1a1e23);
    t.surface = rgb(0x20252b);
    t.line = rgb(0x343b44);
    t.grid = rgb(0x2b3138);
    t.text = rgb(0xe4e8ec);
    t.muted = rgb(0x94a0ac);
    t.accent = rgb(0x7ea2ff);
    t.onAccent = rgb(0x0e1420);
    t.selection = rgb(0x26344f);
    t.histogram = rgb(0x5f7ea8);
    t.error = rgb(0xf08a5d);
    t.warning = rgb(0xffcf70);
    t.warningGround = rgb(0x3a3018);
    return t;
}

/// From one bit to sixteen: 1, 2, 3, 4, 5, 6, 8, 16 and more.
constexpr std::array<unsigned, 8> kLightRamp{0x8c1c2b, 0xd6453a, 0xee7f4b, 0xf8b65e, 0xefdc8d, 0x9fcfdc, 0x5c96c6, 0xa3adb8};
constexpr std::array<unsigned, 8> kDarkRamp{0xa32a3a, 0xcf4a40, 0xdd7647, 0xdfa556, 0xcfc07a, 0x7fb5c4, 0x4d86b8, 0x6b7682};

std::size_t rampIndex(int bits)
{
    return bits <= 6 ? std::size_t(std::max(bits, 1) - 1) : bits <= 8 ? 6 : 7;
}

/// Relative luminance of WCAG 2.
double luminance(const QColor& colour)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

/// Qt 6.4 does not tell the scheme, so it is read off the palette that the system gives once ours is taken away.
bool systemIsDark(QApplication& application)
{
    application.setPalette(QPalette());
    return QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
}

/// Applies the scheme again when the system's theme changes.
class SystemThemeWatcher : public QObject {
public:
    explicit SystemThemeWatcher(QApplication& application) : QObject(&application), m_application(application) { application.installEventFilter(this); }
    Scheme scheme = Scheme::System;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        // Sent to every window; one answer after all of them is enough.
        if (event->type() == QEvent::ThemeChange && scheme == Scheme::System && !m_pending) {
            m_pending = true;
            QMetaObject::invokeMethod(
                this, [this] { m_pending = false; applyTheme(m_application, scheme); }, Qt::QueuedConnection);
        }
        return QObject::eventFilter(watched, event);
    }

private:
    QApplication& m_application;
    bool m_pending = false;
};

QPalette paletteOf(const Theme& t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.panel);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.muted);
    p.setColor(QPalette::Button, t.surface);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.error);
    p.setColor(QPalette::Highlight, t.accent);
    p.setColor(QPalette::HighlightedText, t.onAccent);
    p.setColor(QPalette::ToolTipBase, t.surface);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::Light, t.surface);
    p.setColor(QPalette::Midlight, t.grid);
    p.setColor(QPalette::Mid, t.line);
    p.setColor(QPalette::Dark, t.line.darker(120));
    p.setColor(QPalette::Shadow, t.dark ? Qt::black : t.line.darker(150));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, t.muted);
    return p;
}

/// The style sheet's names of colours ("@accent") replaced by a theme's.
QString styleSheetOf(const Theme& t)
{
    QFile file(QStringLiteral(":/style/halftone.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    // A name that begins with another comes first.
    const std::pair<const char*, QColor> names[] = {{"@warningGround", t.warningGround}, {"@warning", t.warning}, {"@window", t.window}, {"@panel", t.panel},
                                                    {"@surface", t.surface}, {"@line", t.line}, {"@grid", t.grid}, {"@text", t.text}, {"@muted", t.muted},
                                                    {"@onAccent", t.onAccent}, {"@accent", t.accent}, {"@selection", t.selection}, {"@error", t.error}};
    for (const auto& [name, colour] : names)
        sheet.replace(QLatin1String(name), colour.name());
    return sheet;
}

}  // namespace

QColor Theme::bits(int bits) const
{
    return rgb((dark ? kDarkRamp : kLightRamp)[rampIndex(bits)]);
}

QColor Theme::onBits(int bits) const
{
    const QColor ground = this->bits(bits);
    const QColor ink(0x14, 0x17, 0x1b);
    return contrast(ground, ink) >= contrast(ground, Qt::white) ? ink : QColor(Qt::white);
}

const Theme& Theme::light()
{
    static const Theme theme = makeLight();
    return theme;
}

const Theme& Theme::darkScheme()
{
    static const Theme theme = makeDark();
    return theme;
}

const Theme& Theme::current()
{
    return QGuiApplication::palette().color(QPalette::Window).lightness() < 128 ? darkScheme() : light();
}

void applyTheme(QApplication& application, Scheme scheme)
{
    static const QString kWatcherName = QStringLiteral("systemThemeWatcher");
    auto* watcher = static_cast<SystemThemeWatcher*>(application.findChild<QObject*>(kWatcherName, Qt::FindDirectChildrenOnly));
    if (!watcher) {
        watcher = new SystemThemeWatcher(application);   // owned by the application
        watcher->setObjectName(kWatcherName);
    }
    watcher->scheme = scheme;
    const bool dark = scheme == Scheme::Dark || (scheme == Scheme::System && systemIsDark(application));
    const Theme& theme = dark ? Theme::darkScheme() : Theme::light();
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    application.setPalette(paletteOf(theme));
    application.setStyleSheet(styleSheetOf(theme));
}

QFont monospaceFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(QGuiApplication::font().pointSizeF() * 0.92);
    return font;
}

QFont readingFont()
{
    QFont font(QStringList{QStringLiteral("Noto Serif"), QStringLiteral("Source Serif 4"), QStringLiteral("Georgia"), QStringLiteral("serif")}, -1);
    font.setStyleHint(QFont::Serif);
    font.setPointSizeF(QGuiApplication::font().pointSizeF() * 1.15);
    return font;
}

QFont strongFont(const QFont& base)
{
    QFont font = base;
    font.setWeight(QFont::DemiBold);
    return font;
}

}  // namespace halftone::app
