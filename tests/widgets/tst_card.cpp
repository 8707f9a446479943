// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QtTest>

using namespace halftone::app;

class TestCard : public QObject {
    Q_OBJECT

    /// A card that is shown this wide, with a button of 120 pixels in its header.
    struct Shown {
        Card card{QStringLiteral("A title of some length")};
        QPushButton* button = new QPushButton(QStringLiteral("control"));
        explicit Shown(int width)
        {
            button->setFixedWidth(120);
            card.controls()->addWidget(button);
            card.resize(width, 200);
            card.show();
        }
        QLabel* title() const { return card.findChild<QLabel*>(); }
        bool isBeside() const { return button->geometry().left() > title()->geometry().right(); }
        bool isBelow() const { return button->geometry().top() > title()->geometry().bottom(); }
    };

private Q_SLOTS:
    void controlsStandBesideTheTitleWhereBothHaveRoom()
    {
        Shown wide(500);
        QVERIFY(QTest::qWaitForWindowExposed(&wide.card));
        QVERIFY(wide.isBeside());
        QVERIFY(!wide.isBelow());
    }

    void controlsStandBelowTheTitleInANarrowCard()
    {
        Shown narrow(180);
        QVERIFY(QTest::qWaitForWindowExposed(&narrow.card));
        QVERIFY(narrow.isBelow());
        narrow.card.resize(500, 200);
        QTRY_VERIFY(narrow.isBeside());
    }

    void aLongerTitleMovesThem()
    {
        Shown shown(320);
        QVERIFY(QTest::qWaitForWindowExposed(&shown.card));
        QVERIFY(shown.isBeside());
        shown.card.setTitle(QStringLiteral("language_model.encoder.layers.12.self_attention.query_key_value"));
        QTRY_VERIFY(shown.isBelow());
        QCOMPARE(shown.card.title(), QStringLiteral("language_model.encoder.layers.12.self_attention.query_key_value"));
        QVERIFY(shown.title()->text().contains(QStringLiteral("…")));  // elided, whole in the tool tip
        QCOMPARE(shown.title()->toolTip(), shown.card.title());
    }

    void aLongTitleDoesNotWidenTheCard()
    {
        Shown shown(320);
        const int before = shown.card.minimumSizeHint().width();
        shown.card.setTitle(QString(200, QLatin1Char('x')));
        QVERIFY(shown.card.minimumSizeHint().width() <= before + 20);
    }
};

QTEST_MAIN(TestCard)
#include "tst_card.moc"
