// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluate_page.h"
#include "app/evaluate/evaluation_model.h"
#include "app/evaluate/evaluation_table.h"
#include "app/evaluate/history_menu.h"
#include "app/evaluate/variant_menu.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/placement_text.h"
#include "app/window/devices.h"
#include "app/window/kv_type_button.h"
#include "app/window/workspace.h"
#include "core/base/file.h"
#include "core/model/model.h"

#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace halftone;
using namespace halftone::app;

/// The page on the sample model, driven as a user does.
class TestEvaluatePage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<EvaluatePage> m_page;

    template <class Button>
    Button* button(const QString& text) const
    {
        const auto buttons = m_page->findChildren<Button*>();
        const auto found =
            std::ranges::find_if(buttons, [&](const Button* each) { return each->text() == text && each->isVisibleTo(m_page.get()); });
        return found == buttons.end() ? nullptr : *found;
    }
    const evaluate::Evaluation& shown() const { return m_page->findChild<EvaluationModel*>()->evaluation(); }
    VariantMenu& variants() const { return *m_page->findChild<VariantMenu*>(); }
    HistoryMenu& history() const { return *m_page->findChild<HistoryMenu*>(); }
    QString problem() const
    {
        for (const QLabel* label : m_page->findChildren<QLabel*>())
            if (label->property("problem").toBool() && label->isVisibleTo(m_page.get()))
                return label->text();
        return {};
    }
    bool headerSays(const QString& words) const
    {
        return std::ranges::any_of(m_page->findChildren<Card*>(), [&](const Card* card) { return card->note().contains(words); });
    }
    void tick(const QStringList& presets) const
    {
        for (QAction* action : variants().actions())
            if (action->isCheckable())
                action->setChecked(presets.contains(action->data().toString()));
    }
    void wait() const { QTRY_VERIFY_WITH_TIMEOUT(!m_page->isRunning() && m_workspace->jobs().idle(), 120'000); }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", m_folder.path().toUtf8());
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings")));
    }

    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        m_page = std::make_unique<EvaluatePage>(*m_workspace);
        m_workspace->openSample();
        QTRY_VERIFY(m_workspace->model() && m_workspace->jobs().idle());
        m_page->setWindows(2);
        m_page->show();
        wait();
    }

    void cleanup()
    {
        m_page.reset();
        m_workspace.reset();
    }

    void oneButtonMeasuresTheFirstTime()
    {
        QVERIFY(!std::filesystem::exists(evaluationStorePath()));  // looking leaves nothing behind
        QPushButton* begin = button<QPushButton>(QStringLiteral("Measure the chosen variants"));
        QVERIFY(begin);
        tick({QStringLiteral("Q8_0"), QStringLiteral("Q2_K")});
        QTest::mouseClick(begin, Qt::LeftButton);
        QVERIFY(m_page->isRunning());
        wait();
        QCOMPARE(problem(), QString());
        QVERIFY(!button<QPushButton>(QStringLiteral("Measure the chosen variants")));
        QCOMPARE(shown().variants.size(), std::size_t(3));
        QVERIFY(shown().complete());
        QVERIFY(shown().variants[2].figures.meanKld > 10 * shown().variants[1].figures.meanKld);
        QCOMPARE(history().runs().size(), std::size_t(1));
    }

    void aReopenedEvaluationShowsTheSameFigures()
    {
        tick({QStringLiteral("Q8_0"), QStringLiteral("Q2_K")});
        m_page->run();
        wait();
        const auto measured = shown();
        m_page.reset();
        m_page = std::make_unique<EvaluatePage>(*m_workspace);
        m_page->show();
        wait();
        QVERIFY(shown().variants.empty());
        Q_EMIT history().aboutToShow();
        history().actions().first()->trigger();
        wait();
        QCOMPARE(shown().variants.size(), measured.variants.size());
        QCOMPARE(shown().variants[2].figures.p99Kld, measured.variants[2].figures.p99Kld);
        // And beside itself: the other run's rows come below.
        Q_EMIT history().aboutToShow();
        history().actions().last()->menu()->actions().first()->trigger();
        wait();
        QCOMPARE(shown().variants.size(), 2 * measured.variants.size());
        QVERIFY(button<QPushButton>(QStringLiteral("Run")));  // nothing to be continued
    }

    void aStoppedRunCanBeContinued()
    {
        m_page->setWindows(40);
        tick({QStringLiteral("Q4_K_M")});
        m_page->run();
        QTRY_VERIFY_WITH_TIMEOUT(!shown().variants.empty() && shown().variants.front().windows > 0, 60'000);
        QTest::mouseClick(button<QPushButton>(QStringLiteral("Stop")), Qt::LeftButton);
        QTRY_VERIFY(!m_page->isRunning() && m_workspace->jobs().idle());
        QVERIFY(!shown().complete());
        QTest::mouseClick(button<QPushButton>(QStringLiteral("Continue")), Qt::LeftButton);
        wait();
        QVERIFY(shown().complete());
    }

    void aDamagedStoreIsMovedAsideAndThatIsSaid()
    {
        QFile file(QString::fromStdString(toUtf8(evaluationStorePath())));
        QVERIFY(file.exists() && file.open(QIODevice::WriteOnly) && file.write(QByteArray(5000, 'x')) == 5000);
        file.close();
        m_page->hide();
        m_page->show();
        wait();
        QVERIFY2(problem().contains(QStringLiteral("damaged")), qPrintable(problem()));
        QVERIFY(history().runs().empty());
        tick({QStringLiteral("Q8_0")});
        m_page->run();
        wait();
        QCOMPARE(problem(), QString());
        QCOMPARE(history().runs().size(), std::size_t(1));
    }

    void whatDoesNotFitIsSaidBeforeTheWork()
    {
        for (auto* spin : m_page->findChildren<QSpinBox*>())
            if (spin->suffix().contains(QStringLiteral("tokens")))
                spin->setValue(1'000'000);
        m_page->run();
        wait();
        QVERIFY2(problem().contains(QStringLiteral("or less")), qPrintable(problem()));
        QVERIFY(shown().variants.empty());
    }

    void smallestTypesWaitForAnImportanceMatrix()
    {
        for (const QAction* action : variants().actions())
            if (action->data().toString() == QStringLiteral("IQ2_XS"))
                QVERIFY(!action->isEnabled() && !action->toolTip().isEmpty());
        tick({QStringLiteral("IQ2_XS")});
        QCOMPARE(variants().chosen(), 0);
        QVERIFY(!button<QPushButton>(QStringLiteral("Run"))->isEnabled());
    }

    void theCurrentRecipeIsMeasuredAsItIsThen()
    {
        m_workspace->applyBase(QStringLiteral("pure:Q4_0"));
        tick({});
        for (QAction* action : variants().actions())
            if (action->text().startsWith(QStringLiteral("Current recipe")))
                action->setChecked(true);
        m_page->run();
        wait();
        QCOMPARE(shown().variants.size(), std::size_t(2));
        QVERIFY(std::abs(shown().variants[1].bitsPerWeight - 4.5) < 0.2);
    }

    void theChosenDeviceMeasuresAndIsNamed()
    {
        Devices& devices = m_workspace->devices();
        devices.discover(m_workspace->jobs());
        QTRY_VERIFY(devices.found());
        if (devices.found()->devices.empty())
            QSKIP("no Vulkan device");
        const QString name = QString::fromStdString(devices.found()->devices.front().name);
        tick({QStringLiteral("Q8_0")});
        m_page->setWindows(1);
        m_page->run();
        wait();
        QVERIFY(headerSays(QStringLiteral("on the CPU")));
        const std::size_t before = history().runs().size();
        devices.choose(name);
        m_page->run();
        wait();
        devices.choose(kAutomaticDevice);
        QCOMPARE(problem(), QString());
        QVERIFY(shown().complete());
        QCOMPARE(shown().device, name.toStdString());
        QVERIFY(headerSays(QStringLiteral("on ") + shortDeviceName(name)));
        QVERIFY(shown().variants[1].share.output && shown().variants[1].decodeMs > 0);
        const auto* model = m_page->findChild<EvaluationModel*>();
        QVERIFY(model->index(1, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("layers on ") + name));
        QCOMPARE(history().runs().size(), before + 1);  // beside that of the CPU
        Q_EMIT history().aboutToShow();
        QVERIFY(history().actions().first()->text().contains(shortDeviceName(name)));
    }

    void anotherCacheIsAnotherVariant()
    {
        tick({QStringLiteral("Q8_0")});
        auto* choice = m_page->findChild<KvTypeButton*>();
        const auto actions = choice->menu()->actions();
        const auto eight =
            std::ranges::find_if(actions, [](const QAction* action) { return action->text().startsWith(QStringLiteral("Q8_0")); });
        QVERIFY(eight != actions.end() && (*eight)->text().contains(QStringLiteral("512 tokens")));
        m_page->run();
        wait();
        const auto halves = shown();
        (*eight)->trigger();
        m_page->run();
        wait();
        QCOMPARE(shown().variants[1].name, std::string("Q8_0, KV q8_0"));
        QVERIFY(shown().variants[1].figures.meanKld != halves.variants[1].figures.meanKld);
        QCOMPARE(shown().variants[0].figures.nll, halves.variants[0].figures.nll);
    }
};

QTEST_MAIN(TestEvaluatePage)
#include "tst_evaluate_page.moc"
