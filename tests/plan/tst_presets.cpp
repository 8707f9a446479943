// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/plan.h"
#include "core/plan/preset.h"
#include "tests/plan/made_model.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace halftone;
using quant::Type;

namespace {

/// A file of tests/data/presets: a made model and what llama-quantize made of each tensor for each preset.
struct Table {
    model::Metadata metadata;
    QStringList presets;
    std::vector<model::Tensor> tensors;
    std::vector<QStringList> types;   ///< of each tensor, one for each preset
};

Type typeNamed(const QString& name)
{
    const quant::TypeInfo* info = quant::findType(std::string_view(name.toStdString()));
    if (!info)
        qFatal("the table holds an unknown type %s", qPrintable(name));
    return info->type;
}

/// "blk.{0-2,7}.x" stands for blk.0.x, blk.1.x, blk.2.x and blk.7.x.
QStringList expanded(const QString& name)
{
    static const QRegularExpression pattern("^blk\\.\\{(.*)\\}\\.(.*)$");
    const QRegularExpressionMatch match = pattern.match(name);
    if (!match.hasMatch())
        return {name};
    QStringList names;
    for (const QString& run : match.captured(1).split(',')) {
        const QStringList ends = run.split('-');
        for (int layer = ends.first().toInt(); layer <= ends.last().toInt(); ++layer)
            names << QString("blk.%1.%2").arg(layer).arg(match.captured(2));
    }
    return names;
}

model::Shape shapeFrom(const QString& text)
{
    const QStringList extents = text.split('x');
    model::Shape shape;
    shape.rank = std::uint32_t(extents.size());
    for (int i = 0; i < extents.size(); ++i)
        shape.extent[std::size_t(i)] = extents[i].toULongLong();
    return shape;
}

void readLine(const QStringList& words, Table& table)
{
    const std::string key = words.value(1).toStdString();
    if (words.first() == "text") {
        table.metadata.set(key, words.value(2).toStdString());
    } else if (words.first() == "number") {
        table.metadata.set(key, words.value(2).toUInt());
    } else if (words.first() == "presets") {
        table.presets = words.mid(1);
    } else {
        for (const QString& name : expanded(words.first())) {
            table.tensors.push_back(test::tensorOf(name.toStdString(), typeNamed(words.value(1)), shapeFrom(words.value(2))));
            table.types.push_back(words.mid(3));
        }
    }
}

Table readTable(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    Table table;
    for (const QString& line : QString::fromUtf8(file.readAll()).split('\n', Qt::SkipEmptyParts)) {
        if (!line.startsWith('#'))
            readLine(line.split(' '), table);
    }
    return table;
}

}  // namespace

class TestPresets : public QObject {
    Q_OBJECT
private slots:
    void chooseWhatLlamaQuantizeChooses_data();
    void chooseWhatLlamaQuantizeChooses();
    void countsLayersWhateverTheOrderInTheFile();
    void areFoundByNameInAnyCase();
};

void TestPresets::chooseWhatLlamaQuantizeChooses_data()
{
    QTest::addColumn<QString>("path");
    const QFileInfoList files = QDir(TEST_DATA "/presets").entryInfoList({"*.txt"});
    QVERIFY(files.size() >= 14);
    for (const QFileInfo& file : files)
        QTest::newRow(qPrintable(file.baseName())) << file.filePath();
}

void TestPresets::chooseWhatLlamaQuantizeChooses()
{
    QFETCH(QString, path);
    const Table table = readTable(path);
    const model::Model model = test::modelOf(table.metadata, table.tensors);
    int compared = 0;
    for (int column = 0; column < table.presets.size(); ++column) {
        const QString preset = table.presets[column];
        const plan::Plan plan = plan::makePlan(model, {.base = preset.section('+', 0, 0).toStdString()}, {.importance = preset.endsWith("+importance")});
        QCOMPARE(plan.choices.size(), table.tensors.size());
        for (std::size_t i = 0; i < table.tensors.size(); ++i) {
            const QString expected = table.types[i].value(column);
            if (expected == "-")
                continue;
            const std::string_view chosen = quant::name(plan.choices[i].type);
            QVERIFY2(expected == QString::fromUtf8(chosen.data(), qsizetype(chosen.size())),
                     qPrintable(QString("%1, %2: %3 expected").arg(preset, QString::fromStdString(table.tensors[i].name), expected)));
            ++compared;
        }
    }
    QVERIFY(compared > 100);
}

void TestPresets::countsLayersWhateverTheOrderInTheFile()
{
    Table table = readTable(TEST_DATA "/presets/llama-grouped-32.txt");
    const plan::Plan forward = plan::makePlan(test::modelOf(table.metadata, table.tensors), {.base = "Q4_K_M"});
    std::reverse(table.tensors.begin(), table.tensors.end());
    const plan::Plan backward = plan::makePlan(test::modelOf(table.metadata, table.tensors), {.base = "Q4_K_M"});
    for (std::size_t i = 0; i < forward.choices.size(); ++i)
        QCOMPARE(backward.choices[forward.choices.size() - 1 - i].type, forward.choices[i].type);
}

void TestPresets::areFoundByNameInAnyCase()
{
    QCOMPARE(plan::presets().size(), std::size_t(33));
    for (const plan::Preset& preset : plan::presets())
        QCOMPARE(plan::findPreset(preset.name), &preset);
    QCOMPARE(plan::findPreset("q4_k_m"), plan::findPreset("Q4_K_M"));
    QVERIFY(!plan::findPreset("Q4_K"));
    QVERIFY(!plan::findPreset(""));
}

QTEST_APPLESS_MAIN(TestPresets)
#include "tst_presets.moc"
