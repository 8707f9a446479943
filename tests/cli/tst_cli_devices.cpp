// SPDX-License-Identifier: GPL-3.0-or-later
// --device as scripts see it: the same file whatever computes.
#include <QDir>
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

    void variantsAreMeasuredOnADevice()
    {
        const QStringList asked{"evaluate", kSample, "--recipes", "Q8_0", "Q4_K_M", "--text", QStringLiteral(SAMPLE_DIR "/eval.txt"),
                                "--ctx",    "128",   "--windows", "2"};
        const QJsonObject cpu = run(QStringList(asked) << "--device"
                                                       << "cpu")
                                    .json();
        const QJsonObject gpu = run(QStringList(asked) << "--device"
                                                       << "gpu")
                                    .json();
        QCOMPARE(cpu["device"].toString(), QStringLiteral("CPU"));
        QCOMPARE(gpu["device"].toString(), m_name);
        const auto of = [](const QJsonObject& evaluation, int variant) { return evaluation["variants"][variant].toObject(); };
        QVERIFY(of(gpu, 1)["device_layers"].toInt() > 0 && !of(cpu, 1).contains("device_layers"));
        const double there = of(gpu, 0)["perplexity"].toDouble(), here = of(cpu, 0)["perplexity"].toDouble();
        QVERIFY2(there > 1 && std::abs(there / here - 1) < 1e-4, qPrintable(QString::number(there / here - 1)));
        // The CPU rounds activations for packed weights, which costs a little more.
        const double kld = of(gpu, 2)["mean_kld"].toDouble();
        QVERIFY(kld > of(gpu, 1)["mean_kld"].toDouble() && kld > 0 && std::abs(kld / of(cpu, 2)["mean_kld"].toDouble() - 1) < 0.2);
    }

    void versionsWriteOnADevice()
    {
        const QStringList asked{"compare",          kSample, "--recipes", "Q4_K_M",        "--prompt",
                                "Once upon a time", "-n",    "12",        "--temperature", "0"};
        const Result cpu = run(QStringList(asked) << "--device"
                                                  << "cpu"),
                     gpu = run(QStringList(asked) << "--device"
                                                  << "gpu");
        QCOMPARE(gpu.code, 0);
        QVERIFY2(gpu.err.contains(m_name.toUtf8()), gpu.err);
        QVERIFY(!cpu.err.contains(m_name.toUtf8()));
        const auto original = [](const Result& result) { return result.json()["variants"][0]["text"].toString(); };
        QVERIFY(!original(gpu).isEmpty());
        QCOMPARE(original(gpu), original(cpu));
    }

    void aCommandWithoutADeviceSaysSo()
    {
        const Result result = run({"compress", kSample, "--device", "gpu"});
        QCOMPARE(result.code, 2);
        QVERIFY(result.err.contains("CPU alone"));
        QProcess help;
        help.start(QStringLiteral(HALFTONE_CLI), {"compress", "--help"});
        QVERIFY(help.waitForFinished());
        QVERIFY(help.readAllStandardOutput().contains("compress computes on the CPU alone"));
    }

    void speedsStandBesideWhatTheDeviceAllows()
    {
        const QJsonObject result = run({"bench", kSample, "--types", "Q8_0", "--device", "gpu"}).json();
        QCOMPARE(result["device"].toString(), m_name);
        for (const char* key : {"memory_bandwidth_gb_per_s", "device_bandwidth_gb_per_s", "to_device_gb_per_s", "from_device_gb_per_s"})
            QVERIFY2(result[QLatin1String(key)].toDouble() > 0, key);
        const QJsonObject row = result["types"].toArray().at(0).toObject();
        QVERIFY(row["on_device"].toBool());
        QVERIFY(row["decode_tokens_per_s"].toDouble() > 0 && row["prompt_tokens_per_s"].toDouble() > 0);
        const double share =
            row["decode_tokens_per_s"].toDouble() * row["bytes"].toDouble() / 1e9 / result["device_bandwidth_gb_per_s"].toDouble();
        QVERIFY(std::abs(row["decode_share_of_bound"].toDouble() / share - 1) < 1e-9);
    }

    void theCpuHasNoWayToADevice()
    {
        const QJsonObject result = run({"bench", kSample, "--types", "Q8_0", "--device", "cpu"}).json();
        QCOMPARE(result["device"].toString(), QStringLiteral("CPU"));
        QVERIFY(!result.contains("device_bandwidth_gb_per_s"));
        QVERIFY(!result["types"].toArray().at(0).toObject()["on_device"].toBool());
    }

    void speedsAreKeptForEachDevice()
    {
        qputenv("XDG_CACHE_HOME", m_folder.filePath("cache").toUtf8());
        const auto planned = [&](const QString& device) {
            return run({"plan", kSample, "--types", "Q8_0,Q4_0", "--size", "90MB", "--speed", "--device", device, "-o",
                        m_folder.filePath("r.json")})
                .json();
        };
        const QJsonObject cpu = planned("cpu"), gpu = planned("gpu");
        QCOMPARE(cpu["speeds_device"].toString(), QStringLiteral("CPU"));
        QCOMPARE(gpu["speeds_device"].toString(), m_name);
        QVERIFY(gpu["tokens_per_second"].toDouble() > 0);
        QVERIFY(gpu["speeds"] != cpu["speeds"]);
        QCOMPARE(QDir(m_folder.filePath("cache/halftone")).entryList({"speeds-*.json"}).size(), 2);
        QCOMPARE(planned("gpu")["speeds"], gpu["speeds"]);  // read, not measured again
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
