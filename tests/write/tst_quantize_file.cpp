// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/plan.h"
#include "core/plan/preset.h"
#include "core/quant/codec.h"
#include "core/write/quantize_file.h"
#include "tests/write/made_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace halftone;
using quant::Type;

namespace {

const char* const kSample = SAMPLE_DIR "/fairytale-7m-f16.gguf";

QByteArray contents(const std::filesystem::path& path)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray bytesOf(const model::Tensor& tensor)
{
    return QByteArray(reinterpret_cast<const char*>(tensor.data.data()), qsizetype(tensor.data.size()));
}

/// What the codec alone makes of a tensor, row by row with the importance of each expert.
QByteArray quantizedAlone(const model::Tensor& tensor, Type type, std::span<const float> importance)
{
    const std::uint64_t columns = tensor.shape.columns(), rows = tensor.shape.rows();
    std::vector<float> weights(columns * rows);
    quant::dequantize(tensor.type, tensor.data, weights);
    QByteArray packed(qsizetype(quant::rowBytes(type, columns) * rows), '\0');
    const std::span out = std::as_writable_bytes(std::span(packed.data(), std::size_t(packed.size())));
    const std::uint64_t rowBytes = quant::rowBytes(type, columns);
    for (std::uint64_t row = 0; row < rows; ++row) {
        const std::span<const float> expert = importance.empty() ? importance : importance.subspan(row / tensor.shape.extent[1] * columns, columns);
        quant::quantize(type, std::span(weights).subspan(row * columns, columns), columns, expert, out.subspan(row * rowBytes, rowBytes));
    }
    return packed;
}

}  // namespace

class TestQuantizeFile : public QObject {
    Q_OBJECT
private slots:
    void init();
    void makesWhatThePresetPlans_data();
    void makesWhatThePresetPlans();
    void writesAnUnchangedModelByteForByte();
    void writesTheSameBytesWithAnyNumberOfThreads();
    void weighsEachExpertWithItsOwnImportance();
    void splitsLargeTensorsWithoutATrace();
    void measuresTheErrorOfEachTensor();
    void countsEverySourceByte();
    void replacesAnOlderFile();

private:
    std::filesystem::path path(const char* name) const { return std::filesystem::path(m_folder->path().toStdString()) / name; }
    write::Report write(const model::Model& model, const plan::Recipe& recipe, const std::filesystem::path& out, const write::Options& options = {}, int threads = 2);

    std::unique_ptr<QTemporaryDir> m_folder;
    Progress m_progress;
};

void TestQuantizeFile::init() { m_folder = std::make_unique<QTemporaryDir>(); }

write::Report TestQuantizeFile::write(const model::Model& model, const plan::Recipe& recipe, const std::filesystem::path& out, const write::Options& options, int threads)
{
    return write::quantizeFile(model, plan::makePlan(model, recipe), out, options, Executor(threads), m_progress);
}

void TestQuantizeFile::makesWhatThePresetPlans_data()
{
    QTest::addColumn<QString>("preset");
    for (const plan::Preset& preset : plan::presets())
        QTest::newRow(preset.name.data()) << QString::fromUtf8(preset.name.data());
}

void TestQuantizeFile::makesWhatThePresetPlans()
{
    QFETCH(QString, preset);
    const auto source = format::openModel(kSample);
    const plan::Plan plan = plan::makePlan(*source, {.base = preset.toStdString()});
    plan::ImportanceMatrix alike;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (quant::info(plan.choices[i].type).needsImportance)
            alike.columns[source->tensors()[i].name].assign(source->tensors()[i].shape.columns(), 1.0f);
    const write::Report report = write(*source, {.base = preset.toStdString()}, path("out.gguf"), {.importance = &alike});
    QCOMPARE(std::filesystem::file_size(path("out.gguf")), plan.fileBytes);
    QCOMPARE(report.bytes, plan.fileBytes);

    const auto written = format::openModel(path("out.gguf"));
    QCOMPARE(written->tensors().size(), source->tensors().size());
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        const model::Tensor& tensor = written->tensors()[i];
        QCOMPARE(tensor.name, source->tensors()[i].name);
        QCOMPARE(tensor.shape, source->tensors()[i].shape);
        QCOMPARE(tensor.type, plan.choices[i].type);
        QCOMPARE(report.tensors[i].type, plan.choices[i].type);
        QCOMPARE(report.tensors[i].bytes, tensor.bytes());
    }
    QCOMPARE(written->metadata().integer("general.file_type"), std::int64_t(plan::findPreset(preset.toStdString())->fileType));
    QCOMPARE(written->metadata().entries().size(), source->metadata().entries().size() + 2);   // the recipe and the tensors' hash
}

void TestQuantizeFile::writesAnUnchangedModelByteForByte()
{
    const auto source = format::openModel(kSample);
    write(*source, {}, path("copy.gguf"));
    QVERIFY(contents(path("copy.gguf")) == contents(kSample));
}

void TestQuantizeFile::writesTheSameBytesWithAnyNumberOfThreads()
{
    const auto source = format::openModel(kSample);
    for (const char* base : {"Q4_K_M", "Q8_0"}) {
        write(*source, {.base = base}, path("one.gguf"), {}, 1);
        write(*source, {.base = base}, path("three.gguf"), {}, 3);
        QVERIFY(contents(path("one.gguf")) == contents(path("three.gguf")));
    }
}

void TestQuantizeFile::weighsEachExpertWithItsOwnImportance()
{
    const auto source = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.ffn_up_exps.weight", {512, 3, 4}, 1)});
    plan::ImportanceMatrix importance;
    std::vector<float>& values = importance.columns["blk.0.ffn_up_exps.weight"];
    for (float weight : test::madeWeights(512 * 4, 2))
        values.push_back(weight * weight);
    for (const Type type : {Type::Q4_0, Type::Q4_K}) {
        write(*source, {.base = "pure:" + std::string(quant::name(type))}, path("out.gguf"), {.importance = &importance});
        const auto written = format::openModel(path("out.gguf"));
        QVERIFY(bytesOf(written->tensors()[0]) == quantizedAlone(source->tensors()[0], type, values));
        QVERIFY(bytesOf(written->tensors()[0]) != quantizedAlone(source->tensors()[0], type, {}));
    }
}

void TestQuantizeFile::splitsLargeTensorsWithoutATrace()
{
    // Longer than a piece: a long row, and rows that a piece does not hold a whole number of.
    const auto source = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.a.weight", {3'000'000 / 32 * 32, 2}, 1), test::madeTensor("blk.0.b.weight", {96, 50'000}, 2)});
    write(*source, {.base = "pure:Q4_0"}, path("out.gguf"));
    const auto written = format::openModel(path("out.gguf"));
    for (std::size_t i = 0; i < 2; ++i)
        QVERIFY(bytesOf(written->tensors()[i]) == quantizedAlone(source->tensors()[i], Type::Q4_0, {}));
}

void TestQuantizeFile::measuresTheErrorOfEachTensor()
{
    const auto source = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.a.weight", {256, 100}, 1), test::madeTensor("blk.0.norm.weight", {256}, 2)});
    const write::Report report = write(*source, {.base = "pure:Q4_K"}, path("out.gguf"));
    const auto written = format::openModel(path("out.gguf"));
    std::vector<float> before(25'600), after(25'600);
    quant::dequantize(Type::F32, source->tensors()[0].data, before);
    quant::dequantize(Type::Q4_K, written->tensors()[0].data, after);
    double sum = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
        sum += double(before[i] - after[i]) * double(before[i] - after[i]);
    const double expected = std::sqrt(sum / double(before.size()));
    QVERIFY(expected > 0.01);
    QVERIFY(std::abs(report.tensors[0].rmse - expected) < 1e-6 * expected);
    QCOMPARE(report.tensors[1].rmse, 0.0);
    QVERIFY((QStringList{"reading", "computing", "writing"}).contains(QString::fromStdString(report.boundBy)));
}

void TestQuantizeFile::countsEverySourceByte()
{
    const auto source = format::openModel(kSample);
    Progress progress;
    write::quantizeFile(*source, plan::makePlan(*source, {.base = "Q8_0"}), path("out.gguf"), {.verify = false}, Executor(2), progress);
    const Progress::Snapshot snapshot = progress.snapshot();
    QCOMPARE(snapshot.unit, Unit::Bytes);
    QCOMPARE(snapshot.total, source->tensorBytes());
    QCOMPARE(snapshot.done, snapshot.total);
}

void TestQuantizeFile::replacesAnOlderFile()
{
    QFile old(QString::fromStdString(path("out.gguf").string()));
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.write("old");
    old.close();
    const auto source = format::openModel(kSample);
    write(*source, {.base = "Q8_0"}, path("out.gguf"));
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList({"out.gguf"}));
    format::openModel(path("out.gguf"));
}

QTEST_APPLESS_MAIN(TestQuantizeFile)
#include "tst_quantize_file.moc"
