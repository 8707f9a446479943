// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/plan.h"
#include "core/write/check.h"
#include "core/write/quantize_file.h"
#include "tests/write/made_file.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <limits>
#include <optional>

using namespace halftone;
using quant::Type;

class TestQuantizeRefusals : public QObject {
    Q_OBJECT
private slots:
    void init();
    void ofWeightsThatAreNoNumbers_data();
    void ofWeightsThatAreNoNumbers();
    void ofWeightsTooLargeForTheType();
    void ofTheSourceAsDestination();
    void ofFoldersAndMissingFolders();
    void ofTooSmallADisk();
    void ofQuantizingTwice();
    void notOfTensorsThatStayAsTheyAre();
    void ofFallbacksWhenStrict();
    void ofAnImportanceMatrixOfAnotherModel();
    void ofAPlanOfAnotherModel();

private:
    std::filesystem::path path(const char* name) const { return std::filesystem::path(m_folder->path().toStdString()) / name; }
    /// The error that writing ends with. Fails when it ends well or leaves a file.
    std::optional<Error> refusal(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& out, const write::Options& options = {});

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestQuantizeRefusals::init() { m_folder = std::make_unique<QTemporaryDir>(); }

std::optional<Error> TestQuantizeRefusals::refusal(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& out, const write::Options& options)
{
    const QStringList before = QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    try {
        Progress progress;
        write::quantizeFile(model, plan, out, options, Executor(2), progress);
    } catch (const Error& error) {
        if (QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot) != before)
            qFatal("a refused job left something behind");
        return error;
    }
    return std::nullopt;
}

void TestQuantizeRefusals::ofWeightsThatAreNoNumbers_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<float>("value");
    const float infinity = std::numeric_limits<float>::infinity();
    QTest::newRow("NaN in a matrix") << "blk.0.attn_q.weight" << std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("infinity in a matrix") << "blk.0.attn_q.weight" << infinity;
    QTest::newRow("negative infinity in a copied norm") << "blk.0.attn_norm.weight" << -infinity;
}

void TestQuantizeRefusals::ofWeightsThatAreNoNumbers()
{
    QFETCH(QString, name);
    QFETCH(float, value);
    std::vector<test::MadeTensor> tensors{test::madeTensor("token_embd.weight", {256, 40}, 1), test::madeTensor("blk.0.attn_norm.weight", {256}, 2),
                                          test::madeTensor("blk.0.attn_q.weight", {256, 300}, 3)};
    const bool norm = name.contains("norm");
    tensors[norm ? 1 : 2].weights[norm ? 17 : 256 * 299 + 17] = value;
    const auto model = test::madeFile(path("in.gguf"), tensors);
    const auto error = refusal(*model, plan::makePlan(*model, {.base = "Q4_K_M"}), path("out.gguf"));
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Malformed);
    QCOMPARE(error->place(), "tensor " + name.toStdString() + (norm ? ", row 0, column 17" : ", row 299, column 17"));
}

void TestQuantizeRefusals::ofWeightsTooLargeForTheType()
{
    std::vector<test::MadeTensor> tensors{test::madeTensor("blk.0.attn_q.weight", {256, 4}, 1)};
    tensors[0].weights[300] = 1e30f;
    const auto model = test::madeFile(path("in.gguf"), tensors);
    const auto error = refusal(*model, plan::makePlan(*model, {.base = "F16"}), path("out.gguf"));
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Usage);
    QVERIFY(!refusal(*model, plan::makePlan(*model, {.base = "BF16"}), path("out.gguf")));
}

void TestQuantizeRefusals::ofTheSourceAsDestination()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.attn_q.weight", {256, 4}, 1)});
    std::filesystem::create_symlink(path("in.gguf"), path("soft.gguf"));
    std::filesystem::create_hard_link(path("in.gguf"), path("hard.gguf"));
    std::filesystem::create_directory_symlink(path(""), path("folder"));
    for (const char* name : {"in.gguf", "soft.gguf", "hard.gguf", "folder/in.gguf"}) {
        for (const char* base : {"Q8_0", "source"}) {
            const auto error = refusal(*model, plan::makePlan(*model, {.base = base}), path(name));
            QVERIFY(error);
            QCOMPARE(error->code(), ErrorCode::SameFile);
        }
    }
    format::openModel(path("in.gguf"));
}

void TestQuantizeRefusals::ofFoldersAndMissingFolders()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.attn_q.weight", {256, 4}, 1)});
    std::filesystem::create_directory(path("sub"));
    for (const char* name : {"sub", "missing/out.gguf", "in.gguf/out.gguf"}) {
        const auto error = refusal(*model, plan::makePlan(*model, {.base = "Q8_0"}), path(name));
        QVERIFY(error);
        QCOMPARE(error->code(), ErrorCode::System);
    }
}

void TestQuantizeRefusals::ofTooSmallADisk()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.attn_q.weight", {256, 4}, 1)});
    plan::Plan plan = plan::makePlan(*model, {.base = "Q8_0"});
    plan.fileBytes = std::uint64_t(1) << 60;
    const auto error = refusal(*model, plan, path("out.gguf"));
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::DiskFull);
    QVERIFY(error->problem().find(std::to_string(plan.fileBytes)) != std::string::npos);
}

void TestQuantizeRefusals::ofQuantizingTwice()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.attn_q.weight", {256, 4}, 1), test::madeTensor("blk.0.attn_k.weight", {256, 4}, 2),
                                                        test::madeTensor("blk.0.attn_norm.weight", {256}, 3)}, Type::Q8_0);
    const plan::Plan plan = plan::makePlan(*model, {.base = "Q4_0"});
    QCOMPARE(write::requantizedTensors(*model, plan), std::size_t(2));
    const auto error = refusal(*model, plan, path("out.gguf"));
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Usage);
    QVERIFY(error->problem().starts_with("2 tensors are quantized already"));
    QCOMPARE(error->place(), std::string("tensor blk.0.attn_q.weight, Q8_0"));
    QVERIFY(!error->advice().empty());
    QVERIFY(!refusal(*model, plan, path("out.gguf"), {.requantize = true}));
}

void TestQuantizeRefusals::notOfTensorsThatStayAsTheyAre()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.attn_q.weight", {256, 4}, 1), test::madeTensor("blk.0.attn_norm.weight", {256}, 3)}, Type::Q8_0);
    const plan::Plan same = plan::makePlan(*model, {.base = "pure:Q8_0"});
    QCOMPARE(write::requantizedTensors(*model, same), std::size_t(0));
    QVERIFY(!refusal(*model, same, path("out.gguf")));
    const plan::Plan other = plan::makePlan(*model, {.base = "pure:Q8_0", .exact = {{"blk.0.attn_q.weight", Type::F16}}});
    QVERIFY(refusal(*model, other, path("out.gguf"))->problem().starts_with("a tensor is quantized already"));
}

void TestQuantizeRefusals::ofFallbacksWhenStrict()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.attn_q.weight", {96, 4}, 1)});
    const plan::Plan plan = plan::makePlan(*model, {.base = "pure:Q4_K"});
    const auto error = refusal(*model, plan, path("out.gguf"), {.strict = true});
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Usage);
    QVERIFY(!refusal(*model, plan, path("out.gguf")));
}

void TestQuantizeRefusals::ofAnImportanceMatrixOfAnotherModel()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.ffn_up_exps.weight", {256, 4, 2}, 1)});
    const plan::Plan plan = plan::makePlan(*model, {.base = "pure:Q4_K"});
    plan::ImportanceMatrix importance;
    const auto refused = [&](std::vector<float> values) {
        importance.columns["blk.0.ffn_up_exps.weight"] = std::move(values);
        const auto error = refusal(*model, plan, path("out.gguf"), {.importance = &importance});
        return error ? std::optional(error->code()) : std::nullopt;
    };
    QCOMPARE(refused(std::vector<float>(256, 1.0f)), ErrorCode::Usage);
    QCOMPARE(refused(std::vector<float>(512, -1.0f)), ErrorCode::Malformed);
    QCOMPARE(refused(std::vector<float>(512, std::numeric_limits<float>::quiet_NaN())), ErrorCode::Malformed);
    QCOMPARE(refused(std::vector<float>(512, 1.0f)), std::nullopt);
}

void TestQuantizeRefusals::ofAPlanOfAnotherModel()
{
    const auto model = test::madeFile(path("in.gguf"), {test::madeTensor("blk.0.attn_q.weight", {256, 4}, 1)});
    const auto error = refusal(*model, plan::Plan{}, path("out.gguf"));
    QVERIFY(error);
    QCOMPARE(error->code(), ErrorCode::Usage);
}

QTEST_APPLESS_MAIN(TestQuantizeRefusals)
#include "tst_quantize_refusals.moc"
