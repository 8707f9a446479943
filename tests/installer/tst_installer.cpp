// SPDX-License-Identifier: GPL-3.0-or-later
// What is installed beside the programs: manual pages that know every option, MIME types, programs that answer without a display.
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

namespace {

QByteArray contents(const char* name)
{
    QFile file(QStringLiteral(INSTALLER_DIR "/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

struct Answer {
    int exitCode = -1;
    QString out, err;
};

Answer run(const char* program, const QStringList& arguments, const QString& platform = QStringLiteral("offscreen"))
{
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), platform);
    process.setProcessEnvironment(environment);
    process.start(QLatin1String(program), arguments);
    if (!process.waitForFinished())
        return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
}

QStringList longOptions(const QString& help)
{
    static const QRegularExpression pattern(QStringLiteral("(?:^|[ ,])--([a-z][a-z-]+)"), QRegularExpression::MultilineOption);
    QStringList options;
    for (auto match = pattern.globalMatch(help); match.hasNext();)
        options << match.next().captured(1);
    options.removeDuplicates();
    return options;
}

}  // namespace

class TestInstaller : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theProgramAnswersWithoutADisplay()
    {
        const Answer help = run(HALFTONE, {QStringLiteral("--help")}, QStringLiteral("no such platform"));
        QCOMPARE(help.exitCode, 0);
        QVERIFY(help.out.contains(QStringLiteral("--render")));
        QCOMPARE(run(HALFTONE, {QStringLiteral("--version")}, QStringLiteral("no such platform")).exitCode, 0);
        QVERIFY(run(HALFTONE, {QStringLiteral("--nonsense")}).exitCode != 0);
        QCOMPARE(run(HALFTONE, {QStringLiteral("a"), QStringLiteral("b")}).exitCode, 2);
    }

    /// The system's loader names every library that the program would run with, those of its libraries too.
    void noLibraryOfTheProgramsCanReachTheNetwork_data()
    {
        QTest::addColumn<QString>("program");
        QTest::newRow("halftone") << QStringLiteral(HALFTONE);
        QTest::newRow("halftone-cli") << QStringLiteral(HALFTONE_CLI);
    }
    void noLibraryOfTheProgramsCanReachTheNetwork()
    {
#ifndef __linux__
        QSKIP("asks the loader of Linux");
#endif
        QFETCH(QString, program);
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("LD_TRACE_LOADED_OBJECTS"), QStringLiteral("1"));
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(program, QStringList());
        QVERIFY(process.waitForFinished());
        const QByteArray libraries = process.readAllStandardOutput();
        QVERIFY(libraries.contains("libtbb.so") && libraries.contains("libc.so"));
        for (const char* name : {"libQt6Network", "libQt6WebSockets", "libQt6WebEngine", "libcurl", "libssl", "libgnutls", "libsoup", "libnghttp2"})
            QVERIFY2(!libraries.contains(name), name);
    }

    void setUpNamesThePackagesThatAreMissing()
    {
        const QString script = QStringLiteral("cd '%1' && . installer/prepare.sh && missing bash no-such-package-at-all").arg(QLatin1String(SOURCE_DIR));
        QProcess bash;
        bash.start(QStringLiteral("bash"), {QStringLiteral("-euo"), QStringLiteral("pipefail"), QStringLiteral("-c"), script});
        QVERIFY(bash.waitForFinished());
        QCOMPARE(bash.exitCode(), 0);
        const QByteArray named = bash.readAllStandardOutput();
        QVERIFY(named.contains("no-such-package-at-all"));
    }

    void manualPagesKnowEveryOption_data()
    {
        QTest::addColumn<QString>("help");
        QTest::addColumn<QByteArray>("page");
        QTest::newRow("halftone") << run(HALFTONE, {QStringLiteral("--help")}).out << contents("halftone.1");
        for (const char* command : {"inspect", "quantize", "tokenize", "chat", "generate", "perplexity", "divergence", "evaluate", "compare", "family", "imatrix", "verify", "diff", "compress", "bench", "devices", "convert", "sensitivity", "plan"})
            QTest::newRow(command) << run(HALFTONE_CLI, {QLatin1String(command), QStringLiteral("--help")}).out << contents("halftone-cli.1");
    }
    void manualPagesKnowEveryOption()
    {
        QFETCH(QString, help);
        QFETCH(QByteArray, page);
        const auto options = longOptions(help);
        QVERIFY(options.size() > 4);
        for (const QString& option : options) {
            if (option == QLatin1String("help-all"))   // Qt's own, for its own options
                continue;
            const QByteArray escaped = QByteArray("\\-\\-") + QString(option).replace(QLatin1Char('-'), QStringLiteral("\\-")).toUtf8();
            QVERIFY2(page.contains(escaped), qPrintable(option));
        }
    }

    void mimeTypesCoverBothSuffixes()
    {
        QXmlStreamReader xml(contents("halftone-mime.xml"));
        QStringList patterns;
        while (!xml.atEnd())
            if (xml.readNextStartElement() && xml.name() == QLatin1String("glob"))
                patterns << xml.attributes().value(QLatin1String("pattern")).toString();
        QVERIFY(!xml.hasError() || xml.error() == QXmlStreamReader::PrematureEndOfDocumentError);
        QCOMPARE(patterns, QStringList({QStringLiteral("*.gguf"), QStringLiteral("*.safetensors")}));
    }

    void picturesOfEveryScreenAreDrawnWithoutADisplay()
    {
        QTemporaryDir folder;
        qputenv("XDG_CONFIG_HOME", folder.filePath(QStringLiteral("config")).toUtf8());
        const Answer drawn = run(HALFTONE, {QStringLiteral("--render"), folder.filePath(QStringLiteral("pictures")), QStringLiteral("--size"), QStringLiteral("1280x800"), QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf")});
        QCOMPARE(drawn.exitCode, 0);
        for (const char* screen : {"start", "explore", "plan", "compare", "evaluate", "learn-1", "learn-8"}) {
            const QImage picture(folder.filePath(QStringLiteral("pictures/%1.png").arg(QLatin1String(screen))));
            QCOMPARE(picture.size(), QSize(1280, 800));
        }
        const Answer missing = run(HALFTONE, {QStringLiteral("--render"), folder.filePath(QStringLiteral("bad")), QStringLiteral("/nowhere.gguf")});
        QCOMPARE(missing.exitCode, 3);
    }
};

QTEST_MAIN(TestInstaller)
#include "tst_installer.moc"
