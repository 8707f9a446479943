// SPDX-License-Identifier: GPL-3.0-or-later
// The window's own job, killed as a crash or a loss of power would at any moment: the file is the old one or the whole new one, and the
// next start goes on. tests/write/tst_quantize_interrupted does the same to the core.
#include "app/jobs/job_manager.h"
#include "app/window/quantize_dialog.h"
#include "app/window/settings.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

#include <random>
#include <thread>

using namespace halftone;
using namespace halftone::app;

namespace {

const QString kSample = QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf");

/// As a user does: opens the sample, chooses the file and presses the button. False if the button says that it cannot.
bool quantize(Workspace& workspace, const QString& out)
{
    workspace.open(kSample.toStdString());
    if (!QTest::qWaitFor([&] { return workspace.model() && workspace.jobs().idle(); }, 60'000))
        return false;
    auto* dialog = new QuantizeDialog(workspace);  // deletes itself
    bool written = false;
    QObject::connect(dialog, &QuantizeDialog::written, dialog, [&] { written = true; });
    dialog->show();
    dialog->setDestination(out);
    QPushButton* start = nullptr;
    const bool canStart = QTest::qWaitFor([&] {
        for (auto* button : dialog->findChildren<QPushButton*>())
            if (button->isDefault() && button->isEnabled())
                start = button;
        return bool(start);
    });
    if (canStart)
        QTest::mouseClick(start, Qt::LeftButton);
    const bool done = canStart && QTest::qWaitFor([&] { return written; }, 60'000);
    delete dialog;
    return done;
}

int quantizeAsChild(const QString& out, const QString& settings)
{
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings);
    Workspace workspace;
    return quantize(workspace, out) ? 0 : 7;
}

}  // namespace

class TestQuantizeKilled : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder, m_settings;

    QString out() const { return m_folder.filePath(QStringLiteral("out.gguf")); }
    static QByteArray contents(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QStringList arguments() const { return {QStringLiteral("--quantize"), out(), m_settings.path()}; }
    /// True if it was still running.
    bool killAt(std::uint32_t microseconds) const
    {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), arguments());
        if (!child.waitForStarted())
            qFatal("the window cannot be started");
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
        child.kill();
        child.waitForFinished();
        return child.exitStatus() == QProcess::CrashExit;
    }

private Q_SLOTS:
    void initTestCase() { QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path()); }

    void killedAtAnyMomentItLeavesTheOldFileOrTheNewAndGoesOn()
    {
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(QProcess::execute(QCoreApplication::applicationFilePath(), arguments()), 0);
        const auto longest = std::uint32_t(timer.nsecsElapsed() / 1000);
        const QByteArray whole = contents(out());
        QVERIFY(!whole.isEmpty());
        QVERIFY(Settings().unfinished().isEmpty());

        const int asked = qEnvironmentVariableIntValue("HALFTONE_KILLS"), rounds = asked > 0 ? asked : 8;
        std::mt19937 random(3);
        int killed = 0, noted = 0;
        for (int round = 0; round < rounds; ++round) {
            QFile old(out());
            QVERIFY(old.open(QIODevice::WriteOnly | QIODevice::Truncate) && old.write("old") == 3);
            old.close();
            const std::uint32_t moment = random() % longest;
            killed += killAt(moment);
            const QByteArray left = contents(out());
            QVERIFY2(left == "old" || left == whole, qPrintable(QStringLiteral("round %1, after %2 us").arg(round).arg(moment)));
            const bool isLeft = QFile::exists(out() + QStringLiteral(".part"));
            const auto unfinished = Settings().unfinished();
            QVERIFY2(!isLeft || (unfinished.size() == 1 && unfinished.front().destination == out()),
                     "what is left was not noted before it began");
            noted += isLeft;
            Workspace workspace;
            QVERIFY(quantize(workspace, out()));
            QVERIFY(contents(out()) == whole);
            QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList(QStringLiteral("out.gguf")));
            QVERIFY(Settings().unfinished().isEmpty());
        }
        QVERIFY(killed > 0);
        qInfo("%d of %d runs were killed, %d of them while they wrote", killed, rounds, noted);
    }
};

int main(int argc, char* argv[])
{
    QApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 4 && arguments[1] == QStringLiteral("--quantize"))
        return quantizeAsChild(arguments[2], arguments[3]);
    TestQuantizeKilled test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_quantize_killed.moc"
