// SPDX-License-Identifier: GPL-3.0-or-later
// The explore page on a small mixture of experts: every plot shows all experts together, or one of them.
#include "app/explore/cost_view.h"
#include "app/explore/error_plot.h"
#include "app/explore/explore_page.h"
#include "app/explore/heat_map_view.h"
#include "app/explore/histogram_plot.h"
#include "app/explore/ridge_view.h"
#include "app/explore/spectrum_plot.h"
#include "app/widgets/card.h"
#include "app/window/workspace.h"
#include "core/model/model.h"
#include "tests/write/made_file.h"

#include <QComboBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestExpertsExplored : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ExplorePage> m_page;

    static constexpr int kExperts = 4, kRows = 48, kColumns = 256;

    /// Expert e of the gates is e + 1 times as wide as the first.
    static test::MadeTensor gates(int layer)
    {
        auto tensor = test::madeTensor("blk." + std::to_string(layer) + ".ffn_gate_exps.weight", {kColumns, kRows, kExperts}, 7 + layer);
        for (std::size_t i = 0; i < tensor.weights.size(); ++i)
            tensor.weights[i] *= float(1 + i / (kRows * kColumns));
        return tensor;
    }

    template <class Widget>
    Widget* find() const
    {
        return m_page->findChild<Widget*>();
    }

    void look(int tensor)
    {
        m_workspace->select({tensor});
        QTRY_VERIFY(find<HistogramPlot>()->barCount() > 0);
    }

    void choose(int expert)
    {
        find<QSpinBox>()->setValue(expert);
        QTRY_VERIFY(find<Card>()->note().startsWith(QLatin1String(expert < 0 ? "49,152" : "12,288")));
    }

    /// In the menu of a card.
    void show(const QString& view)
    {
        for (auto* combo : m_page->findChildren<QComboBox*>())
            if (const int index = combo->findText(view); index >= 0)
                combo->setCurrentIndex(index);
    }

    /// Half of the shown range of weights, once it is about as wanted.
    bool reaches(double reach) const { return std::abs(find<HistogramPlot>()->range().high / reach - 1) < 0.1; }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", m_folder.filePath(QStringLiteral("data")).toUtf8());
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        const auto path = std::filesystem::path(m_folder.filePath(QStringLiteral("mixture.gguf")).toStdString());
        test::madeFile(path, {gates(0), gates(1), test::madeTensor("blk.0.attn_q.weight", {kColumns, 64}, 3)});
        m_workspace = std::make_unique<Workspace>();
        QSignalSpy opened(m_workspace.get(), &Workspace::modelChanged);
        m_workspace->open(path);
        QVERIFY(opened.wait(20000));
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

    void theChoiceIsOfferedForStacksOnly()
    {
        look(0);
        QVERIFY(find<QSpinBox>()->isVisible());
        QCOMPARE(find<QSpinBox>()->maximum(), kExperts - 1);
        look(2);
        QVERIFY(!find<QSpinBox>()->isVisible());
        m_workspace->select({0, 1});
        QVERIFY(!find<QSpinBox>()->isVisible());
    }

    void theHistogramShowsAllExpertsThenOne()
    {
        look(0);
        QTRY_VERIFY(reaches(kExperts));
        choose(1);
        QTRY_VERIFY(reaches(2));
        QVERIFY(find<Card>()->title().contains(QStringLiteral("expert 1")));
        QTRY_VERIFY(find<HistogramPlot>()->stickCount() > 0);
        choose(-1);
        QTRY_VERIFY(reaches(kExperts));
    }

    void theOtherPlotsFollow()
    {
        look(0);
        auto* map = find<HeatMapView>();
        QTRY_VERIFY(map->accessibleDescription().startsWith(QStringLiteral("192 rows")));
        choose(3);
        QTRY_VERIFY(map->accessibleDescription().startsWith(QStringLiteral("48 rows")));
        QTRY_VERIFY(find<ErrorPlot>()->pointOf(quant::Type::Q4_K).has_value());
        const Chart ridge = find<RidgeView>()->chart({});
        QTRY_VERIFY(ridge.csv().count(QLatin1Char('\n')) > 1000);
        // The counts of the ridge's first layer are one expert's.
        double count = 0;
        for (const QString& line : ridge.csv().split(QLatin1Char('\n')))
            if (line.startsWith(QStringLiteral("0,")))
                count += line.section(QLatin1Char(','), -1).toDouble();
        QCOMPARE(count, double(kRows * kColumns));
    }

    void oneExpertHasASpectrum()
    {
        look(0);
        choose(-1);
        show(QStringLiteral("Singular values"));
        auto* spectrum = find<SpectrumPlot>();
        QVERIFY(spectrum->message().contains(QStringLiteral("one expert")));
        choose(1);
        QTRY_COMPARE(spectrum->markCount(), 3);
        QVERIFY(spectrum->readOut(kRows).contains(QStringLiteral("first 48 of 48")));
    }

    void whatIsNotMeasuredCanBeMeasuredHere()
    {
        look(0);
        show(QStringLiteral("Cost at 3 bits"));
        QVERIFY(find<CostView>()->map().isEmpty());
        auto* measure = find<QPushButton>();
        QTRY_VERIFY(measure->isVisible());
        QTest::mouseClick(measure, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!find<CostView>()->map().isEmpty(), 60000);
        QVERIFY(!measure->isVisible());
        QVERIFY(find<CostView>()->map().placeOf(1).row > find<CostView>()->map().placeOf(0).row);
    }

    void theExpertStaysWhileTheUserWalksThroughTheLayers()
    {
        look(0);
        choose(2);
        m_workspace->select({1});
        QCOMPARE(find<QSpinBox>()->value(), 2);
        QTRY_VERIFY(find<Card>()->title().contains(QStringLiteral("blk.1.ffn_gate_exps, expert 2")));
    }
};

QTEST_MAIN(TestExpertsExplored)
#include "tst_experts_explored.moc"
