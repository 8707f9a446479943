// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_export.h"
#include "app/evaluate/evaluation_model.h"
#include "app/evaluate/evaluation_table.h"
#include "app/evaluate/variant_plot.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

namespace {

evaluate::Evaluation made()
{
    evaluate::Evaluation evaluation{.model = "made", .text = "text", .window = 16, .windows = 2};
    for (const int bits : {16, 4, 8}) {
        evaluate::EvaluatedVariant variant{.name = QStringLiteral("v%1").arg(bits).toStdString(),
                                           .bits = bits,
                                           .bytes = std::uint64_t(bits) * 1000,
                                           .bitsPerWeight = double(bits),
                                           .windows = 2};
        variant.figures.tokens = 14;
        variant.figures.perplexity = 40 + 8.0 / bits;
        variant.figures.meanKld = bits == 16 ? 0 : 1.0 / bits;
        variant.figures.top1Agreement = 1 - 1.0 / bits;
        evaluation.variants.push_back(variant);
    }
    return evaluation;
}

QStringList namesShown(const QAbstractItemModel& model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names << model.index(row, EvaluationModel::Name).data().toString();
    return names;
}

}  // namespace

class TestEvaluationModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void theModelKeepsItsPromises()
    {
        EvaluationModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setEvaluation(made());
        QCOMPARE(model.rowCount(), 3);
        auto fewer = made();
        fewer.variants.pop_back();
        model.setEvaluation(fewer);
        QCOMPARE(model.rowCount(), 2);
        model.setEvaluation({});
        QCOMPARE(model.rowCount(), 0);
    }

    void theOriginalHasNoDivergence()
    {
        EvaluationModel model;
        model.setEvaluation(made());
        QCOMPARE(model.index(0, EvaluationModel::MeanKld).data().toString(), QStringLiteral("–"));
        QCOMPARE(model.index(1, EvaluationModel::MeanKld).data().toString(), QStringLiteral("0.250"));
        QCOMPARE(model.index(1, EvaluationModel::SameFirst).data().toString(), QStringLiteral("75.0"));
        QCOMPARE(model.index(1, EvaluationModel::MsPerToken).data().toString(), QStringLiteral("–"));
    }

    void growingFiguresKeepTheSelection()
    {
        EvaluationModel model;
        model.setEvaluation(made());
        EvaluationTable table(model);
        table.setCurrent(2);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        auto grown = made();
        grown.variants[1].figures.perplexity = 99;
        model.setEvaluation(grown);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(table.current(), 2);
    }

    void theOriginalStaysOnTopHoweverRowsAreSorted()
    {
        EvaluationModel model;
        model.setEvaluation(made());
        EvaluationTable table(model);
        QCOMPARE(namesShown(*table.model()), QStringList({QStringLiteral("Original"), QStringLiteral("v4"), QStringLiteral("v8")}));
        table.sortByColumn(EvaluationModel::MeanKld, Qt::AscendingOrder);
        QCOMPARE(namesShown(*table.model()), QStringList({QStringLiteral("Original"), QStringLiteral("v8"), QStringLiteral("v4")}));
        table.sortByColumn(EvaluationModel::MeanKld, Qt::DescendingOrder);
        QCOMPARE(namesShown(*table.model()), QStringList({QStringLiteral("Original"), QStringLiteral("v4"), QStringLiteral("v8")}));
        table.setCurrent(1);
        QCOMPARE(table.current(), 1);
    }

    void aClickOnAPointChoosesItsVariant()
    {
        VariantPlot plot;
        plot.resize(400, 260);
        plot.setContent({.xLabel = QStringLiteral("x"),
                         .logarithmic = true,
                         .series = {{QStringLiteral("none"), 16, 0, {QPointF(3, 0)}},
                                    {QStringLiteral("a"), 4, 1, {QPointF(1, 0.1)}},
                                    {QStringLiteral("b"), 8, 2, {QPointF(2, 10)}}}});
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        QTRY_VERIFY(plot.pointOf(2) && plot.pointOf(2)->y() < plot.pointOf(1)->y());
        QVERIFY(!plot.pointOf(0));  // zero has no place on a logarithmic axis
        QSignalSpy clicked(&plot, &VariantPlot::variantClicked);
        auto* area = plot.childAt(*plot.pointOf(2));
        QTest::mouseClick(area, Qt::LeftButton, {}, area->mapFrom(&plot, *plot.pointOf(2)));
        QCOMPARE(clicked.size(), 1);
        QCOMPARE(clicked.first().first().toInt(), 2);
    }

    void exportsAreWrittenOrRefusedWithAReason()
    {
        const QTemporaryDir folder;
        for (const auto format : {EvaluationFormat::Csv, EvaluationFormat::Json, EvaluationFormat::Html}) {
            const QString path = folder.filePath(QStringLiteral("file%1").arg(int(format)));
            QCOMPARE(saveEvaluation(made(), format, path), QString());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly) && file.readAll().contains("v4"));
        }
        QVERIFY(!saveEvaluation(made(), EvaluationFormat::Csv, folder.filePath(QStringLiteral("missing/file"))).isEmpty());
    }
};

QTEST_MAIN(TestEvaluationModel)
#include "tst_evaluation_model.moc"
