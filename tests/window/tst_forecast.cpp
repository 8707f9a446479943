// SPDX-License-Identifier: GPL-3.0-or-later
// Sensitivity in the window: measured, kept, found again; budgets become recipes.
#include "app/jobs/job_manager.h"
#include "app/plan/budget_panel.h"
#include "app/plan/frontier_plot.h"
#include "app/plan/quality_view.h"
#include "app/widgets/segmented.h"
#include "app/window/forecast.h"
#include "app/window/sensitivity_store.h"
#include "app/window/speed_store.h"
#include "app/window/type_speeds.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/evaluate/decode_speeds.h"
#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/sense/content_hash.h"
#include "tests/write/made_file.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace halftone;
using namespace halftone::app;

class TestForecast : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Workspace> m_workspace;

    Forecast& forecast() { return m_workspace->forecast(); }
    bool settled() { return m_workspace->jobs().idle(); }

    void open()
    {
        m_workspace = std::make_unique<Workspace>();
        m_workspace->open(m_folder.filePath(QStringLiteral("made.gguf")).toStdString());
        QTRY_VERIFY(m_workspace->model() && settled());
    }

    void measureWeights()
    {
        forecast().measure(sense::Level::Weights, {});
        QTRY_VERIFY_WITH_TIMEOUT(forecast().known() && !forecast().frontier().isEmpty() && settled(), 60000);
    }

    /// As if this machine had been measured before: six bits run slower than eight.
    void keepSpeeds()
    {
        plan::DecodeSpeeds speeds{.types = {}, .otherSeconds = 1e-5};
        for (const quant::Type type : evaluate::runnableTypes())
            speeds.types.push_back({type, type == quant::Type::Q6_K ? 1e9 : 4e9});
        SpeedStore().keep(speeds, evaluate::speedsKey(*m_workspace->model(), m_workspace->executor()->threads()));
        m_workspace.reset();
        open();
        QVERIFY(!m_workspace->speeds().current().empty());
    }

    void showKind(BudgetPanel& panel, BudgetKind kind) { panel.findChild<Segmented*>()->setIndex(int(kind)); }

    quint64 middleSize() { return (forecast().frontier().first().bytes + forecast().frontier().last().bytes) / 2; }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_CACHE_HOME", m_folder.filePath(QStringLiteral("cache")).toUtf8());
        qputenv("XDG_DATA_HOME", m_folder.filePath(QStringLiteral("data")).toUtf8());
        std::vector<test::MadeTensor> tensors{test::madeTensor("token_embd.weight", {256, 64}, 1)};
        unsigned seed = 2;
        for (int layer = 0; layer < 3; ++layer)
            for (const char* role : {"attn_q", "attn_v", "ffn_up", "ffn_down"})
                tensors.push_back(test::madeTensor("blk." + std::to_string(layer) + '.' + role + ".weight", {256, 64}, seed++));
        test::madeFile(m_folder.filePath(QStringLiteral("made.gguf")).toStdString(), tensors);
    }
    void init()
    {
        for (const char* folder : {"data", "cache"})
            QDir(m_folder.filePath(QLatin1String(folder))).removeRecursively();
        open();
    }
    void cleanup() { m_workspace.reset(); }

    void nothingIsKnownAtFirst()
    {
        QVERIFY(!forecast().known());
        QVERIFY(!forecast().own());
        QCOMPARE(forecast().sensitivity(0), 0.0);
    }

    void measuringTheWeightsTellsWhatEverySizeCosts()
    {
        measureWeights();
        QCOMPARE(forecast().level(), sense::Level::Weights);
        const auto& frontier = forecast().frontier();
        QVERIFY(frontier.size() > 5);
        for (qsizetype i = 1; i < frontier.size(); ++i) {
            QVERIFY(frontier[i].bytes > frontier[i - 1].bytes);
            QVERIFY(frontier[i].kld.kld <= frontier[i - 1].kld.kld);
        }
        QVERIFY(std::ranges::any_of(forecast().presets(), [](const auto& point) { return point.name == QStringLiteral("Q4_K_M"); }));
        QVERIFY(forecast().own()->kld > 0);
        double most = 0;
        for (int tensor = 0; tensor < int(m_workspace->model()->tensors().size()); ++tensor)
            most = std::max(most, forecast().sensitivity(tensor));
        QCOMPARE(most, 1.0);
    }

    void figuresAreFoundAgain()
    {
        measureWeights();
        const double own = forecast().own()->kld;
        m_workspace.reset();
        open();
        QTRY_VERIFY(forecast().known() && settled());
        QCOMPARE(forecast().own()->kld, own);
    }

    void aBudgetBecomesTheRecipeAndCanBeUndone()
    {
        measureWeights();
        const plan::Recipe before = m_workspace->recipe();
        const quint64 bytes = middleSize();
        forecast().choose(plan::MaxFileBytes{bytes}, QStringLiteral("stroke"));
        QTRY_VERIFY(settled());
        QVERIFY(m_workspace->plan().fileBytes <= bytes);
        QVERIFY(m_workspace->plan().fileBytes > bytes / 2);
        QCOMPARE(std::get<plan::MaxFileBytes>(forecast().chosen().value()).bytes, bytes);
        QCOMPARE(m_workspace->undoStack().count(), 1);   // the quick answer and the proven one are one step
        m_workspace->undoStack().undo();
        QCOMPARE(m_workspace->recipe(), before);
        QVERIFY(!forecast().chosen());
    }

    void pinnedTensorsKeepTheirType()
    {
        measureWeights();
        m_workspace->chooseType({1}, quant::Type::Q8_0);
        m_workspace->setPinned({1}, true);
        QTRY_VERIFY(settled());
        forecast().choose(plan::MaxFileBytes{forecast().frontier().first().bytes}, QStringLiteral("stroke"));
        QTRY_VERIFY(settled());
        QCOMPARE(m_workspace->plan().choices[1].type, quant::Type::Q8_0);
        QVERIFY(m_workspace->plan().choices[2].type != quant::Type::Q8_0);
    }

    void theSliderMovesTheRecipeAndFollowsIt()
    {
        BudgetPanel panel(*m_workspace);
        panel.show();
        auto* slider = panel.findChild<QSlider*>();
        QVERIFY(!slider->isVisible());   // a sentence says what is missing
        measureWeights();
        QTRY_VERIFY(slider->isVisible());
        slider->setValue(slider->maximum() / 2);
        QTRY_VERIFY(settled());
        QVERIFY(m_workspace->plan().fileBytes <= middleSize() + 1);
        QCOMPARE(m_workspace->recipe().base, std::string("source"));
        const int middle = slider->value();
        m_workspace->applyBase(QStringLiteral("Q2_K"));
        QVERIFY(slider->value() < middle);
    }

    void theMachineIsMeasuredOnceAndRemembered()
    {
        measureWeights();
        QVERIFY(!forecast().secondsPerToken() && forecast().speedFrontier().isEmpty());
        m_workspace->speeds().measure();
        QVERIFY(m_workspace->speeds().measuring());
        QTRY_VERIFY_WITH_TIMEOUT(!m_workspace->speeds().measuring() && settled(), 120000);
        QVERIFY(forecast().speedFrontier().size() > 2);
        const double seconds = forecast().secondsPerToken().value();
        QVERIFY(seconds > 0);
        m_workspace.reset();
        open();
        QCOMPARE(forecast().secondsPerToken().value(), seconds);
    }

    void aSpeedBecomesTheRecipe()
    {
        keepSpeeds();
        measureWeights();
        const auto& frontier = forecast().speedFrontier();
        QVERIFY(frontier.size() > 5);
        const double seconds = (frontier.first().seconds + frontier.last().seconds) / 2;
        forecast().choose(plan::MaxSecondsPerToken{seconds}, QStringLiteral("stroke"));
        QTRY_VERIFY(settled());
        QVERIFY(forecast().secondsPerToken().value() <= seconds * (1 + 1e-9));
        QVERIFY(forecast().secondsPerToken().value() > frontier.first().seconds);
        QVERIFY(forecast().chosen());
    }

    void slowTypesCanBeLeftOut()
    {
        keepSpeeds();
        measureWeights();
        const auto uses = [&](quant::Type type) { return std::ranges::any_of(m_workspace->plan().choices, [type](const plan::Choice& choice) { return choice.type == type; }); };
        const auto triesSizes = [&] {
            bool found = false;
            for (qsizetype i = 0; i < forecast().frontier().size(); i += 3) {
                forecast().choose(plan::MaxFileBytes{forecast().frontier()[i].bytes}, QStringLiteral("stroke"));
                found = found || uses(quant::Type::Q6_K);
            }
            return found;
        };
        QVERIFY(triesSizes());
        forecast().setOnlyFastTypes(true);
        QTRY_VERIFY(settled());
        QVERIFY(!triesSizes());
        QTRY_VERIFY(settled());
    }

    void everyKindOfBudgetHasItsSlider()
    {
        keepSpeeds();
        BudgetPanel panel(*m_workspace);
        panel.show();
        measureWeights();
        auto* slider = panel.findChild<QSlider*>();
        const auto* figures = panel.findChild<QLabel*>(QStringLiteral("budgetFigures"));
        for (const BudgetKind kind : {BudgetKind::FileSize, BudgetKind::Memory, BudgetKind::Speed, BudgetKind::Quality}) {
            showKind(panel, kind);
            QTRY_VERIFY(slider->isVisible());
            const QString before = figures->text();
            slider->setValue(slider->maximum() / 3);
            QTRY_VERIFY(settled());
            QVERIFY(figures->text() != before);   // the figures move with the drag
            QCOMPARE(m_workspace->recipe().base, std::string("source"));
            QCOMPARE(slider->value(), slider->maximum() / 3);   // it shows what was asked for
            const auto low = forecast().own()->kld;
            slider->setValue(2 * slider->maximum() / 3);
            QTRY_VERIFY(settled());
            QVERIFY(kind == BudgetKind::Speed ? forecast().own()->kld > low : forecast().own()->kld < low);
            m_workspace->applyBase(QStringLiteral("Q3_K_M"));
        }
    }

    void withoutSpeedsTheSliderOfSpeedAsksForThem()
    {
        BudgetPanel panel(*m_workspace);
        panel.show();
        measureWeights();
        showKind(panel, BudgetKind::Speed);
        QVERIFY(!panel.findChild<QSlider*>()->isVisible());
        QVERIFY(!panel.findChild<QCheckBox*>()->isVisible());
        QVERIFY(panel.findChild<QPushButton*>()->isVisible());
    }

    void memoryGrowsWithTheContext()
    {
        m_workspace->openSample();
        QTRY_VERIFY_WITH_TIMEOUT(forecast().known() && !forecast().frontier().isEmpty() && settled(), 60000);
        BudgetPanel panel(*m_workspace);
        panel.show();
        showKind(panel, BudgetKind::Memory);
        auto* context = panel.findChild<QSpinBox*>();
        QTRY_VERIFY(context->isVisible());
        const auto* figures = panel.findChild<QLabel*>(QStringLiteral("budgetFigures"));
        const QString usual = figures->text();
        const double cache = forecast().cacheBytes(std::size_t(context->value())).value();
        QVERIFY(cache > 0);
        context->setValue(2 * context->value());
        QVERIFY(figures->text() != usual);
        QVERIFY(forecast().cacheBytes(std::size_t(context->value())).value() > 1.9 * cache);
        panel.findChild<QSlider*>()->setValue(300);
        QTRY_VERIFY(settled());
        const auto limit = std::get<plan::MaxTensorBytes>(forecast().chosen().value()).bytes;
        QVERIFY(m_workspace->plan().tensorBytes <= limit && m_workspace->plan().tensorBytes > limit - limit / 20);
    }

    void theViewAsksThenShowsThePlot()
    {
        QualityView view(*m_workspace);
        view.resize(500, 400);
        view.show();
        auto* plot = view.findChild<FrontierPlot*>();
        QVERIFY(!plot->isVisible());
        const auto buttons = view.findChildren<QPushButton*>();
        const auto measure = std::ranges::find_if(buttons, [](const QPushButton* each) { return each->text() == QStringLiteral("Measure sensitivity"); });
        QVERIFY(measure != buttons.end());
        QTest::mouseClick(*measure, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(plot->isVisible() && settled(), 60000);
        plot->grab();   // lays the plot out
        const auto point = plot->pointOf(QStringLiteral("Q8_0"));
        QVERIFY(point);
        QTest::mouseClick(plot->childAt(*point), Qt::LeftButton, {}, *point);
        QCOMPARE(m_workspace->recipe().base, std::string("Q8_0"));
    }

    void theSampleBringsItsFigures()
    {
        m_workspace->openSample();
        QTRY_VERIFY_WITH_TIMEOUT(forecast().known() && !forecast().frontier().isEmpty() && settled(), 60000);
        QCOMPARE(forecast().level(), sense::Level::Output);
        const quint64 bytes = m_workspace->plan().fileBytes;   // of Q4_K_M
        const double preset = forecast().own()->kld;
        forecast().choose(plan::MaxFileBytes{bytes}, QStringLiteral("stroke"));
        QTRY_VERIFY(settled());
        QVERIFY(m_workspace->plan().fileBytes <= bytes);
        QVERIFY(forecast().own()->kld < 0.75 * preset);
    }

    void measuredPointsGoWhenTheImportanceChanges()
    {
        m_workspace->openSample();
        QTRY_VERIFY_WITH_TIMEOUT(forecast().known() && settled(), 60000);
        QVERIFY(!forecast().basePerplexity());
        forecast().measureRecipe();
        QTRY_COMPARE_WITH_TIMEOUT(forecast().measured().size(), 1, 120000);
        QCOMPARE(forecast().measured().first().bytes, quint64(m_workspace->plan().fileBytes));
        QVERIFY(forecast().basePerplexity().value() > 1);
        forecast().measureRecipe();   // is under way when the importance changes: its answer is of another recipe
        m_workspace->setImportance(std::make_shared<plan::ImportanceMatrix>());
        QTRY_VERIFY_WITH_TIMEOUT(settled(), 120000);
        QVERIFY(forecast().measured().isEmpty() && !forecast().basePerplexity());
    }

    void whatWasBegunIsCarriedToTheRest()
    {
        measureWeights();
        QVERIFY(!forecast().carried());
        const SensitivityStore store;
        Progress progress;
        sense::Sensitivity begun;
        begun.source.level = sense::Level::Output;
        begun.source.model = sense::contentHash(*m_workspace->model(), *m_workspace->executor(), progress);
        begun.tensors.push_back({"blk.1.attn_q.weight", quant::Type::Q4_K, 0.25});
        store.keep(begun);
        m_workspace.reset();
        open();
        QTRY_VERIFY(forecast().known() && settled());
        QCOMPARE(forecast().level(), sense::Level::Output);
        QVERIFY(forecast().carried());
        const auto costs = forecast().costs(int(m_workspace->model()->find("blk.1.attn_q.weight") - m_workspace->model()->tensors().data()));
        const auto cost = [&](quant::Type type) { return *std::ranges::find(costs, type, &Forecast::TypeCost::type); };
        QVERIFY(!cost(quant::Type::Q4_K).carried && cost(quant::Type::Q2_K).carried);
        QVERIFY(cost(quant::Type::Q2_K).kld.value() > 0.25);
    }

    void cancellingLeavesTheQuestion()
    {
        forecast().measure(sense::Level::Weights, {});
        QVERIFY(forecast().measuring());
        for (const auto& job : m_workspace->jobs().jobs())
            m_workspace->jobs().cancel(job.id);
        QTRY_VERIFY(!forecast().measuring() && settled());
    }
};

QTEST_MAIN(TestForecast)
#include "tst_forecast.moc"
