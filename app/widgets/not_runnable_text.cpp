// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/not_runnable_text.h"

#include <QCoreApplication>

namespace halftone::app {
namespace {

struct NotRunnableText {
    Q_DECLARE_TR_FUNCTIONS(NotRunnableText)
};

}  // namespace

QString notRunnableText(const infer::NotRunnable& reason)
{
    using Kind = infer::NotRunnable::Kind;
    const QString architecture = QString::fromStdString(reason.architecture), subject = QString::fromStdString(reason.subject),
                  detail = QString::fromStdString(reason.detail), expected = QString::fromStdString(reason.expected);
    switch (reason.kind) {
    case Kind::None: return {};
    case Kind::ArchitectureMissing: return NotRunnableText::tr("the file does not name its architecture (general.architecture)");
    case Kind::ArchitectureUnknown:
        return NotRunnableText::tr("models of the architecture “%1” cannot be run yet; those that can: %2").arg(architecture, detail);
    case Kind::Experts: return NotRunnableText::tr("this %1 model is a mixture of experts, which cannot be run yet").arg(architecture);
    case Kind::ExpertChoice:
        return NotRunnableText::tr("it chooses its experts by a function that cannot be run yet (%1 is %2)").arg(subject, detail);
    case Kind::LayersDiffer:
        return NotRunnableText::tr("models whose layers differ in shape cannot be run yet (%1 has different values)").arg(subject);
    case Kind::PositionScaling: return NotRunnableText::tr("its position scaling “%1” cannot be run yet").arg(subject);
    case Kind::SingleExperts:
        return NotRunnableText::tr("its experts are tensors of their own (%1), as in files made before 2024").arg(subject);
    case Kind::HeadNorms: return NotRunnableText::tr("this %1 model has norms of queries and keys (%2)").arg(architecture, subject);
    case Kind::NormsBehind: return NotRunnableText::tr("this %1 model has norms behind attention (%2)").arg(architecture, subject);
    case Kind::Sinks: return NotRunnableText::tr("this %1 model has attention sinks (%2)").arg(architecture, subject);
    case Kind::TensorType: return NotRunnableText::tr("the tensor %1 has the type %2, which cannot be run yet").arg(subject, detail);
    case Kind::KeyMissing: return NotRunnableText::tr("%1 is missing from its metadata").arg(subject);
    case Kind::KeyWrong: return NotRunnableText::tr("%1 has a value in its metadata that does not fit").arg(subject);
    case Kind::TensorMissing: return NotRunnableText::tr("the tensor %1 is missing, expected shape: %2").arg(subject, expected);
    case Kind::TensorShape: return NotRunnableText::tr("the tensor %1 has the shape %2, expected: %3").arg(subject, detail, expected);
    case Kind::TensorRows: return NotRunnableText::tr("the rows of the tensor %1 are not whole blocks of %2").arg(subject, detail);
    case Kind::TensorEmpty: return NotRunnableText::tr("the tensor %1 has no data; the file holds a vocabulary only").arg(subject);
    case Kind::Other: return detail;
    }
    return {};
}

}  // namespace halftone::app
