// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/subject.h"

#include "app/window/workspace.h"
#include "core/inspect/part.h"
#include "core/model/model.h"
#include "core/plan/importance.h"

#include <QCoreApplication>

#include <algorithm>

namespace halftone::app {

Subject Subject::of(const Workspace& workspace)
{
    Subject subject{workspace.model(), workspace.importance(), {}, -1};
    if (subject.model)
        subject.selection = workspace.selection();
    return subject;
}

const model::Tensor& Subject::tensor() const
{
    return model->tensors()[std::size_t(index())];
}

model::Tensor Subject::partOf(int tensor) const
{
    const model::Tensor& whole = model->tensors()[std::size_t(tensor)];
    if (expert < 0 || std::uint64_t(expert) >= inspect::stackedMatrices(whole))
        return whole;
    return inspect::stackedMatrix(whole, std::uint64_t(expert));
}

std::span<const float> Subject::columnImportance() const
{
    if (!importance)
        return {};
    const auto all = importance->find(tensor().name);
    const std::uint64_t columns = tensor().shape.columns();
    if (expert < 0 || all.size() < (std::uint64_t(expert) + 1) * columns)
        return all;
    return all.subspan(std::size_t(expert) * columns, columns);
}

QString Subject::name() const
{
    QString name = QString::fromStdString(tensor().name);
    if (name.endsWith(QLatin1String(".weight")))
        name.chop(7);
    return expert < 0 ? name : QCoreApplication::translate("Subject", "%1, expert %2").arg(name).arg(expert);
}

QString formatName(quant::Type type)
{
    const auto name = quant::name(type);
    return QString::fromLatin1(name.data(), qsizetype(name.size()));
}

}  // namespace halftone::app
