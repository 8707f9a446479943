// SPDX-License-Identifier: GPL-3.0-or-later
// What the window writes for others tells nothing about its user: the log, and pictures of charts. tests/cli/tst_privacy looks into
// every other file.
#include "app/jobs/job_manager.h"
#include "app/widgets/chart_export.h"
#include "app/window/log_view.h"
#include "app/window/main_window.h"
#include "app/window/quantize_dialog.h"
#include "tests/cli/program_symbols.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::app;

namespace {

const QString kMarker = QStringLiteral("qzsecretqz");

}  // namespace

class TestWindowPrivacy : public QObject {
    Q_OBJECT

    QTemporaryDir m_root;

    QString path(const QString& name) const { return m_root.filePath(kMarker + QLatin1Char('/') + name); }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(QDir().mkpath(path(QStringLiteral("settings"))));
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, path(QStringLiteral("settings")));
        QVERIFY(QFile::copy(QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf"), path(QStringLiteral("model.gguf"))));
    }

    void theLogNamesFilesWithoutTheirFolders()
    {
        MainWindow window;
        window.show();
        Workspace& workspace = window.workspace();
        const auto settle = [&] { QTRY_VERIFY_WITH_TIMEOUT(workspace.jobs().idle(), 60'000); };
        window.openPath(path(QStringLiteral("missing.gguf")));
        settle();
        window.openPath(path(QStringLiteral("model.gguf")));
        settle();
        QVERIFY(workspace.model());
        workspace.readImportance(path(QStringLiteral("model.gguf")).toStdString());  // which is none
        settle();
        window.actions().quantize->trigger();
        auto* dialog = window.findChild<QuantizeDialog*>();
        QVERIFY(dialog);
        dialog->setDestination(path(QStringLiteral("out.gguf")));
        settle();
        for (auto* button : dialog->findChildren<QPushButton*>())
            if (button->isDefault())
                QTest::mouseClick(button, Qt::LeftButton);
        settle();
        QVERIFY(QFile::exists(path(QStringLiteral("out.gguf"))));
        workspace.jobs().start(
            {.title = QStringLiteral("a job"), .shown = false}, &window,
            [folder = path(QStringLiteral("nowhere"))](Progress&) {
                return int(std::filesystem::directory_iterator(folder.toStdString())->is_directory());
            },
            [](int) {});
        settle();
        QTRY_VERIFY(window.findChild<LogView*>()->toPlainText().contains(QStringLiteral("a job")));
        const QString log = window.findChild<LogView*>()->toPlainText();
        for (const char* name : {"missing.gguf", "model.gguf", "out.gguf", "nowhere"})
            QVERIFY2(log.contains(QLatin1String(name)), qPrintable(log));
        QVERIFY2(!log.contains(kMarker), qPrintable(log));
    }

    void theProgramKnowsNoNetwork()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(Q_OS_LINUX)
        QSKIP("sanitizers stand in for every call of the system, and other systems name them otherwise");
#endif
        QCOMPARE(networkNamesIn(QStringLiteral(HALFTONE_WINDOW)), QList<QByteArray>());
    }

    void savedChartsHoldNothingButTheChart_data()
    {
        QTest::addColumn<ChartFormat>("format");
        QTest::newRow("PNG") << ChartFormat::Png;
        QTest::newRow("SVG") << ChartFormat::Svg;
        QTest::newRow("CSV") << ChartFormat::Csv;
    }
    void savedChartsHoldNothingButTheChart()
    {
        QFETCH(ChartFormat, format);
        const Chart chart = paintedChart(
            QStringLiteral("chart"), {40, 30}, [](QPainter& painter, QSize size) { painter.drawLine(0, 0, size.width(), size.height()); },
            [] { return QStringLiteral("a,b\n1,2\n"); });
        const QString file = path(QStringLiteral("chart"));
        QCOMPARE(saveChart(chart, format, file), QString());
        QFile saved(file);
        QVERIFY(saved.open(QIODevice::ReadOnly));
        const QByteArray bytes = saved.readAll(), user = qgetenv("USER");
        QVERIFY(bytes.size() > 7);
        QVERIFY(!bytes.contains(kMarker.toLatin1()));
        QVERIFY(!bytes.contains(QSysInfo::machineHostName().toUtf8()) || QSysInfo::machineHostName().size() < 6);
        QVERIFY(user.size() < 6 || !bytes.contains(user));
        if (format == ChartFormat::Png)
            for (const char* chunk : {"tEXt", "zTXt", "iTXt", "tIME", "eXIf"})
                QVERIFY2(!bytes.contains(chunk), chunk);
    }
};

QTEST_MAIN(TestWindowPrivacy)
#include "tst_window_privacy.moc"
