// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/error_card.h"

#include "app/explore/error_plot.h"
#include "app/explore/explore_data.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/model/model.h"

#include <QVBoxLayout>

namespace halftone::app {

ErrorCard::ErrorCard(Workspace& workspace, QWidget* parent)
    : ExploreCard(workspace, tr("Error against bits"), QStringLiteral("explore.errors"), parent),
      m_errors(new ErrorPlot)
{
    setNote(tr("noise below signal, dB"));
    body()->addWidget(m_errors);
    connect(m_errors, &ErrorPlot::typeClicked, this, [this](quant::Type type) {
        if (!subject().isEmpty())
            this->workspace().chooseType({subject().index()}, type);
    });
    offerExport(m_errors, tr("error"));
}

void ErrorCard::say(const QString& message)
{
    m_errors->setMessage(message);
}

void ErrorCard::onRecipeChanged()
{
    m_errors->setChosen(plannedType());
}

bool ErrorCard::isKept() const
{
    const auto& choices = workspace().plan().choices;
    return !choices.empty() && choices[std::size_t(subject().index())].reason == plan::Reason::NotQuantizable;
}

void ErrorCard::refresh()
{
    setNote(subject().importance ? tr("noise below signal, dB, with the importance matrix") : tr("noise below signal, dB"));
    m_errors->setChosen(plannedType());
    if (isKept())
        return say(tr("This tensor keeps its type: it is small, and the model depends on its exact values."));
    compute(
        tr("Error of %1").arg(subject().name()), 0,
        [subject = subject(), executor = workspace().executor()](Progress& progress) {
            return measureErrors(subject.part(), subject.columnImportance(), *executor, progress);
        },
        [this](std::vector<TypeError> errors) {
            if (errors.empty())
                say(tr("The rows of this tensor fit no format with fewer bits."));
            else
                m_errors->setErrors(std::move(errors));
        });
}

}  // namespace halftone::app
