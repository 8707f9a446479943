// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/icons.h"
#include "app/widgets/theme.h"

#include <QApplication>
#include <QTest>

#include <cmath>
#include <set>

using namespace halftone::app;

namespace {

/// Contrast of WCAG 2.
double contrast(const QColor& a, const QColor& b)
{
    const auto luminance = [](const QColor& colour) {
        const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
        return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
    };
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void textIsReadable_data();
    void textIsReadable();
    void numbersOnBitsAreReadable_data() { textIsReadable_data(); }
    void numbersOnBitsAreReadable();
    void everyWidthHasItsOwnColour_data() { textIsReadable_data(); }
    void everyWidthHasItsOwnColour();
    void applyingASchemeChangesTheCurrentTheme();
    void iconsFollowTheScheme();
};

void TestTheme::textIsReadable_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestTheme::textIsReadable()
{
    QFETCH(bool, dark);
    const Theme& t = dark ? Theme::darkScheme() : Theme::light();
    constexpr double kReadable = 4.5;   // WCAG 2, level AA
    for (const QColor& ground : {t.window, t.panel, t.surface}) {
        QVERIFY(contrast(t.text, ground) >= kReadable);
        QVERIFY2(contrast(t.muted, ground) >= 4.3, qPrintable(QString::number(contrast(t.muted, ground))));
    }
    QVERIFY(contrast(t.text, t.selection) >= kReadable);
    QVERIFY(contrast(t.onAccent, t.accent) >= kReadable);
    QVERIFY(contrast(t.warning, t.warningGround) >= kReadable);
}

void TestTheme::numbersOnBitsAreReadable()
{
    QFETCH(bool, dark);
    const Theme& t = dark ? Theme::darkScheme() : Theme::light();
    for (const int bits : {1, 2, 3, 4, 5, 6, 8, 16, 32})
        QVERIFY2(contrast(t.onBits(bits), t.bits(bits)) >= 4.0, qPrintable(QStringLiteral("%1 bits: %2").arg(bits).arg(contrast(t.onBits(bits), t.bits(bits)))));
}

void TestTheme::everyWidthHasItsOwnColour()
{
    QFETCH(bool, dark);
    const Theme& t = dark ? Theme::darkScheme() : Theme::light();
    std::set<QRgb> colours;
    for (const int bits : {1, 2, 3, 4, 5, 6, 8, 16})
        colours.insert(t.bits(bits).rgb());
    QCOMPARE(colours.size(), std::size_t(8));
    QCOMPARE(t.bits(32), t.bits(16));
}

void TestTheme::applyingASchemeChangesTheCurrentTheme()
{
    applyTheme(*qApp, Scheme::Dark);
    QVERIFY(Theme::current().dark);
    QVERIFY(qApp->styleSheet().contains(Theme::darkScheme().accent.name()));
    QVERIFY(!qApp->styleSheet().contains(QLatin1Char('@')));
    applyTheme(*qApp, Scheme::Light);
    QVERIFY(!Theme::current().dark);
    // Back to the system's, which is light here, even from our own dark palette.
    applyTheme(*qApp, Scheme::Dark);
    applyTheme(*qApp, Scheme::System);
    QVERIFY(!Theme::current().dark);
}

void TestTheme::iconsFollowTheScheme()
{
    const QIcon icon = tintedIcon(QStringLiteral("mark"));
    QVERIFY(!icon.isNull());
    applyTheme(*qApp, Scheme::Light);
    const QImage light = icon.pixmap(32, 32).toImage();
    applyTheme(*qApp, Scheme::Dark);
    const QImage dark = icon.pixmap(32, 32).toImage();
    QVERIFY(light != dark);
    QVERIFY(tintedIcon(QStringLiteral("no such icon")).isNull());
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
