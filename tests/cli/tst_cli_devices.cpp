// SPDX-License-Identifier: GPL-3.0-or-later
// --device as scripts see it: the same file whatever computes.
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

namespace {

const QString kSample = QStringLiteral(SAMPLE_DIR "/fairytale-7m-f16.gguf");

struct Result {
    int code = -1;
    QByteArray out, err;
    QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

Result run(const QStringList& arguments)
{
    QProcess process;
    process.start(QStringLiteral(HALFTONE_CLI), QStringList(arguments) << QStringLiteral("--json"));
    process.waitForFinished(240'000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestCliDevices : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_name;  // of gpu:0

private Q_SLOTS:
    void initTestCase()
    {
        const Result found = run({"devices"});
        QCOMPARE(found.code, 0);
        const QJsonArray devices = found.json()["devices"].toArray();
        if (devices.isEmpty()) {
            QVERIFY(!found.json()["problem"].toString().isEmpty());
            QSKIP("no Vulkan device");
        }
        const QJsonObject first = devices.first().toObject();
        for (const char* key : {"device", "name", "kind", "driver", "vulkan", "memory_bytes", "free_bytes", "features"})
            QVERIFY2(first.contains(key), key);
        QCOMPARE(first["device"].toString(), QStringLiteral("gpu:0"));
        m_name = first["name"].toString();
    }

    void aFileIsTheSameWhateverComputes()
    {
        const QString cpu = m_folder.filePath("cpu.gguf"), gpu = m_folder.filePath("gpu.gguf");
        QCOMPARE(run({"quantize", kSample, cpu, "--preset", "Q4_K_M", "--device", "cpu"}).json()["device"].toString(),
                 QStringLiteral("CPU"));
        const Result result = run({"quantize", kSample, gpu, "--preset", "Q4_K_M", "--device", "gpu"});
        QVERIFY2(result.err.isEmpty(), result.err);
        QCOMPARE(result.json()["device"].toString(), m_name);
        QVERIFY(!contents(cpu).isEmpty());
        QVERIFY(contents(cpu) == contents(gpu));
    }

    void aTensorIsInspectedOnADevice()
    {
        const QString tensor = QStringLiteral("blk.0.ffn_up.weight");
        const QJsonObject cpu = run({"inspect", kSample, "--tensor", tensor}).json()["stats"].toObject();
        const QJsonObject gpu = run({"inspect", kSample, "--tensor", tensor, "--device", "gpu"}).json()["stats"].toObject();
        QCOMPARE(gpu["count"].toInt(), cpu["count"].toInt());
        QVERIFY(std::abs(gpu["std"].toDouble() - cpu["std"].toDouble()) <= 1e-3 * cpu["std"].toDouble());
    }

    void aDeviceKeepsThePastAsItIsAskedTo()
    {
        const QString text = m_folder.filePath("text.txt");
        QFile source(QStringLiteral(SAMPLE_DIR "/eval.txt")), target(text);
        QVERIFY(source.open(QIODevice::ReadOnly) && target.open(QIODevice::WriteOnly));
        target.write(source.read(700));
        target.close();
        constexpr double kRounded = 3e-5;  // what of the past is on the border between two numbers may round either way
        double last = 0;
        for (const QString kind : {"f16", "f32", "q8_0"}) {
            const auto measured = [&](const QString& device) {
                return run({"perplexity", kSample, "--text", text, "--ctx", "64", "--kv-type", kind, "--device", device});
            };
            const Result gpu = measured("gpu");
            QVERIFY2(gpu.err.contains("computes all"), gpu.err);
            const double there = gpu.json()["perplexity"].toDouble(), here = measured("cpu").json()["perplexity"].toDouble();
            const double most = kind == "q8_0" ? 16 * kRounded : kRounded;  // a byte of 127 is so much coarser than a half
            QVERIFY2(std::abs(there / here - 1) < most, qPrintable(QString("%1 is not %2").arg(there).arg(here)));
            QVERIFY(there != last);
            last = there;
        }
    }

    void aDeviceThatIsNotThereIsWrongUsage()
    {
        const Result result = run({"quantize", kSample, m_folder.filePath("x.gguf"), "--type", "Q8_0", "--device", "gpu:99"});
        QCOMPARE(result.code, 2);
        QVERIFY(result.err.contains("gpu:0"));
    }
};

QTEST_GUILESS_MAIN(TestCliDevices)
#include "tst_cli_devices.moc"
