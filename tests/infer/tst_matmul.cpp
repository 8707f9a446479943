// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/infer/matmul.h"
#include "core/infer/matmul_kernels.h"
#include "core/infer/matmul_reference.h"
#include "core/infer/packing.h"
#include "core/quant/codec.h"

#include <QtTest>

#include <hwy/targets.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace halftone;
using namespace halftone::infer;

namespace {

constexpr quant::Type kTypes[] = {
    quant::Type::F32,     quant::Type::F16,   quant::Type::BF16,   quant::Type::Q8_0,    quant::Type::Q5_1,   quant::Type::Q5_0,
    quant::Type::Q4_1,    quant::Type::Q4_0,  quant::Type::Q2_0,   quant::Type::Q1_0,    quant::Type::Q6_K,   quant::Type::Q5_K,
    quant::Type::Q4_K,    quant::Type::Q3_K,  quant::Type::Q2_K,   quant::Type::IQ4_NL,  quant::Type::IQ4_XS, quant::Type::IQ3_S,
    quant::Type::IQ3_XXS, quant::Type::IQ2_S, quant::Type::IQ2_XS, quant::Type::IQ2_XXS, quant::Type::IQ1_M,  quant::Type::IQ1_S,
    quant::Type::MXFP4,   quant::Type::NVFP4, quant::Type::TQ1_0,  quant::Type::TQ2_0,
};

std::vector<float> randomFloats(std::mt19937& random, std::size_t count)
{
    std::normal_distribution<float> normal;
    std::vector<float> x(count);
    for (auto& v : x)
        v = normal(random);
    return x;
}

struct Matrix {
    std::vector<std::byte> bytes;
    PackedMatrix view;
};

Matrix quantized(quant::Type type, std::span<const float> weights, std::size_t columns)
{
    Matrix m;
    m.bytes.resize(weights.size() / columns * quant::rowBytes(type, columns));
    quant::quantize(type, weights, columns, std::vector<float>(columns, 1.0f), m.bytes);
    m.view = {type, m.bytes.data(), weights.size() / columns, columns};
    return m;
}

/// Any bytes are weights of every packed type.
Matrix randomBytes(std::mt19937& random, quant::Type type, std::size_t rows, std::size_t columns)
{
    Matrix m;
    m.bytes.resize(rows * quant::rowBytes(type, columns));
    for (auto& b : m.bytes)
        b = std::byte(random());
    m.view = {type, m.bytes.data(), rows, columns};
    return m;
}

std::vector<float> product(const PackedMatrix& weights, std::span<const float> x, const Executor& executor)
{
    Activations activations;
    activations.assign(x, weights.columns);
    std::vector<float> out(weights.rows * activations.tokens(), -1.0f);
    multiply(weights, activations, out, executor);
    return out;
}

std::vector<float> referenceProduct(const PackedMatrix& w, std::span<const float> x, const Executor& executor)
{
    Activations a;
    a.assign(x, w.columns);
    const std::size_t rowBytes = quant::rowBytes(w.type, w.columns);
    std::vector<float> out;
    for (std::size_t t = 0; t < a.tokens(); ++t)
        for (std::size_t r = 0; r < w.rows; ++r) {
            const std::byte* row = w.data + r * rowBytes;
            switch (activationFormat(w.type)) {
            case ActivationFormat::F32: out.push_back(reference::dot(w.type, row, x.subspan(t * w.columns, w.columns))); break;
            case ActivationFormat::Blocks32:
                out.push_back(reference::dot(w.type, row, a.blocks32(executor).subspan(t * w.columns / 32, w.columns / 32)));
                break;
            case ActivationFormat::Blocks256:
                out.push_back(reference::dot(w.type, row, a.blocks256(executor).subspan(t * w.columns / 256, w.columns / 256)));
                break;
            }
        }
    return out;
}

/// The activations that the codes stand for.
std::vector<double> represented(quant::Type weights, std::span<const float> x, const Executor& executor)
{
    Activations a;
    a.assign(x, x.size());
    std::vector<double> out(x.begin(), x.end());
    if (activationFormat(weights) == ActivationFormat::Blocks32)
        for (std::size_t c = 0; c < x.size(); ++c)
            out[c] = double(a.blocks32(executor)[c / 32].scale) * a.blocks32(executor)[c / 32].codes[c % 32];
    if (activationFormat(weights) == ActivationFormat::Blocks256)
        for (std::size_t c = 0; c < x.size(); ++c)
            out[c] = double(a.blocks256(executor)[c / 256].scale) * a.blocks256(executor)[c / 256].codes[c % 256];
    return out;
}

/// Sum of what is added up in a row: the rounding of a result is at most a few units of it.
double magnitude(const PackedMatrix& w, std::size_t row, std::span<const float> weights, std::span<const double> x)
{
    double sum = 0;
    const Packing* packing = findPacking(w.type);
    reference::Unpacked u{};
    for (std::size_t c = 0; c < w.columns; ++c) {
        double weight = std::abs(weights[c]);
        if (packing) {
            if (c % packing->columns == 0)
                reference::unpack(w.type, w.data + row * quant::rowBytes(w.type, w.columns) + c / packing->columns * packing->bytes, u);
            const std::size_t in = c % packing->columns, g = in / packing->group;
            weight =
                std::abs(double(u.scales[g])) * (u.codes[in] + packing->zeroPoint) + (packing->hasMinimum ? std::abs(u.minimums[g]) : 0);
        }
        sum += weight * std::abs(x[c]);
    }
    return sum;
}

bool sameBits(std::span<const float> a, std::span<const float> b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]) && !(std::isnan(a[i]) && std::isnan(b[i])))
            return false;
    return true;
}

/// Runs with one instruction set while it lives.
class OnlyTarget {
public:
    explicit OnlyTarget(std::int64_t target)
    {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
    ~OnlyTarget()
    {
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }
};

/// Whether a target fuses multiplication and addition, as the reference does: AVX2 and later, and all of ARM's.
bool fuses(std::int64_t target)
{
    return HWY_ARCH_ARM_A64 || target <= HWY_AVX2;
}

std::vector<std::int64_t> targets()
{
    std::vector<std::int64_t> all;
    for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1)
        all.push_back(left & -left);
    return all;
}

}  // namespace

class TestMatmul : public QObject {
    Q_OBJECT
private:
    Executor m_executor{2};

    static void addTypes()
    {
        QTest::addColumn<quint32>("id");
        for (const auto type : kTypes)
            QTest::newRow(std::string(quant::name(type)).c_str()) << quint32(type);
    }

private Q_SLOTS:
    void agreesWithDequantizedWeights_data() { addTypes(); }
    void agreesWithDequantizedWeights()
    {
        QFETCH(quint32, id);
        const auto type = quant::Type(id);
        std::mt19937 random(id + 1);
        for (const auto [rows, columns, tokens] :
             {std::array{1, 256, 1}, {70, 512, 9}, {16, 2048, 1}, {17, 768, 2}, {5, 1024, 3}, {64, 256, 8}}) {
            const auto m = quantized(type, randomFloats(random, std::size_t(rows * columns)), std::size_t(columns));
            const auto x = randomFloats(random, std::size_t(tokens * columns));
            const auto out = product(m.view, x, m_executor);
            const std::size_t rowBytes = quant::rowBytes(type, m.view.columns);
            std::vector<float> w(m.view.columns);
            for (std::size_t t = 0; t < std::size_t(tokens); ++t) {
                const std::span<const float> token(x.data() + t * w.size(), w.size());
                const auto seen = represented(type, token, m_executor);
                for (std::size_t r = 0; r < m.view.rows; ++r) {
                    quant::dequantize(type, std::span(m.bytes).subspan(r * rowBytes, rowBytes), w);
                    double exact = 0, codes = 0, loss = 0;
                    for (std::size_t c = 0; c < w.size(); ++c) {
                        exact += double(w[c]) * token[c];
                        codes += double(w[c]) * seen[c];
                        loss += std::abs(w[c]) * std::abs(seen[c] - token[c]);
                    }
                    const double rounding = magnitude(m.view, r, w, seen) * double(w.size() / 16 + 40) * 0x1p-24;
                    const double got = out[t * m.view.rows + r];
                    QVERIFY2(std::abs(got - codes) <= rounding, qPrintable(QString("row %1: %2, not %3").arg(r).arg(got).arg(codes)));
                    QVERIFY(std::abs(got - exact) <= loss + rounding);
                }
            }
        }
    }

    void everyInstructionSetGivesTheReferencesResult_data() { addTypes(); }
    void everyInstructionSetGivesTheReferencesResult()
    {
        QFETCH(quint32, id);
        const auto type = quant::Type(id);
        std::mt19937 random(id + 2);
        for (const std::int64_t target : targets()) {
            const OnlyTarget only(target);
            for (const auto [rows, columns, tokens] :
                 {std::array{1, 256, 1}, {39, 1024, 19}, {16, 512, 2}, {33, 256, 1}, {3, 256, 5}, {21, 384, 9}, {18, 640, 1}}) {
                if (std::uint32_t(columns) % quant::info(type).blockSize != 0)
                    continue;
                const auto m = activationFormat(type) == ActivationFormat::F32
                    ? quantized(type, randomFloats(random, std::size_t(rows * columns)), std::size_t(columns))
                    : randomBytes(random, type, std::size_t(rows), std::size_t(columns));
                const auto x = randomFloats(random, std::size_t(tokens * columns));
                const auto got = product(m.view, x, m_executor), want = referenceProduct(m.view, x, m_executor);
                if (fuses(target))
                    QVERIFY2(sameBits(got, want), hwy::TargetName(target));
                for (std::size_t i = 0; i < got.size(); ++i) {
                    if (!std::isfinite(want[i]) || fuses(target))
                        continue;
                    const std::size_t r = i % m.view.rows, t = i / m.view.rows;
                    const auto seen = represented(type, std::span(x).subspan(t * m.view.columns, m.view.columns), m_executor);
                    std::vector<float> w(m.view.columns);
                    const std::size_t rowBytes = quant::rowBytes(type, m.view.columns);
                    quant::dequantize(type, std::span(m.bytes).subspan(r * rowBytes, rowBytes), w);
                    QVERIFY(std::abs(double(got[i]) - want[i]) <= magnitude(m.view, r, w, seen) * double(w.size() / 8 + 80) * 0x1p-24);
                }
            }
        }
    }

    void everyInstructionSetQuantizesActivationsAlike()
    {
        std::mt19937 random(3);
        auto x = randomFloats(random, 256 * 40);
        for (std::size_t c = 0; c < 256; ++c) {
            x[c] = 0;
            x[256 + c] = c == 77 ? 3e38f : 1e-20f;
            x[512 + c] = 1e-38f;
            x[768 + c] = float(int(c) - 128) * 0.5f;  // ties
        }
        x[1024 + 3] = std::numeric_limits<float>::infinity();
        x[1280 + 200] = std::numeric_limits<float>::quiet_NaN();
        const auto bits = [](float f) { return std::isnan(f) ? 0x7fc00000u : std::bit_cast<std::uint32_t>(f); };
        for (const std::int64_t target : targets()) {
            const OnlyTarget only(target);
            std::vector<Block32> small(x.size() / 32);
            std::vector<Block256> large(x.size() / 256);
            kernels::quantize(x.data(), small.data(), small.size());
            kernels::quantize(x.data(), large.data(), large.size());
            for (std::size_t b = 0; b < small.size(); ++b) {
                Block32 want;
                reference::quantize(std::span(x).subspan(b * 32).first<32>(), want);
                QCOMPARE(bits(small[b].scale), bits(want.scale));
                QCOMPARE(small[b].sum, want.sum);
                QVERIFY(std::equal(want.codes, want.codes + 32, small[b].codes));
            }
            for (std::size_t b = 0; b < large.size(); ++b) {
                Block256 want;
                reference::quantize(std::span(x).subspan(b * 256).first<256>(), want);
                QCOMPARE(bits(large[b].scale), bits(want.scale));
                QVERIFY(std::equal(want.sums, want.sums + 16, large[b].sums));
                QVERIFY(std::equal(want.codes, want.codes + 256, large[b].codes));
            }
        }
    }

    void threadsAndBatchesDoNotChangeABit_data() { addTypes(); }
    void threadsAndBatchesDoNotChangeABit()
    {
        QFETCH(quint32, id);
        const auto type = quant::Type(id);
        std::mt19937 random(id + 4);
        constexpr std::size_t rows = 1003, columns = 512, tokens = 13;
        const auto m = quantized(type, randomFloats(random, rows * columns), columns);
        const auto x = randomFloats(random, tokens * columns);
        const auto want = product(m.view, x, Executor(1));
        QVERIFY(sameBits(product(m.view, x, Executor(2)), want));
        QVERIFY(sameBits(product(m.view, x, Executor(3)), want));
        for (std::size_t t = 0; t < tokens; ++t)
            QVERIFY(
                sameBits(product(m.view, std::span(x).subspan(t * columns, columns), m_executor), std::span(want).subspan(t * rows, rows)));
    }

    void extremesStayFinite_data() { addTypes(); }
    void extremesStayFinite()
    {
        QFETCH(quint32, id);
        const auto type = quant::Type(id);
        constexpr std::size_t rows = 20, columns = 1024;
        std::vector<float> weights(rows * columns, 100.0f), x(columns, -1000.0f);
        for (std::size_t i = 0; i < weights.size(); i += 3)
            weights[i] = -100.0f;
        const auto m = quantized(type, weights, columns);
        for (const float v : product(m.view, x, m_executor))
            QVERIFY(std::isfinite(v));
        std::fill(x.begin(), x.end(), 0.0f);
        for (const float v : product(m.view, x, m_executor))
            QCOMPARE(v, 0.0f);
        x[500] = 1e30f;
        for (const float v : product(m.view, x, m_executor))
            QVERIFY(std::isfinite(v) && v != 0);
        const auto zeros = quantized(type, std::vector<float>(rows * columns), columns);
        for (const float v : product(zeros.view, x, m_executor))
            QCOMPARE(v, 0.0f);
    }

    void notANumberShows_data() { addTypes(); }
    void notANumberShows()
    {
        QFETCH(quint32, id);
        std::mt19937 random(5);
        const auto m = quantized(quant::Type(id), randomFloats(random, 16 * 256), 256);
        auto x = randomFloats(random, 256);
        x[100] = std::numeric_limits<float>::quiet_NaN();
        for (const float v : product(m.view, x, m_executor))
            QVERIFY(std::isnan(v));
    }

    void oddColumnsOfFloatWeights()
    {
        std::mt19937 random(6);
        for (const auto type : {quant::Type::F32, quant::Type::F16, quant::Type::BF16})
            for (const std::size_t columns : {1u, 7u, 33u, 67u, 130u}) {
                const auto m = quantized(type, randomFloats(random, 18 * columns), columns);
                const auto x = randomFloats(random, 3 * columns);
                const auto got = product(m.view, x, m_executor), want = referenceProduct(m.view, x, m_executor);
                for (std::size_t i = 0; i < got.size(); ++i)
                    QVERIFY(std::abs(got[i] - want[i]) <= 1e-4);
            }
    }

    void everyTypeThatHoldsWeightsIsMultiplied()
    {
        for (const quant::TypeInfo& type : quant::allTypes())
            QCOMPARE(canMultiply(type.type), type.canDequantize);
    }

    void shapesThatDoNotFitAreRefused()
    {
        std::mt19937 random(7);
        const auto m = quantized(quant::Type::Q4_0, randomFloats(random, 64), 32);
        const auto x = randomFloats(random, 64);
        Activations a;
        a.assign(x, 64);
        std::vector<float> out(2);
        QVERIFY_EXCEPTION_THROWN(multiply(m.view, a, out, m_executor), Error);
        auto other = m.view;
        other.type = quant::Type::I32;
        a.assign(x, 32);
        QVERIFY_EXCEPTION_THROWN(multiply(other, a, out, m_executor), Error);
    }
};

QTEST_GUILESS_MAIN(TestMatmul)
#include "tst_matmul.moc"
