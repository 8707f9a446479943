// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/evaluation.h"
#include "core/evaluate/svg_plot.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QXmlStreamReader>
#include <QtTest>

using namespace halftone::evaluate;

namespace {

Evaluation made()
{
    Evaluation evaluation{.model = "fairy <tales> & more", .text = "eval.txt", .window = 512, .windows = 2, .created = 1'700'000'000};
    for (const int bits : {16, 4, 2}) {
        EvaluatedVariant variant{.name = bits == 4 ? "a \"b\", c" : std::to_string(bits),
                                 .bits = bits,
                                 .bytes = std::uint64_t(bits) * 1'000'000,
                                 .bitsPerWeight = double(bits),
                                 .decodeMs = bits / 4.0,
                                 .windows = 2};
        variant.figures.tokens = 510;
        variant.figures.perplexity = 40.0 + 8.0 / bits;
        variant.figures.meanKld = bits == 16 ? 0 : 1.0 / bits;
        variant.figures.confidence = {{100, 0.1, 0.08, 0.2}, {410, 0.8, 0.7, 0.1}};
        variant.figures.uncertainty = {{255, 1, 1.1, 0.1}, {255, 5, 5.9, 0.8}};
        variant.figures.positions = {{510, 3, 3.5, 0.4}};
        evaluation.variants.push_back(variant);
    }
    return evaluation;
}

}  // namespace

class TestEvaluationFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jsonHoldsEveryFigure()
    {
        const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(toJson(made()))).object();
        const auto variants = document["variants"].toArray();
        QCOMPARE(variants.size(), 3);
        const auto four = variants[1].toObject();
        for (const char* key : {"name", "bytes", "bits_per_weight", "perplexity", "perplexity_error", "mean_kld", "median_kld", "p99_kld",
                                "max_kld", "true_token_change", "top1_agreement", "top5_agreement", "ece", "entropy", "ms_per_token",
                                "confidence", "uncertainty", "positions"})
            QVERIFY2(four.contains(QLatin1String(key)), key);
        QCOMPARE(four["mean_kld"].toDouble(), 0.25);
        QCOMPARE(four["confidence"].toArray().size(), 2);
    }

    void csvQuotesNames()
    {
        const QStringList lines = QString::fromStdString(toCsv(made())).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines[2].startsWith(QStringLiteral("\"a \"\"b\"\", c\",4000000,4,2,510,42,")));
        QCOMPARE(lines[1].count(QLatin1Char(',')), lines[0].count(QLatin1Char(',')));
    }

    void thePageNeedsNothingElse()
    {
        const QString page = QString::fromStdString(toHtml(made()));
        QVERIFY(!page.contains(QStringLiteral("<script")) && !page.contains(QStringLiteral("http"))
                && !page.contains(QStringLiteral("src=")));
        QVERIFY(page.contains(QStringLiteral("fairy &lt;tales&gt; &amp; more")));
        QVERIFY(page.contains(QStringLiteral("2023-11-14")));
        QCOMPARE(page.count(QStringLiteral("<svg")), 6);
        QCOMPARE(page.count(QStringLiteral("<tr>")), 4);
        QVERIFY(!page.contains(QStringLiteral("nan")) && !page.contains(QStringLiteral("inf'")));
    }

    void aPlotIsSoundMarkup()
    {
        SvgPlot plot{
            "t & t", "x", "y", true, {{"<a>", "#112233", {1, 2, 3}, {0.001, 0, 10}, false}, {"b", "#112233", {1, 2}, {1, 2}, true}}};
        QXmlStreamReader reader(QString::fromStdString(toSvg(plot)));
        int circles = 0;
        while (!reader.atEnd())
            if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == QLatin1String("circle")) {
                ++circles;
                const double y = reader.attributes().value(QLatin1String("cy")).toDouble();
                QVERIFY(y > 30 && y < 260);
            }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QCOMPARE(circles, 4);  // zero has no place on a logarithmic axis
    }

    void anEmptyPlotHasAxes()
    {
        QXmlStreamReader reader(QString::fromStdString(toSvg({"none", "x", "y", true, {}})));
        while (!reader.atEnd())
            reader.readNext();
        QVERIFY(!reader.hasError());
    }
};

QTEST_APPLESS_MAIN(TestEvaluationFiles)
#include "tst_evaluation_files.moc"
