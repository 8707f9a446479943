// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/sense/carry.h"
#include "core/sense/measure.h"
#include "tests/plan/made_model.h"

#include <QDir>
#include <QFile>
#include <QtTest>

#include <cmath>

using namespace halftone;
using quant::Type;

namespace {

model::Model madeModel()
{
    std::vector<model::Tensor> tensors;
    for (const char* name : {"blk.0.attn_q.weight", "blk.1.attn_q.weight", "blk.0.ffn_up.weight", "blk.1.ffn_up.weight", "output.weight"})
        tensors.push_back(test::tensorOf(name, Type::F16, test::shapeOf({256, 64})));
    return test::modelOf({}, std::move(tensors));
}

sense::Sensitivity figuresOf(sense::Level level, std::vector<sense::TensorError> tensors)
{
    return {.source = {.level = level, .model = {}, .text = {}, .importance = {}}, .tensors = std::move(tensors), .fit = {}};
}

/// What the figures say; NaN where nothing.
double figure(const sense::Sensitivity& figures, const std::string& tensor, Type type, bool carried)
{
    for (const sense::TensorError& one : figures.tensors)
        if (one.tensor == tensor && one.type == type && one.carried == carried)
            return one.error;
    return NAN;
}

bool near(double a, double b)
{
    return std::abs(a - b) <= 1e-9 * std::abs(b);
}

}  // namespace

class TestCarry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void typesOfAMeasuredTensorLieOnItsOwnLine()
    {
        const std::string q = "blk.0.attn_q.weight";
        const auto output = figuresOf(sense::Level::Output, {{q, Type::Q2_K, 0.1}, {q, Type::Q6_K, 1e-4}});
        const auto weights = figuresOf(sense::Level::Weights,
                                       {{q, Type::Q2_K, 0.2},
                                        {q, Type::Q6_K, 2e-3},
                                        {q, Type::Q4_K, 0.02},
                                        {q, Type::Q8_0, 2e-4},
                                        {q, Type::TQ1_0, 0.4},
                                        {q, Type::BF16, 0}});
        const auto all = sense::carried(output, weights, madeModel());
        QCOMPARE(figure(all, q, Type::Q2_K, false), 0.1);
        QCOMPARE(all.tensors.size(), std::size_t(6));
        QVERIFY(near(figure(all, q, Type::Q4_K, true), std::sqrt(0.1 * 1e-4)));  // halfway on logarithmic axes
        QVERIFY(near(figure(all, q, Type::Q8_0, true), 1e-5));  // a tenth of the weights' error, a tenth of the figure
        QVERIFY(near(figure(all, q, Type::TQ1_0, true), 0.2));
        QCOMPARE(figure(all, q, Type::BF16, true), 0.0);
    }

    void unmeasuredTensorsFollowTheirRoleAndThenAll()
    {
        const std::string q0 = "blk.0.attn_q.weight", q1 = "blk.1.attn_q.weight", up = "blk.0.ffn_up.weight", out = "output.weight";
        const auto output = figuresOf(sense::Level::Output, {{q0, Type::Q4_K, 0.04}, {up, Type::Q4_K, 0.01}});
        const auto weights = figuresOf(sense::Level::Weights,
                                       {{q0, Type::Q4_K, 0.01}, {q1, Type::Q4_K, 0.02}, {up, Type::Q4_K, 0.01}, {out, Type::Q4_K, 0.03}});
        const auto all = sense::carried(output, weights, madeModel());
        QVERIFY(near(figure(all, q1, Type::Q4_K, true), 0.08));  // four times its weights' error, as the other attn_q
        QVERIFY(near(figure(all, out, Type::Q4_K, true), 0.06));  // twice: the geometric mean of four times and once
    }

    void fromNothingNothingIsCarried()
    {
        const auto weights = figuresOf(sense::Level::Weights, {{"output.weight", Type::Q4_K, 0.03}});
        QVERIFY(sense::carried(figuresOf(sense::Level::Output, {}), weights, madeModel()).tensors.empty());
    }

    void filesSayWhatIsCarried()
    {
        auto figures = figuresOf(sense::Level::Output, {{"a", Type::Q4_K, 1}, {"b", Type::Q4_K, 2}});
        figures.tensors[1].carried = true;
        const auto read = sense::sensitivityFromJson(sense::toJson(figures));
        QVERIFY(read.tensors == figures.tensors);
        QVERIFY(!read.tensors[0].carried && read.tensors[1].carried);
    }

    /// Of the sample's measured figures every second type is hidden and told from the weights.
    void hiddenFiguresOfTheSampleAreFoundAgain()
    {
        const QStringList files = QDir(SAMPLE_DIR).entryList({"*-output.json"});
        QCOMPARE(files.size(), 1);
        QFile file(SAMPLE_DIR "/" + files.first());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto measured = sense::sensitivityFromJson(file.readAll().toStdString());
        const auto model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        const std::vector<Type> types{Type::Q2_K, Type::Q3_K, Type::Q4_K, Type::Q5_K, Type::Q6_K};
        sense::Sensitivity weights;
        const Executor executor(2);
        Progress progress;
        sense::measure(model, {.types = types}, weights, {}, executor, progress);
        auto shown = measured;
        std::erase_if(shown.tensors, [](const sense::TensorError& one) {
            return one.type != Type::Q2_K && one.type != Type::Q4_K && one.type != Type::Q6_K;
        });
        const auto all = sense::carried(shown, weights, *model);
        double squares = 0;
        int count = 0;
        for (const sense::TensorError& one : measured.tensors) {
            if (one.type != Type::Q3_K && one.type != Type::Q5_K)
                continue;
            const double told = figure(all, one.tensor, one.type, true);
            QVERIFY(told > 0);
            squares += std::pow(std::log(told / one.error), 2);
            ++count;
        }
        QVERIFY(count > 100);
        const double factor = std::exp(std::sqrt(squares / count));
        qInfo() << "told from the weights within a factor of" << factor;
        QVERIFY2(factor < 1.25, qPrintable(QString::number(factor)));
    }
};

QTEST_APPLESS_MAIN(TestCarry)
#include "tst_carry.moc"
