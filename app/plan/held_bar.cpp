// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/held_bar.h"

#include "app/plan/held_recipe.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/preset.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QToolButton>

#include <cmath>

namespace halftone::app {
namespace {

/// "+3 %", "−38 %": what `own` is beside `other`.
QString relativeText(double own, double other)
{
    const double percent = 100 * (own / other - 1);
    const QString number = QLocale().toString(std::abs(percent), 'f', std::abs(percent) < 9.95 ? 1 : 0);
    return HeldBar::tr("%1%2 %", "sign, number of per cent").arg(percent < 0 ? QStringLiteral("−") : QStringLiteral("+"), number);
}

}  // namespace

HeldBar::HeldBar(Workspace& workspace, HeldRecipe& held, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_held(held),
      m_summary(mutedLabel())
{
    m_summary->setWordWrap(true);
    m_summary->setObjectName(QStringLiteral("heldSummary"));
    auto* swap = new QToolButton;
    swap->setText(tr("Swap"));
    swap->setToolTip(tr("Make the held recipe yours and hold yours"));
    auto* letGo = new QToolButton;
    letGo->setText(tr("Let go"));
    letGo->setToolTip(tr("Compare no longer"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_summary, 1);
    layout->addWidget(swap);
    layout->addWidget(letGo);
    connect(swap, &QToolButton::clicked, &held, &HeldRecipe::swap);
    connect(letGo, &QToolButton::clicked, &held, &HeldRecipe::letGo);
    connect(&held, &HeldRecipe::changed, this, &HeldBar::refresh);
    connect(&held, &HeldRecipe::failed, this, [this](const QString& reason) {
        m_summary->setText(reason);
        setVisible(true);
    });
    connect(&workspace, &Workspace::recipeChanged, this, &HeldBar::refresh);
    connect(&workspace.forecast(), &Forecast::changed, this, &HeldBar::refresh);
    refresh();
}

void HeldBar::refresh()
{
    setVisible(m_held.holds());
    m_summary->setText(m_held.holds() ? summary() : QString());
}

QString HeldBar::summary() const
{
    const plan::Plan &own = m_workspace.plan(), &other = m_held.plan();
    int different = 0;
    for (int i = 0; i < int(own.choices.size()); ++i)
        different += m_held.differs(i);
    QStringList held{bytesText(other.fileBytes)}, yours{relativeText(double(own.fileBytes), double(other.fileBytes))};
    const auto mine = m_workspace.forecast().own(), its = m_workspace.forecast().predictionOf(other);
    if (mine && its) {
        held << tr("KL %1").arg(numberText(its->kld));
        if (its->kld > 0)
            yours << tr("KL %1").arg(relativeText(mine->kld, its->kld));
    }
    return tr("Held, lower right: %1, %2. Yours: %3. %n tensor(s) differ.", nullptr, different)
        .arg(QString::fromStdString(m_held.recipe().name), held.join(QStringLiteral(", ")), yours.join(QStringLiteral(", ")));
}

QToolButton* makeHoldButton(HeldRecipe& held)
{
    auto* button = new QToolButton;
    button->setText(HeldBar::tr("Compare"));
    button->setToolTip(HeldBar::tr("Hold a second recipe beside this one: cells that differ are split"));
    button->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(button);
    menu->addAction(HeldBar::tr("Hold this recipe"), &held, &HeldRecipe::holdCurrent);
    menu->addAction(HeldBar::tr("Recipe from a file…"), &held, [button, &held] {
        const QString file =
            QFileDialog::getOpenFileName(button, HeldBar::tr("Recipe to compare with"), {}, HeldBar::tr("Recipes (*.json)"));
        if (!file.isEmpty())
            held.holdFile(fromUtf8(file.toStdString()));
    });
    QMenu* presets = menu->addMenu(HeldBar::tr("Preset"));
    for (const plan::Preset& preset : plan::presets()) {
        const QString name = QString::fromUtf8(preset.name.data(), qsizetype(preset.name.size()));
        presets->addAction(name, &held, [&held, name] { held.holdPreset(name); });
    }
    button->setMenu(menu);
    return button;
}

}  // namespace halftone::app
