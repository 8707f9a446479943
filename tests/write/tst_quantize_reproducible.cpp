// SPDX-License-Identifier: GPL-3.0-or-later
// The same source, recipe and importance give the same file, whatever computes it.
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/plan.h"
#include "core/quant/codec.h"
#include "core/write/quantize_file.h"
#include "tests/write/made_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <hwy/targets.h>

using namespace halftone;
using quant::Type;
using test::madeTensor;

namespace {

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

std::vector<std::int64_t> targets()
{
    std::vector<std::int64_t> all;
    for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1)
        all.push_back(left & -left);
    return all;
}

}  // namespace

class TestQuantizeReproducible : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<const model::Model> m_source;
    plan::ImportanceMatrix m_importance;

    std::filesystem::path path(const char* name) const { return std::filesystem::path(m_folder.path().toStdString()) / name; }

    QByteArray written(const plan::Recipe& recipe, const plan::ImportanceMatrix* importance, int threads)
    {
        Progress progress;
        write::quantizeFile(*m_source, plan::makePlan(*m_source, recipe, {.importance = importance != nullptr}), path("out.gguf"),
                            {.importance = importance}, Executor(threads), progress);
        QFile file(m_folder.filePath("out.gguf"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void initTestCase()
    {
        std::vector<test::MadeTensor> tensors{madeTensor("token_embd.weight", {256, 70}, 1), madeTensor("blk.0.attn_norm.weight", {256}, 2),
                                              madeTensor("blk.0.ffn_up.weight", {512, 200}, 3),
                                              madeTensor("blk.0.ffn_down_exps.weight", {256, 5, 3}, 4)};
        m_source = test::madeFile(path("in.gguf"), tensors);
        for (const test::MadeTensor& tensor : tensors) {
            std::vector<float>& values = m_importance.columns[tensor.name];
            for (const float weight : test::madeWeights(tensor.shape.columns() * tensor.shape.extent[2], 5))
                values.push_back(weight * weight);
        }
    }

    void everyTypeOnEveryInstructionSetWithAnyNumberOfThreads_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("weighted");
        for (const quant::TypeInfo& type : quant::allTypes()) {
            if (!type.canQuantize || type.type == Type::F32)
                continue;
            const QString name = QString::fromUtf8(type.name.data(), qsizetype(type.name.size()));
            if (!type.needsImportance)
                QTest::addRow("%s", qPrintable(name)) << name << false;
            if (!type.isFloat())
                QTest::addRow("%s with importance", qPrintable(name)) << name << true;
        }
    }
    void everyTypeOnEveryInstructionSetWithAnyNumberOfThreads()
    {
        QFETCH(QString, type);
        QFETCH(bool, weighted);
        const plan::Recipe recipe{.base = "pure:" + type.toStdString()};
        const plan::ImportanceMatrix* importance = weighted ? &m_importance : nullptr;
        const QByteArray first = written(recipe, importance, 1);
        QVERIFY(first.size() > 10'000);
        for (const std::int64_t target : targets()) {
            const OnlyTarget only(target);
            for (const int threads : {1, 2, 7})
                QVERIFY2(written(recipe, importance, threads) == first,
                         qPrintable(QString("%1, %2 threads").arg(hwy::TargetName(target)).arg(threads)));
        }
    }
};

QTEST_APPLESS_MAIN(TestQuantizeReproducible)
#include "tst_quantize_reproducible.moc"
