// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/warning_text.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::app;
using Kind = model::Warning::Kind;

class TestWarningText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void untranslatedItSaysWhatTheCommandLineSays_data()
    {
        QTest::addColumn<int>("kind");
        for (int kind = int(Kind::OtherPartsLeftOut); kind <= int(Kind::TokensLeftOut); ++kind)
            QTest::addRow("%d", kind) << kind;
    }
    void untranslatedItSaysWhatTheCommandLineSays()
    {
        QFETCH(int, kind);
        const model::Warning warning{Kind(kind), "Subject", 7};
        const QString plain = QString::fromStdString(model::textOf(warning));
        QVERIFY(plain.size() > 20);
        QCOMPARE(warningText(warning).toLower(), plain.toLower());
    }

    void itNamesItsSubjectAndItsCount()
    {
        QVERIFY(warningText({.kind = Kind::ClassUnknown, .subject = "NewForCausalLM"}).contains(QStringLiteral("NewForCausalLM")));
        QVERIFY(warningText({.kind = Kind::TokensLeftOut, .count = 12}).startsWith(QStringLiteral("12 ")));
    }
};

QTEST_APPLESS_MAIN(TestWarningText)
#include "tst_warning_text.moc"
