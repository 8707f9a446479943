// SPDX-License-Identifier: GPL-3.0-or-later
// What a written file says of itself, and what is never written.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/hash.h"
#include "core/base/progress.h"
#include "core/format/gguf_writer.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/output_header.h"
#include "core/plan/plan.h"
#include "core/quant/codec.h"
#include "core/write/proofread.h"
#include "core/write/quantize_file.h"
#include "core/write/tensor_hash.h"
#include "tests/write/made_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace halftone;
using quant::Type;
using test::madeTensor;

class TestQuantizeVerified : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<const model::Model> m_source;

    std::filesystem::path path(const char* name) const { return std::filesystem::path(m_folder->path().toStdString()) / name; }
    QByteArray contents(const char* name) const
    {
        QFile file(m_folder->filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    write::Report write(const model::Model& model, const plan::Recipe& recipe, const char* out = "out.gguf",
                        const write::Options& options = {})
    {
        Progress progress;
        return write::quantizeFile(model, plan::makePlan(model, recipe), path(out), options, Executor(2), progress);
    }
    std::optional<Error> refusal(const model::Model& model, const plan::Recipe& recipe, const write::Options& options = {})
    {
        try {
            write(model, recipe, "out.gguf", options);
            return std::nullopt;
        } catch (const Error& error) {
            return error;
        }
    }
    static std::string proofOf(const model::Model& model)
    {
        Progress progress;
        return write::tensorHash(model, write::proofread(model, Executor(2), progress));
    }

    /// The made source as Q8_0, with a scale in the last block of a row that is no number: 68 rows, 16 blocks of 34 bytes each.
    std::shared_ptr<const model::Model> withNanInAQuantizedTensor()
    {
        const auto model = test::madeFile(
            path("nan.gguf"), {madeTensor("token_embd.weight", {256, 9}, 1), madeTensor("blk.0.ffn_up.weight", {512, 68}, 2)}, Type::Q8_0);
        QFile file(m_folder->filePath("nan.gguf"));
        if (!file.open(QIODevice::ReadWrite) || !file.seek(qint64(model->find("blk.0.ffn_up.weight")->offset) + 34 * (16 * 41 + 15))
            || file.write("\x01\x7e") != 2)
            qFatal("the file cannot be changed");
        file.close();
        return format::openModel(path("nan.gguf"));
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_source =
            test::madeFile(path("in.gguf"),
                           {madeTensor("token_embd.weight", {256, 40}, 1), madeTensor("blk.0.attn_norm.weight", {256}, 2),
                            madeTensor("blk.0.ffn_up.weight", {512, 9000}, 3), madeTensor("blk.0.ffn_down_exps.weight", {256, 5, 3}, 4)});
    }

    void theFileSaysWhatItsTensorsComeTo()
    {
        const write::Report report = write(*m_source, {.base = "Q4_K_M"});
        QVERIFY(report.verified);
        const auto written = format::openModel(path("out.gguf"));
        Hasher lines;
        for (const model::Tensor& tensor : written->tensors()) {
            Hasher data;
            data.add(tensor.data);
            const auto& e = tensor.shape.extent;
            lines.add(QString("%1 %2 %3x%4x%5x%6 %7\n")
                          .arg(QString::fromStdString(tensor.name), QString::fromUtf8(quant::name(tensor.type).data()))
                          .arg(e[0])
                          .arg(e[1])
                          .arg(e[2])
                          .arg(e[3])
                          .arg(QString::fromStdString(data.digest()))
                          .toStdString());
        }
        QCOMPARE(report.tensorHash, "xxh3-128:" + lines.digest());
        QCOMPARE(write::storedTensorHash(*written).value_or(""), report.tensorHash);
        QCOMPARE(proofOf(*written), report.tensorHash);
    }

    void verifyingChangesNoByte()
    {
        write(*m_source, {.base = "Q4_K_M"});
        const write::Report report = write(*m_source, {.base = "Q4_K_M"}, "unverified.gguf", {.verify = false});
        QVERIFY(!report.verified);
        QVERIFY(contents("unverified.gguf") == contents("out.gguf"));
    }

    void aCopyIsVerifiedAndStaysByteForByte()
    {
        QVERIFY(write(*m_source, {}).verified);
        QVERIFY(contents("out.gguf") == contents("in.gguf"));
        QVERIFY(!write::storedTensorHash(*format::openModel(path("out.gguf"))));
    }

    void anOutputQuantizedAgainSaysWhatItsOwnTensorsComeTo()
    {
        write(*m_source, {.base = "Q8_0"}, "q8.gguf");
        const auto once = format::openModel(path("q8.gguf"));
        const write::Report report = write(*once, {.base = "Q4_K_M"}, "out.gguf", {.requantize = true});
        const auto twice = format::openModel(path("out.gguf"));
        QCOMPARE(write::storedTensorHash(*twice).value_or(""), report.tensorHash);
        QCOMPARE(proofOf(*twice), report.tensorHash);
        QVERIFY(report.tensorHash != write::storedTensorHash(*once));
    }

    void oneTurnedBitGivesAnotherHash()
    {
        const write::Report report = write(*m_source, {.base = "Q4_K_M"});
        const std::uint64_t offset = format::openModel(path("out.gguf"))->find("blk.0.ffn_up.weight")->offset;
        QFile file(m_folder->filePath("out.gguf"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(qint64(offset) + 20));
        char byte = 0;
        QVERIFY(file.getChar(&byte));
        QVERIFY(file.seek(qint64(offset) + 20));
        QVERIFY(file.putChar(char(byte ^ 16)));
        file.close();
        QVERIFY(proofOf(*format::openModel(path("out.gguf"))) != report.tensorHash);
    }

    void aNanInAQuantizedTensorIsNotCopied_data()
    {
        QTest::addColumn<QString>("base");
        QTest::newRow("of a file that is copied as it is") << "source";
        QTest::newRow("beside a tensor that is quantized again") << "again";
    }
    void aNanInAQuantizedTensorIsNotCopied()
    {
        QFETCH(QString, base);
        const auto model = withNanInAQuantizedTensor();
        const plan::Recipe recipe =
            base == "again" ? plan::Recipe{.base = "source", .rules = {{"token_embd", Type::Q4_0}}} : plan::Recipe{};
        const std::optional<Error> error = refusal(*model, recipe, {.requantize = true});
        QVERIFY(error);
        QVERIFY(error->code() == ErrorCode::Malformed);
        QCOMPARE(error->problem(), std::string("a weight is NaN"));
        QCOMPARE(error->place(), std::string("tensor blk.0.ffn_up.weight, row 41, column 480"));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList({"in.gguf", "nan.gguf"}));
    }

    void proofreadingFindsANan()
    {
        const auto model = withNanInAQuantizedTensor();
        QVERIFY_EXCEPTION_THROWN(proofOf(*model), Error);
    }

    void betweenTensorsAreZerosAlone()
    {
        // Tensors whose bytes are no multiple of the alignment, and a header that is none either.
        const auto model = test::madeFile(path("odd.gguf"),
                                          {madeTensor("token_embd.weight", {32, 3}, 1), madeTensor("blk.0.ffn_up.weight", {32, 7}, 2),
                                           madeTensor("blk.0.ffn_norm.weight", {5}, 3)});
        write(*model, {.base = "pure:Q4_0"});
        const auto written = format::openModel(path("out.gguf"));
        QByteArray file = contents("out.gguf");
        std::uint64_t end = written->tensors()[0].offset, padding = 0;
        for (const model::Tensor& tensor : written->tensors()) {
            for (; end < tensor.offset; ++end, ++padding)
                QCOMPARE(file[qsizetype(end)], '\0');
            end += tensor.bytes();
        }
        for (; end < std::uint64_t(file.size()); ++end, ++padding)
            QCOMPARE(file[qsizetype(end)], '\0');
        QCOMPARE(padding, std::uint64_t(10 + 2 + 12));
    }

    void verifyingIsAStageOfItsOwn()
    {
        Progress progress;
        const plan::Plan plan = plan::makePlan(*m_source, {.base = "Q8_0"});
        write::quantizeFile(*m_source, plan, path("out.gguf"), {}, Executor(2), progress);
        QCOMPARE(progress.snapshot().stage, std::string("verifying"));
        QCOMPARE(progress.snapshot().total, plan.tensorBytes);
        QCOMPARE(progress.snapshot().done, plan.tensorBytes);
    }
};

QTEST_APPLESS_MAIN(TestQuantizeVerified)
#include "tst_quantize_verified.moc"
