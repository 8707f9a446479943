// SPDX-License-Identifier: GPL-3.0-or-later
// What users share tells nothing about them: no folder, user or host name in any file, nor in any line of a run with short names.
#include "tests/cli/program_symbols.h"
#include "tests/format/hf_folder.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

namespace {

const QByteArray kMarker = "qzsecretqz";

struct Output {
    int code = -1;
    QByteArray text;  ///< of both streams
};

/// As a user of that name with a home of that name, in `folder`.
Output run(const QString& folder, const QStringList& arguments)
{
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"HOME", "USER", "LOGNAME", "HOSTNAME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        environment.insert(QLatin1String(name), folder);
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(HALFTONE_CLI), arguments);
    const bool ended = process.waitForFinished(240'000);
    return {ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAll()};
}

/// In any of the encodings that our files use.
bool holds(const QByteArray& bytes, const QByteArray& word)
{
    return bytes.toLower().contains(word.toLower()) || bytes.contains(word.toBase64(QByteArray::OmitTrailingEquals).left(word.size()))
        || bytes.contains(word.toHex());
}

}  // namespace

class TestPrivacy : public QObject {
    Q_OBJECT

    QTemporaryDir m_root;

    static void copyInputs(const QString& folder)
    {
        QVERIFY(QFile::copy(QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf"), folder + QStringLiteral("/model.gguf")));
        QFile text(folder + QStringLiteral("/text.txt"));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write(QByteArray("Once upon a time there was a little girl who lived in a wood. ").repeated(60));
        QVERIFY(QDir(folder).mkdir(QStringLiteral("tiny")));
        HfFolder((folder + QStringLiteral("/tiny")).toStdString()).putLlama();
    }

    /// Every command that writes a file, and those whose answers people paste. Names of files stand behind "@".
    static QList<QByteArrayList> commands()
    {
        const QList<QByteArray> lines{
            "imatrix @model.gguf --text @text.txt --ctx 64 --chunks 2 -o @out/i.gguf",
            "sensitivity @model.gguf --types Q4_K,Q8_0 --imatrix @out/i.gguf -o @out/s.json",
            "plan @model.gguf --bpw 5 --sensitivity @out/s.json --imatrix @out/i.gguf -o @out/r.json",
            "plan @model.gguf --bpw 5 --sensitivity @out/s.json --format llama-quantize -o @out/r.sh",
            "quantize @model.gguf @out/q.gguf --recipe @out/r.json --imatrix @out/i.gguf",
            "convert @tiny @out/tiny.gguf",
            "evaluate @model.gguf --recipes @out/q.gguf Q4_K @out/r.json --text @text.txt --ctx 64 --windows 1 --imatrix @out/i.gguf "
            "--report @out/e.html "
            "--csv @out/e.csv --store @out/e.sqlite",
            "compare @model.gguf --recipes @out/r.json Q4_K --prompt Once -n 4",
            "generate @model.gguf --prompt Once -n 4 --recipe @out/r.json",
            "compress @model.gguf",
            "inspect @out/q.gguf",
            "verify @model.gguf @out/q.gguf --imatrix @out/i.gguf",
            "diff @model.gguf @out/q.gguf",
            "tokenize @tiny --check",
            "inspect @missing.gguf",
        };
        QList<QByteArrayList> commands;
        for (const QByteArray& line : lines)
            commands << line.split(' ');
        return commands;
    }

private Q_SLOTS:
    void nothingTellsWhoTheUserIs_data()
    {
        QTest::addColumn<bool>("absolute");
        QTest::newRow("files named from the folder") << false;
        QTest::newRow("files named from the root") << true;
    }
    void nothingTellsWhoTheUserIs()
    {
        QFETCH(bool, absolute);
        const QString folder = m_root.filePath(QString::fromLatin1(kMarker) + (absolute ? QStringLiteral("-a") : QStringLiteral("-r")));
        QVERIFY(QDir().mkpath(folder + QStringLiteral("/out")));
        copyInputs(folder);
        for (const QByteArrayList& command : commands()) {
            if (absolute && command.contains("llama-quantize"))
                continue;  // a command has to name the files it is run on
            QStringList arguments;
            for (const QByteArray& word : command)
                arguments << (word.startsWith('@') ? (absolute ? folder + QLatin1Char('/') : QString()) + QString::fromLatin1(word.mid(1))
                                                   : QString::fromLatin1(word));
            const Output output = run(folder, arguments);
            QVERIFY2(output.code == (command.last() == "@missing.gguf" ? 4 : 0), output.text);
            // With names from the root the answer repeats what was asked.
            QVERIFY2(absolute || !holds(output.text, kMarker), output.text);
        }
        int files = 0;
        for (QDirIterator it(folder + QStringLiteral("/out"), QDir::Files, QDirIterator::Subdirectories); it.hasNext(); ++files) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY2(!holds(bytes, kMarker), qPrintable(file.fileName()));
            const QByteArray host = QSysInfo::machineHostName().toUtf8();
            QVERIFY2(host.size() < 6 || !holds(bytes, host), qPrintable(file.fileName()));  // a shorter one is a word like any other
        }
        QVERIFY(files >= 8);
    }

    void theProgramKnowsNoNetwork()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(Q_OS_LINUX)
        QSKIP("sanitizers stand in for every call of the system, and other systems name them otherwise");
#endif
        QCOMPARE(networkNamesIn(QStringLiteral(HALFTONE_CLI)), QList<QByteArray>());
    }
};

QTEST_GUILESS_MAIN(TestPrivacy)
#include "tst_privacy.moc"
