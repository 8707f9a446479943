// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/channels_view.h"
#include "app/explore/cost_view.h"
#include "app/explore/error_plot.h"
#include "app/explore/explore_page.h"
#include "app/explore/heat_map_view.h"
#include "app/explore/histogram_plot.h"
#include "app/explore/ridge_view.h"
#include "app/explore/spectrum_plot.h"
#include "app/widgets/card.h"
#include "app/widgets/segmented.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QHeaderView>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace halftone;
using namespace halftone::app;

/// Drives the explore page with the sample model, as a user would.
class TestExplorePage : public QObject {
    Q_OBJECT

    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ExplorePage> m_page;

    int tensor(const char* name) const
    {
        const auto& tensors = m_workspace->model()->tensors();
        for (int i = 0; i < int(tensors.size()); ++i)
            if (tensors[std::size_t(i)].name == name)
                return i;
        return -1;
    }

    template <class Widget>
    Widget* find() const { return m_page->findChild<Widget*>(); }

    void lookAt(const char* name)
    {
        m_workspace->select({tensor(name)});
        QTRY_VERIFY(find<HistogramPlot>()->barCount() > 0);
    }

    Segmented* segmented(const QString& label) const
    {
        for (auto* each : m_page->findChildren<Segmented*>())
            if (each->labels().contains(label))
                return each;
        return nullptr;
    }

    QComboBox* combo(const QString& item) const
    {
        for (auto* each : m_page->findChildren<QComboBox*>())
            if (each->findText(item) >= 0)
                return each;
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_workspace = std::make_unique<Workspace>();
        QSignalSpy opened(m_workspace.get(), &Workspace::modelChanged);
        m_workspace->open(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        QVERIFY(opened.wait(20000));
        m_workspace->applyBase(QStringLiteral("Q4_K_M"));
    }

    void init()
    {
        m_workspace->select({});
        m_page = std::make_unique<ExplorePage>(*m_workspace);
        m_page->resize(1000, 640);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }

    void cleanup() { m_page.reset(); }

    void withoutASelectionASentenceSaysWhatToDo()
    {
        QVERIFY(find<HistogramPlot>()->message().contains(QStringLiteral("Select")));
    }

    void aSelectedTensorShowsBarsAndTheLevelsOfItsFormat()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* histogram = find<HistogramPlot>();
        QTRY_VERIFY(histogram->stickCount() > 0);
        QVERIFY(histogram->stickCount() <= 16);   // 4 bits
        QVERIFY(histogram->message().isEmpty());
        QTRY_VERIFY(histogram->readOut(0.0).contains(QStringLiteral("mean error")));
        QVERIFY(histogram->readOut(1e6).isEmpty());
    }

    void theWheelZoomsAndADoubleClickShowsAllAgain()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* histogram = find<HistogramPlot>();
        const auto whole = histogram->range();
        QWidget* plot = histogram->childAt(histogram->rect().center());
        const QPoint middle = plot->rect().center();
        QWheelEvent wheel(middle, plot->mapToGlobal(middle), {}, {0, 360}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(plot, &wheel);
        const auto zoomed = histogram->range();
        QVERIFY(zoomed.high - zoomed.low < 0.8 * (whole.high - whole.low));
        QVERIFY(histogram->barCount() > 40);
        QTest::mouseDClick(plot, Qt::LeftButton, {}, middle);
        QCOMPARE(histogram->range().low, whole.low);
        QCOMPARE(histogram->range().high, whole.high);
    }

    void aRubberBandZoomsToWhatItCovers()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* histogram = find<HistogramPlot>();
        QWidget* plot = histogram->childAt(histogram->rect().center());
        const auto whole = histogram->range();
        const double low = whole.low * 0.25, high = whole.high * 0.25;
        const QPoint from = histogram->pointAt(low), to = histogram->pointAt(high) + QPoint(0, 20);
        QTest::mousePress(plot, Qt::LeftButton, {}, from);
        QTest::mouseMove(plot, (from + to) / 2);
        QTest::mouseMove(plot, to);
        QTest::mouseRelease(plot, Qt::LeftButton, {}, to);
        const double pixel = (whole.high - whole.low) / plot->width();
        QVERIFY(std::abs(histogram->range().low - low) < 3 * pixel);
        QVERIFY(std::abs(histogram->range().high - high) < 3 * pixel);
    }

    void keysZoomAndShift()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* histogram = find<HistogramPlot>();
        const auto whole = histogram->range();
        QTest::keyClick(histogram, Qt::Key_Plus);
        const auto zoomed = histogram->range();
        QVERIFY(zoomed.high < whole.high);
        QTest::keyClick(histogram, Qt::Key_Right);
        QVERIFY(histogram->range().low > zoomed.low);
        QTest::keyClick(histogram, Qt::Key_Home);
        QCOMPARE(histogram->range().high, whole.high);
    }

    void theErrorHistogramIsCentredOnZero()
    {
        lookAt("blk.0.ffn_gate.weight");
        QTRY_VERIFY(find<HistogramPlot>()->stickCount() > 0);
        segmented(QStringLiteral("Error"))->setIndex(1);
        QTRY_VERIFY(find<HistogramPlot>()->barCount() > 0 && find<HistogramPlot>()->stickCount() == 0);
        const auto range = find<HistogramPlot>()->range();
        QVERIFY(std::abs(range.low + range.high) < 1e-6 * range.high);
    }

    void anotherGridHasItsOwnLevels()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* grid = find<QComboBox>();
        grid->setCurrentIndex(grid->findText(QStringLiteral("Q2_K")));
        QVERIFY(grid->currentIndex() > 0);
        QTRY_VERIFY(find<HistogramPlot>()->stickCount() > 0 && find<HistogramPlot>()->stickCount() <= 4);
    }

    void aTensorThatKeepsItsTypeSaysSo()
    {
        lookAt("blk.0.attn_norm.weight");
        QTRY_VERIFY(!find<ErrorPlot>()->message().isEmpty());
        segmented(QStringLiteral("Error"))->setIndex(1);
        QTRY_VERIFY(find<HistogramPlot>()->message().contains(QStringLiteral("keeps its type")));
    }

    void aClickOnAPointOfTheErrorPlotChoosesTheType()
    {
        lookAt("blk.1.ffn_up.weight");
        auto* errors = find<ErrorPlot>();
        QTRY_VERIFY(errors->pointOf(quant::Type::Q8_0).has_value());
        QTRY_VERIFY(errors->rect().contains(*errors->pointOf(quant::Type::Q8_0)));
        QWidget* plot = errors->childAt(errors->rect().center());
        QTest::mouseClick(plot, Qt::LeftButton, {}, *errors->pointOf(quant::Type::Q8_0));
        QCOMPARE(m_workspace->plan().choices[std::size_t(tensor("blk.1.ffn_up.weight"))].type, quant::Type::Q8_0);
        m_workspace->undoStack().undo();
    }

    void aClickInTheRidgeSelectsThatLayer()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* ridge = find<RidgeView>();
        QTRY_VERIFY(ridge->message().isEmpty());
        QTest::mouseClick(ridge, Qt::LeftButton, {}, ridge->rowRect(3).center());
        QCOMPARE(m_workspace->current(), tensor("blk.3.ffn_gate.weight"));
        QTest::keyClick(ridge, Qt::Key_Down);
        QCOMPARE(m_workspace->current(), tensor("blk.4.ffn_gate.weight"));
        QCOMPARE(ridge->current(), tensor("blk.4.ffn_gate.weight"));
    }

    void theSensitivityMapAndTheHistogramsSelectForEachOther()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* costs = find<CostView>();
        combo(QStringLiteral("Histograms"))->setCurrentIndex(2);
        QTRY_VERIFY(!costs->map().isEmpty());
        QVERIFY(costs->isVisible());
        const auto here = costs->map().placeOf(tensor("blk.0.ffn_gate.weight")), below = costs->map().placeOf(tensor("blk.5.ffn_gate.weight"));
        QCOMPARE(below.column, here.column);
        QTest::mouseClick(costs, Qt::LeftButton, {}, costs->rectOf(below).center());
        QCOMPARE(m_workspace->current(), tensor("blk.5.ffn_gate.weight"));
        QTRY_VERIFY(find<Card>()->title().contains(QStringLiteral("blk.5.ffn_gate")));
        QTest::keyClick(costs, Qt::Key_Up);
        QCOMPARE(m_workspace->current(), tensor("blk.4.ffn_gate.weight"));
        QTest::keyClick(costs, Qt::Key_Right);
        QCOMPARE(m_workspace->current(), tensor("blk.4.ffn_up.weight"));
        QTest::mouseClick(costs, Qt::LeftButton, {}, costs->rectOf({-1, here.column}).center());
        QCOMPARE(m_workspace->selection().size(), 8);   // the role in all layers
        QTRY_VERIFY(find<Card>()->title().contains(QStringLiteral("8 tensors")));
    }

    void theSensitivityAsPlannedFollowsTheRecipe()
    {
        lookAt("blk.0.ffn_gate.weight");
        auto* costs = find<CostView>();
        combo(QStringLiteral("Histograms"))->setCurrentIndex(1);
        QTRY_VERIFY(!costs->map().isEmpty());
        const double before = costs->map().total();
        m_workspace->applyBase(QStringLiteral("Q2_K"));
        QVERIFY(costs->map().total() > 2 * before);
        QVERIFY(costs->readOut(costs->rectOf({0, -1}).center()).contains(QStringLiteral("KL")));
        m_workspace->undoStack().undo();
        QCOMPARE(costs->map().total(), before);
    }

    void theMapTellsRowsAndColumns()
    {
        lookAt("blk.0.ffn_down.weight");
        auto* map = find<HeatMapView>();
        QTRY_VERIFY(!map->readOut({2, 2}).isEmpty());
        QVERIFY(map->readOut({2, 2}).contains(QStringLiteral("row 0")));
        QVERIFY(map->readOut({-5, 2}).isEmpty());
    }

    void theStrongestColumnsAndRowsAreListed()
    {
        lookAt("blk.0.ffn_down.weight");
        auto* channels = find<ChannelsView>();
        const QAbstractItemModelTester tester(find<ChannelModel>());
        combo(QStringLiteral("Columns"))->setCurrentIndex(2);
        QTRY_COMPARE(channels->model().side().mean.size(), std::size_t(768));
        QCOMPARE(channels->model().rowCount(), ChannelModel::kListed);
        const auto& side = channels->model().side();
        QCOMPARE(side.mean[channels->model().channelAt(0)], std::ranges::max(side.mean));
        // The header chooses the measure.
        auto* table = channels->findChild<QTableView*>();
        auto* header = table->horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, {header->sectionViewportPosition(ChannelModel::Max) + 8, 8});
        QCOMPARE(side.max[channels->model().channelAt(0)], std::ranges::max(side.max));
        QVERIFY(channels->model().describe(channels->model().channelAt(0)).startsWith(QStringLiteral("column ")));
        combo(QStringLiteral("Columns"))->setCurrentIndex(3);
        QCOMPARE(channels->model().side().mean.size(), std::size_t(256));
    }

    void theSpectrumIsComputedWhereItIsLookedAt()
    {
        lookAt("blk.0.ffn_down.weight");
        auto* spectrum = find<SpectrumPlot>();
        QCOMPARE(spectrum->markCount(), 0);
        combo(QStringLiteral("Singular values"))->setCurrentIndex(4);
        QTRY_COMPARE(spectrum->markCount(), 3);
        QVERIFY(spectrum->readOut(256).contains(QStringLiteral("100")));
        QVERIFY(spectrum->readOut(257).isEmpty());
        QTRY_VERIFY(spectrum->hasError());   // of the planned type
        m_workspace->select({tensor("blk.0.attn_norm.weight")});
        QTRY_VERIFY(spectrum->message().contains(QStringLiteral("single row")));
        combo(QStringLiteral("Singular values"))->setCurrentIndex(0);
        QTRY_VERIFY(!find<HeatMapView>()->readOut({2, 2}).isEmpty());
    }

    void severalTensorsShareOneHistogram()
    {
        m_workspace->select({tensor("blk.0.attn_q.weight"), tensor("blk.1.attn_q.weight"), tensor("blk.2.attn_q.weight")});
        QTRY_VERIFY(find<HistogramPlot>()->barCount() > 0);
        QVERIFY(find<Card>()->title().contains(QStringLiteral("3 tensors")));
        segmented(QStringLiteral("Error"))->setIndex(1);
        QVERIFY(find<HistogramPlot>()->message().contains(QStringLiteral("single tensor")));
    }

    void aHiddenPageStartsNoWorkUntilItIsShown()
    {
        m_page->hide();
        m_workspace->select({tensor("blk.0.attn_v.weight")});
        QCoreApplication::processEvents();
        QCOMPARE(find<HistogramPlot>()->barCount(), 0);
        m_page->show();
        QTRY_VERIFY(find<HistogramPlot>()->barCount() > 0);
    }

    void chartsAreSavedAsPictureVectorsAndNumbers()
    {
        lookAt("blk.0.ffn_down.weight");
        QTRY_VERIFY(find<ErrorPlot>()->pointOf(quant::Type::Q4_K).has_value());
        QTRY_VERIFY(!find<HeatMapView>()->readOut({2, 2}).isEmpty());
        QTRY_VERIFY(find<RidgeView>()->message().isEmpty());
        combo(QStringLiteral("Columns"))->setCurrentIndex(2);
        combo(QStringLiteral("Histograms"))->setCurrentIndex(2);
        combo(QStringLiteral("Columns"))->setCurrentIndex(4);
        QTRY_COMPARE(find<SpectrumPlot>()->markCount(), 3);
        QTRY_VERIFY(!find<CostView>()->map().isEmpty());
        QTemporaryDir folder;
        const Chart charts[] = {find<HistogramPlot>()->chart(QStringLiteral("histogram")), find<ErrorPlot>()->chart(QStringLiteral("error")),
                                find<RidgeView>()->chart(QStringLiteral("ridge")), find<HeatMapView>()->chart(QStringLiteral("map")),
                                find<CostView>()->chart(QStringLiteral("cost")), find<ChannelsView>()->chart(QStringLiteral("channels")),
                                find<SpectrumPlot>()->chart(QStringLiteral("spectrum"))};
        for (const Chart& chart : charts) {
            const QString path = folder.filePath(chart.name);
            QCOMPARE(saveChart(chart, ChartFormat::Png, path + QStringLiteral(".png")), QString());
            QCOMPARE(saveChart(chart, ChartFormat::Svg, path + QStringLiteral(".svg")), QString());
            QCOMPARE(saveChart(chart, ChartFormat::Csv, path + QStringLiteral(".csv")), QString());
            QCOMPARE(QImage(path + QStringLiteral(".png")).size(), chart.size * 2);
            QVERIFY(QSvgRenderer(path + QStringLiteral(".svg")).isValid());
            QFile csv(path + QStringLiteral(".csv"));
            QVERIFY(csv.open(QIODevice::ReadOnly));
            const auto lines = csv.readAll().trimmed().split('\n');
            QVERIFY(lines.size() > 5);
            QCOMPARE(lines.first().count(','), lines.last().count(','));
        }
        QVERIFY(!saveChart(charts[0], ChartFormat::Png, folder.filePath(QStringLiteral("none/such.png"))).isEmpty());
    }
};

QTEST_MAIN(TestExplorePage)
#include "tst_explore_page.moc"
