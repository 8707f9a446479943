// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/difference.h"
#include "core/model/model.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <limits>

using namespace halftone;
using namespace halftone::test;
using quant::Type;

namespace {

/// A model in memory that keeps its tensors' bytes.
struct Made {
    std::vector<std::unique_ptr<MadeTensor>> tensors;
    model::Metadata metadata;

    Made& add(const std::string& name, Type type, std::uint64_t columns, const std::vector<float>& weights)
    {
        tensors.push_back(std::make_unique<MadeTensor>(type, columns, weights));
        tensors.back()->tensor.name = name;
        return *this;
    }
    model::Model model() const
    {
        model::Model::Parts parts;
        parts.metadata = metadata;
        for (const auto& made : tensors)
            parts.tensors.push_back(made->tensor);
        return model::Model(std::move(parts));
    }
};

}  // namespace

class TestDifference : public QObject {
    Q_OBJECT

    inspect::Difference compared(const model::Model& a, const model::Model& b, int threads = 2)
    {
        Progress progress;
        return inspect::compareModels(a, b, Executor(threads), progress);
    }

private Q_SLOTS:
    void tensorsAreMatchedByName()
    {
        const auto weights = bell(256 * 300, 0.1f);
        Made a, b;
        a.add("x", Type::F16, 256, weights).add("only a", Type::F32, 32, bell(64, 1)).add("shape", Type::F32, 32, bell(64, 1));
        b.add("shape", Type::F32, 16, bell(64, 1)).add("x", Type::Q4_K, 256, weights).add("only b", Type::Q8_0, 32, bell(64, 1));
        const auto modelA = a.model(), modelB = b.model();
        const auto difference = compared(modelA, modelB);
        QCOMPARE(difference.tensors.size(), std::size_t(4));
        QCOMPARE(difference.tensors[0].name, std::string("x"));
        QCOMPARE(difference.tensors[0].b->type, Type::Q4_K);
        QVERIFY(difference.tensors[0].distortion->rmse > 0.001 && difference.tensors[0].distortion->rmse < 0.02);
        QVERIFY(difference.tensors[1].a && !difference.tensors[1].b && !difference.tensors[1].distortion);
        QVERIFY(difference.tensors[2].a && difference.tensors[2].b && !difference.tensors[2].distortion);
        QVERIFY(!difference.tensors[3].a);
        QCOMPARE(difference.tensors[3].name, std::string("only b"));
    }

    void theErrorIsThatOfTheWeights()
    {
        auto weights = bell(256 * 300, 0.1f), other = weights;
        for (float& weight : other)
            weight += 0.25f;
        Made a, b;
        const auto modelA = a.add("x", Type::F32, 256, weights).model(), modelB = b.add("x", Type::F32, 256, other).model();
        const auto one = compared(modelA, modelB, 1), four = compared(modelA, modelB, 4);
        QVERIFY(std::abs(one.tensors[0].distortion->rmse - 0.25) < 1e-6);
        QCOMPARE(one.tensors[0].distortion->rmse, four.tensors[0].distortion->rmse);
    }

    void onlyMetadataThatDiffersIsListed()
    {
        Made a, b;
        const float nan = std::numeric_limits<float>::quiet_NaN();
        for (Made* made : {&a, &b}) {
            made->metadata.set("same", std::string("x"));
            made->metadata.set("not a number", nan);
            made->metadata.set("array", model::Array(std::vector<std::string>{"a", "b"}));
        }
        a.metadata.set("value", std::uint32_t(1));
        b.metadata.set("value", std::uint32_t(2));
        a.metadata.set("type", std::uint32_t(1));
        b.metadata.set("type", std::int32_t(1));
        a.metadata.set("zero", 0.0f);
        b.metadata.set("zero", -0.0f);
        a.metadata.set("list", model::Array(std::vector<float>{1, 2}));
        b.metadata.set("list", model::Array(std::vector<float>{1, 3}));
        a.metadata.set("gone", std::uint32_t(1));
        b.metadata.set("new", std::uint32_t(1));
        const auto modelA = a.model(), modelB = b.model();
        QStringList keys;
        for (const auto& entry : compared(modelA, modelB).metadata)
            keys << QString::fromStdString(entry.key) + (entry.a ? "" : " b") + (entry.b ? "" : " a");
        QCOMPARE(keys, (QStringList{"value", "type", "zero", "list", "gone a", "new b"}));
    }

    void cancelStopsIt()
    {
        Made a;
        const auto model = a.add("x", Type::F32, 256, bell(256 * 4, 1)).model();
        Progress progress;
        progress.cancel();
        QVERIFY_EXCEPTION_THROWN(inspect::compareModels(model, model, Executor(1), progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestDifference)
#include "tst_difference.moc"
