// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backend/with_fallback.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/plan/plan.h"
#include "core/quant/codec.h"
#include "core/write/quantize_file.h"
#include "tests/backend/failing_device.h"
#include "tests/write/made_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <limits>
#include <memory>

using namespace halftone;
using quant::Type;

namespace {

QByteArray contents(const std::filesystem::path& path)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<std::byte> packedHere(const backend::Rows& rows)
{
    std::vector<std::byte> packed(quant::rowBytes(rows.type, rows.weights.size()));
    quant::quantize(rows.type, rows.weights, rows.columns, rows.importance, packed);
    return packed;
}

}  // namespace

class TestBackend : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_said.clear();
        m_progress = std::make_unique<Progress>();
    }

    void theCpuMakesTheCodecsBytes()
    {
        const std::vector<float> importance = test::madeWeights(512, 9);
        std::vector<float> magnitudes(importance);
        std::ranges::transform(importance, magnitudes.begin(), [](float w) { return w * w; });
        for (const auto& each : {std::span<const float>(), std::span<const float>(magnitudes)}) {
            const backend::Rows rows{Type::Q4_K, m_weights, 512, each};
            std::vector<std::byte> packed(quant::rowBytes(rows.type, m_weights.size()));
            backend::CpuBackend(m_executor).quantize(rows, packed, *m_progress);
            QVERIFY(packed == packedHere(rows));
        }
    }

    void packedRowsBecomeWhatTheirFloatsWould_data() { addSources(); }
    void packedRowsBecomeWhatTheirFloatsWould()
    {
        QFETCH(int, source);
        std::vector<std::byte> bytes(quant::rowBytes(Type(source), m_weights.size()));
        quant::quantize(Type(source), m_weights, 512, {}, bytes);
        std::vector<float> expected(m_weights.size()), found(m_weights.size()), importance = test::madeWeights(512, 9);
        quant::dequantize(Type(source), bytes, expected);
        backend::CpuBackend cpu(m_executor);
        cpu.dequantize({Type(source), bytes}, found, *m_progress);
        QVERIFY(found == expected);
        std::ranges::transform(importance, importance.begin(), [](float w) { return w * w; });
        for (const Type type : {Type::Q8_0, Type::Q5_0, Type::Q4_K})  // blocks smaller and larger than the source's
            for (const auto& each : {std::span<const float>(), std::span<const float>(importance)}) {
                std::vector<std::byte> packed(quant::rowBytes(type, expected.size()));
                cpu.quantize({type, {}, 512, each, {Type(source), bytes}}, packed, *m_progress);
                QVERIFY(packed == packedHere({type, expected, 512, each}));
            }
    }

    void aPackedWeightThatIsNoNumberIsTold()
    {
        std::vector<float> weights = m_weights;
        weights[31000] = std::numeric_limits<float>::infinity();
        std::vector<std::byte> packed(quant::rowBytes(Type::Q4_0, weights.size()));
        try {
            backend::CpuBackend(m_executor)
                .quantize({Type::Q4_0, {}, 512, {}, {Type::F32, std::as_bytes(std::span(weights))}}, packed, *m_progress);
            QFAIL("nothing was said");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Malformed);
        }
    }

    void whatTheDeviceWasUnpackingIsUnpackedByTheCpu()
    {
        backend::WithFallback backend = failing(1);
        for (int call = 0; call < 3; ++call) {
            QCOMPARE(backend.canDequantize(Type::F32), call < 2);
            std::vector<float> found(m_weights.size());
            backend.dequantize({Type::F32, std::as_bytes(std::span(m_weights))}, found, *m_progress);
            QVERIFY(found == m_weights);
        }
        QCOMPARE(m_said.size(), std::size_t(1));
    }

    void whatTheDeviceWasAtIsDoneAgainByTheCpu()
    {
        backend::WithFallback backend = failing(1);
        const backend::Rows rows{Type::Q5_0, m_weights, 512};
        for (int call = 0; call < 4; ++call) {
            QCOMPARE(backend.canQuantize(Type::Q5_0, false), call < 2);
            std::vector<std::byte> packed(quant::rowBytes(rows.type, m_weights.size()));
            backend.quantize(rows, packed, *m_progress);
            QVERIFY(packed == packedHere(rows));
        }
        QCOMPARE(m_said, std::vector<std::string>{"the device was lost (the device of the test); the CPU goes on"});
        QCOMPARE(backend.name(), std::string("CPU"));
    }

    void aCancelIsNoFailureOfTheDevice()
    {
        backend::WithFallback backend = failing(0, ErrorCode::Cancelled);
        std::vector<std::byte> packed(quant::rowBytes(Type::Q8_0, m_weights.size()));
        QVERIFY_EXCEPTION_THROWN(backend.quantize({Type::Q8_0, m_weights, 512}, packed, *m_progress), Error);
        QVERIFY(m_said.empty());
        QVERIFY(backend.canQuantize(Type::Q8_0, false));
    }

    void aFileIsTheSameWhoeverPacksIt_data()
    {
        QTest::addColumn<int>("calls");
        QTest::addColumn<int>("source");
        QTest::newRow("a device") << 1000000 << int(Type::F32);
        QTest::newRow("a device that fails at once") << 0 << int(Type::F32);
        QTest::newRow("a device that fails later") << 3 << int(Type::F32);
        QTest::newRow("a device, of halves") << 1000000 << int(Type::F16);
        QTest::newRow("a device, of packed tensors") << 1000000 << int(Type::Q8_0);
        QTest::newRow("a device that fails later, of packed tensors") << 3 << int(Type::Q6_K);
    }
    void aFileIsTheSameWhoeverPacksIt()
    {
        QFETCH(int, calls);
        QFETCH(int, source);
        const QTemporaryDir folder;
        const std::filesystem::path at = folder.path().toStdString();
        const auto model =
            test::madeFile(at / "source.gguf",
                           {test::madeTensor("blk.0.attn_q.weight", {512, 300}, 3), test::madeTensor("blk.0.ffn_up.weight", {256, 700}, 4),
                            test::madeTensor("blk.1.ffn_down.weight", {512, 64}, 5), test::madeTensor("output.weight", {256, 900}, 6)},
                           Type(source));
        const plan::Plan plan = plan::makePlan(*model, {.base = "pure:Q4_K"});
        backend::WithFallback backend = failing(calls);
        const write::Report plain = write::quantizeFile(*model, plan, at / "plain.gguf", {.requantize = true}, m_executor, *m_progress);
        const write::Report packed =
            write::quantizeFile(*model, plan, at / "packed.gguf", {.backend = &backend, .requantize = true}, m_executor, *m_progress);
        QVERIFY(!contents(at / "plain.gguf").isEmpty());
        QVERIFY(contents(at / "plain.gguf") == contents(at / "packed.gguf"));
        for (std::size_t i = 0; i < plain.tensors.size(); ++i)
            QCOMPARE(packed.tensors[i].rmse, plain.tensors[i].rmse);
        QCOMPARE(m_said.size(), std::size_t(calls < 1000 ? 1 : 0));
    }

    /// The error of what a device made is found out on another thread, while it makes the next.
    void aWeightThatIsTooLargeForTheTypeEndsTheWriting()
    {
        const QTemporaryDir folder;
        const std::filesystem::path at = folder.path().toStdString();
        test::MadeTensor large = test::madeTensor("blk.0.ffn_up.weight", {256, 700}, 4);
        large.weights[100000] = 1e30f;
        const auto model = test::madeFile(at / "source.gguf", {large, test::madeTensor("output.weight", {256, 900}, 6)});
        backend::WithFallback backend = failing(1000000);
        const plan::Plan plan = plan::makePlan(*model, {.base = "pure:F16"});
        QCOMPARE(plan.choices[0].type, Type::F16);
        try {
            write::quantizeFile(*model, plan, at / "packed.gguf", {.backend = &backend}, m_executor, *m_progress);
            QFAIL("nothing was said");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Usage);
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("blk.0.ffn_up.weight")));
        }
        QVERIFY(!std::filesystem::exists(at / "packed.gguf"));
    }

    void aWeightThatIsNoNumberHasAPlaceWhoeverPacksIt()
    {
        const QTemporaryDir folder;
        const std::filesystem::path at = folder.path().toStdString();
        test::MadeTensor wrong = test::madeTensor("blk.0.ffn_up.weight", {256, 700}, 4);
        wrong.weights[256 * 300 + 7] = std::numeric_limits<float>::quiet_NaN();
        const auto model = test::madeFile(at / "source.gguf", {wrong});
        backend::WithFallback backend = failing(1000000);
        const plan::Plan plan = plan::makePlan(*model, {.base = "pure:Q4_K"});
        try {
            write::quantizeFile(*model, plan, at / "packed.gguf", {.backend = &backend}, m_executor, *m_progress);
            QFAIL("nothing was said");
        } catch (const Error& error) {
            QCOMPARE(error.code(), ErrorCode::Malformed);
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("blk.0.ffn_up.weight, row 300, column 7")));
        }
    }

private:
    static void addSources()
    {
        QTest::addColumn<int>("source");
        for (const Type type : {Type::F32, Type::F16, Type::BF16, Type::Q8_0, Type::Q6_K})
            QTest::addRow("%s", quant::name(type).data()) << int(type);
    }

    backend::WithFallback failing(int calls, ErrorCode code = ErrorCode::System)
    {
        return {std::make_unique<test::FailingDevice>(m_executor, calls, code), m_executor,
                [this](const std::string& line) { m_said.push_back(line); }};
    }

    const Executor m_executor{2};
    const std::vector<float> m_weights = test::madeWeights(512 * 100, 1);
    std::unique_ptr<Progress> m_progress;
    std::vector<std::string> m_said;
};

QTEST_GUILESS_MAIN(TestBackend)
#include "tst_backend.moc"
