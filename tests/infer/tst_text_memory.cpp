// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/infer/kv_cache.h"
#include "core/infer/text_memory.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::infer;

class TestTextMemory : public QObject {
    Q_OBJECT

    static Hyperparameters numbers()
    {
        Hyperparameters h;
        h.layers = 24;
        h.width = 2048;
        h.ffnWidth = 8192;
        h.vocabulary = 128000;
        h.contextLength = 8192;
        h.kvHeads = 8;
        h.keySize = h.valueSize = 64;
        return h;
    }

    /// The number that the advice names, or -1.
    static qint64 numberIn(const std::string& advice)
    {
        const auto match = QRegularExpression(QStringLiteral("\\d+")).match(QString::fromStdString(advice));
        return match.hasMatch() ? match.captured().toLongLong() : -1;
    }

private Q_SLOTS:
    void moreTokensThanFitAreRefusedWithTheNumberThatWould_data()
    {
        QTest::addColumn<int>("kvType");
        for (const KvType type : kKvTypes)
            QTest::newRow(kvTypeName(type).data()) << int(type);
    }
    void moreTokensThanFitAreRefusedWithTheNumberThatWould()
    {
        QFETCH(int, kvType);
        const auto type = KvType(kvType);
        constexpr std::uint64_t kWeights = 1'000'000'000, kMemory = 1'800'000'000;
        try {
            checkMemory(numbers(), kWeights, 100'000, type, kMemory);
            QFAIL("a text that does not fit was begun");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::OutOfMemory);
            QVERIFY(error.problem().find("1800 MB") != std::string::npos && error.problem().find("100000 tokens") != std::string::npos);
            const auto fits = std::size_t(numberIn(error.advice()));
            checkMemory(numbers(), kWeights, fits, type, kMemory);
            QVERIFY_THROWS_EXCEPTION(Error, checkMemory(numbers(), kWeights, fits + 1, type, kMemory));
        }
    }

    void fewerBitsInTheCacheMakeRoomForMoreTokens()
    {
        const auto perToken = [](KvType type) { return textBytes(numbers(), 8192, type) - textBytes(numbers(), 4096, type); };
        QCOMPARE(perToken(KvType::F32), 2 * perToken(KvType::F16));
        QCOMPARE(perToken(KvType::Q8_0) / perToken(KvType::F16), 8.5 / 16);
    }

    void weightsThatDoNotFitAreSaid()
    {
        try {
            checkMemory(numbers(), 2'000'000'000, 512, KvType::F16, 1'800'000'000);
            QFAIL("weights that do not fit were made");
        } catch (const Error& error) {
            QVERIFY(error.problem().find("2000 MB") != std::string::npos);
            QCOMPARE(numberIn(error.advice()), -1);
        }
    }

    void unknownMemoryRefusesNothing() { checkMemory(numbers(), std::uint64_t(1) << 50, 8192, KvType::F32, 0); }

    void aPromptLeavesRoomForOneToken()
    {
        checkPrompt(numbers(), 8191);
        try {
            checkPrompt(numbers(), 8192);
            QFAIL("a prompt that fills the context was taken");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Usage);
            QCOMPARE(numberIn(error.advice()), 8191);
        }
    }
};

QTEST_APPLESS_MAIN(TestTextMemory)
#include "tst_text_memory.moc"
