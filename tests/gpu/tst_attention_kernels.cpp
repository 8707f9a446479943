// SPDX-License-Identifier: GPL-3.0-or-later
// Attention over a cache of each type, beside plain loops in double precision over keys and values rounded as core rounds them.
#include "core/quant/codec.h"
#include "gpu/infer/placement.h"
#include "tests/gpu/kernel_test.h"

using namespace halftone;
using namespace halftone::gpu;
using halftone::infer::KvType;

namespace {

/// As a cache of `type` has them, each head for itself.
std::vector<float> kept(const std::vector<float>& heads, std::size_t headSize, KvType type)
{
    if (type == KvType::F32)
        return heads;
    const quant::Type format = type == KvType::F16 ? quant::Type::F16 : quant::Type::Q8_0;
    const std::size_t padded = (headSize + 31) / 32 * 32;
    std::vector<float> result, row(padded);
    std::vector<std::byte> packed(quant::rowBytes(format, padded));
    for (std::size_t first = 0; first < heads.size(); first += headSize) {
        std::copy_n(heads.begin() + std::ptrdiff_t(first), headSize, row.begin());
        std::fill(row.begin() + std::ptrdiff_t(headSize), row.end(), 0.0f);
        quant::quantize(format, row, padded, {}, packed);
        quant::dequantize(format, packed, row);
        result.insert(result.end(), row.begin(), row.begin() + std::ptrdiff_t(headSize));
    }
    return result;
}

struct Seen {
    std::uint32_t past, tokens, valueSize, window;
    double softCap;
    bool sinks;
    std::uint32_t kvHeads = 2;
};
constexpr std::uint32_t kHeads = 6, kKeySize = 70;
constexpr float kScale = 0.2f;

struct Inputs {
    std::vector<float> queries, keys, values, sinks;
};

std::vector<double> attention(const Seen& seen, const Inputs& in)
{
    std::vector<double> out(seen.tokens * kHeads * seen.valueSize);
    for (std::uint32_t t = 0; t < seen.tokens; ++t)
        for (std::uint32_t head = 0; head < kHeads; ++head) {
            const std::uint32_t end = seen.past + t + 1, kvHead = head / (kHeads / seen.kvHeads);
            const std::uint32_t begin = seen.window > 0 && end > seen.window ? end - seen.window : 0;
            std::vector<double> shares;
            double total = seen.sinks ? std::exp(double(in.sinks[head])) : 0;
            for (std::uint32_t at = begin; at < end; ++at) {
                double logit = 0;
                for (std::uint32_t i = 0; i < kKeySize; ++i)
                    logit += double(in.queries[(t * kHeads + head) * kKeySize + i])
                        * double(in.keys[(at * seen.kvHeads + kvHead) * kKeySize + i]);
                logit *= double(kScale);
                shares.push_back(std::exp(seen.softCap > 0 ? seen.softCap * std::tanh(logit / seen.softCap) : logit));
                total += shares.back();
            }
            for (std::uint32_t at = begin; at < end; ++at)
                for (std::uint32_t i = 0; i < seen.valueSize; ++i)
                    out[(t * kHeads + head) * seen.valueSize + i] +=
                        shares[at - begin] / total * double(in.values[(at * seen.kvHeads + kvHead) * seen.valueSize + i]);
        }
    return out;
}

}  // namespace

Q_DECLARE_METATYPE(Seen)

class TestAttentionKernels : public KernelTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { open(); }
    void cleanup() { nothingWasComplainedAbout(); }

    void attentionIsASoftmaxOverWhatIsSeen_data()
    {
        QTest::addColumn<Seen>("seen");
        QTest::addColumn<int>("type");
        for (const KvType type : infer::kKvTypes) {
            const auto add = [&](const std::string& name, const Seen& seen) {
                QTest::newRow((name + ", " + std::string(infer::kvTypeName(type))).c_str()) << seen << int(type);
            };
            add("the first token", {0, 1, 16, 0, 0, false});
            add("each head alone", {80, 1, 16, 0, 0, false, 6});
            add("each head alone, two tokens", {80, 2, 16, 0, 0, false, 6});
            add("all heads together", {80, 1, 16, 0, 0, false, 1});
            add("a prompt", {0, 70, 13, 0, 0, false});
            add("a prompt, each head alone", {3, 70, 13, 9, 0, false, 6});
            add("later, wide values", {150, 3, 131, 0, 0, false});
            add("a window", {90, 5, 16, 7, 0, false});
            add("a window of one", {2, 5, 16, 1, 0, false});
            add("a soft cap", {90, 5, 16, 0, 2.5, false});
            add("sinks and a window", {60, 70, 16, 66, 0, true});
            add("a long past in parts", {1300, 2, 70, 0, 0, false});
            add("a long past in parts, each head alone", {1300, 1, 70, 0, 0, false, 6});
            add("a window in parts, and sinks", {900, 3, 16, 600, 0, true});
        }
    }
    void attentionIsASoftmaxOverWhatIsSeen()
    {
        QFETCH(Seen, seen);
        QFETCH(int, type);
        const auto kvType = KvType(type);
        const std::uint32_t all = seen.past + seen.tokens;
        Inputs in{randomFloats(seen.tokens * kHeads * kKeySize, 1), randomFloats(all * seen.kvHeads * kKeySize, 2),
                  randomFloats(all * seen.kvHeads * seen.valueSize, 3), randomFloats(kHeads, 4, 3)};
        const Buffer queries = uploaded(in.queries), keys = uploaded(in.keys), values = uploaded(in.values), sinks = uploaded(in.sinks);
        in.keys = kept(in.keys, kKeySize, kvType);
        in.values = kept(in.values, seen.valueSize, kvType);
        const std::vector<double> expected = attention(seen, in);
        const Buffer keyCache = empty(all * seen.kvHeads * cacheWords(kKeySize, kvType));
        const Buffer valueCache = empty(all * seen.kvHeads * cacheWords(seen.valueSize, kvType)), out = empty(expected.size());
        const Buffer parts = empty(AttentionStep::partsBytes(seen.valueSize) / sizeof(float));
        const AttentionStep attention{.kvType = kvType,
                                      .queries = queries,
                                      .keys = keyCache,
                                      .values = valueCache,
                                      .out = out,
                                      .sinks = seen.sinks ? Slice(sinks) : Slice(),
                                      .tokens = seen.tokens,
                                      .heads = kHeads,
                                      .kvHeads = seen.kvHeads,
                                      .keySize = kKeySize,
                                      .valueSize = seen.valueSize,
                                      .position = seen.past,
                                      .window = seen.window > 0 ? seen.window : UINT32_MAX,
                                      .scale = kScale,
                                      .softCap = float(seen.softCap),
                                      .parts = parts};
        QCOMPARE(attention.partCount() > 1, seen.past >= 900);
        QCOMPARE(attention.queriesOfGroup(), kHeads / seen.kvHeads * seen.tokens > 2 ? 4u : 1u);
        run([&](NetworkCommands& steps) {
            steps.store({kvType, keys, keyCache, all, seen.kvHeads, kKeySize, 0});
            steps.store({kvType, values, valueCache, all, seen.kvHeads, seen.valueSize, 0});
            steps.barrier();
            steps.attend(attention);
        });
        // A half on the border between two may round either way; a byte too.
        const double error = worstError(downloaded(out, expected.size()), expected);
        QVERIFY2(error < (kvType == KvType::F32 ? kTolerance : 5e-4), qPrintable(QString::number(error)));
    }
};

QTEST_GUILESS_MAIN(TestAttentionKernels)
#include "tst_attention_kernels.moc"
