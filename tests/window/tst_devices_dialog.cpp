// SPDX-License-Identifier: GPL-3.0-or-later
// What computes, chosen in the window; speeds side by side. What cannot be had here, as no device at all, is told in values.
#include "app/jobs/job_manager.h"
#include "app/plan/budget_panel.h"
#include "app/widgets/share_bar.h"
#include "app/widgets/texts.h"
#include "app/window/device_chip.h"
#include "app/window/device_texts.h"
#include "app/window/devices.h"
#include "app/window/devices_dialog.h"
#include "app/window/forecast.h"
#include "app/window/jobs_panel.h"
#include "app/window/main_window.h"
#include "app/window/speed_store.h"
#include "app/window/speed_table.h"
#include "app/window/type_speeds.h"
#include "core/base/executor.h"
#include "core/evaluate/decode_speeds.h"
#include "core/model/model.h"
#include "tests/write/made_file.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;
using quant::Type;

namespace {

plan::DecodeSpeeds speedsOf(double bytesPerSecond, double memory)
{
    return {.types = {{Type::Q8_0, bytesPerSecond}, {Type::Q4_0, bytesPerSecond / 2}}, .otherSeconds = 0, .memoryBytesPerSecond = memory};
}

}  // namespace

class TestDevicesDialog : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Workspace> m_workspace;
    QPointer<DevicesDialog> m_dialog;  // deletes itself

    bool settled() const { return m_workspace->jobs().idle(); }

    void open()
    {
        m_workspace = std::make_unique<Workspace>();
        m_workspace->devices().discover(m_workspace->jobs());
        m_workspace->open(m_folder.filePath(QStringLiteral("made.gguf")).toStdString());
        QTRY_VERIFY(m_workspace->model() && settled());
    }

    void showDialog()
    {
        m_dialog = new DevicesDialog(*m_workspace);
        m_dialog->show();
        QTRY_VERIFY(settled());
    }

    void click(const QString& choice)
    {
        auto* button = m_dialog->findChild<QRadioButton*>(choice);
        QVERIFY(button);
        QTest::mouseClick(button, Qt::LeftButton, {}, QPoint(8, button->height() / 2));
        QTRY_COMPARE(m_workspace->devices().choice(), choice);
        QTRY_VERIFY(settled());
    }

    /// Of the first device, or none.
    QString firstDevice() const
    {
        const auto& found = m_workspace->devices().found();
        return found && !found->devices.empty() ? m_workspace->devices().nameOf(0) : QString();
    }

    QTableView* table() const { return m_dialog->findChild<QTableView*>(); }
    QString cell(int row, int column) const { return table()->model()->index(row, column).data().toString(); }
    QString header(int column) const { return table()->model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(); }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_CACHE_HOME", m_folder.filePath(QStringLiteral("cache")).toUtf8());
        qputenv("XDG_DATA_HOME", m_folder.filePath(QStringLiteral("data")).toUtf8());
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings")));
        test::madeFile(m_folder.filePath(QStringLiteral("made.gguf")).toStdString(),
                       {test::madeTensor("token_embd.weight", {256, 64}, 1), test::madeTensor("blk.0.ffn_up.weight", {256, 64}, 2)});
    }
    void init()
    {
        QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("halftone"), QStringLiteral("halftone")).clear();
        QDir(m_folder.filePath(QStringLiteral("cache"))).removeRecursively();
        open();
    }
    void cleanup()
    {
        delete m_dialog.data();
        m_workspace.reset();
    }

    void theCpuCanAlwaysBeChosen()
    {
        showDialog();
        click(kCpuDevice);
        QCOMPARE(m_workspace->devices().target().name, kCpuName);
        QVERIFY(m_dialog->findChild<QRadioButton*>(kCpuDevice)->isChecked());
        QVERIFY(!m_dialog->findChild<QLabel*>(QStringLiteral("deviceProblem"))->isVisible());
    }

    void aDeviceIsChosenAndTriedAndShowsItsMemory()
    {
        if (firstDevice().isEmpty())
            QSKIP("no Vulkan device");
        showDialog();
        click(firstDevice());
        QCOMPARE(m_workspace->devices().target().name, firstDevice());
        QVERIFY(!m_dialog->findChild<QLabel*>(QStringLiteral("deviceProblem"))->isVisible());  // it could be opened
        const auto bars = m_dialog->findChildren<ShareBar*>();
        const auto shown = std::ranges::count_if(bars, &ShareBar::isVisible);
        const auto known = std::ranges::count_if(m_workspace->devices().found()->devices,
                                                 [](const gpu::Device& device) { return takenShare(device).has_value(); });
        QCOMPARE(shown, 1 + known);  // the machine's own memory, too
    }

    void softwareIsNamedAsSuchAndNeverAutomatic()
    {
        const auto& found = m_workspace->devices().found();
        if (!found || found->devices.empty() || found->devices.front().kind != gpu::Device::Kind::Software)
            QSKIP("no machine with a software device alone");
        showDialog();
        QCOMPARE(m_workspace->devices().automatic().name, kCpuName);
        QVERIFY(m_dialog->findChild<QRadioButton*>(firstDevice())->text().contains(QStringLiteral("software")));
    }

    void speedsStandSideBySide()
    {
        if (firstDevice().isEmpty())
            QSKIP("no Vulkan device");
        const std::string identity = m_workspace->devices().found()->devices.front().identity();
        SpeedStore().keep(speedsOf(4e9, 8e9), evaluate::speedsKey(*m_workspace->model(), m_workspace->executor()->threads()));
        SpeedStore().keep(speedsOf(40e9, 50e9), evaluate::speedsKey(*m_workspace->model(), identity));
        open();
        showDialog();
        QCOMPARE(table()->model()->rowCount(), 2);
        QVERIFY(table()->isColumnHidden(SpeedTableModel::DeviceColumn));
        QCOMPARE(cell(1, SpeedTableModel::TypeColumn), QStringLiteral("Q8_0"));  // from few bits to many
        QCOMPARE(cell(1, SpeedTableModel::CpuShareColumn), QStringLiteral("50 %"));
        QCOMPARE(m_workspace->speeds().place(), QStringLiteral("this CPU"));
        const double cpu = m_workspace->forecast().secondsPerToken().value();

        click(firstDevice());
        QVERIFY(!table()->isColumnHidden(SpeedTableModel::DeviceColumn));
        QVERIFY(header(SpeedTableModel::DeviceColumn).startsWith(firstDevice().left(4)));
        QCOMPARE(cell(1, SpeedTableModel::DeviceShareColumn), QStringLiteral("80 %"));
        QCOMPARE(m_workspace->speeds().place(), firstDevice());
        QVERIFY(m_workspace->speeds().roomBytes().has_value());
        QVERIFY(std::abs(cpu / m_workspace->forecast().secondsPerToken().value() - 10) < 1e-6);  // budgets follow

        click(kCpuDevice);
        QCOMPARE(m_workspace->forecast().secondsPerToken().value(), cpu);
    }

    void aModelTooLargeForADeviceHasNoSpeedThere()
    {
        if (firstDevice().isEmpty())
            QSKIP("no Vulkan device");
        m_workspace->devices().choose(firstDevice());
        m_workspace->openSample();
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->forecast().known() && !m_workspace->forecast().frontier().isEmpty() && settled(), 60'000);
        const std::string identity = m_workspace->devices().targetDevice()->identity();
        SpeedStore().keep(speedsOf(40e9, 50e9), evaluate::speedsKey(*m_workspace->model(), identity));
        m_workspace->openSample();
        QTRY_VERIFY(!m_workspace->speeds().ofDevice().empty() && m_workspace->forecast().own() && settled());
        BudgetPanel panel(*m_workspace);
        panel.show();
        const auto* figures = panel.findChild<QLabel*>(QStringLiteral("budgetFigures"));
        QTRY_VERIFY(figures->text().contains(QStringLiteral("tokens / s on ") + firstDevice()));
        auto* context = panel.findChild<QSpinBox*>();
        context->setValue(context->maximum());  // whose keys and values no device of today holds
        QVERIFY(figures->text().contains(QStringLiteral("does not fit on ") + firstDevice()));
        m_workspace->devices().choose(kCpuDevice);
        QTRY_VERIFY(!figures->text().contains(firstDevice()) && settled());
    }

    void measuringFillsTheTable()
    {
        showDialog();
        QVERIFY(!table()->isVisible());
        auto* measure = m_dialog->findChild<QPushButton*>(QStringLiteral("measureSpeeds"));
        QTest::mouseClick(measure, Qt::LeftButton);
        QVERIFY(m_workspace->speeds().measuring());
        QVERIFY(!measure->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!m_workspace->speeds().measuring() && settled(), 120'000);
        QVERIFY(table()->isVisible());
        QVERIFY(table()->model()->rowCount() > 10);
        QVERIFY(m_workspace->speeds().ofCpu().memoryBytesPerSecond > 0);
        QCOMPARE(measure->text(), QStringLiteral("Measure again"));
    }

    void measuringCanBeCancelled()
    {
        showDialog();
        m_workspace->speeds().measure();
        m_workspace->speeds().cancel();
        QTRY_VERIFY(!m_workspace->speeds().measuring() && settled());
        QVERIFY(m_workspace->speeds().current().empty());
        QVERIFY(m_dialog->findChild<QPushButton*>(QStringLiteral("measureSpeeds"))->isVisible());
    }

    void anotherModelForgetsTheSpeeds()
    {
        SpeedStore().keep(speedsOf(4e9, 8e9), evaluate::speedsKey(*m_workspace->model(), m_workspace->executor()->threads()));
        open();
        showDialog();
        QVERIFY(table()->isVisible());
        m_workspace->close();
        QTRY_VERIFY(!table()->isVisible());
        QVERIFY(m_workspace->speeds().current().empty());
        QVERIFY(!m_dialog->findChild<QPushButton*>(QStringLiteral("measureSpeeds"))->isEnabled());
    }

    void theTableIsAModel()
    {
        SpeedTableModel rows;
        const QAbstractItemModelTester tester(&rows, QAbstractItemModelTester::FailureReportingMode::QtTest);
        rows.setRows(speedRows(*m_workspace->model(), speedsOf(4e9, 0), {}), QStringLiteral("card"));
        QCOMPARE(rows.rowCount(), 2);
        QCOMPARE(rows.index(0, SpeedTableModel::CpuShareColumn).data().toString(), QStringLiteral("–"));  // the bound is not known
        QCOMPARE(rows.index(0, SpeedTableModel::DeviceColumn).data().toString(), QStringLiteral("–"));
        QVERIFY(rows.index(1, SpeedTableModel::CpuColumn).data(SpeedTableModel::BarRole).toDouble() > 0);
        const auto header = [&] { return rows.headerData(SpeedTableModel::DeviceColumn, Qt::Horizontal, Qt::DisplayRole).toString(); };
        QCOMPARE(header(), QStringLiteral("card, tokens / s"));
        rows.setRows({}, QStringLiteral("A card of a very long name (with what drivers say)"));
        QVERIFY(header().startsWith(QStringLiteral("A card of a ver…")));
        QCOMPARE(rows.rowCount(), 0);
    }

    void theChipNamesWhatComputesAndOpensTheDialog()
    {
        MainWindow window;
        window.show();
        QTRY_VERIFY(window.workspace().jobs().idle());
        auto* chip = window.findChild<QToolButton*>(QStringLiteral("deviceChip"));
        window.workspace().devices().choose(kCpuDevice);
        QCOMPARE(chip->text(), kCpuName);
        QVERIFY(!window.findChild<DeviceChip*>()->findChild<ShareBar*>()->isVisible());
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(window.findChild<DevicesDialog*>());
        window.actions().devices->trigger();
        QCOMPARE(window.findChildren<DevicesDialog*>().size(), 1);
    }

    void aJobSaysWhatRunsIt()
    {
        JobManager jobs;
        JobsPanel panel(jobs);
        panel.show();
        const auto wait = [](Progress& progress) {
            while (true)
                progress.checkpoint();
            return 0;
        };
        const JobId there = jobs.start({.title = QStringLiteral("there"), .device = QStringLiteral("a card")}, this, wait, [](int) {});
        const auto device = [&panel] { return panel.findChild<ElidedLabel*>(QStringLiteral("jobDevice")); };
        QCOMPARE(device()->fullText(), QStringLiteral("on a card"));
        QVERIFY(device()->isVisible());
        jobs.cancel(there);
        QTRY_VERIFY(jobs.idle() && !device());
        jobs.start({.title = QStringLiteral("here")}, this, wait, [](int) {});
        QVERIFY(!device()->isVisible());
    }

    void whatIsNotThereIsSaid()
    {
        QVERIFY(noDeviceText("Vulkan is not installed on this computer").startsWith(QStringLiteral("Vulkan is not installed")));
        QVERIFY(noDeviceText("the driver is on fire").endsWith(QStringLiteral("the driver is on fire")));
        gpu::Device device{.name = "card", .driver = "1", .apiVersion = "1.3.0", .memoryBytes = 16'000'000'000};
        QVERIFY(!takenShare(device));
        QVERIFY(deviceMemoryText(device).contains(QStringLiteral("does not say")));
        device.freeBytes = 4'000'000'000;
        QCOMPARE(takenShare(device).value(), 0.75);
        QVERIFY(deviceMemoryText(device).contains(QStringLiteral("4.00 GB of 16.0 GB free")));
    }
};

QTEST_MAIN(TestDevicesDialog)
#include "tst_devices_dialog.moc"
