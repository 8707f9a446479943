// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/recipe_strip.h"

#include "app/jobs/job_manager.h"
#include "app/plan/size_rows.h"
#include "app/widgets/chip.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"
#include "app/window/forecast.h"
#include "app/window/importance_button.h"
#include "app/window/type_menu.h"
#include "app/window/workspace.h"
#include "core/model/model.h"
#include "core/plan/preset.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>
#include <vector>

namespace halftone::app {
namespace {

const QString kSizesTag = QStringLiteral("recipe menu sizes");
const QString kPure = QStringLiteral("pure:");

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

QHash<QString, quint64> sizesOf(const model::Model& model, plan::Recipe recipe, const plan::PlanOptions& options, const QStringList& bases, Progress& progress)
{
    QHash<QString, quint64> sizes;
    for (const QString& base : bases) {
        progress.checkpoint();
        recipe.base = base.toStdString();
        sizes[base] = plan::makePlan(model, recipe, options).fileBytes;
    }
    return sizes;
}

}  // namespace

RecipeStrip::RecipeStrip(Workspace& workspace, QAction* quantize, QWidget* parent)
    : QFrame(parent), m_workspace(workspace), m_name(new ElidedLabel(this)), m_source(mutedLabel({}, this)), m_arrow(mutedLabel(QStringLiteral("→"), this)), m_recipe(new QToolButton(this)),
      m_importance(new ImportanceButton(workspace, this)), m_pins(mutedLabel({}, this)), m_edits(mutedLabel({}, this)), m_bar(new BitsBar(this)), m_size(strongLabel({}, this)), m_bitsPerWeight(mutedLabel({}, this)),
      m_quality(mutedLabel({}, this)), m_fallbacks(badgeLabel({}, this)), m_quantize(new QPushButton(quantize->text(), this)), m_menu(new QMenu(this))
{
    setProperty("bar", true);
    setFixedHeight(44);
    m_name->setFont(strongFont(font()));
    m_name->setAccessibleName(tr("Model"));
    m_recipe->setProperty("framed", true);
    m_recipe->setObjectName(QStringLiteral("recipeButton"));
    m_recipe->setPopupMode(QToolButton::InstantPopup);
    m_recipe->setMenu(m_menu);
    m_recipe->setFont(strongFont(font()));
    m_recipe->setToolTip(tr("Choose a preset (Ctrl+R)"));
    m_recipe->setFocusPolicy(Qt::StrongFocus);
    m_size->setObjectName(QStringLiteral("outputSize"));
    m_quantize->setProperty("primary", true);
    m_quantize->setToolTip(tr("Write the quantized file (%1)").arg(quantize->shortcut().toString(QKeySequence::NativeText)));
    connect(m_quantize, &QPushButton::clicked, quantize, &QAction::trigger);
    connect(quantize, &QAction::changed, this, [this, quantize] { m_quantize->setEnabled(quantize->isEnabled()); });

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(8);
    for (QWidget* widget : {static_cast<QWidget*>(m_name), static_cast<QWidget*>(m_source), static_cast<QWidget*>(m_arrow), static_cast<QWidget*>(m_recipe), static_cast<QWidget*>(m_edits), static_cast<QWidget*>(m_pins), static_cast<QWidget*>(m_importance)})
        layout->addWidget(widget);
    layout->addStretch(1);
    for (QWidget* widget : {static_cast<QWidget*>(m_fallbacks), static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_size), static_cast<QWidget*>(m_bitsPerWeight), static_cast<QWidget*>(m_quality)})
        layout->addWidget(widget);
    layout->addSpacing(8);
    layout->addWidget(m_quantize);

    connect(&m_workspace, &Workspace::modelChanged, this, [this] { buildMenu(); refresh(); });
    connect(&m_workspace, &Workspace::recipeChanged, this, &RecipeStrip::refresh);
    connect(&m_workspace.forecast(), &Forecast::changed, this, &RecipeStrip::refreshQuality);
    connect(m_menu, &QMenu::aboutToShow, this, &RecipeStrip::requestMenuSizes);
    buildMenu();
    refresh();
}

void RecipeStrip::openRecipeMenu()
{
    m_recipe->showMenu();
}

void RecipeStrip::addBase(QMenu& menu, int bits, const QString& label, const QString& base)
{
    auto* action = menu.addAction(bitsIcon(bits), label);
    action->setData(label);
    connect(action, &QAction::triggered, this, [this, base] { m_workspace.applyBase(base); });
    m_bases[base] = action;
}

void RecipeStrip::buildMenu()
{
    m_menu->clear();
    m_bases.clear();
    std::vector<plan::Preset> presets(plan::presets().begin(), plan::presets().end());
    std::ranges::reverse(presets);   // many bits first
    int bits = 0;
    for (const auto& preset : presets) {
        const auto& info = quant::info(preset.type);
        if (info.isFloat())
            continue;
        if (info.bits != bits)
            m_menu->addSection(tr("%1 bits").arg(info.bits));
        bits = info.bits;
        addBase(*m_menu, bits, text(preset.name), text(preset.name));
    }
    m_menu->addSeparator();
    auto* pure = m_menu->addMenu(tr("Every matrix alike"));
    for (const auto& info : quant::allTypes())
        if (info.canQuantize)
            addBase(*pure, info.bits, text(info.name), kPure + text(info.name));
    addBase(*m_menu, 16, tr("Unchanged"), QStringLiteral("source"));
}

/// What each entry would give, on the right of its name.
void RecipeStrip::requestMenuSizes()
{
    const auto model = m_workspace.model();
    if (!model)
        return;
    m_workspace.jobs().start(
        {.title = tr("Sizes of the presets"), .tag = kSizesTag, .shown = false}, this,
        [model, recipe = pinnedPart(*model, m_workspace.recipe(), m_workspace.plan()), options = m_workspace.planOptions(), bases = QStringList(m_bases.keys())](Progress& progress) { return sizesOf(*model, recipe, options, bases, progress); },
        [this](const QHash<QString, quint64>& sizes) {
            for (auto it = sizes.begin(); it != sizes.end(); ++it)
                if (auto* action = m_bases.value(it.key()))
                    action->setText(action->data().toString() + QLatin1Char('\t') + bytesText(it.value()));
        });
}

void RecipeStrip::refresh()
{
    const auto model = m_workspace.model();
    for (QWidget* widget : {static_cast<QWidget*>(m_source), static_cast<QWidget*>(m_arrow), static_cast<QWidget*>(m_recipe), static_cast<QWidget*>(m_importance), static_cast<QWidget*>(m_pins), static_cast<QWidget*>(m_edits), static_cast<QWidget*>(m_bar),
                            static_cast<QWidget*>(m_size), static_cast<QWidget*>(m_bitsPerWeight), static_cast<QWidget*>(m_quality), static_cast<QWidget*>(m_fallbacks), static_cast<QWidget*>(m_quantize)})
        widget->setVisible(bool(model));
    m_name->setEnabled(bool(model));
    m_name->setFullText(model ? QString::fromStdString(model->name()) : tr("No model open"));
    if (!model)
        return;
    m_source->setText(QStringLiteral("%1 · %2").arg(text(quant::name(model->mainType())), bytesText(model->fileBytes())));
    m_source->setToolTip(tr("%1, %2 weights").arg(exactBytesText(model->fileBytes()), countText(model->parameters())));
    const auto& recipe = m_workspace.recipe();
    const auto byHand = std::ranges::count_if(recipe.exact, [&](const auto& choice) { return !recipe.pins.contains(choice.first); });
    m_recipe->setText(recipe.name.empty() ? QString::fromStdString(recipe.base) : QString::fromStdString(recipe.name));
    m_recipe->setAccessibleName(tr("Recipe: %1").arg(m_recipe->text()));
    m_edits->setText(tr("%n by hand", nullptr, int(byHand)));
    m_edits->setVisible(byHand > 0 && recipe.base != "source");   // without a base every choice is by hand
    m_pins->setText(tr("%n pin(s)", nullptr, int(recipe.pins.size())));
    m_pins->setVisible(!recipe.pins.empty());
    refreshSizes();
}

void RecipeStrip::refreshSizes()
{
    const auto& plan = m_workspace.plan();
    std::map<int, quint64, std::greater<>> byBits;
    for (const auto& choice : plan.choices)
        byBits[quant::info(choice.type).bits] += choice.bytes;
    QList<BitsBar::Part> parts;
    for (const auto& [bits, bytes] : byBits)
        parts.append({bits, bytes});
    m_bar->setParts(std::move(parts));
    m_size->setText(bytesText(plan.fileBytes));
    m_size->setToolTip(tr("The output will have exactly %1").arg(exactBytesText(plan.fileBytes)));
    m_bitsPerWeight->setText(bitsPerWeightText(plan.bitsPerWeight));
    m_fallbacks->setText(tr("%n fallback(s)", nullptr, plan.fallbacks));
    m_fallbacks->setToolTip(tr("Rows that are no multiple of the wanted block get the next type that fits; the tree marks them."));
    m_fallbacks->setVisible(plan.fallbacks > 0);
    refreshQuality();
}

void RecipeStrip::refreshQuality()
{
    const auto quality = m_workspace.forecast().own();
    m_quality->setText(quality ? tr("KL %1 (%2–%3)").arg(numberText(quality->kld), numberText(quality->low), numberText(quality->high)) : tr("KL not known yet"));
    m_quality->setToolTip(quality ? tr("How far the output's predictions drift from the original's (KL divergence, nats per token), predicted from the tensors' sensitivity, and the band in which 19 of 20 recipes lie")
                                  : tr("How far the output's predictions drift from the original's (KL divergence). Plan measures the tensors' sensitivity, from which it follows for every recipe."));
}

}  // namespace halftone::app
