// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/not_runnable_text.h"

#include <QSet>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;
using Kind = infer::NotRunnable::Kind;

class TestNotRunnableText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyReasonHasWordsOfItsOwnHereAndInTheCommandLine()
    {
        QSet<QString> texts;
        for (int kind = int(Kind::ArchitectureMissing); kind <= int(Kind::Other); ++kind) {
            const infer::NotRunnable reason{Kind(kind), "architecture", "subject", "detail", "expected"};
            const QString text = notRunnableText(reason), plain = QString::fromStdString(textOf(reason));
            QVERIFY2(!text.isEmpty() && plain.size() > 20, qPrintable(text + plain));
            QVERIFY(!text.endsWith(QLatin1Char('.')) && !plain.endsWith(QLatin1Char('.')));
            QVERIFY2(!texts.contains(text) && !texts.contains(plain), qPrintable(text));
            // What the sentence of the command line names, the window's names too, but for what is wrong with a key.
            for (const char* part : {"subject", "detail", "expected"})
                if (plain.contains(QLatin1String(part)) && Kind(kind) != Kind::KeyWrong)
                    QVERIFY2(text.contains(QLatin1String(part)), qPrintable(text));
            texts << text << plain;
        }
    }

    void aModelThatRunsNeedsNoWords()
    {
        QVERIFY(notRunnableText({}).isEmpty());
        QVERIFY(infer::NotRunnable{}.empty() && textOf(infer::NotRunnable{}).empty());
    }
};

QTEST_APPLESS_MAIN(TestNotRunnableText)
#include "tst_not_runnable_text.moc"
