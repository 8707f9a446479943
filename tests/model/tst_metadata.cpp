// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/metadata.h"

#include <QtTest>

#include <limits>

using namespace halftone::model;

class TestMetadata : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsTheOrderAndReplacesInPlace()
    {
        Metadata metadata;
        metadata.set("a", std::uint32_t(1));
        metadata.set("b", std::string("two"));
        metadata.set("c", 3.0f);
        metadata.set("b", Bool{true});
        QCOMPARE(metadata.entries().size(), std::size_t(3));
        QCOMPARE(metadata.entries()[1].key, std::string("b"));
        QCOMPARE(metadata.boolean("b").value(), true);
        QVERIFY(!metadata.string("b"));
    }

    void findsTheRestAfterErasing()
    {
        Metadata metadata;
        for (const char* key : {"a", "b", "c", "d"})
            metadata.set(key, std::string(key));
        metadata.erase("b");
        metadata.erase("missing");
        QCOMPARE(metadata.entries().size(), std::size_t(3));
        QVERIFY(!metadata.contains("b"));
        for (const char* key : {"a", "c", "d"})
            QCOMPARE(std::string(metadata.string(key).value()), std::string(key));
        metadata.set("b", std::string("again"));
        QCOMPARE(metadata.entries().back().key, std::string("b"));
    }

    void aCopyStandsOnItsOwn()
    {
        Metadata metadata;
        metadata.set("a", std::uint8_t(1));
        Metadata copy = metadata;
        metadata.erase("a");
        QCOMPARE(copy.integer("a").value(), 1);
    }

    void integersOfAnyTypeThatFit()
    {
        Metadata metadata;
        metadata.set("u8", std::uint8_t(200));
        metadata.set("i64", std::int64_t(-5));
        metadata.set("u64", std::numeric_limits<std::uint64_t>::max());
        metadata.set("f32", 1.5f);
        metadata.set("bool", Bool{true});
        QCOMPARE(metadata.integer("u8").value(), 200);
        QCOMPARE(metadata.integer("i64").value(), -5);
        QVERIFY(!metadata.integer("u64"));
        QVERIFY(!metadata.integer("f32"));
        QVERIFY(!metadata.integer("bool"));
        QVERIFY(!metadata.integer("missing"));
        QCOMPARE(metadata.number("f32").value(), 1.5);
        QCOMPARE(metadata.number("u8").value(), 200.0);
        QVERIFY(!metadata.number("bool"));
    }

    void arraysOfExactlyTheType()
    {
        Metadata metadata;
        metadata.set("tokens", Array(std::vector<std::string>{"a", "b"}));
        QVERIFY(metadata.array<std::string>("tokens"));
        QCOMPARE(metadata.array<std::string>("tokens")->size(), std::size_t(2));
        QVERIFY(!metadata.array<float>("tokens"));
        QVERIFY(!metadata.array<float>("missing"));
    }
};

QTEST_APPLESS_MAIN(TestMetadata)
#include "tst_metadata.moc"
