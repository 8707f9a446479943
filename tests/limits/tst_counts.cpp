// SPDX-License-Identifier: GPL-3.0-or-later
// The largest counts: tensors, layers, experts, tokens, shards, letters of a name, bytes of a file. Bounded time and memory are
// the system's limits on the program, see LimitedCli.
#include "core/base/error.h"
#include "core/format/open.h"
#include "core/format/safetensors.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/token/tokenizer.h"
#include "tests/format/hf_folder.h"
#include "tests/limits/limited_cli.h"
#include "tests/limits/made_limits.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

using namespace halftone;
using namespace halftone::test;

class TestCounts : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    const LimitedCli m_cli;

    QString path(const QString& name) const { return m_folder.filePath(name); }
    std::filesystem::path file(const QString& name) const { return path(name).toStdString(); }
    QByteArray contents(const QString& name) const
    {
        QFile read(path(name));
        return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
    }

private Q_SLOTS:
    void tenThousandTensorsArePlannedWrittenVerifiedAndCompared()
    {
        const QString model = path(QStringLiteral("many.gguf")), out = path(QStringLiteral("out.gguf")),
                      recipe = path(QStringLiteral("r.json"));
        writeManyTensors(file(QStringLiteral("many.gguf")));
        const auto inspected = m_cli.runJson({QStringLiteral("inspect"), model});
        QCOMPARE(inspected.code, 0);
        QCOMPARE(inspected.json()[QStringLiteral("tensors")].toArray().size(), kMostTensors);

        const auto planned = m_cli.runJson({QStringLiteral("plan"), model, QStringLiteral("--bpw"), QStringLiteral("5"),
                                            QStringLiteral("--types"), QStringLiteral("Q4_K,Q8_0"), QStringLiteral("-o"), recipe});
        QVERIFY2(planned.code == 0, planned.err);
        const auto written = m_cli.runJson({QStringLiteral("quantize"), model, out, QStringLiteral("--recipe"), recipe});
        QVERIFY2(written.code == 0, written.err);
        QCOMPARE(written.json()[QStringLiteral("bytes")].toInteger(), planned.json()[QStringLiteral("bytes")].toInteger());
        const auto verified = m_cli.runJson({QStringLiteral("verify"), model, out});
        QVERIFY2(verified.code == 0, verified.err);
        QVERIFY(verified.json()[QStringLiteral("ok")].toBool());
        const auto compared = m_cli.runJson({QStringLiteral("diff"), model, out});
        QVERIFY2(compared.code == 0, compared.err);
        QCOMPARE(compared.json()[QStringLiteral("tensors")].toArray().size(), kMostTensors);
    }

    void threeHundredLayersAreOneModel()
    {
        writeManyTensors(file(QStringLiteral("layers.gguf")));
        const auto model = format::openModel(file(QStringLiteral("layers.gguf")));
        QCOMPARE(model->layers(), kMostLayers);
        QCOMPARE(model->tensors().size(), std::size_t(kMostTensors));
        plan::Recipe recipe{.base = "Q4_K_M"};
        recipe.rules = {{R"(blk\.(\d+)\.extra_\d+)", quant::Type::Q5_K}, {"v\\.part", quant::Type::Q8_0}};
        const plan::Plan plan = plan::makePlan(*model, recipe);
        QVERIFY(std::ranges::count(plan.choices, quant::Type::Q5_K, &plan::Choice::type) >= 26 * kMostLayers);
        QVERIFY(plan.remarks.empty());
    }

    void fiveHundredExpertsAreQuantizedAndMeasured()
    {
        const QString model = path(QStringLiteral("experts.gguf")), out = path(QStringLiteral("experts-q.gguf"));
        writeManyExperts(file(QStringLiteral("experts.gguf")));
        const auto written = m_cli.runJson({QStringLiteral("quantize"), model, out, QStringLiteral("--type"), QStringLiteral("Q4_K")});
        QVERIFY2(written.code == 0, written.err);
        const auto measured = m_cli.runJson({QStringLiteral("sensitivity"), model, QStringLiteral("--types"), QStringLiteral("Q4_K,Q8_0"),
                                             QStringLiteral("-o"), path(QStringLiteral("s.json"))});
        QVERIFY2(measured.code == 0, measured.err);
        const auto opened = format::openModel(file(QStringLiteral("experts-q.gguf")));
        QCOMPARE(opened->find("blk.0.ffn_up_exps.weight")->shape.extent[2], std::uint64_t(kMostExperts));
        QCOMPARE(opened->find("blk.0.ffn_up_exps.weight")->type, quant::Type::Q4_K);
    }

    void aMillionTokensCutAnyText_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"gpt2", "llama", "t5", "bert"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void aMillionTokensCutAnyText()
    {
        QFETCH(QString, kind);
        const QString model = path(kind + QStringLiteral(".gguf"));
        writeManyTokens(file(kind + QStringLiteral(".gguf")), kind.toStdString());
        // One word without an end is what a quadratic tokenizer never finishes.
        const QString text = path(QStringLiteral("text.txt"));
        QFile write(text);
        QVERIFY(write.open(QIODevice::WriteOnly));
        write.write(QByteArray(200'000, 'a') + ' ' + QByteArray(200'000, ' ') + "Once upon a time, \xf0\x9f\xa6\x99\n");
        write.close();
        const auto cut = m_cli.runJson({QStringLiteral("tokenize"), model, QStringLiteral("--text-file"), text});
        QVERIFY2(cut.code == 0, cut.err);
        const auto ids = cut.json()[QStringLiteral("ids")].toArray();
        QVERIFY(!ids.isEmpty());
        for (const auto& id : ids)
            QVERIFY(id.toInt() >= 0 && id.toInt() < kMostTokens);
        const auto card = m_cli.runJson({QStringLiteral("tokenize"), model, QStringLiteral("--check")});
        QVERIFY2(card.code == 0, card.err);
        QCOMPARE(card.json()[QStringLiteral("vocabulary")].toInt(), kMostTokens);
        QVERIFY(QFile::remove(model));
    }

    void aWordOfManyMergesIsFoundAmongAMillion()
    {
        writeManyTokens(file(QStringLiteral("words.gguf")), "gpt2");
        const auto model = format::openModel(file(QStringLiteral("words.gguf")));
        const auto tokenizer = token::Tokenizer::fromMetadata(model->metadata());
        const auto ids = tokenizer->encode("zzz", {.addSpecial = false});
        QCOMPARE(ids.size(), std::size_t(1));
        QCOMPARE(std::string(tokenizer->spelling(ids[0])), std::string("zzz"));
    }

    void aHundredShardsAreOneModelFromAnyOfThem()
    {
        const auto shards = writeManyShards(m_folder.path().toStdString());
        const QString last = QString::fromStdString(shards.back().string()), out = path(QStringLiteral("whole.gguf"));
        const auto opened = format::openModel(shards[41]);
        QCOMPARE(opened->tensors().size(), std::size_t(kMostShards));
        QCOMPARE(opened->files().size(), std::size_t(kMostShards));
        const auto written = m_cli.runJson({QStringLiteral("quantize"), last, out, QStringLiteral("--type"), QStringLiteral("Q4_K")});
        QVERIFY2(written.code == 0, written.err);
        QCOMPARE(format::openModel(file(QStringLiteral("whole.gguf")))->tensors().size(), std::size_t(kMostShards));

        std::filesystem::remove(shards[57]);
        const auto refused = m_cli.run({QStringLiteral("inspect"), last});
        QCOMPARE(refused.code, 4);
        QVERIFY(refused.refusedInOneLine() && refused.err.contains("set-00058-of-00100.gguf is missing"));
    }

    void aHundredShardsOfSafetensorsAreOneModel()
    {
        QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("hf")));
        const HfFolder folder(file(QStringLiteral("hf")));
        auto config = HfFolder::llamaConfig();
        config["num_hidden_layers"] = kMostShards;
        folder.put("config.json", config);
        folder.put("tokenizer.json", HfFolder::tokenizer());
        HfFolder::json index;
        for (int layer = 0; layer < kMostShards; ++layer) {
            SafetensorsBytes shard;
            if (layer == 0)
                HfFolder::addEnds(shard, "BF16");
            HfFolder::addLayer(shard, layer, "BF16");
            const std::string bytes = shard.string(),
                              name = QString::asprintf("model-%05d-of-%05d.safetensors", layer + 1, kMostShards).toStdString();
            for (const format::SafeTensor& tensor : format::readSafetensors(std::as_bytes(std::span(bytes.data(), bytes.size()))))
                index["weight_map"][tensor.name] = name;
            folder.put(name, bytes);
        }
        folder.put("model.safetensors.index.json", index);
        const auto written = m_cli.runJson({QStringLiteral("convert"), path(QStringLiteral("hf")), path(QStringLiteral("hf.gguf"))});
        QVERIFY2(written.code == 0, written.err);
        const auto model = format::openModel(file(QStringLiteral("hf.gguf")));
        QCOMPARE(model->layers(), kMostShards);
        QCOMPARE(model->tensors().size(), std::size_t(9 * kMostShards + 2));

        std::filesystem::remove(folder.path() / "model-00058-of-00100.safetensors");
        const auto refused = m_cli.run({QStringLiteral("inspect"), path(QStringLiteral("hf"))});
        QCOMPARE(refused.code, 4);
        QVERIFY2(refused.refusedInOneLine() && refused.err.contains("model-00058-of-00100.safetensors is missing"), refused.err);
    }

    void theLongestNamesAreKeptToTheByte()
    {
        const std::string key(kLongestText - 1, 'k'), name(kLongestText, 'n'), tensor(1024, 't');
        model::Metadata metadata = limitMetadata(1);
        metadata.set("general.name", name);
        metadata.set(key, std::string("value"));
        writeModel(file(QStringLiteral("names.gguf")), metadata, {f16(tensor, {256, 4}), f16("blk.0.ffn_up.weight", {256, 4})});
        const auto written = m_cli.runJson({QStringLiteral("quantize"), path(QStringLiteral("names.gguf")),
                                            path(QStringLiteral("names-q.gguf")), QStringLiteral("--type"), QStringLiteral("Q8_0")});
        QVERIFY2(written.code == 0, written.err);
        const auto model = format::openModel(file(QStringLiteral("names-q.gguf")));
        QVERIFY(model->name() == name);
        QVERIFY(model->metadata().contains(key) && model->find(tensor));
    }

    void namesBeyondTheLimitAreRefusedInOneShortLine_data()
    {
        QTest::addColumn<int>("keyBytes");
        QTest::addColumn<int>("nameBytes");
        QTest::addColumn<QByteArray>("rule");
        QTest::newRow("key") << int(kLongestText) << 10 << QByteArray("a metadata key is 65536 bytes long, more than 65535, byte ");
        QTest::newRow("tensor") << 10 << int(kLongestText) << QByteArray("a tensor's name is 65536 bytes long, more than 1024, byte ");
    }
    void namesBeyondTheLimitAreRefusedInOneShortLine()
    {
        QFETCH(int, keyBytes);
        QFETCH(int, nameBytes);
        QFETCH(QByteArray, rule);
        model::Metadata metadata = limitMetadata(1);
        metadata.set(std::string(std::size_t(keyBytes), 'k'), std::uint32_t(1));
        writeModel(file(QStringLiteral("long.gguf")), metadata, {f16(std::string(std::size_t(nameBytes), 't'), {256, 4})});
        const auto refused = m_cli.run({QStringLiteral("inspect"), path(QStringLiteral("long.gguf"))});
        QCOMPARE(refused.code, 3);
        QVERIFY2(refused.refusedInOneLine() && refused.err.contains(rule) && refused.err.size() < 400, refused.err);
    }

    void aHundredGigabytesAreOpenedAndPlannedFromTheHeader()
    {
        writeLargeFile(file(QStringLiteral("large.gguf")));
        const auto model = format::openModel(file(QStringLiteral("large.gguf")));
        QVERIFY(model->fileBytes() > kLargestFile);
        const plan::Plan plan = plan::makePlan(*model, {.base = "pure:Q8_0"});
        QCOMPARE(plan.tensorBytes, kLargestFile / 2 / 32 * 34);
        const auto inspected = m_cli.runJson({QStringLiteral("inspect"), path(QStringLiteral("large.gguf"))});
        QVERIFY2(inspected.code == 0, inspected.err);
        QVERIFY(inspected.json()[QStringLiteral("bytes")].toInteger() > qint64(kLargestFile));
    }

    void anOutputThatCannotFitIsRefusedBeforeItsFirstByte()
    {
        // 32 times as much as the largest file; a hole, so the sum of many small holes would do as well.
        std::vector<format::TensorHeader> tensors;
        for (int layer = 0; layer < 64; ++layer)
            tensors.push_back(f16("blk." + std::to_string(layer) + ".ffn_up.weight", {1 << 20, 1 << 14}));
        writeModel(file(QStringLiteral("huge.gguf")), limitMetadata(64), tensors, Weights::Hole);
        const QString out = path(QStringLiteral("huge-out.gguf"));
        const auto refused =
            m_cli.run({QStringLiteral("convert"), path(QStringLiteral("huge.gguf")), out, QStringLiteral("--type"), QStringLiteral("F32")});
        QCOMPARE(refused.code, 4);
        QVERIFY2(refused.refusedInOneLine() && refused.err.contains("the output needs"), refused.err);
        QVERIFY(QDir(m_folder.path()).entryList({QStringLiteral("huge-out*")}).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCounts)
#include "tst_counts.moc"
