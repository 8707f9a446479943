// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured, not how fast it is.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/decode_speeds.h"
#include "core/infer/accelerator.h"
#include "tests/infer/made_model.h"
#include "tests/plan/made_model.h"

#include <QtTest>

using namespace halftone;
using quant::Type;

namespace {

/// A device that takes a second for every product, does not know Q4_0, and leaves whole networks to the CPU.
class SlowDevice : public infer::Accelerator {
public:
    std::string reason;  ///< why it runs no network

    std::string name() const override { return "slow"; }
    std::uint64_t freeBytes() const override { return 0; }
    std::unique_ptr<infer::DevicePass> passFor(std::shared_ptr<const infer::Variant>, std::size_t, infer::KvType, Progress&) override
    {
        return nullptr;
    }
    void gaveUp(const Error&) override {}
    std::string whyNot(const infer::Hyperparameters&, std::size_t) const override { return reason; }
    std::optional<double> multiplySeconds(std::span<const infer::PackedMatrix> matrices, Progress& progress) override
    {
        progress.checkpoint();
        if (matrices.front().type == Type::Q4_0)
            return {};
        return double(matrices.size());
    }
    std::optional<double> memoryBandwidth(Progress&) override { return 5e9; }
};

/// Matrices, but of no known architecture: nothing runs it as a whole.
std::shared_ptr<const model::Model> twoMatrices()
{
    return std::make_shared<const model::Model>(
        model::Model::Parts{.files = {},
                            .metadata = {},
                            .tensors = {test::tensorOf("blk.0.ffn_up.weight", Type::F16, test::shapeOf({512, 64})),
                                        test::tensorOf("blk.0.ffn_down.weight", Type::F16, test::shapeOf({512, 32}))}});
}

}  // namespace

class TestDecodeSpeeds : public QObject {
    Q_OBJECT

    Executor m_executor{2};

private Q_SLOTS:
    void everyTypeThatFitsHasASpeed()
    {
        const auto model = test::ModelMaker::make({}).model();  // rows of 64 and 96 weights: no block of 256 fits
        Progress progress;
        const std::vector<Type> types{Type::F32, Type::Q4_0, Type::Q4_K, Type::IQ4_NL};
        const plan::DecodeSpeeds speeds = evaluate::measureDecodeSpeeds(model, types, m_executor, progress);
        QCOMPARE(speeds.types.size(), std::size_t(3));
        for (const plan::TypeSpeed& one : speeds.types) {
            QVERIFY(one.type != Type::Q4_K);
            QVERIFY(one.bytesPerSecond > 0);
        }
        QVERIFY(speeds.otherSeconds >= 0);
        QVERIFY(speeds.memoryBytesPerSecond > 0);
        QCOMPARE(progress.snapshot().done, progress.snapshot().total);
    }

    void typesThatNeedImportanceAreMadeForIt()
    {
        const auto model = std::make_shared<const model::Model>(model::Model::Parts{
            .files = {}, .metadata = {}, .tensors = {test::tensorOf("blk.0.ffn_up.weight", Type::F16, test::shapeOf({512, 64}))}});
        Progress progress;
        const std::vector<Type> types{Type::IQ1_S, Type::IQ2_XXS};
        QCOMPARE(evaluate::measureDecodeSpeeds(model, types, m_executor, progress).types.size(), std::size_t(2));
    }

    void aModelWithoutMatricesIsRefused()
    {
        const auto model = std::make_shared<const model::Model>(model::Model::Parts{
            .files = {}, .metadata = {}, .tensors = {test::tensorOf("output_norm.weight", Type::F32, test::shapeOf({512}))}});
        Progress progress;
        const std::vector<Type> types{Type::Q8_0};
        QVERIFY_EXCEPTION_THROWN(evaluate::measureDecodeSpeeds(model, types, m_executor, progress), Error);
    }

    void cancelStopsIt()
    {
        const auto model = test::ModelMaker::make({}).model();
        Progress progress;
        progress.cancel();
        const std::vector<Type> types{Type::Q8_0};
        QVERIFY_EXCEPTION_THROWN(evaluate::measureDecodeSpeeds(model, types, m_executor, progress), Error);
    }

    void aDevicesSpeedIsItsOwn()
    {
        SlowDevice device;
        Progress progress;
        const std::vector<Type> types{Type::Q8_0, Type::Q4_0, Type::F16};
        const plan::DecodeSpeeds speeds = evaluate::measureDecodeSpeeds(twoMatrices(), types, m_executor, progress, &device);
        QCOMPARE(speeds.types.size(), std::size_t(2));  // it does not know Q4_0
        QCOMPARE(speeds.types[0].type, Type::Q8_0);
        QCOMPARE(speeds.types[0].bytesPerSecond, 96 * 16 * 34 / 2.0);  // 96 rows of 16 blocks of 34 bytes, in two seconds
        QCOMPARE(speeds.types[1].bytesPerSecond, 96 * 512 * 2 / 2.0);
        QCOMPARE(speeds.memoryBytesPerSecond, 5e9);
        QCOMPARE(progress.snapshot().done, progress.snapshot().total);
    }

    void aDeviceThatLeavesSomethingToTheCpuHasNoSpeed()
    {
        SlowDevice device;
        Progress progress;
        const std::vector<Type> types{Type::Q8_0};
        const auto runnable = test::ModelMaker::make({}).model();
        QVERIFY_EXCEPTION_THROWN(evaluate::measureDecodeSpeeds(runnable, types, m_executor, progress, &device), Error);
        const std::vector<Type> unknown{Type::Q4_0};
        QVERIFY_EXCEPTION_THROWN(evaluate::measureDecodeSpeeds(twoMatrices(), unknown, m_executor, progress, &device), Error);
        device.reason = "it cannot turn";
        try {
            evaluate::measureDecodeSpeeds(runnable, types, m_executor, progress, &device);
            QFAIL("measured");
        } catch (const Error& error) {
            QCOMPARE(error.problem(), device.reason);
        }
    }

    void speedsBelongToADeviceAndItsDriver()
    {
        const auto model = twoMatrices();
        QCOMPARE(evaluate::speedsKey(*model, "card\ndriver 1"), evaluate::speedsKey(*model, "card\ndriver 1"));
        QVERIFY(evaluate::speedsKey(*model, "card\ndriver 1") != evaluate::speedsKey(*model, "card\ndriver 2"));
        QVERIFY(evaluate::speedsKey(*model, "card\ndriver 1") != evaluate::speedsKey(*model, 2));
    }

    void speedsBelongToShapesAndThreads()
    {
        const auto narrow = test::ModelMaker::make({}).model(), same = test::ModelMaker::make({.seed = 8}).model();
        const auto wide = test::ModelMaker::make({.width = 128}).model();
        QCOMPARE(evaluate::speedsKey(*narrow, 2), evaluate::speedsKey(*same, 2));
        QVERIFY(evaluate::speedsKey(*narrow, 2) != evaluate::speedsKey(*wide, 2));
        QVERIFY(evaluate::speedsKey(*narrow, 2) != evaluate::speedsKey(*narrow, 1));
    }
};

QTEST_APPLESS_MAIN(TestDecodeSpeeds)
#include "tst_decode_speeds.moc"
