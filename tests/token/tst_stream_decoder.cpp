// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/token/tokenizer.h"

#include <QtTest>

using halftone::token::StreamDecoder;

class TestStreamDecoder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everySplitGivesTheSameText()
    {
        const std::string text = "aß漢🦙 😶‍🌫️ z";
        for (std::size_t split = 0; split <= text.size(); ++split) {
            StreamDecoder decoder;
            const std::string first = decoder.push(std::string_view(text).substr(0, split));
            QVERIFY2(QString::fromStdString(first).toStdString() == first, "whole characters only");
            QVERIFY(!QString::fromStdString(first).contains(QChar::ReplacementCharacter));
            QCOMPARE(first + decoder.push(std::string_view(text).substr(split)), text);
            QCOMPARE(decoder.finish(), std::string());
        }
    }

    void byteByByteEmitsACharacterWithItsLastByte()
    {
        StreamDecoder decoder;
        QCOMPARE(decoder.push("\xF0"), std::string());
        QCOMPARE(decoder.push("\x9F"), std::string());
        QCOMPARE(decoder.push("\xA6"), std::string());
        QCOMPARE(decoder.push("\x99"), std::string("🦙"));
    }

    void brokenBytesBecomeReplacementCharacters_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::addRow("lone continuation") << QByteArray("a\x80z") << QByteArray("a\uFFFDz");
        QTest::addRow("cut before a letter") << QByteArray("\xE6\xBC""b") << QByteArray("\uFFFDb");
        QTest::addRow("overlong") << QByteArray("\xC0\xAF") << QByteArray("\uFFFD\uFFFD");
        QTest::addRow("surrogate") << QByteArray("\xED\xA0\x80") << QByteArray("\uFFFD\uFFFD\uFFFD");
        QTest::addRow("beyond Unicode") << QByteArray("\xF4\x90\x80\x80") << QByteArray("\uFFFD\uFFFD\uFFFD\uFFFD");
        QTest::addRow("never a byte") << QByteArray("\xFF") << QByteArray("\uFFFD");
    }

    void brokenBytesBecomeReplacementCharacters()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        StreamDecoder decoder;
        QCOMPARE(QByteArray::fromStdString(decoder.push(bytes.toStdString())), text);
    }

    void theEndReplacesWhatNeverCame()
    {
        StreamDecoder decoder;
        QCOMPARE(decoder.push("ok\xF0\x9F\xA6"), std::string("ok"));
        QCOMPARE(decoder.finish(), std::string("\uFFFD"));
        QCOMPARE(decoder.finish(), std::string());
    }
};

QTEST_GUILESS_MAIN(TestStreamDecoder)
#include "tst_stream_decoder.moc"
