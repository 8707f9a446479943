// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/chat_bar.h"
#include "app/compare/compare_page.h"
#include "app/compare/prompt_view.h"
#include "app/compare/token_text.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/placement_text.h"
#include "app/window/devices.h"
#include "app/window/kv_type_button.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextEdit>
#include <QToolButton>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

class TestComparePage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ComparePage> m_page;

    void setLength(int tokens)
    {
        for (auto* spin : m_page->findChildren<QSpinBox*>())
            if (spin->maximum() == 4096)
                spin->setValue(tokens);
    }

    QPushButton* button(const QString& text) const
    {
        const auto buttons = m_page->findChildren<QPushButton*>();
        const auto found = std::ranges::find(buttons, text, &QPushButton::text);
        return found == buttons.end() ? nullptr : *found;
    }

    void runToTheEnd(int tokens)
    {
        setLength(tokens);
        QTest::mouseClick(button(QStringLiteral("Run")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!m_page->isRunning() && m_workspace->jobs().idle(), 120'000);
    }

    QAction* entry(QMenu* menu, const QString& words) const
    {
        Q_EMIT menu->aboutToShow();
        const auto actions = menu->actions();
        const auto found = std::ranges::find_if(actions, [&](const QAction* action) { return action->text().contains(words); });
        return found == actions.end() ? nullptr : *found;
    }

    QToolButton* toolButton(const QString& text) const
    {
        const auto buttons = m_page->findChildren<QToolButton*>();
        const auto found = std::ranges::find(buttons, text, &QToolButton::text);
        return found == buttons.end() ? nullptr : *found;
    }
    QMenu* addMenu() const { return toolButton(QStringLiteral("Add column"))->menu(); }

    bool columnSays(const CompareColumn* column, const QString& words) const
    {
        const auto labels = column->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) { return label->text().contains(words); });
    }

private Q_SLOTS:
    void initTestCase() { QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings"))); }

    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        m_workspace->openSample();
        QTRY_VERIFY(m_workspace->model() && m_workspace->jobs().idle());
        m_page = std::make_unique<ComparePage>(*m_workspace);
        m_page->resize(1000, 700);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }

    void cleanup()
    {
        m_page.reset();
        m_workspace.reset();
    }

    void everyWidthWritesAndTheFirstDifferenceIsMarked()
    {
        entry(addMenu(), QStringLiteral("8, 6, 5, 4, 3 and 2 bits"))->trigger();
        QCOMPARE(m_page->columns().size(), std::size_t(7));
        runToTheEnd(24);
        const auto& original = m_page->columns()[0]->text().tokens();
        QCOMPARE(original.size(), std::size_t(24));
        QCOMPARE(m_page->columns()[0]->text().firstDifference(), -1);
        int marked = 0;
        for (const CompareColumn* column : m_page->columns()) {
            const auto& own = column->text().tokens();
            QVERIFY(!own.empty());
            const int first = column->text().firstDifference();
            for (int i = 0; i < int(std::min(own.size(), original.size())) && (first < 0 || i < first); ++i)
                QCOMPARE(own[std::size_t(i)].id, original[std::size_t(i)].id);
            if (first >= 0) {
                QVERIFY(own[std::size_t(first)].id != original[std::size_t(first)].id);
                ++marked;
            }
            QVERIFY(columnSays(column, QStringLiteral("tok/s")));
        }
        QVERIFY(marked > 0);  // two bits do not write what sixteen write
        QVERIFY(m_page->findChild<QTableView*>()->model()->rowCount() > 0);
    }

    void theSameSeedWritesTheSameText()
    {
        runToTheEnd(16);
        const QString text = m_page->columns()[2]->text().toPlainText();
        QVERIFY(text.startsWith(QStringLiteral("Once upon a time")));
        runToTheEnd(16);
        QCOMPARE(m_page->columns()[2]->text().toPlainText(), text);
    }

    void stopStopsAndKeepsWhatIsWritten()
    {
        setLength(4096);
        QTest::mouseClick(button(QStringLiteral("Run")), Qt::LeftButton);
        QTRY_VERIFY(!m_page->columns()[3]->text().tokens().empty());
        QTest::mouseClick(button(QStringLiteral("Stop")), Qt::LeftButton);
        QVERIFY(!m_page->isRunning());
        QTRY_VERIFY(m_workspace->jobs().idle());
        QVERIFY(!m_page->columns()[3]->text().tokens().empty());
        QVERIFY(columnSays(m_page->columns()[0], QStringLiteral("stopped")));
        runToTheEnd(2);
        QVERIFY(!columnSays(m_page->columns()[0], QStringLiteral("stopped")));
    }

    void thereAreTwoToEightColumns()
    {
        const auto columnMenu = [this](std::size_t column) { return m_page->columns()[column]->menuButton().menu(); };
        while (m_page->columns().size() > 2)
            entry(columnMenu(1), QStringLiteral("Remove"))->trigger();
        QVERIFY(!entry(columnMenu(1), QStringLiteral("Remove"))->isEnabled());
        while (m_page->columns().size() < 8)
            entry(addMenu(), QStringLiteral("Q4_0"))->trigger();
        entry(addMenu(), QStringLiteral("Q4_0"))->trigger();
        QCOMPARE(m_page->columns().size(), std::size_t(8));
    }

    void aColumnCanTakeTheCurrentRecipe()
    {
        m_workspace->applyBase(QStringLiteral("Q5_K_M"));
        m_workspace->chooseType({0}, quant::Type::Q2_K);
        entry(m_page->columns()[1]->menuButton().menu(), QStringLiteral("Current recipe"))->trigger();
        QVERIFY(m_page->columns()[1]->choice().recipe == m_workspace->recipe());
        QCOMPARE(m_page->columns()[1]->choice().fileBytes, m_workspace->plan().fileBytes);
    }

    void aModelWithoutTemplateIsNotAskedAsAChat()
    {
        QVERIFY(!m_page->findChild<ChatBar*>()->isVisible());
        QVERIFY(!m_page->findChild<ChatBar*>()->system());
    }

    void theSystemPromptGoesOnlyWithAChat()
    {
        model::Model::Parts parts{.files = m_workspace->model()->files(), .metadata = m_workspace->model()->metadata(), .tensors = {}};
        parts.metadata.set("tokenizer.chat_template", std::string("{{ messages[0].content }}"));
        const model::Model instruct(std::move(parts));
        ChatBar bar;
        bar.setModel(&instruct);
        QTest::keyClicks(bar.findChild<QLineEdit*>(), QStringLiteral("Be kind"));
        QCOMPARE(bar.system(), std::optional<std::string>("Be kind"));
        QTest::mouseClick(bar.findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(!bar.system());
        QVERIFY(!bar.findChild<QLineEdit*>()->isEnabled());
    }

    void theTokensOfThePromptAreShown()
    {
        QTest::mouseClick(button(QStringLiteral("Tokens")), Qt::LeftButton);
        QTRY_VERIFY(m_page->findChild<PromptView*>());
        const auto* view = m_page->findChild<PromptView*>();
        QVERIFY(view->isVisible());
        QVERIFY(view->findChild<QTextEdit*>()->toPlainText().endsWith(QStringLiteral("Once upon a time")));
        const auto labels = view->findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(QStringLiteral("special")); }));
    }

    void thePastMayBeKeptInFewerBits()
    {
        auto* choice = m_page->findChild<KvTypeButton*>();
        QVERIFY(choice->type() == infer::KvType::F16);
        const auto actions = choice->menu()->actions();
        QCOMPARE(actions.size(), 3);
        const auto entryOf = [&](const QString& name) {
            return *std::ranges::find_if(actions, [&](const QAction* action) { return action->text().startsWith(name); });
        };
        QVERIFY(entryOf(QStringLiteral("F16"))->text().contains(QStringLiteral("512 tokens")));
        entryOf(QStringLiteral("Q8_0"))->trigger();
        QVERIFY(choice->type() == infer::KvType::Q8_0 && choice->text().contains(QStringLiteral("Q8_0")));
        runToTheEnd(4);
        QVERIFY(m_page->columns()[0]->text().tokens().size() == 4);
    }

    void eachColumnSaysWhatRunsIt()
    {
        runToTheEnd(3);
        for (const CompareColumn* column : m_page->columns())
            QVERIFY(columnSays(column, QStringLiteral("tok/s on the CPU")));
        Devices& devices = m_workspace->devices();
        devices.discover(m_workspace->jobs());
        QTRY_VERIFY(devices.found());
        if (devices.found()->devices.empty())
            QSKIP("no Vulkan device");
        const QString name = QString::fromStdString(devices.found()->devices.front().name);
        devices.choose(name);
        runToTheEnd(3);
        devices.choose(kAutomaticDevice);
        for (const CompareColumn* column : m_page->columns())
            QVERIFY2(column->facts().endsWith(QStringLiteral("tok/s on ") + shortDeviceName(name)), qPrintable(column->facts()));
    }

    void aBlindVoteTellsNothingBeforeItAndAllAfterwards()
    {
        QTest::mouseClick(button(QStringLiteral("Blind vote")), Qt::LeftButton);
        runToTheEnd(12);
        QSet<QString> names;
        for (const CompareColumn* column : m_page->columns()) {
            names.insert(column->accessibleName());
            for (const char* tell : {"Original", "bits", "MB", "tok/s", "reference", "measured"})
                QVERIFY2(!columnSays(column, QLatin1String(tell)), tell);
            QVERIFY(!column->menuButton().isVisible());
            QVERIFY(!column->text().toHtml().contains(QStringLiteral("underline")));  // no first difference
        }
        QCOMPARE(names,
                 (QSet<QString>{QStringLiteral("Text A"), QStringLiteral("Text B"), QStringLiteral("Text C"), QStringLiteral("Text D")}));
        QVERIFY(!m_page->findChild<QTableView*>()->isVisible());
        QVERIFY(!toolButton(QStringLiteral("Export"))->isEnabled());
        QVERIFY(!toolButton(QStringLiteral("Add column"))->isEnabled());

        CompareColumn* best = m_page->columns()[2];
        QTest::mouseClick(best->findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(columnSays(best, QStringLiteral("4 bits")));
        QVERIFY(columnSays(m_page->columns()[0], QStringLiteral("Original")));
        QVERIFY(!best->findChild<QPushButton*>()->isVisible());
        QVERIFY(m_page->findChild<QTableView*>()->isVisible());
        QVERIFY(m_page->findChild<QTableView*>()->model()->rowCount() > 0);
        const auto pageSays = [this](const QString& words) {
            const auto labels = m_page->findChildren<QLabel*>();
            return std::ranges::any_of(labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(words); });
        };
        QVERIFY(pageSays(QStringLiteral("You chose 4 bits")));

        runToTheEnd(2);  // blind again, and the votes are kept
        QVERIFY(!columnSays(best, QStringLiteral("4 bits")));
        QTest::mouseClick(best->findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(pageSays(QStringLiteral("4 bits: 2")));
        QTest::mouseClick(button(QStringLiteral("Blind vote")), Qt::LeftButton);
        QTRY_VERIFY(m_page->columns()[0]->x() < m_page->columns()[1]->x() && m_page->columns()[1]->x() < m_page->columns()[2]->x());
    }

    void onlyWhatIsWrittenCanBeExported()
    {
        const auto* button = toolButton(QStringLiteral("Export"));
        QVERIFY(!button->isEnabled());
        runToTheEnd(2);
        QVERIFY(button->isEnabled());
        QCOMPARE(button->menu()->actions().size(), 2);
        m_workspace->close();
        QVERIFY(!button->isEnabled());
    }

    void controlsWrapWhereTheWidthIsShort()
    {
        m_page->resize(560, 700);
        QTRY_VERIFY(toolButton(QStringLiteral("Export"))->y() > button(QStringLiteral("Follow original"))->y());
        for (const QWidget* each : std::initializer_list<QWidget*>{button(QStringLiteral("Follow original")),
                                                                   button(QStringLiteral("Measure")), toolButton(QStringLiteral("Export"))})
            QVERIFY(each->width() >= each->sizeHint().width() && each->geometry().right() <= each->parentWidget()->width());
        m_page->resize(1000, 700);
        QTRY_VERIFY(toolButton(QStringLiteral("Export"))->y() < button(QStringLiteral("Follow original"))->geometry().bottom());
    }

    void closingTheModelStopsAndSaysWhatToDo()
    {
        setLength(4096);
        m_page->run();
        m_workspace->close();
        QVERIFY(!m_page->isRunning());
        QTRY_VERIFY(m_workspace->jobs().idle());
        QVERIFY(m_page->columns().empty());
        const auto labels = m_page->findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(
            labels, [](const QLabel* label) { return label->isVisible() && label->text().contains(QStringLiteral("Open a model")); }));
    }
};

QTEST_MAIN(TestComparePage)
#include "tst_compare_page.moc"
