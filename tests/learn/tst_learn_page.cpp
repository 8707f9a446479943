// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_manager.h"
#include "app/learn/bar_plot.h"
#include "app/learn/curve_plot.h"
#include "app/learn/layout_bar.h"
#include "app/learn/learn_page.h"
#include "app/learn/lesson.h"
#include "app/learn/lesson_list.h"
#include "app/learn/number_line.h"
#include "app/learn/number_texts.h"
#include "app/window/workspace.h"
#include "core/base/progress.h"
#include "core/lesson/grid.h"
#include "core/model/model.h"
#include "tests/write/made_file.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace halftone;
using namespace halftone::app;

/// Drives the learn page with the sample model, as a student would.
class TestLearnPage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<LearnPage> m_page;

    int tensor(const char* name) const
    {
        const auto& tensors = m_workspace->model()->tensors();
        for (int i = 0; i < int(tensors.size()); ++i)
            if (tensors[std::size_t(i)].name == name)
                return i;
        return -1;
    }

    void open(Workspace& workspace, const std::filesystem::path& path)
    {
        QSignalSpy opened(&workspace, &Workspace::modelChanged);
        workspace.open(path);
        QVERIFY(opened.wait(20000));
    }

    std::unique_ptr<LearnPage> shownPage(Workspace& workspace, QSize size = {1000, 640}) const
    {
        auto page = std::make_unique<LearnPage>(workspace);
        page->resize(size);
        page->show();
        return QTest::qWaitForWindowExposed(page.get()) ? std::move(page) : nullptr;
    }

    void showLesson(int lesson)
    {
        m_page->showLesson(lesson);
        QTRY_VERIFY(m_page->message().isEmpty());
        QCOMPARE(m_page->lesson(), lesson);
    }

    QPushButton* button(QWidget& page, const QString& text) const
    {
        for (auto* each : page.findChildren<QPushButton*>())
            if (each->text().startsWith(text) && each->isVisible())
                return each;
        return nullptr;
    }

    QString facts() const
    {
        QStringList texts;
        for (const auto* label : m_page->current().panel()->findChild<FactTable*>()->findChildren<QLabel*>())
            texts << label->text();
        return texts.join(QLatin1Char('\n'));
    }

    /// What is seen of the lesson's figure.
    QByteArray figure() const
    {
        const QImage seen = m_page->current().figure()->grab().toImage();
        return {reinterpret_cast<const char*>(seen.constBits()), seen.sizeInBytes()};
    }

    Knob* knob(const QString& name) const
    {
        for (auto* each : m_page->current().panel()->findChildren<Knob*>())
            if (each->name() == name)
                return each;
        return nullptr;
    }

    QComboBox* choice(const QString& name) const
    {
        for (auto* each : m_page->current().panel()->findChildren<QComboBox*>())
            if (each->accessibleName() == name)
                return each;
        return nullptr;
    }

    QString fact(const char* name) const { return m_page->current().panel()->fact(QString::fromUtf8(name)); }

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings")));
        m_workspace = std::make_unique<Workspace>();
        open(*m_workspace, SAMPLE_DIR "/fairytale-7m-f16.gguf");
    }

    void init()
    {
        QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("halftone"), QStringLiteral("halftone")).clear();
        m_workspace->select({tensor("blk.2.ffn_down.weight")});
        m_page = shownPage(*m_workspace);
        QVERIFY(m_page);
        QTRY_VERIFY(m_page->message().isEmpty());
    }

    void cleanup() { m_page.reset(); }

    void withoutAModelTheSampleIsOffered()
    {
        Workspace empty;
        const auto page = shownPage(empty);
        auto* sample = button(*page, QStringLiteral("Open the sample"));
        QVERIFY(sample);
        QSignalSpy opened(&empty, &Workspace::modelChanged);
        sample->click();
        QVERIFY(opened.wait(20000));
        QVERIFY(!sample->isVisible());
        QTRY_VERIFY(page->message().isEmpty());
    }

    void everyLessonShowsAFigureAndFacts_data() { lessons(); }
    void everyLessonShowsAFigureAndFacts()
    {
        QFETCH(int, lesson);
        showLesson(lesson);
        QVERIFY(m_page->current().figure()->isVisible());
        QVERIFY(facts().count(QLatin1Char('\n')) >= 6);
        QVERIFY(!facts().contains(QStringLiteral("nan")));
        QTRY_VERIFY(coloursOf(m_page->current().figure()).size() > 5);
    }

    void everyKnobChangesTheFacts_data() { lessons(); }
    void everyKnobChangesTheFacts()
    {
        QFETCH(int, lesson);
        showLesson(lesson);
        // Those that are off until another choice is made are switched on by it.
        if (auto* codes = choice(QStringLiteral("Codes of")))
            codes->setCurrentIndex(codes->count() - 1);
        int turned = 0;
        for (auto* each : m_page->current().panel()->findChildren<Knob*>()) {
            if (!each->isVisible())
                continue;
            QVERIFY(each->isEnabled());
            const QString before = facts(), value = each->valueText();
            auto* slider = each->findChild<QSlider*>();
            QCOMPARE(slider->accessibleName(), each->name());
            slider->setFocus();
            const int old = slider->value();
            QTest::keyClick(slider, slider->value() > (slider->minimum() + slider->maximum()) / 2 ? Qt::Key_Home : Qt::Key_End);
            QVERIFY2(each->valueText() != value, qPrintable(each->name()));
            QVERIFY2(facts() != before, qPrintable(each->name()));
            slider->setValue(old);  // one end of a knob may leave the next without effect
            ++turned;
        }
        QVERIFY(turned >= 1);
    }

    void everyChoiceChangesWhatIsSeen_data() { lessons(); }
    void everyChoiceChangesWhatIsSeen()
    {
        QFETCH(int, lesson);
        showLesson(lesson);
        for (auto* each : m_page->current().panel()->findChildren<QComboBox*>()) {
            QVERIFY(!each->accessibleName().isEmpty());
            if (!each->isVisible())
                continue;
            const int now = each->currentIndex();
            const QByteArray before = figure();
            each->setCurrentIndex(now == 0 ? 1 : 0);
            QTRY_VERIFY(figure() != before);
        }
    }

    void theNumberLineIsThatOfTheChosenBlock()
    {
        showLesson(0);
        knob(QStringLiteral("Bits"))->setValue(3);
        knob(QStringLiteral("Range, share of the largest |w|"))->setValue(80);
        knob(QStringLiteral("Block"))->setValue(5);
        Progress progress;
        const auto sample = lesson::sampleOf(m_workspace->model()->tensors()[std::size_t(m_workspace->current())], progress);
        const auto block = sample.block(5, 32);
        const auto grid = lesson::symmetricGrid(0.8 * lesson::largestMagnitude(block), 3);
        QCOMPARE(fact("Levels"), QStringLiteral("7"));
        QCOMPARE(fact("Step"), digitsText(grid.step));
        QCOMPARE(fact("RMSE"), digitsText(lesson::rmse(block, grid)));
        QCOMPARE(fact("Best RMSE"), digitsText(lesson::bestReach(block, 3).rmse));
        const auto& picture = static_cast<NumberLine*>(m_page->current().figure())->picture();
        QCOMPARE(picture.levels.size(), 7);
        QCOMPARE(picture.points.size(), 32);
        QCOMPARE(picture.points[9].weight, double(block[9]));
        QCOMPARE(picture.points[9].stored, grid.snap(double(block[9])));
    }

    void pointingAtAFigureTellsItsNumbers()
    {
        showLesson(0);
        auto* line = static_cast<NumberLine*>(m_page->current().figure());
        QVERIFY(QRegularExpression(QStringLiteral("^weight 0: .*\ncode ")).match(line->readOut(QPoint(line->width() / 2, 12))).hasMatch());
        QVERIFY(line->readOut(QPoint(line->width() / 2, line->height() - 2)).isEmpty());
        showLesson(7);
        auto* bars = static_cast<BarPlot*>(m_page->current().figure());
        QVERIFY(bars->readOut(-127.2).startsWith(QStringLiteral("code: −127\n")) && bars->readOut(-140).isEmpty());
        showLesson(6);
        auto* curves = static_cast<CurvePlot*>(m_page->current().figure());
        QVERIFY(curves->readOut(1e9).endsWith(QStringLiteral(": ") + digitsText(curves->picture().curves.last().y.last())));
    }

    void aFormatsLayoutIsItsWholeBlock()
    {
        showLesson(3);
        for (const auto& [format, bits] :
             {std::pair("Q4_K", 1152), std::pair("Q6_K", 1680), std::pair("Q8_0", 272), std::pair("Q4_1", 160)}) {
            choice(QStringLiteral("Format"))->setCurrentText(QLatin1String(format));
            int sum = 0;
            for (const auto& part : m_page->current().figure()->findChild<LayoutBar*>()->parts())
                sum += part.bits;
            QCOMPARE(sum, bits);
            QCOMPARE(knob(QStringLiteral("Its minimum"))->isVisible(),
                     QLatin1String(format) == QLatin1String("Q4_K") || QLatin1String(format) == QLatin1String("Q4_1"));
        }
    }

    void turningTheDialsToTheBestGivesTheBest()
    {
        showLesson(3);
        choice(QStringLiteral("Format"))->setCurrentText(QStringLiteral("Q4_K"));
        knob(QStringLiteral("Sub-block"))->setValue(4);
        QVERIFY(fact("Best possible") != fact("RMSE, sub-block") || fact("Best scale") == knob(QStringLiteral("Its scale"))->valueText());
        knob(QStringLiteral("Its scale"))->setValue(fact("Best scale").section(QLatin1Char(' '), 0, 0).toInt());
        knob(QStringLiteral("Its minimum"))->setValue(fact("Best minimum").section(QLatin1Char(' '), 0, 0).toInt());
        QCOMPARE(fact("RMSE, sub-block"), fact("Best possible"));
    }

    void anotherTensorIsAnotherLesson()
    {
        showLesson(2);
        const QString before = facts();
        m_workspace->select({tensor("blk.0.attn_q.weight")});
        QTRY_VERIFY(facts() != before);
        QVERIFY(button(*m_page, QStringLiteral("Try it on blk.0.attn_q")));
    }

    void theSameTensorAgainLeavesTheKnobsAlone()
    {
        showLesson(0);
        knob(QStringLiteral("Block"))->setValue(7);  // goes back to the first with every new tensor
        m_page->hide();
        m_workspace->select({tensor("blk.0.attn_q.weight")});
        QVERIFY(m_workspace->jobs().idle());  // what is hidden reads nothing
        m_workspace->select({tensor("blk.2.ffn_down.weight")});
        m_page->show();
        QTRY_VERIFY(m_workspace->jobs().idle());
        QCOMPARE(knob(QStringLiteral("Block"))->value(), 7);
        QVERIFY(m_page->message().isEmpty());
    }

    void withoutASelectionTheLargestMatrixIsTaken()
    {
        m_workspace->select({});
        QTRY_VERIFY(button(*m_page, QStringLiteral("Try it on token_embd")));
        QTRY_VERIFY(m_page->message().isEmpty());
    }

    void tryingItOpensTheRightPageWithTheTensor()
    {
        m_workspace->select({});
        QTRY_VERIFY(button(*m_page, QStringLiteral("Try it on token_embd")));
        showLesson(3);
        QSignalSpy asked(m_page.get(), &Page::goToPage);
        button(*m_page, QStringLiteral("Try it"))->click();
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), QStringLiteral("plan"));
        QCOMPARE(m_workspace->current(), tensor("token_embd.weight"));
        showLesson(0);
        button(*m_page, QStringLiteral("Try it"))->click();
        QCOMPARE(asked[1][0].toString(), QStringLiteral("explore"));
    }

    void visitsAreTickedAndRemembered()
    {
        auto* list = m_page->findChild<LessonList*>();
        QVERIFY(list->isVisited(0) && !list->isVisited(1));
        button(*m_page, QStringLiteral("Next"))->click();
        QVERIFY(list->isVisited(1) && !list->isVisited(2));
        m_page = shownPage(*m_workspace);
        list = m_page->findChild<LessonList*>();
        QCOMPARE(m_page->lesson(), 1);
        QVERIFY(list->isVisited(0) && list->isVisited(1) && !list->isVisited(2));
    }

    void keysAndButtonsGoFromLessonToLesson()
    {
        auto* list = m_page->findChild<LessonList*>();
        QVERIFY(!button(*m_page, QStringLiteral("Back"))->isEnabled());
        QTest::keyClick(list, Qt::Key_Down);
        QCOMPARE(m_page->lesson(), 1);
        QTest::keyClick(list, Qt::Key_End);
        QCOMPARE(m_page->lesson(), m_page->lessonCount() - 1);
        QVERIFY(!button(*m_page, QStringLiteral("Next"))->isEnabled());
        button(*m_page, QStringLiteral("Back"))->click();
        QCOMPARE(m_page->lesson(), m_page->lessonCount() - 2);
    }

    void aNarrowPageClipsNothing_data() { lessons(); }
    void aNarrowPageClipsNothing()
    {
        QFETCH(int, lesson);
        m_page->resize(534, 560);
        showLesson(lesson);
        QVERIFY(!m_page->findChild<LessonList*>()->isVisible());
        const auto boxes = m_page->findChildren<QComboBox*>();
        QVERIFY(
            std::ranges::any_of(boxes, [](auto* box) { return box->accessibleName() == QStringLiteral("Lesson") && box->isVisible(); }));
        QWidget* panel = m_page->current().panel();
        QTRY_VERIFY(panel->isVisible());
        for (QWidget* each : std::initializer_list<QWidget*>{m_page->current().figure(), panel})
            QVERIFY(each->mapTo(m_page.get(), QPoint(each->width(), 0)).x() <= m_page->width());
        for (auto* label : panel->findChildren<QLabel*>())
            QVERIFY2(!label->isVisible() || label->wordWrap() || label->width() >= label->sizeHint().width(), qPrintable(label->text()));
    }

    void rowsShorterThanABlockAreToldAndTheRestGoesOn()
    {
        const auto path = m_folder.filePath(QStringLiteral("short.gguf")).toStdString();
        test::madeFile(path, {test::madeTensor("blk.0.ffn_up.weight", {16, 40}, 3)});
        Workspace workspace;
        open(workspace, path);
        const auto page = shownPage(workspace);
        page->showLesson(0);
        QTRY_VERIFY(page->message().contains(QStringLiteral("shorter than a block")));
        page->showLesson(3);
        QVERIFY(page->message().contains(QStringLiteral("divide into blocks")));
        for (const int lesson : {2, 6, 7}) {
            page->showLesson(lesson);
            QVERIFY2(page->message().isEmpty(), qPrintable(QString::number(lesson)));
        }
    }

    void zerosAreNoTrouble()
    {
        const auto path = m_folder.filePath(QStringLiteral("zeros.gguf")).toStdString();
        test::MadeTensor zeros = test::madeTensor("blk.0.ffn_up.weight", {256, 4}, 3);
        std::fill(zeros.weights.begin(), zeros.weights.end(), 0.0f);
        test::madeFile(path, {zeros});
        Workspace workspace;
        open(workspace, path);
        m_page = shownPage(workspace);
        QTRY_VERIFY(m_page->message().isEmpty());
        for (int lesson = 0; lesson < m_page->lessonCount(); ++lesson) {
            m_page->showLesson(lesson);
            QVERIFY(m_page->message().isEmpty());
            QVERIFY2(!facts().contains(QStringLiteral("nan")) && !facts().contains(QStringLiteral("inf")), qPrintable(facts()));
        }
        m_page.reset();
    }

private:
    static void lessons()
    {
        QTest::addColumn<int>("lesson");
        for (int i = 0; i < 8; ++i)
            QTest::newRow(qPrintable(QString::number(i + 1))) << i;
    }

    static QSet<QRgb> coloursOf(QWidget* widget)
    {
        const QImage seen = widget->grab().toImage().convertToFormat(QImage::Format_RGB32);
        QSet<QRgb> colours;
        for (int y = 0; y < seen.height(); y += 2)
            for (int x = 0; x < seen.width(); x += 2)
                colours << seen.pixel(x, y);
        return colours;
    }
};

QTEST_MAIN(TestLearnPage)
#include "tst_learn_page.moc"
