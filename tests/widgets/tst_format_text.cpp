// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/format_text.h"

#include "core/base/error.h"

#include <QLocale>
#include <QTest>

#include <limits>

using namespace halftone;
using namespace halftone::app;

class TestFormatText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void bytes();
    void durations();
    void numbers();
    void rates();
    void chips();
    void errorsAreASentenceWithReasonAndNextStep();
    void everyReasonHasWords();
    void followsTheLanguage();
};

void TestFormatText::bytes()
{
    QCOMPARE(bytesText(0), QStringLiteral("0 bytes"));
    QCOMPARE(bytesText(4'711'000), QStringLiteral("4.71 MB"));
    QCOMPARE(bytesText(14'886'496), QStringLiteral("14.9 MB"));
    QCOMPARE(bytesText(8'030'000'000), QStringLiteral("8.03 GB"));
    QCOMPARE(bytesText(13'500'000'000), QStringLiteral("13.5 GB"));
    QCOMPARE(exactBytesText(14'831'168), QStringLiteral("14,831,168 bytes"));
}

void TestFormatText::durations()
{
    QCOMPARE(durationText(0), QStringLiteral("0:00"));
    QCOMPARE(durationText(9.2), QStringLiteral("0:10"));
    QCOMPARE(durationText(130), QStringLiteral("2:10"));
    QCOMPARE(durationText(3725), QStringLiteral("1:02:05"));
    QCOMPARE(durationText(-3), QStringLiteral("0:00"));
}

void TestFormatText::numbers()
{
    QCOMPARE(numberText(-0.01234), QStringLiteral("−0.0123"));
    QCOMPARE(numberText(0), QStringLiteral("0.0000"));
    QCOMPARE(numberText(std::numeric_limits<double>::infinity()), QStringLiteral("∞"));
    QVERIFY(!numberText(std::numeric_limits<double>::quiet_NaN()).isEmpty());
}

void TestFormatText::rates()
{
    QCOMPARE(rateText({.stage = {}, .unit = Unit::Bytes}, 612e6), QStringLiteral("612.0 MB/s"));
    QCOMPARE(rateText({.stage = {}, .unit = Unit::Tensors}, 41), QStringLiteral("41 tensors/s"));
    QVERIFY(rateText({.stage = {}, .unit = Unit::Bytes}, 0).isEmpty());
}

void TestFormatText::chips()
{
    QCOMPARE(chipText(quant::Type::Q6_K), QStringLiteral("6"));
    QCOMPARE(chipText(quant::Type::F16), QStringLiteral("F16"));
    QCOMPARE(chipText(quant::Type::I32), QStringLiteral("I32"));
}

void TestFormatText::errorsAreASentenceWithReasonAndNextStep()
{
    const QString text = errorText(Error(ErrorCode::Malformed, {.problem = "tensor data past the end of the file", .place = "tensor blk.0.attn_q.weight", .advice = "download the file again"}));
    QVERIFY(text.contains(QStringLiteral("Tensor data past the end of the file, tensor blk.0.attn_q.weight.")));
    QVERIFY(text.endsWith(QStringLiteral("Download the file again.")));
}

void TestFormatText::everyReasonHasWords()
{
    for (int reason = 0; reason <= int(plan::Reason::Impossible); ++reason)
        QVERIFY(!reasonText({.type = quant::Type::Q4_K, .wanted = quant::Type::Q4_K, .reason = plan::Reason(reason)}, {}).isEmpty());
}

void TestFormatText::followsTheLanguage()
{
    QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
    QCOMPARE(bytesText(4'711'000), QStringLiteral("4,71 MB"));
    QCOMPARE(countText(196'608), QStringLiteral("196.608"));
    initTestCase();
}

QTEST_GUILESS_MAIN(TestFormatText)
#include "tst_format_text.moc"
