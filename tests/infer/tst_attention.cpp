// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/executor.h"
#include "core/infer/attention.h"
#include "core/quant/half.h"

#include <QtTest>

#include <cmath>
#include <random>

using namespace halftone;
using namespace halftone::infer;

class TestAttention : public QObject {
    Q_OBJECT

    static constexpr std::size_t kTokens = 600;  ///< more than the positions weighed at a time
    std::mt19937 m_random{11};
    Executor m_executor{2};

    std::vector<float> values(std::size_t count, float spread)
    {
        std::vector<float> row(count);
        for (float& value : row)
            value = quant::halfToFloat(quant::floatToHalf(spread * (float(m_random() >> 8) / float(1 << 23) - 1)));
        return row;
    }

    static Hyperparameters shape(std::uint32_t kvHeads, std::uint32_t keySize, std::uint32_t valueSize)
    {
        Hyperparameters h;
        h.layers = 1;
        h.heads = 6;
        h.kvHeads = kvHeads;
        h.keySize = keySize;
        h.valueSize = valueSize;
        h.attentionScale = 0.3f;
        return h;
    }

    struct Text {
        std::vector<float> queries, keys, values;
    };
    Text text(const Hyperparameters& h)
    {
        return {values(kTokens * h.queryWidth(), 2), values(kTokens * h.keyWidth(), 2), values(kTokens * h.valueWidth(), 1)};
    }

    std::vector<float> ours(const Hyperparameters& h, const Text& text, std::span<const float> sinks)
    {
        KvCache cache(h, kTokens);
        for (std::size_t t = 0; t < kTokens; ++t)
            for (std::size_t head = 0; head < h.kvHeads; ++head)
                cache.store(0, head, t, std::span(text.keys).subspan((t * h.kvHeads + head) * h.keySize, h.keySize),
                            std::span(text.values).subspan((t * h.kvHeads + head) * h.valueSize, h.valueSize));
        std::vector<float> out(kTokens * h.attentionWidth());
        Attention(h).run(cache, 0, 0, text.queries, sinks, out, m_executor);
        return out;
    }

    /// One head of one token in float64: the softmax of its products and, last, of the sink.
    static std::vector<double> expected(const Hyperparameters& h, const Text& text, std::span<const float> sinks, std::size_t token,
                                        std::size_t head)
    {
        const std::size_t shared = head / (h.heads / h.kvHeads);
        std::vector<double> weights, out(h.valueSize, 0.0);
        double sum = sinks.empty() ? 0 : std::exp(double(sinks[head]));
        const std::size_t first = h.hasWindow(0) && token >= h.window ? token + 1 - std::size_t(h.window) : 0;
        for (std::size_t seen = first; seen <= token; ++seen) {
            double dot = 0;
            for (std::size_t i = 0; i < h.keySize; ++i)
                dot += double(text.queries[(token * h.heads + head) * h.keySize + i])
                    * double(text.keys[(seen * h.kvHeads + shared) * h.keySize + i]);
            weights.push_back(std::exp(dot * double(h.attentionScale)));
            sum += weights.back();
        }
        for (std::size_t seen = first; seen <= token; ++seen)
            for (std::size_t i = 0; i < h.valueSize; ++i)
                out[i] += weights[seen - first] / sum * double(text.values[(seen * h.kvHeads + shared) * h.valueSize + i]);
        return out;
    }

private Q_SLOTS:
    void equalsItsFormula_data()
    {
        QTest::addColumn<int>("kvHeads");
        QTest::addColumn<int>("keySize");
        QTest::addColumn<int>("valueSize");
        QTest::addColumn<bool>("sinks");
        QTest::addColumn<int>("window");
        QTest::newRow("grouped") << 2 << 20 << 12 << false << 0;
        QTest::newRow("grouped with sinks") << 2 << 20 << 12 << true << 0;
        QTest::newRow("one key-value head, values longer than keys") << 1 << 24 << 40 << false << 0;
        QTest::newRow("a window shorter than a tile") << 2 << 20 << 12 << false << 7;
        QTest::newRow("a window longer than what is weighed at a time, sinks") << 3 << 20 << 12 << true << 300;
        QTest::newRow("a head for each, sinks") << 6 << 64 << 64 << true << 0;
    }
    void equalsItsFormula()
    {
        QFETCH(int, kvHeads);
        QFETCH(int, keySize);
        QFETCH(int, valueSize);
        QFETCH(bool, sinks);
        QFETCH(int, window);
        Hyperparameters h = shape(std::uint32_t(kvHeads), std::uint32_t(keySize), std::uint32_t(valueSize));
        h.windowed = {window > 0};
        h.window = std::uint64_t(window);
        const Text made = text(h);
        const std::vector<float> logits = sinks ? std::vector<float>{-3, 0, 2, 9, 5, 1} : std::vector<float>{};
        const std::vector<float> out = ours(h, made, logits);
        for (std::size_t t = 0; t < kTokens; ++t)
            for (std::size_t head = 0; head < h.heads; ++head) {
                const auto plain = expected(h, made, logits, t, head);
                for (std::size_t i = 0; i < plain.size(); ++i)
                    QVERIFY(std::abs(double(out[(t * h.heads + head) * h.valueSize + i]) - plain[i]) < 1e-5);
            }
    }

    void aSinkFarAboveAllKeysLeavesNothing()
    {
        const Hyperparameters h = shape(2, 16, 16);
        const std::vector<float> sinks(h.heads, 1e4f);
        for (const float value : ours(h, text(h), sinks))
            QCOMPARE(value, 0.0f);
    }
};

QTEST_APPLESS_MAIN(TestAttention)
#include "tst_attention.moc"
