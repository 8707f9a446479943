// SPDX-License-Identifier: GPL-3.0-or-later
// What the dialog says before the job starts: of the file that is to be written and the disk it goes to.
#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/warning_text.h"
#include "app/window/output_place.h"
#include "app/window/quantize_dialog.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/write/journal.h"

#include <QCheckBox>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

#include <algorithm>

namespace halftone::app {
namespace {

/// Does the plan hold a type that the quantizer makes with an importance matrix only?
bool needsImportance(const model::Model& model, const plan::Plan& plan)
{
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (const auto type = plan.choices[i].type; type != model.tensors()[i].type && quant::info(type).needsImportance)
            return true;
    return false;
}

/// Does the plan change a tensor that is quantized already?
bool requantizes(const model::Model& model, const plan::Plan& plan)
{
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (const auto type = model.tensors()[i].type; type != plan.choices[i].type && !quant::info(type).isFloat())
            return true;
    return false;
}

}  // namespace

/// Everything that can be known before the job starts; the writer checks it all again.
void QuantizeDialog::check()
{
    if (!m_workspace.model() || m_pages->currentIndex() != 0)
        return;
    const plan::Plan& plan = m_workspace.plan();
    m_requantize->setVisible(requantizes(*m_workspace.model(), plan));
    m_size->setText(QStringLiteral("%1 (%2)").arg(bytesText(plan.fileBytes), exactBytesText(plan.fileBytes)));
    m_start->setEnabled(false);
    m_isNewQuestion = true;
    if (!m_isLooking)
        look();
}

/// One look at a time: where a network is dead, each takes a worker for as long as the system likes.
void QuantizeDialog::look()
{
    m_isLooking = true;
    m_isNewQuestion = false;
    const OutputQuestion question{.file = fromUtf8(QFileInfo(destination()).absoluteFilePath().toStdString()),
                                  .model = m_workspace.model(),
                                  .plan = m_workspace.plan(),
                                  .importance = m_workspace.importance()};
    m_workspace.jobs().start(
        {.title = tr("Looking at the folder"), .shown = false}, this, [question](Progress&) { return lookAt(question); },
        [this](const OutputPlace& place) { showPlace(place); }, [this](const Error&) { showPlace({}); });
}

void QuantizeDialog::showPlace(const OutputPlace& place)
{
    m_isLooking = false;
    if (m_pages->currentIndex() != 0 || !m_workspace.model())
        return;
    if (m_isNewQuestion)
        return look();
    m_space->setText(place.free ? bytesText(*place.free) : tr("unknown"));
    showLeftover(place);
    const QStringList problems = problemsWith(place);
    QStringList notes;
    if (problems.isEmpty() && place.exists)
        notes << tr("The file exists and will be replaced once the new one is complete.");
    if (const auto fallbacks = m_workspace.plan().fallbacks; fallbacks > 0)
        notes << tr("%n tensors get another type, because their rows are not whole blocks.", nullptr, int(fallbacks));
    m_warning->setText((problems + notes).join(QLatin1Char('\n')));
    m_start->setEnabled(problems.isEmpty());
}

QStringList QuantizeDialog::problemsWith(const OutputPlace& place) const
{
    const model::Model& model = *m_workspace.model();
    const plan::Plan& plan = m_workspace.plan();
    const QFileInfo target(destination());
    QStringList problems;
    for (const model::Warning& warning : model.warnings())
        if (forbidsWriting(warning))
            problems << warningText(warning) + QLatin1Char('.');
    if (!place.free)
        problems << tr("The folder %1 does not exist or cannot be used.").arg(QDir::toNativeSeparators(target.absolutePath()));
    else if (*place.free < plan.fileBytes)
        problems << tr("There is not enough room: %1 are missing.").arg(bytesText(plan.fileBytes - *place.free));
    if (target.fileName().isEmpty() || place.isFolder)
        problems << tr("A file name is missing.");
    if (place.isSource)
        problems << tr("This is the open model itself; the source is never overwritten.");
    if (requantizes(model, plan) && !m_requantize->isChecked())
        problems << tr("Some tensors are quantized already; a float source gives better results.");
    if (!m_workspace.importance() && needsImportance(model, plan))
        problems << tr("Types of so few bits need an importance matrix: make one beside the recipe, in the strip above.");
    return problems;
}

void QuantizeDialog::showLeftover(const OutputPlace& place)
{
    m_start->setText(place.usable > 0 ? tr("Continue") : tr("Quantize"));
    m_leftover->setVisible(place.hasLeftover);
    if (!place.hasLeftover)
        return;
    QStringList lines{place.usable > 0 ? tr("An earlier run stopped here. %1 of %2 are finished and can be used.")
                                             .arg(bytesText(place.usable), bytesText(m_workspace.plan().tensorBytes))
                                       : tr("An earlier run stopped here and left nothing that this recipe can use.")};
    lines << QStringLiteral("<a href='remove'>%1</a>").arg(tr("Remove what it left"));
    if (const ImportanceOrigin origin = missingImportance(); !origin.path.isEmpty())
        lines
            << QStringLiteral("<br>")
                + tr("It was quantizing with the importance matrix %1, without which little of it can be used.")
                      .arg(QFileInfo(origin.path).fileName().toHtmlEscaped())
            << QStringLiteral("<a href='importance'>%1</a>").arg(origin.isText ? tr("Make it from that text again") : tr("Open it again"));
    m_leftover->setText(lines.join(QLatin1Char(' ')));
}

/// What the run that stopped here was told of importance, where nothing is told now.
ImportanceOrigin QuantizeDialog::missingImportance() const
{
    const auto unfinished = Settings().unfinished();
    const auto file = std::ranges::find(unfinished, QFileInfo(destination()).absoluteFilePath(), &UnfinishedFile::destination);
    return file == unfinished.end() || m_workspace.importance() ? ImportanceOrigin() : file->importance;
}

void QuantizeDialog::followLink(const QString& link)
{
    if (link == QLatin1String("importance"))
        m_workspace.restoreImportance(missingImportance());
    else
        removeLeftover();
}

void QuantizeDialog::removeLeftover()
{
    const auto file = fromUtf8(QFileInfo(destination()).absoluteFilePath().toStdString());
    m_workspace.jobs().start(
        {.title = tr("Removing what was left"), .shown = false}, this,
        [file](Progress&) {
            write::removeLeftover(file);
            return file;
        },
        [this](const std::filesystem::path&) { check(); }, [this](const Error& error) { m_warning->setText(errorText(error)); });
}

}  // namespace halftone::app
