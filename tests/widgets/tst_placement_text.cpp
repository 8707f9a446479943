// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/placement_text.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestPlacementText : public QObject {
    Q_OBJECT
    const QString m_card = QStringLiteral("Card");

private Q_SLOTS:
    void aDeviceIsNamed()
    {
        QCOMPARE(onDeviceText({}), QStringLiteral("on the CPU"));
        QCOMPARE(onDeviceText(m_card), QStringLiteral("on Card"));
    }

    void whatADriverAddsToANameIsLeftToTheToolTip()
    {
        const QString name = QStringLiteral("Intel(R) UHD Graphics 620 (KBL GT2)");
        QCOMPARE(onDeviceText(name), QStringLiteral("on Intel(R) UHD Graphics 620"));
        QCOMPARE(shareText(name, {.layers = 8, .allLayers = 8, .output = true}), QStringLiteral("All 8 layers on ") + name);
    }

    void whatItLeavesToTheCpuIsSaid()
    {
        const infer::DeviceShare none{.allLayers = 8}, some{.layers = 3, .allLayers = 8}, layers{.layers = 8, .allLayers = 8},
            all{.layers = 8, .allLayers = 8, .output = true};
        QCOMPARE(onDeviceText(m_card, none), QStringLiteral("on the CPU"));
        QCOMPARE(onDeviceText(m_card, some), QStringLiteral("on Card and the CPU"));
        QCOMPARE(onDeviceText(m_card, layers), QStringLiteral("on Card and the CPU"));
        QCOMPARE(onDeviceText(m_card, all), QStringLiteral("on Card"));
        QCOMPARE(shareText(m_card, none), QStringLiteral("All 8 layers on the CPU"));
        QCOMPARE(shareText(m_card, some), QStringLiteral("3 of 8 layers on Card, the others on the CPU"));
        QCOMPARE(shareText(m_card, layers), QStringLiteral("All 8 layers on Card, what lies behind them on the CPU"));
        QCOMPARE(shareText(m_card, all), QStringLiteral("All 8 layers on Card"));
    }
};

QTEST_APPLESS_MAIN(TestPlacementText)
#include "tst_placement_text.moc"
