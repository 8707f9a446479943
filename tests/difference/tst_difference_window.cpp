// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/difference/difference_models.h"
#include "app/difference/difference_window.h"
#include "app/difference/overlay_plot.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/segmented.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/write/quantize_file.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

/// The sample model beside its own Q4_K_M.
class TestDifferenceWindow : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<DifferenceWindow> m_window;

    static constexpr char kSample[] = SAMPLE_DIR "/fairytale-7m-f16.gguf";
    std::filesystem::path quantized() const { return fromUtf8(m_folder.filePath(QStringLiteral("q4.gguf")).toStdString()); }

    void compareWith(const std::filesystem::path& other)
    {
        QSignalSpy compared(m_window.get(), &DifferenceWindow::compared);
        m_window->compareWith(other);
        QVERIFY(compared.wait(60000));
    }

    QTableView* table(const QString& name) const
    {
        for (auto* each : m_window->findChildren<QTableView*>())
            if (each->accessibleName() == name)
                return each;
        return nullptr;
    }
    QTableView* tensors() const { return table(QStringLiteral("Tensors")); }
    QTableView* metadata() const { return table(QStringLiteral("Metadata")); }
    QString cell(QTableView* view, int row, int column) const { return view->model()->index(row, column).data().toString(); }

    int rowOf(QTableView* view, const char* name) const
    {
        for (int row = 0; row < view->model()->rowCount(); ++row)
            if (cell(view, row, 0) == QLatin1String(name))
                return row;
        return -1;
    }

    bool says(const QString& text) const
    {
        const auto labels = m_window->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->text().contains(text); });
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto model = format::openModel(kSample);
        Progress progress;
        write::quantizeFile(*model, plan::makePlan(*model, {.base = "Q4_K_M"}), quantized(), {}, Executor(2), progress);
    }

    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        QSignalSpy opened(m_workspace.get(), &Workspace::modelChanged);
        m_workspace->open(kSample);
        QVERIFY(opened.wait(20000));
        m_window = std::make_unique<DifferenceWindow>(*m_workspace);
    }

    void cleanup()
    {
        m_window.reset();
        m_workspace.reset();
    }

    void theTypesAndErrorsOfAQuantizedFileStandBesideItsSource()
    {
        compareWith(quantized());
        QCOMPARE(tensors()->model()->rowCount(), 57);  // 17 norms are the same and hidden
        const int row = rowOf(tensors(), "blk.1.ffn_down.weight");
        QVERIFY(row >= 0);
        QCOMPARE(cell(tensors(), row, TensorDifferenceModel::TypeA), QStringLiteral("F16"));
        QCOMPARE(cell(tensors(), row, TensorDifferenceModel::TypeB), QStringLiteral("Q4_K"));
        const auto* source = m_workspace->model()->find("blk.1.ffn_down.weight");
        QCOMPARE(cell(tensors(), row, TensorDifferenceModel::BytesA), QLocale().toString(quint64(source->bytes())));
        QVERIFY(cell(tensors(), row, TensorDifferenceModel::Rmse) != QStringLiteral("–"));
        QVERIFY(says(QStringLiteral("the same: 17")));
        QVERIFY(says(QStringLiteral("another type: 57")));
    }

    void whatIsTheSameIsShownOnDemand()
    {
        compareWith(quantized());
        m_window->findChild<QCheckBox*>()->setChecked(false);
        QCOMPARE(tensors()->model()->rowCount(), 74);
        const int norm = rowOf(tensors(), "output_norm.weight");
        QVERIFY(norm >= 0);
        QCOMPARE(cell(tensors(), norm, TensorDifferenceModel::MaxError), QStringLiteral("0"));
    }

    void metadataThatDiffersIsListedAndTheTokenizerIsTheSame()
    {
        compareWith(quantized());
        const int row = rowOf(metadata(), "general.file_type");
        QVERIFY(row >= 0);
        QVERIFY(cell(metadata(), row, MetadataDifferenceModel::A) != cell(metadata(), row, MetadataDifferenceModel::B));
        QCOMPARE(table(QStringLiteral("Tokenizer"))->model()->rowCount(), 0);
    }

    void theChosenTensorsHistogramsAreLaidOverEachOther()
    {
        compareWith(quantized());
        auto* plot = m_window->findChild<OverlayPlot*>();
        QTRY_VERIFY_WITH_TIMEOUT(plot->barCount(0) > 50 && plot->barCount(1) > 50, 10000);
        const Chart chart = plot->chart(QStringLiteral("x"));
        QVERIFY(chart.csv().startsWith(QStringLiteral("model,low,high,weights\nA,")));
    }

    void aModelBesideItselfDiffersInNothing()
    {
        compareWith(kSample);
        QCOMPARE(tensors()->model()->rowCount(), 0);
        QCOMPARE(metadata()->model()->rowCount(), 0);
        QCOMPARE(m_window->findChild<OverlayPlot*>()->message(), QStringLiteral("No tensor differs."));
    }

    void aFileThatIsNoModelIsRefusedInASentence()
    {
        QFile broken(m_folder.filePath(QStringLiteral("broken.gguf")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("no model");
        broken.close();
        QSignalSpy failed(m_window.get(), &DifferenceWindow::failed);
        m_window->compareWith(fromUtf8(broken.fileName().toStdString()));
        QVERIFY(failed.wait(10000));
        QVERIFY(says(failed.first().first().toString()));
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("broken.gguf")));
    }

    void closingTheWindowWhileItComparesDoesNoHarm()
    {
        m_window->compareWith(quantized());
        m_window.reset();
        QTRY_VERIFY(m_workspace->jobs().idle());
    }

    void arraysSayWhereTheyDifferFirst()
    {
        const model::Value a = model::Array(std::vector<std::string>{"the", "cat", "sat"}),
                           b = model::Array(std::vector<std::string>{"the", "dog", "sat"});
        QCOMPARE(differingText(&a, &b), QStringLiteral("3 strings; number 1 is “cat”"));
        const model::Value longer = model::Array(std::vector<std::string>{"the", "cat", "sat", "down"});
        QCOMPARE(differingText(&longer, &a), QStringLiteral("4 strings; number 3 is “down”"));
        QCOMPARE(differingText(&a, &longer), QStringLiteral("3 strings"));
        const model::Value number = 0.1f, flag = model::Bool{true};
        QCOMPARE(valueText(&number), QStringLiteral("0.1"));
        QCOMPARE(valueText(&flag), QStringLiteral("yes"));
        QCOMPARE(valueText(nullptr), QString());
    }

    void modelsKeepTheRules()
    {
        Progress progress;
        const auto model = format::openModel(kSample);
        const auto pair = std::make_shared<const ModelPair>(app::compareWith(model, kSample, quantized(), Executor(2), progress));
        TensorDifferenceModel tensors;
        MetadataDifferenceModel metadata(MetadataDifferenceModel::Part::General);
        const QAbstractItemModelTester first(&tensors, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester second(&metadata, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tensors.setPair(pair);
        metadata.setPair(pair);
        tensors.setPair({});
        metadata.setPair({});
    }
};

QTEST_MAIN(TestDifferenceWindow)
#include "tst_difference_window.moc"
