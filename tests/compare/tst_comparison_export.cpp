// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/comparison_export.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTextDocument>
#include <QtTest>

using namespace halftone::app;

class TestComparisonExport : public QObject {
    Q_OBJECT

    static ColumnToken token(const char* text, float probability)
    {
        ColumnToken token;
        token.text = text;
        token.probability = probability;
        return token;
    }
    ComparisonReport m_report;

private Q_SLOTS:
    void init()
    {
        m_report = {QStringLiteral("A <b>model</b>"), QStringLiteral("Once *upon*"), {}};
        m_report.columns.push_back(
            {QStringLiteral("Original"), QStringLiteral("14.8 MB · reference"), {token(" a <script>", 1.0f), token(" wolf", 0.5f)}, -1});
        m_report.columns.push_back(
            {QStringLiteral("2 bits"), QStringLiteral("3 MB"), {token(" a **x**\n", 1.0f), token(" fox", 0.0005f)}, 1});
    }

    void htmlHoldsTheTextsAndNothingOfThemIsMarkup()
    {
        const QString html = toHtml(m_report);
        QVERIFY(!html.contains(QStringLiteral("<script")));
        QVERIFY(!html.contains(QStringLiteral("http")));  // needs no other file
        QTextDocument page;
        page.setHtml(html);
        const QString text = page.toPlainText();
        QVERIFY(text.contains(QStringLiteral("A <b>model</b>")));
        QVERIFY(text.contains(QStringLiteral("a <script> wolf")));
        QVERIFY(html.contains(QStringLiteral("<b> fox</b>")));
        QVERIFY(!html.contains(QStringLiteral("<b> wolf")));
    }

    void htmlShadesByProbability()
    {
        const QString html = toHtml(m_report);
        QVERIFY(html.contains(QStringLiteral("rgba(207,60,30,0.000)\" title=\"1.0000\"")));
        QVERIFY(html.contains(QStringLiteral("rgba(207,60,30,0.340)\" title=\"0.0005\"")));
    }

    void markdownReadsBackAsTheTexts()
    {
        const QString markdown = toMarkdown(m_report);
        QVERIFY(markdown.contains(QStringLiteral("**fox**")));
        QTextDocument page;
        page.setMarkdown(markdown);
        const QString text = page.toPlainText();
        QVERIFY2(text.contains(QStringLiteral("A <b>model</b>")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("Once *upon*")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("a <script> wolf")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("a **x**")), qPrintable(text));
    }

    void filesAreWrittenOrTheReasonIsTold()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.html"));
        QCOMPARE(saveComparison(m_report, ComparisonFormat::Html, path), QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(file.readAll()), toHtml(m_report));
        QVERIFY(saveComparison(m_report, ComparisonFormat::Markdown, folder.filePath(QStringLiteral("no/a.md")))
                    .contains(QStringLiteral("a.md")));
    }
};

QTEST_MAIN(TestComparisonExport)
#include "tst_comparison_export.moc"
