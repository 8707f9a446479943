// SPDX-License-Identifier: GPL-3.0-or-later
// The command line as scripts see it: JSON keys, exit codes, one-line errors.
#include "tests/format/gguf_bytes.h"
#include "tests/format/hf_folder.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <csignal>

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
    process.start(QStringLiteral(HALFTONE_CLI), arguments);
    process.waitForFinished(240'000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

Result runJson(QStringList arguments)
{
    return run(arguments << QStringLiteral("--json") << QStringLiteral("--quiet"));
}

QStringList missing(const QJsonObject& object, const QStringList& keys)
{
    QStringList absent;
    for (const QString& key : keys)
        if (!object.contains(key))
            absent << key;
    return absent;
}

}  // namespace

class TestCli : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString path(const QString& name) const { return m_folder.filePath(name); }

    QString shortText()
    {
        QFile all(QStringLiteral(SAMPLE_DIR "/eval.txt"));
        QFile part(path(QStringLiteral("short.txt")));
        if (all.open(QIODevice::ReadOnly) && part.open(QIODevice::WriteOnly))
            part.write(all.read(6000));
        return part.fileName();
    }

private Q_SLOTS:
    void evaluateMeasuresSeveralVariantsAtOnce()
    {
        const QString report = path(QStringLiteral("report.html")), csv = path(QStringLiteral("table.csv")), store = path(QStringLiteral("store.sqlite"));
        const QStringList arguments{QStringLiteral("evaluate"), kSample, QStringLiteral("--text"), shortText(), QStringLiteral("--ctx"), QStringLiteral("128"), QStringLiteral("--recipes"), QStringLiteral("Q8_0"), QStringLiteral("Q4_K_M"), QStringLiteral("--report"), report, QStringLiteral("--csv"), csv, QStringLiteral("--store"), store};
        const Result first = runJson(arguments);
        QVERIFY2(first.code == 0, first.err);
        const auto variants = first.json()[QStringLiteral("variants")].toArray();
        QCOMPARE(variants.size(), 3);
        QCOMPARE(missing(variants[2].toObject(), {QStringLiteral("name"), QStringLiteral("bytes"), QStringLiteral("bits_per_weight"), QStringLiteral("perplexity"), QStringLiteral("perplexity_error"), QStringLiteral("mean_kld"), QStringLiteral("median_kld"), QStringLiteral("p99_kld"), QStringLiteral("max_kld"), QStringLiteral("top1_agreement"), QStringLiteral("top5_agreement"), QStringLiteral("ece"), QStringLiteral("ms_per_token")}), QStringList());
        QVERIFY(variants[2].toObject()[QStringLiteral("mean_kld")].toDouble() > variants[1].toObject()[QStringLiteral("mean_kld")].toDouble());
        QFile page(report), table(csv);
        QVERIFY(page.open(QIODevice::ReadOnly) && table.open(QIODevice::ReadOnly));
        QCOMPARE(table.readAll().count('\n'), 4);
        const QByteArray html = page.readAll();
        QVERIFY(html.contains("Q4_K_M") && !html.contains(m_folder.path().toUtf8()));
        QCOMPARE(runJson(arguments).json()[QStringLiteral("variants")], first.json()[QStringLiteral("variants")]);  // all from the store
    }

    void evaluateSaysWhatContextWouldFit()
    {
        const Result tooLong = run({QStringLiteral("evaluate"), kSample, QStringLiteral("--text"), shortText(), QStringLiteral("--ctx"), QStringLiteral("1000000")});
        QCOMPARE(tooLong.code, 2);
        QVERIFY2(tooLong.err.contains("or less"), tooLong.err);
    }

    void inspectListsEveryTensor()
    {
        const auto result = runJson({"inspect", kSample});
        QCOMPARE(result.code, 0);
        const auto json = result.json();
        QCOMPARE(missing(json, {"file", "format", "architecture", "name", "parameters", "bytes", "bits_per_weight", "metadata", "tensors"}), QStringList());
        QCOMPARE(json["parameters"].toInt(), 7344384);
        QCOMPARE(json["architecture"].toString(), QStringLiteral("llama"));
        const auto tensor = json["tensors"].toArray()[0].toObject();
        QCOMPARE(missing(tensor, {"name", "shape", "type", "bytes", "layer", "role"}), QStringList());
    }

    void inspectOneTensorCountsAllItsWeights()
    {
        const auto json = runJson({"inspect", kSample, "--tensor", "blk.0.ffn_down.weight"}).json();
        const auto stats = json["stats"].toObject();
        QCOMPARE(missing(stats, {"min", "max", "mean", "std", "abs_max", "kurtosis", "zeros", "count"}), QStringList());
        QCOMPARE(stats["count"].toInt(), 196608);
        int sum = 0;
        for (const auto& count : json["histogram"].toObject()["counts"].toArray())
            sum += count.toInt();
        QCOMPARE(sum, 196608);
    }

    void inspectTellsChannelsAndSpectrumOfATensor()
    {
        const auto json = runJson({"inspect", kSample, "--tensor", "blk.0.ffn_down.weight", "--channels", "--spectrum"}).json();
        const auto columns = json["channels"].toObject()["columns"].toObject();
        QCOMPARE(missing(columns, {"count", "median_mean", "median_max", "outliers", "by_mean", "by_max"}), QStringList());
        QCOMPARE(columns["count"].toInt(), 768);
        const auto top = columns["by_max"].toArray();
        QCOMPARE(top[0].toObject()["max"].toDouble(), json["stats"].toObject()["abs_max"].toDouble());
        const auto spectrum = json["spectrum"].toObject();
        QCOMPARE(missing(spectrum, {"count", "energy", "exact", "values", "k50", "k90", "k99"}), QStringList());
        QCOMPARE(spectrum["values"].toArray().size(), 256);
        // The energy is the sum of squares, which the statistics tell too.
        const auto stats = json["stats"].toObject();
        const double squares = (std::pow(stats["std"].toDouble(), 2) + std::pow(stats["mean"].toDouble(), 2)) * stats["count"].toDouble();
        QVERIFY(std::abs(spectrum["energy"].toDouble() / squares - 1) < 1e-6);
        QVERIFY(spectrum["k50"].toInt() < spectrum["k90"].toInt() && spectrum["k90"].toInt() < spectrum["k99"].toInt());
    }

    void quantizeSaysTheExactSize()
    {
        const QString out = path("q.gguf");
        const auto result = runJson({"quantize", kSample, out, "--preset", "Q4_K_M"});
        QCOMPARE(result.code, 0);
        QCOMPARE(missing(result.json(), {"out", "bytes", "bits_per_weight", "seconds", "tensors"}), QStringList());
        QCOMPARE(result.json()["bytes"].toInteger(), QFileInfo(out).size());
        QVERIFY(result.json()["verified"].toBool());
        QVERIFY(result.json()["tensor_hash"].toString().startsWith("xxh3-128:"));
        QVERIFY(!runJson({"quantize", kSample, out, "--preset", "Q4_K_M", "--no-verify"}).json()["verified"].toBool());
        QCOMPARE(missing(result.json()["tensors"].toArray()[0].toObject(), {"name", "type", "bytes", "rmse"}), QStringList());
    }

    void convertKeepsWhatIsThere()
    {
        const QString out = path("copy.gguf");
        const auto result = runJson({"convert", kSample, out});
        QCOMPARE(result.code, 0);
        QCOMPARE(missing(result.json(), {"out", "bytes"}), QStringList());
        QCOMPARE(result.json()["bytes"].toInteger(), QFileInfo(out).size());
        QFile source(kSample), copy(out);
        QVERIFY(source.open(QIODevice::ReadOnly) && copy.open(QIODevice::ReadOnly));
        QVERIFY(source.readAll() == copy.readAll());
        QCOMPARE(runJson({"convert", kSample, path("full.gguf"), "--type", "f32"}).code, 0);
        QCOMPARE(runJson({"inspect", path("full.gguf")}).json()["tensors"].toArray()[0].toObject()["type"].toString(), QStringLiteral("F32"));
        QCOMPARE(run({"convert", kSample, path("x.gguf"), "--type", "Q4_0"}).code, 2);
    }

    void aHuggingFaceFolderIsAModel()
    {
        const QString folder = path("tiny");
        QVERIFY(QDir().mkpath(folder));
        HfFolder(folder.toStdString()).putLlama();
        const auto json = runJson({"inspect", folder}).json();
        QCOMPARE(json["format"].toString(), QStringLiteral("safetensors"));
        QCOMPARE(json["architecture"].toString(), QStringLiteral("llama"));
        QVERIFY(json["warnings"].toArray().isEmpty());
        const QString out = path("tiny.gguf");
        QCOMPARE(run({"convert", folder, out, "--type", "F16"}).code, 0);
        QCOMPARE(runJson({"tokenize", out, "--text", "abc"}).json()["ids"], runJson({"tokenize", folder, "--text", "abc"}).json()["ids"]);
        QCOMPARE(run({"quantize", folder, folder + "/model.safetensors", "--type", "Q8_0"}).code, 2);
        QCOMPARE(run({"quantize", folder, folder + "/config.json", "--type", "Q8_0"}).code, 2);
    }

    void overrideDecidesForMatchingTensors()
    {
        const auto json = runJson({"quantize", kSample, path("o.gguf"), "--type", "Q4_K", "--override", "ffn_down=Q6_K"}).json();
        int seen = 0;
        for (const auto& value : json["tensors"].toArray()) {
            const auto tensor = value.toObject();
            const QString name = tensor["name"].toString();
            if (name.contains("ffn_down") || name.contains("ffn_up")) {
                QCOMPARE(tensor["type"].toString(), name.contains("ffn_down") ? QStringLiteral("Q6_K") : QStringLiteral("Q4_K"));
                ++seen;
            }
        }
        QCOMPARE(seen, 16);
    }

    void sourceIsNeverOverwritten()
    {
        const QString own = path("own.gguf");
        QVERIFY(QFile::copy(kSample, own));
        const QString link = path("link.gguf");
        QVERIFY(QFile::link(own, link));
        for (const QString& destination : {own, link}) {
            const auto result = run({"quantize", own, destination, "--preset", "Q4_0"});
            QCOMPARE(result.code, 2);
            QCOMPARE(result.err.count('\n'), 1);
        }
        QCOMPARE(QFileInfo(own).size(), QFileInfo(kSample).size());
    }

    void brokenInputIsExitThreeInOneLine_data()
    {
        QTest::addColumn<QByteArray>("content");
        QFile sample(kSample);
        QVERIFY(sample.open(QIODevice::ReadOnly));
        QTest::newRow("truncated") << sample.read(5000);
        QTest::newRow("text") << QByteArray("Once upon a time there was a file that was no model.\n");
        QTest::newRow("empty") << QByteArray();
    }
    void brokenInputIsExitThreeInOneLine()
    {
        QFETCH(QByteArray, content);
        const QString name = path("broken.gguf");
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        const auto result = run({"inspect", name});
        QCOMPARE(result.code, 3);
        QCOMPARE(result.err.count('\n'), 1);
        QVERIFY(result.err.startsWith("halftone-cli: "));
        QVERIFY(result.err.contains("broken.gguf"));
    }

    void folderIsRefusedWithASentence()
    {
        const auto result = run({"inspect", m_folder.path()});
        QCOMPARE(result.code, 3);
        QVERIFY(result.err.contains("folder"));
    }

    void wrongUsageIsExitTwo_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("nothing") << QStringList();
        QTest::newRow("unknown command") << QStringList{"melt", kSample};
        QTest::newRow("no model") << QStringList{"quantize"};
        QTest::newRow("no recipe") << QStringList{"quantize", kSample, path("x.gguf")};
        QTest::newRow("two recipes") << QStringList{"quantize", kSample, path("x.gguf"), "--type", "Q4_0", "--preset", "Q4_0"};
        QTest::newRow("unknown preset") << QStringList{"quantize", kSample, path("x.gguf"), "--preset", "Q9_X"};
        QTest::newRow("bad override") << QStringList{"quantize", kSample, path("x.gguf"), "--type", "Q4_0", "--override", "Q4_0"};
        QTest::newRow("bad pattern") << QStringList{"quantize", kSample, path("x.gguf"), "--type", "Q4_0", "--override", "(=Q4_0"};
        QTest::newRow("bench of no type") << QStringList{"bench", kSample, "--types", "Q9_X"};
        QTest::newRow("importance of nothing") << QStringList{"imatrix"};
        QTest::newRow("importance shown and collected") << QStringList{"imatrix", kSample, "--show", kSample};
        QTest::newRow("importance to nowhere") << QStringList{"imatrix", kSample, "--text", kSample};
        QTest::newRow("two budgets") << QStringList{"plan", kSample, "--size", "4MB", "--bpw", "4", "-o", path("x.gguf")};
        QTest::newRow("no size") << QStringList{"plan", kSample, "--size", "4 potatoes", "-o", path("x.gguf")};
        QTest::newRow("outputs without a text") << QStringList{"sensitivity", kSample, "--level", "output", "-o", path("x.gguf")};
        QTest::newRow("spectrum of no tensor") << QStringList{"inspect", kSample, "--spectrum"};
        QTest::newRow("no such expert") << QStringList{"inspect", kSample, "--tensor", "output_norm.weight", "--expert", "1"};
        QTest::newRow("no such tensor") << QStringList{"inspect", kSample, "--tensor", "nose"};
    }
    void wrongUsageIsExitTwo()
    {
        QFETCH(QStringList, arguments);
        const auto result = run(arguments);
        QCOMPARE(result.code, 2);
        QVERIFY(!result.err.trimmed().isEmpty());
        QVERIFY(!QFile::exists(path("x.gguf")));
    }

    void missingFolderIsExitFour()
    {
        const auto result = run({"quantize", kSample, path("nowhere/x.gguf"), "--preset", "Q4_0"});
        QCOMPARE(result.code, 4);
    }

    void tokenizeAddsTheBeginning()
    {
        const auto json = runJson({"tokenize", kSample, "--text", "Once upon a time"}).json();
        QCOMPARE(json["ids"].toArray(), (QJsonArray{4094, 2540, 673, 258, 531}));
        QCOMPARE(json["pieces"].toArray().size(), 5);
        const auto bare = runJson({"tokenize", kSample, "--no-bos", "--text", ""}).json();
        QVERIFY(bare["ids"].toArray().isEmpty());
    }

    void tokenizeTellsWhetherTheOriginalsTokenizerAgrees()
    {
        const auto alone = runJson({"tokenize", kSample, "--check"}).json();
        QCOMPARE(missing(alone, {"source", "kind", "pre_tokenizer", "certain", "vocabulary", "adds_bos", "chat_template", "check"}), QStringList());
        QCOMPARE(alone["vocabulary"].toInt(), 4096);
        QVERIFY(alone["check"].isNull());
        const QString folder = path("checked"), file = folder + QStringLiteral("/tiny.gguf");
        QVERIFY(QDir().mkpath(folder));
        const HfFolder original(folder.toStdString());
        original.putLlama();
        QCOMPARE(run({"convert", folder, file, "--type", "F16"}).code, 0);
        QVERIFY(runJson({"tokenize", file, "--check"}).json()["check"].toObject()["agrees"].toBool());
        auto tokenizer = HfFolder::tokenizer();
        tokenizer["model"]["merges"] = {"ab c", "a b"};
        original.put("tokenizer.json", tokenizer);
        const auto check = runJson({"tokenize", file, "--check"}).json()["check"].toObject();
        QVERIFY(!check["agrees"].toBool());
        QCOMPARE(check["differences"].toArray()[0].toObject()["aspect"].toString(), QStringLiteral("merges"));
        QCOMPARE(check["differences"].toArray()[0].toObject()["count"].toInt(), 2);
    }

    void aGraphicsDeviceWritesTheSameText()
    {
        const QStringList arguments{"generate", kSample, "--prompt", "The wizard took Dorothy", "-n", "12"};
        const Result gpu = runJson(arguments + QStringList{"--device", "gpu"});
        if (gpu.code == 4)
            QSKIP(gpu.err);
        QVERIFY2(gpu.code == 0, gpu.err);
        QCOMPARE(gpu.json()["text"].toString(), runJson(arguments + QStringList{"--device", "cpu"}).json()["text"].toString());
        const Result beyond = run(arguments + QStringList{"--device", "gpu:1000"});
        QCOMPARE(beyond.code, 2);
        QVERIFY2(beyond.err.contains("no graphics device 1000"), beyond.err);
    }

    void commandsWithoutWorkForAGraphicsDeviceSaySo()
    {
        const Result result = run({"tokenize", kSample, "--text", "a", "--device", "gpu"});
        QCOMPARE(result.code, 2);
        QVERIFY2(result.err.contains("tokenize computes on the CPU alone"), result.err);
        QCOMPARE(run({"inspect", kSample, "--device", "gpu:"}).code, 2);
        QCOMPARE(run({"inspect", kSample, "--device", "auto"}).code, 0);
    }

    void generateIsReproducible()
    {
        const QStringList arguments{"generate", kSample, "--prompt", "The wizard took Dorothy", "-n", "12", "--temperature", "0.8", "--seed", "7"};
        const auto first = runJson(arguments).json();
        QCOMPARE(missing(first, {"text", "ids", "tokens_per_second", "prompt_tokens_per_second"}), QStringList());
        QCOMPARE(first["ids"].toArray().size(), 12);
        QCOMPARE(runJson(QStringList(arguments) << "--threads" << "1").json()["ids"], first["ids"]);
    }

    void theCacheMayHaveFewerBits()
    {
        const QStringList text{"--text", shortText(), "--ctx", "128"};
        const auto itself = [&](const QString& kind) {
            return runJson(QStringList{"divergence", kSample, kSample, "--kv-type", kind} + text).json()["mean_kld"].toDouble();
        };
        QCOMPARE(itself("f16"), 0.0);
        const double bytes = itself("q8_0");
        QVERIFY(bytes > itself("f32") && bytes < 0.01);
        const auto halves = runJson(QStringList{"perplexity", kSample} + text),
                   fewer = runJson(QStringList{"perplexity", kSample, "--kv-type", "q8_0"} + text);
        QVERIFY(std::abs(fewer.json()["nll"].toDouble() / halves.json()["nll"].toDouble() - 1) < 0.01);
        QVERIFY(fewer.json()["nll"] != halves.json()["nll"]);
        QVERIFY(!runJson({"generate", kSample, "--prompt", "Once", "-n", "8", "--kv-type", "q8_0"}).json()["text"].toString().isEmpty());
        QCOMPARE(run({"generate", kSample, "--prompt", "Once", "--kv-type", "q4_0"}).code, 2);
        const auto named =
            runJson(QStringList{"evaluate", kSample, "--recipes", "Q8_0", "--kv-type", "q8_0", "--windows", "1"} + text).json();
        QCOMPARE(named["variants"].toArray()[1].toObject()["name"].toString(), QStringLiteral("Q8_0, KV q8_0"));
    }

    void aPromptTooLongIsRefusedBeforeAnythingIsMade_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("generate") << QStringList{"generate", kSample, "--recipe", "Q4_K_M"};
        QTest::newRow("compare") << QStringList{"compare", kSample};
        QTest::newRow("family") << QStringList{"family", kSample, path("family"), "--text", shortText()};
    }
    void aPromptTooLongIsRefusedBeforeAnythingIsMade()
    {
        QFETCH(QStringList, arguments);
        const auto refused = run(arguments << "--prompt" << QString("once ").repeated(1200));
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("at most 511 tokens") && !refused.err.contains("quantizing"), refused.err);
        QVERIFY(!QFile::exists(path("family")));
    }

    void perplexityAndDivergenceMeasure()
    {
        const QString text = shortText();
        const auto perplexity = runJson({"perplexity", kSample, "--text", text, "--ctx", "128", "--windows", "3"}).json();
        QCOMPARE(missing(perplexity, {"perplexity", "nll", "tokens", "seconds"}), QStringList());
        QVERIFY(perplexity["perplexity"].toDouble() > 10 && perplexity["perplexity"].toDouble() < 200);
        const auto divergence = runJson({"divergence", kSample, "--recipe", "Q4_K_M", "--text", text, "--ctx", "128", "--windows", "3"}).json();
        QCOMPARE(missing(divergence, {"mean_kld", "p99_kld", "max_kld", "top1_agreement", "base_perplexity", "perplexity"}), QStringList());
        QCOMPARE(divergence["base_perplexity"].toDouble(), perplexity["perplexity"].toDouble());
        QVERIFY(divergence["mean_kld"].toDouble() > 0);
    }

    void importanceIsCollectedMergedShownAndUsed()
    {
        const QString text = shortText(), one = path("one.gguf"), merged = path("merged.gguf"), out = path("weighted.gguf");
        const auto made = runJson({"imatrix", kSample, "--text", text, "-o", one, "--ctx", "128", "--chunks", "5"});
        QCOMPARE(made.code, 0);
        QCOMPARE(missing(made.json(), {"out", "chunks", "tokens"}), QStringList());
        QCOMPARE(made.json()["tokens"].toInt(), 5 * 128);
        QCOMPARE(runJson({"imatrix", "--merge", one, one, "-o", merged}).json()["chunks"].toInt(), 10);
        const auto shown = runJson({"imatrix", "--show", merged}).json();
        QCOMPARE(shown["datasets"].toArray(), (QJsonArray{"short.txt"}));
        QCOMPARE(shown["tensors"].toArray().size(), 8 * 7);
        const auto written = runJson({"quantize", kSample, out, "--preset", "Q4_0", "--imatrix", merged});
        QCOMPARE(written.code, 0);
        QCOMPARE(written.json()["bytes"].toInteger(), QFileInfo(out).size());
        QCOMPARE(runJson({"verify", kSample, out, "--imatrix", merged}).code, 0);
        QCOMPARE(runJson({"verify", kSample, out}).code, 3);
        const auto metadata = runJson({"inspect", out}).json()["metadata"].toObject();
        QCOMPARE(metadata["quantize.imatrix.file"].toString(), QStringLiteral("merged.gguf"));
        QCOMPARE(metadata["quantize.imatrix.dataset"].toString(), QStringLiteral("short.txt"));
        QCOMPARE(metadata["quantize.imatrix.chunks_count"].toInt(), 10);

        const QStringList measure{"--text", text, "--ctx", "128", "--windows", "3"};
        const auto file = runJson(QStringList{"divergence", kSample, out} + measure).json();
        const auto preview = runJson(QStringList{"divergence", kSample, "--recipe", "Q4_0", "--imatrix", merged} + measure).json();
        const auto plain = runJson(QStringList{"divergence", kSample, "--recipe", "Q4_0"} + measure).json();
        QCOMPARE(preview["mean_kld"].toDouble(), file["mean_kld"].toDouble());
        QVERIFY(plain["mean_kld"].toDouble() != file["mean_kld"].toDouble());
    }

    void aConversationBecomesThePromptOfATemplate()
    {
        const auto write = [this](const char* name, const QByteArray& content) {
            QFile file(path(name));
            return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
        };
        QVERIFY(write("messages.json", R"([{"role": "user", "content": "Who goes there?"}])"));
        QVERIFY(write("template.jinja", "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"));
        const auto prompt = runJson({"chat", kSample, "--messages", path("messages.json"), "--template", path("template.jinja")});
        QCOMPARE(prompt.code, 0);
        QCOMPARE(prompt.json()["prompt"].toString(), QStringLiteral("<user>Who goes there?<assistant>"));
        QVERIFY(prompt.json()["ids"].toArray().size() > 3);

        QCOMPARE(run({"chat", kSample, "--messages", path("messages.json")}).code, 3);   // the sample has no template
        QVERIFY(write("messages.json", "{broken"));
        const auto broken = run({"chat", kSample, "--messages", path("messages.json"), "--template", path("template.jinja")});
        QCOMPARE(broken.code, 3);
        QVERIFY2(broken.err.contains("messages.json"), broken.err.constData());
    }

    void verifyTellsAGoodFileFromADamagedOne()
    {
        const QString out = path("verified.gguf");
        QCOMPARE(runJson({"quantize", kSample, out, "--preset", "Q4_K_M"}).code, 0);
        const auto good = runJson({"verify", kSample, out});
        QCOMPARE(good.code, 0);
        QCOMPARE(missing(good.json(), {"ok", "first_difference", "tensors"}), QStringList());
        QVERIFY(good.json()["ok"].toBool());
        QVERIFY(good.json()["first_difference"].isNull());
        QCOMPARE(missing(good.json()["tensors"].toArray()[0].toObject(), {"name", "rmse", "snr_db", "cosine"}), QStringList());
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() - 2000));
        char byte = 0;
        QVERIFY(file.peek(&byte, 1) == 1);
        byte = char(byte ^ 16);
        QCOMPARE(file.write(&byte, 1), qint64(1));
        file.close();
        const auto bad = runJson({"verify", kSample, out});
        QCOMPARE(bad.code, 3);
        QVERIFY(!bad.json()["ok"].toBool());
        QVERIFY(bad.json()["first_difference"].toString().startsWith("tensor "));
        QCOMPARE(bad.err.count('\n'), 1);
    }

    void verifyComparesAFileAloneWithTheHashItHolds()
    {
        const QString out = path("alone.gguf");
        const QString hash = runJson({"quantize", kSample, out, "--preset", "Q4_K_M"}).json()["tensor_hash"].toString();
        const auto good = runJson({"verify", out});
        QCOMPARE(good.code, 0);
        QVERIFY(good.json()["ok"].toBool());
        QCOMPARE(good.json()["tensor_hash"].toString(), hash);
        QCOMPARE(good.json()["stored_tensor_hash"].toString(), hash);
        QVERIFY(run({"verify", out}).out.contains("as its metadata say"));
        QVERIFY(runJson({"verify", kSample}).json()["stored_tensor_hash"].isNull());
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(file.size() - 2000));
        char byte = 0;
        QVERIFY(file.peek(&byte, 1) == 1);
        byte = char(byte ^ 16);
        QCOMPARE(file.write(&byte, 1), qint64(1));
        file.close();
        const auto bad = runJson({"verify", out});
        QCOMPARE(bad.code, 3);
        QVERIFY(!bad.json()["ok"].toBool());
        QCOMPARE(bad.err.count('\n'), 1);
    }

    void diffListsWhatDiffers()
    {
        const QString out = path("diff.gguf");
        QCOMPARE(runJson({"quantize", kSample, out, "--preset", "Q4_K_M"}).code, 0);
        const auto json = runJson({"diff", kSample, out}).json();
        QStringList keys;
        for (const auto& entry : json["metadata"].toArray())
            keys << entry.toObject()["key"].toString();
        QCOMPARE(keys, (QStringList{"general.file_type", "halftone.recipe", "halftone.tensor_hash"}));
        const auto tensor = json["tensors"].toArray()[0].toObject();
        QCOMPARE(missing(tensor, {"name", "shape", "type_a", "type_b", "rmse"}), QStringList());
        QCOMPARE(tensor["type_a"].toString(), QStringLiteral("F16"));
        QCOMPARE(tensor["type_b"].toString(), QStringLiteral("Q6_K"));
        QVERIFY(run({"diff", kSample, kSample}).out.contains("74 tensors are the same"));
    }

    void benchMeasuresTheTypesNamed()
    {
        const auto result = runJson({"bench", kSample, "--types", "Q8_0", "q4_k", "F16"});
        QCOMPARE(result.code, 0);
        const auto json = result.json();
        QVERIFY(json["memory_bandwidth_gb_per_s"].toDouble() > 0);
        const auto types = json["types"].toArray();
        QCOMPARE(types.size(), 3);
        for (const auto& value : types) {
            const auto type = value.toObject();
            QCOMPARE(missing(type, {"type", "quantize_mb_per_s", "decode_tokens_per_s", "prompt_tokens_per_s"}), QStringList());
            QVERIFY(type["decode_tokens_per_s"].toDouble() > 0 && type["prompt_tokens_per_s"].toDouble() > 0);
        }
        QCOMPARE(types[1].toObject()["type"].toString(), QStringLiteral("Q4_K"));
        QVERIFY(types[0].toObject()["quantize_mb_per_s"].toDouble() > 0);
        QVERIFY(types[2].toObject()["quantize_mb_per_s"].isNull());   // the sample is F16
    }

    void compressSaysWhatIsInformation()
    {
        const QString out = path("packed.gguf");
        QCOMPARE(runJson({"quantize", kSample, out, "--preset", "Q4_K_M"}).code, 0);
        const auto tensors = runJson({"compress", out}).json()["tensors"].toArray();
        QCOMPARE(tensors.size(), 74);
        for (const auto& value : tensors) {
            const auto tensor = value.toObject();
            QCOMPARE(missing(tensor, {"name", "type", "entropy_bits", "entropy_of", "zstd_ratio"}), QStringList());
            QVERIFY(tensor["entropy_bits"].toDouble() > 0 && tensor["entropy_bits"].toDouble() < tensor["bits_per_weight"].toDouble());
            QCOMPARE(tensor["entropy_of"].toString(), tensor["type"].toString() == "F32" ? QStringLiteral("bytes") : QStringLiteral("codes"));
        }
    }

    void quantizingTwiceHasToBeAskedFor()
    {
        const QString once = path("once.gguf"), twice = path("twice.gguf");
        QCOMPARE(run({"quantize", kSample, once, "--type", "Q8_0"}).code, 0);
        const auto refused = run({"quantize", once, twice, "--preset", "Q4_K_M"});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.err.contains("57 tensors are quantized already"));
        QVERIFY(!QFile::exists(twice));
        const auto allowed = run({"quantize", once, twice, "--preset", "Q4_K_M", "--requantize"});
        QCOMPARE(allowed.code, 0);
        QVERIFY(allowed.err.contains("warning: 57 tensors are quantized already"));
        QCOMPARE(run({"quantize", once, path("same.gguf"), "--type", "Q8_0"}).code, 0);
    }

    void importanceNeverOverwritesItsText()
    {
        const QString text = shortText();
        const auto size = QFileInfo(text).size();
        QCOMPARE(run({"imatrix", kSample, "--text", text, "-o", text, "--ctx", "128"}).code, 2);
        QCOMPARE(QFileInfo(text).size(), size);
    }

    void aModelWithoutTokenizerIsNamed()
    {
        GgufBytes bytes;
        bytes.header(0, 1).pair("general.architecture", "llama").pad();
        QFile file(path("plain.gguf"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes.string().data(), qint64(bytes.size()));
        file.close();
        for (const QStringList& command : {QStringList{"tokenize", file.fileName(), "--text", "x"},
                                           {"generate", file.fileName(), "--prompt", "x"},
                                           {"perplexity", file.fileName(), "--text", shortText()},
                                           {"compare", file.fileName(), "--prompt", "x"}}) {
            const auto result = run(command);
            QCOMPARE(result.code, 3);
            QVERIFY2(result.err.contains("plain.gguf: the file holds no tokenizer"), result.err);
        }
    }

    void textShorterThanAWindowIsRefused()
    {
        QFile text(path("tiny.txt"));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write("Too short.");
        text.close();
        const QStringList behind{"--text", text.fileName()};
        for (const QStringList& command : {QStringList{"perplexity", kSample},
                                           {"divergence", kSample, "--recipe", "Q4_K_M"},
                                           {"evaluate", kSample},
                                           {"imatrix", kSample, "-o", path("none")},
                                           {"sensitivity", kSample, "-o", path("none")},
                                           {"family", kSample, path("none"), "--prompt", "Once"}}) {
            const auto result = run(command + behind);
            QCOMPARE(result.code, 2);
            QVERIFY2(result.err.contains("a context of at most "), result.err);
            QVERIFY(!QFile::exists(path("none")));
        }
    }

    void comparePutsTheOriginalFirst()
    {
        const auto json = runJson({"compare", kSample, "--recipes", "Q8_0", "Q2_K", "--prompt", "Once upon a time", "-n", "8"}).json();
        const auto variants = json["variants"].toArray();
        QCOMPARE(variants.size(), 3);
        QCOMPARE(missing(variants[0].toObject(), {"name", "bytes", "text", "first_difference", "tokens_per_second"}), QStringList());
        QCOMPARE(variants[0].toObject()["name"].toString(), QStringLiteral("original"));
        QCOMPARE(variants[0].toObject()["first_difference"].toInt(), -1);
        QVERIFY(variants[2].toObject()["bytes"].toInt() < variants[1].toObject()["bytes"].toInt());
    }

    void sensitivityIsMeasuredOnceAndKept()
    {
        const QString figures = path("w.json");
        const QStringList arguments{"sensitivity", kSample, "--types", "Q2_K,Q4_K", "Q8_0", "-o", figures};
        const auto json = runJson(arguments).json();
        QCOMPARE(json["level"].toString(), QStringLiteral("weights"));
        const auto tensors = json["tensors"].toArray();
        QCOMPARE(tensors.size(), 57 * 3);
        QCOMPARE(missing(tensors[0].toObject(), {"name", "type", "error"}), QStringList());
        QFile file(figures);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray kept = file.readAll();
        QCOMPARE(QJsonDocument::fromJson(kept).object()["tensors"].toArray().size(), 57 * 3);
        const auto again = run(arguments);
        QVERIFY(again.err.contains("going on from the 171 figures"));
        file.seek(0);
        QCOMPARE(file.readAll(), kept);
    }

    void planMeetsItsBudgetToTheByte_data()
    {
        QTest::addColumn<QStringList>("budget");
        QTest::newRow("size") << QStringList{"--size", "4MB"};
        QTest::newRow("bits per weight") << QStringList{"--bpw", "4.5"};
        QTest::newRow("divergence") << QStringList{"--max-kld", "0.01"};
    }
    void planMeetsItsBudgetToTheByte()
    {
        QFETCH(QStringList, budget);
        const QString recipe = path("r.json"), out = path("planned.gguf");
        const auto plan = runJson(QStringList{"plan", kSample, "--types", "Q2_K,Q3_K,Q4_K,Q5_K,Q6_K,Q8_0", "-o", recipe} + budget);
        QCOMPARE(plan.code, 0);
        const auto json = plan.json();
        QCOMPARE(missing(json, {"bytes", "bits_per_weight", "predicted_kld", "predicted_kld_low", "predicted_kld_high", "level", "reasons", "tensors"}), QStringList());
        QCOMPARE(json["level"].toString(), QStringLiteral("weights"));
        const auto written = runJson({"quantize", kSample, out, "--recipe", recipe}).json();
        QCOMPARE(json["bytes"].toInteger(), QFileInfo(out).size());
        QCOMPARE(json["bits_per_weight"].toDouble(), written["bits_per_weight"].toDouble());
        if (budget[0] == "--size")
            QVERIFY(json["bytes"].toInteger() <= 4'000'000 && json["bytes"].toInteger() > 3'990'000);
        if (budget[0] == "--bpw")
            QVERIFY(json["bits_per_weight"].toDouble() <= 4.5 && json["bits_per_weight"].toDouble() > 4.49);
        if (budget[0] == "--max-kld")
            QVERIFY(json["predicted_kld"].toDouble() <= 0.01 && json["predicted_kld"].toDouble() > 0.0095);
        const auto types = json["tensors"].toArray(), kinds = written["tensors"].toArray();
        QCOMPARE(types.size(), kinds.size());
        for (int i = 0; i < types.size(); ++i)
            QCOMPARE(types[i].toObject()["type"], kinds[i].toObject()["type"]);
    }

    void planIsSaidInLlamaQuantizesWords()
    {
        const QString out = path("plan.sh");
        const auto json = runJson({"plan", kSample, "--size", "4MB", "--types", "Q2_K,Q4_K,Q6_K", "--format", "llama-quantize", "--frontier", "-o", out}).json();
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString line = QString::fromUtf8(file.readAll()).trimmed();
        QCOMPARE(line, json["llama_quantize"].toString());
        QVERIFY2(line.startsWith(QLatin1String("llama-quantize --")) && line.endsWith(QLatin1String(" plan.gguf Q8_0")), qPrintable(line));
        QVERIFY(line.contains(QLatin1String("--tensor-type ")));
        const auto frontier = json["frontier"].toArray();
        QVERIFY(frontier.size() > 10);
        for (int i = 1; i < frontier.size(); ++i)
            QVERIFY(frontier[i]["bytes"].toInteger() >= frontier[i - 1]["bytes"].toInteger() && frontier[i]["predicted_kld"].toDouble() <= frontier[i - 1]["predicted_kld"].toDouble());
    }

    void planFromMeasuredOutputsOfOneModelOnly()
    {
        const QString figures = path("o.json"), recipe = path("r2.json"), other = path("other.gguf");
        QCOMPARE(run({"sensitivity", kSample, "--level", "output", "--text", shortText(), "--ctx", "64", "--windows", "1", "--recipes", "4", "--types", "Q2_K,Q6_K",
                      "-o", figures}).code, 0);
        const auto plan = runJson({"plan", kSample, "--size", "4MB", "--sensitivity", figures, "-o", recipe}).json();
        QCOMPARE(plan["level"].toString(), QStringLiteral("output"));
        for (const auto& tensor : plan["tensors"].toArray())
            QVERIFY(QStringList({"Q2_K", "Q6_K", "F16", "F32"}).contains(tensor.toObject()["type"].toString()));
        QCOMPARE(run({"quantize", kSample, other, "--preset", "Q8_0"}).code, 0);
        const auto refused = run({"plan", other, "--size", "4MB", "--sensitivity", figures, "-o", recipe});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.err.contains("another model"));
    }

    void figuresAndRecipesNeverReplaceTheirSource()
    {
        const QString own = path("own-plan.gguf");
        QVERIFY(QFile::copy(kSample, own));
        QCOMPARE(run({"plan", own, "--size", "4MB", "-o", own}).code, 2);
        QCOMPARE(run({"sensitivity", own, "-o", own}).code, 2);
        QCOMPARE(run({"sensitivity", kSample, "-o", own}).code, 3);   // neither is another file that holds no figures
        QCOMPARE(QFileInfo(own).size(), QFileInfo(kSample).size());
    }

    void memoryHoldsTheWeightsAndTheContext()
    {
        const auto planned = [&](const QString& context) {
            return runJson({"plan", kSample, "--memory", "12MB", "--context", context, "--types", "Q2_K,Q4_K,Q6_K,Q8_0", "-o", path("memory.json")}).json();
        };
        const auto brief = planned("512"), full = planned("1024");
        for (const auto& json : {brief, full})
            QVERIFY(json["memory_bytes"].toInteger() <= 12'000'000 && json["memory_bytes"].toInteger() > json["kv_cache_bytes"].toInteger());
        QCOMPARE(full["kv_cache_bytes"].toInteger(), 2 * brief["kv_cache_bytes"].toInteger());
        QVERIFY(full["bytes"].toInteger() <= brief["bytes"].toInteger());
        const auto fewer = runJson({"plan", kSample, "--memory", "12MB", "--context", "512", "--kv-type", "q8_0", "--types", "Q2_K,Q8_0",
                                    "-o", path("memory.json")})
                               .json();
        QCOMPARE(fewer["kv_cache_bytes"].toInteger() * 32, brief["kv_cache_bytes"].toInteger() * 17);  // 8.5 bits instead of 16
        const auto refused = run({"plan", kSample, "--memory", "1MB", "--context", "100000", "-o", path("none.json")});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.err.contains("KV cache"));
    }

    void aSpeedIsABudgetAndWhatWasMeasuredIsKept()
    {
        qputenv("XDG_CACHE_HOME", path("cache").toUtf8());
        const auto planned = [&](const QStringList& budget) {
            return runJson(QStringList{"plan", kSample, "--types", "Q2_K,Q4_K,Q6_K,Q8_0", "--frontier", "-o", path("speed.json")} + budget).json();
        };
        const auto large = planned({"--size", "90MB", "--measure-speed"});
        const QStringList kept = QDir(path("cache/halftone")).entryList({"speeds-*.json"});
        QCOMPARE(kept.size(), 1);
        const double slowest = large["tokens_per_second"].toDouble(), quickest = large["frontier"].toArray().first()["tokens_per_second"].toDouble();
        QVERIFY(slowest > 0 && large["speeds"].toArray().size() > 10);
        const double wanted = std::sqrt(slowest * quickest);
        const auto quick = planned({"--tokens-per-second", QString::number(wanted, 'g', 17)});
        QCOMPARE(quick["speeds"], large["speeds"]);   // read, not measured again
        QVERIFY(quick["tokens_per_second"].toDouble() >= wanted * (1 - 1e-9));
        QVERIFY(quick["bits_per_weight"].toDouble() <= large["bits_per_weight"].toDouble());   // the file's bytes count the recipe's words too
        const auto refused = run({"plan", kSample, "--types", "Q8_0", "--tokens-per-second", "1e9", "--quiet", "-o", path("none.json")});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("the most are "), refused.err.constData());
        QFile broken(path("cache/halftone/") + kept.first());
        QVERIFY(broken.open(QIODevice::WriteOnly | QIODevice::Truncate));
        broken.close();
        QVERIFY(planned({"--size", "90MB", "--fast-types"})["tokens_per_second"].toDouble() > 0);   // measured again
        qunsetenv("XDG_CACHE_HOME");
    }

    void impossibleSizesAreRefusedWithTheSmallest()
    {
        const auto result = run({"plan", kSample, "--size", "1MB", "--quiet", "-o", path("none.json")});
        QCOMPARE(result.code, 2);
        QVERIFY(result.err.contains("the smallest has "));
        QVERIFY(!QFile::exists(path("none.json")));
    }

#ifdef Q_OS_UNIX
    void interruptIsExitFiveAndLeavesNothing()
    {
        // One thread and a long text: certainly still running when the signal comes.
        QProcess process;
        process.start(QStringLiteral(HALFTONE_CLI), {"perplexity", kSample, "--text", QStringLiteral(SAMPLE_DIR "/eval.txt"), "--threads", "1"});
        QVERIFY(process.waitForStarted());
        QVERIFY(!process.waitForFinished(700));
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(10'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 5);
    }
#endif
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
