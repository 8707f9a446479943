// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a file is what quantizing its source gives: good ones, and each way of not being it.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/plan.h"
#include "core/quant/codec.h"
#include "core/write/quantize_file.h"
#include "core/write/verify.h"
#include "tests/format/gguf_bytes.h"
#include "tests/write/made_file.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <fstream>
#include <limits>

using namespace halftone;
using quant::Type;
using test::madeTensor;

namespace {

std::vector<test::MadeTensor> madeTensors()
{
    return {madeTensor("token_embd.weight", {256, 40}, 1), madeTensor("blk.0.attn_norm.weight", {256}, 2),
            madeTensor("blk.0.ffn_up.weight", {512, 700}, 3), madeTensor("blk.0.ffn_down_exps.weight", {256, 5, 3}, 4)};
}

plan::ImportanceMatrix madeImportance()
{
    plan::ImportanceMatrix matrix;
    const auto squares = [](std::size_t count, unsigned seed) {
        std::vector<float> values = test::madeWeights(count, seed);
        for (float& value : values)
            value *= value;
        return values;
    };
    matrix.columns["blk.0.ffn_up.weight"] = squares(512, 5);
    matrix.columns["blk.0.ffn_down_exps.weight"] = squares(256 * 3, 6);
    return matrix;
}

}  // namespace

class TestVerify : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<const model::Model> m_source;

    std::filesystem::path path(const char* name) const { return std::filesystem::path(m_folder->path().toStdString()) / name; }

    std::shared_ptr<const model::Model> quantized(const std::string& base, const plan::ImportanceMatrix* importance = nullptr)
    {
        Progress progress;
        const plan::Plan plan = plan::makePlan(*m_source, {.base = base}, {.importance = importance != nullptr});
        write::quantizeFile(*m_source, plan, path("out.gguf"), {.importance = importance}, Executor(2), progress);
        return format::openModel(path("out.gguf"));
    }
    write::Verification verified(const model::Model& output, const plan::ImportanceMatrix* importance = nullptr, int threads = 2)
    {
        Progress progress;
        return write::verify(*m_source, output, importance, Executor(threads), progress);
    }
    /// The output with one bit of one tensor's byte turned.
    std::shared_ptr<const model::Model> flipped(const char* tensor, std::uint64_t byte)
    {
        const std::uint64_t offset = quantized("pure:Q4_K")->find(tensor)->offset + byte;
        std::fstream file(path("out.gguf"), std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(std::streamoff(offset));
        const char value = char(file.get() ^ 1);
        file.seekp(std::streamoff(offset));
        file.put(value);
        file.close();
        return format::openModel(path("out.gguf"));
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_source = test::madeFile(path("in.gguf"), madeTensors());
    }

    void whatWasQuantizedHolds_data()
    {
        QTest::addColumn<QString>("base");
        for (const char* base : {"Q4_K_M", "Q2_K", "Q4_0", "pure:Q6_K", "pure:F16", "Q8_0", "source"})
            QTest::newRow(base) << base;
    }
    void whatWasQuantizedHolds()
    {
        QFETCH(QString, base);
        const auto result = verified(*quantized(base.toStdString()));
        QVERIFY2(result.ok(), result.ok() ? "" : result.differences.front().c_str());
        QCOMPARE(result.tensors.size(), std::size_t(4));
        for (const auto& line : result.tensors)
            QVERIFY(line.same);
    }

    void whatWasMadeWithAnImportanceMatrixHoldsWithItAlone()
    {
        const auto importance = madeImportance();
        const auto output = quantized("Q4_K_M", &importance);
        QVERIFY(verified(*output, &importance).ok());
        const auto without = verified(*output);
        QVERIFY(!without.ok());
        QVERIFY(QString::fromStdString(without.differences.front()).startsWith("tensor blk.0.ffn_up.weight differs first in row 0"));
    }

    void aFlippedBitIsFoundInItsBlock_data()
    {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<int>("byte");
        QTest::addColumn<QString>("place");
        // 512 columns of Q4_K: two blocks of 144 bytes a row.
        QTest::newRow("first byte") << "blk.0.ffn_up.weight" << 0 << "row 0, block 0 (byte 0 of its data)";
        QTest::newRow("second block") << "blk.0.ffn_up.weight" << 144 + 7 << "row 0, block 1 (byte 151 of its data)";
        QTest::newRow("a later chunk") << "blk.0.ffn_up.weight" << 288 * 600 + 144 << "row 600, block 1 (byte 172944 of its data)";
        QTest::newRow("a copied tensor") << "blk.0.attn_norm.weight" << 4 * 17 << "row 0, block 17 (byte 68 of its data)";
        QTest::newRow("the last expert") << "blk.0.ffn_down_exps.weight" << 14 * 144 << "row 14, block 0 (byte 2016 of its data)";
    }
    void aFlippedBitIsFoundInItsBlock()
    {
        QFETCH(QString, tensor);
        QFETCH(int, byte);
        QFETCH(QString, place);
        const auto output = flipped(tensor.toUtf8().constData(), std::uint64_t(byte));
        const auto result = verified(*output);
        QCOMPARE(result.differences.size(), std::size_t(1));
        QCOMPARE(QString::fromStdString(result.differences.front()), "tensor " + tensor + " differs first in " + place);
        for (const auto& line : result.tensors)
            QCOMPARE(line.same, line.name != tensor.toStdString());
    }

    void everyThreadCountSeesTheSame()
    {
        const auto output = quantized("Q3_K_M");
        const auto one = verified(*output, nullptr, 1), four = verified(*output, nullptr, 4);
        for (std::size_t i = 0; i < one.tensors.size(); ++i) {
            QCOMPARE(one.tensors[i].distortion->rmse, four.tensors[i].distortion->rmse);
            QCOMPARE(one.tensors[i].distortion->cosine, four.tensors[i].distortion->cosine);
        }
    }

    void errorsAreThoseOfTheWeights()
    {
        const auto output = quantized("pure:Q4_K");
        const auto result = verified(*output);
        const model::Tensor& tensor = *output->find("blk.0.ffn_up.weight");
        std::vector<float> after(tensor.shape.elements());
        quant::dequantize(tensor.type, tensor.data, after);
        const std::vector<float> before = madeTensors()[2].weights;
        double error = 0, signal = 0, other = 0, product = 0;
        for (std::size_t i = 0; i < after.size(); ++i) {
            const double x = before[i], y = after[i];
            error += (x - y) * (x - y);
            signal += x * x;
            other += y * y;
            product += x * y;
        }
        const auto line = std::ranges::find(result.tensors, std::string("blk.0.ffn_up.weight"), &write::Verification::Line::name);
        QVERIFY(std::abs(line->distortion->rmse / std::sqrt(error / double(after.size())) - 1) < 1e-9);
        QVERIFY(std::abs(line->distortion->snrDb - 10 * std::log10(signal / error)) < 1e-9);
        QVERIFY(std::abs(line->distortion->cosine - product / std::sqrt(signal * other)) < 1e-12);
        const auto norm = std::ranges::find(result.tensors, std::string("blk.0.attn_norm.weight"), &write::Verification::Line::name);
        QCOMPARE(norm->distortion->rmse, 0.0);
        QCOMPARE(norm->distortion->cosine, 1.0);
        QVERIFY(std::isinf(norm->distortion->snrDb));
    }

    void missingAdditionalAndOtherwiseShapedTensorsAreNamed()
    {
        auto tensors = madeTensors();
        tensors.erase(tensors.begin());
        tensors[1] = madeTensor("blk.0.ffn_up.weight", {512, 699}, 3);
        tensors.push_back(madeTensor("blk.0.more.weight", {32}, 9));
        const auto result = verified(*test::madeFile(path("other.gguf"), tensors));
        QVERIFY((result.differences
                 == std::vector<std::string>{"tensor token_embd.weight is missing",
                                             "tensor blk.0.ffn_up.weight has shape 512 x 699 instead of 512 x 700",
                                             "tensor blk.0.more.weight is not in the source"}));
    }

    void metadataMustBeTheSources()
    {
        const auto file = [&](const char* name, std::uint32_t blocks, bool chat) {
            GgufBytes bytes;
            bytes.header(1, chat ? 4 : 3)
                .pair("general.architecture", "llama")
                .pair("llama.block_count", blocks)
                .pair("general.file_type", blocks);
            if (chat)
                bytes.pair("tokenizer.chat_template", "{{ x }}");
            bytes.tensor("a.weight", {8}, 0, 0).pad().data(32);
            std::ofstream(path(name), std::ios::binary) << bytes.string();
            return format::openModel(path(name));
        };
        m_source = file("a.gguf", 2, true);
        QVERIFY(verified(*file("b.gguf", 2, true)).ok());
        const auto result = verified(*file("b.gguf", 3, false));
        QVERIFY(
            (result.differences
             == std::vector<std::string>{"metadata llama.block_count is not the source's", "metadata tokenizer.chat_template is missing"}));
        const auto source = std::exchange(m_source, file("c.gguf", 2, false));
        QVERIFY((verified(*source).differences == std::vector<std::string>{"metadata tokenizer.chat_template is not in the source"}));
    }

    void aMatrixOfAnotherModelIsRefused()
    {
        auto importance = madeImportance();
        const auto output = quantized("Q4_K_M", &importance);
        importance.columns["blk.0.ffn_up.weight"].resize(256);
        QVERIFY_EXCEPTION_THROWN(verified(*output, &importance), Error);
    }

    void cancelStopsIt()
    {
        const auto output = quantized("Q4_K_M");
        Progress progress;
        progress.cancel();
        QVERIFY_EXCEPTION_THROWN(write::verify(*m_source, *output, nullptr, Executor(2), progress), Error);
    }

    void progressCountsTheOutput()
    {
        const auto output = quantized("Q4_K_M");
        Progress progress;
        write::verify(*m_source, *output, nullptr, Executor(2), progress);
        QCOMPARE(progress.snapshot().total, output->tensorBytes());
        QCOMPARE(progress.snapshot().done, output->tensorBytes());
    }
};

QTEST_APPLESS_MAIN(TestVerify)
#include "tst_verify.moc"
