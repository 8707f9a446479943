// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/infer/kv_cache.h"
#include "core/quant/codec.h"
#include "core/quant/half.h"

#include <QtTest>
#include <hwy/targets.h>

#include <random>

using namespace halftone;
using namespace halftone::infer;

Q_DECLARE_METATYPE(halftone::infer::KvType)

class TestKvCache : public QObject {
    Q_OBJECT

    static constexpr std::size_t kTokens = 71;  ///< the last tile is not full
    std::mt19937 m_random{5};

    std::vector<float> row(std::size_t count)
    {
        std::vector<float> x(count);
        for (float& value : x)
            value = 3 * (float(m_random() >> 8) / float(1 << 23) - 1);
        return x;
    }

    static Hyperparameters shape(std::uint32_t keySize, std::uint32_t valueSize)
    {
        Hyperparameters h;
        h.layers = 2;
        h.kvHeads = 3;
        h.keySize = keySize;
        h.valueSize = valueSize;
        return h;
    }

    /// By the format's own code, blocks of 32 from the row's beginning.
    static std::vector<float> rounded(std::vector<float> x, KvType type)
    {
        const std::size_t size = x.size();
        if (type == KvType::F16)
            for (float& value : x)
                value = quant::halfToFloat(quant::floatToHalf(value));
        if (type == KvType::Q8_0) {
            x.resize((size + 31) / 32 * 32);
            std::vector<std::byte> packed(x.size() / 32 * 34);
            quant::quantize(quant::Type::Q8_0, x, x.size(), {}, packed);
            quant::dequantize(quant::Type::Q8_0, packed, x);
            x.resize(size);
        }
        return x;
    }

    /// On every instruction set that the machine has.
    static void addShapes()
    {
        QTest::addColumn<qint64>("target");
        QTest::addColumn<KvType>("type");
        QTest::addColumn<int>("keySize");
        QTest::addColumn<int>("valueSize");
        for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1)
            for (const KvType type : kKvTypes)
                for (const auto& [keySize, valueSize] : {std::pair(64, 64), std::pair(20, 12), std::pair(80, 33), std::pair(576, 512)})
                    QTest::addRow("%s %s %d %d", hwy::TargetName(left & -left), kvTypeName(type).data(), keySize, valueSize)
                        << qint64(left & -left) << type << keySize << valueSize;
    }
    static void useOnly(std::int64_t target)
    {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }

private Q_SLOTS:
    void cleanup() { useOnly(0); }

    void whatIsStoredComesBackRounded_data() { addShapes(); }
    void whatIsStoredComesBackRounded()
    {
        QFETCH(qint64, target);
        QFETCH(KvType, type);
        QFETCH(int, keySize);
        QFETCH(int, valueSize);
        useOnly(target);
        const Hyperparameters h = shape(std::uint32_t(keySize), std::uint32_t(valueSize));
        KvCache cache(h, kTokens, type);
        std::vector<std::vector<float>> keys, values;
        for (std::size_t i = 0; i < h.layers * h.kvHeads * kTokens; ++i) {
            keys.push_back(row(h.keySize));
            values.push_back(row(h.valueSize));
            cache.store(i / (h.kvHeads * kTokens), i / kTokens % h.kvHeads, i % kTokens, keys.back(), values.back());
        }
        std::vector<float> tile(h.keySize * KvCache::kTile), rows(KvCache::kTile * cache.valueStride());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const std::size_t layer = i / (h.kvHeads * kTokens), head = i / kTokens % h.kvHeads, position = i % kTokens;
            cache.readKeys(layer, head, position / KvCache::kTile, tile);
            cache.readValues(layer, head, position, 1, rows);
            const auto key = rounded(keys[i], type), value = rounded(values[i], type);
            for (std::size_t e = 0; e < key.size(); ++e)
                QCOMPARE(tile[e * KvCache::kTile + position % KvCache::kTile], key[e]);
            for (std::size_t e = 0; e < cache.valueStride(); ++e)
                QCOMPARE(rows[e], e < value.size() ? value[e] : 0.0f);
        }
        QCOMPARE(tile[kTokens % KvCache::kTile], 0.0f);  // no token there yet
    }

    void severalRowsOfValuesAreReadAtOnce_data() { addShapes(); }
    void severalRowsOfValuesAreReadAtOnce()
    {
        QFETCH(qint64, target);
        QFETCH(KvType, type);
        QFETCH(int, keySize);
        QFETCH(int, valueSize);
        useOnly(target);
        const Hyperparameters h = shape(std::uint32_t(keySize), std::uint32_t(valueSize));
        KvCache cache(h, kTokens, type);
        for (std::size_t t = 0; t < kTokens; ++t)
            cache.store(1, 2, t, row(h.keySize), row(h.valueSize));
        const std::size_t stride = cache.valueStride();
        std::vector<float> all(32 * stride), one(stride);
        cache.readValues(1, 2, 32, 32, all);
        for (std::size_t t = 0; t < 32; ++t) {
            cache.readValues(1, 2, 32 + t, 1, one);
            QVERIFY(std::equal(one.begin(), one.end(), all.begin() + std::ptrdiff_t(t * stride)));
        }
    }

    void itsMemoryIsSaidToTheByte()
    {
        const Hyperparameters h = shape(80, 33);  // values take 48 elements; 71 positions are three tiles
        const double heads = 6;
        QCOMPARE(KvCache::bytes(h, kTokens, KvType::F16), heads * (96 * 80 * 2 + 71 * 48 * 2));
        QCOMPARE(KvCache::bytes(h, kTokens, KvType::F32), heads * (96 * 80 * 4 + 71 * 48 * 4));
        QCOMPARE(KvCache::bytes(h, kTokens, KvType::Q8_0), heads * (96 * (80 + 3 * 2) + 71 * (48 + 2 * 2)));
    }

    void everyTypeHasAName()
    {
        for (const KvType type : kKvTypes)
            QVERIFY(findKvType(kvTypeName(type)) == type);
        QVERIFY(!findKvType("q4_0"));
    }
};

QTEST_APPLESS_MAIN(TestKvCache)
#include "tst_kv_cache.moc"
