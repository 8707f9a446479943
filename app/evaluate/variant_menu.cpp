// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/variant_menu.h"

#include "app/widgets/format_text.h"
#include "app/window/sensitivity_store.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/plan/preset.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMouseEvent>
#include <QVariant>

#include <algorithm>
#include <array>

namespace halftone::app {
namespace {

/// From 8 bits to 2; those that are ticked at first say how the cost grows with fewer bits.
constexpr std::array kPresets{"Q8_0",   "Q6_K",   "Q5_K_M", "Q5_0",    "Q4_K_M", "Q4_K_S", "Q4_0",
                              "IQ4_XS", "Q3_K_M", "Q3_K_S", "IQ3_XXS", "Q2_K",   "IQ2_XS"};
constexpr std::array kFirst{"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"};

// What an entry holds (QAction::data): a preset's name, a recipe's JSON or a model's path.
constexpr const char* kKind = "kind";
enum Kind { Preset, Current, RecipeFile, ModelFile };

Kind kindOf(const QAction* action)
{
    return Kind(action->property(kKind).toInt());
}

plan::Recipe presetRecipe(const QString& name)
{
    plan::Recipe recipe;
    recipe.name = recipe.base = name.toStdString();
    return recipe;
}

}  // namespace

VariantMenu::VariantMenu(Workspace& workspace, QWidget* parent) : QMenu(parent), m_workspace(workspace)
{
    setToolTipsVisible(true);
    addPresets();
    addSeparator();
    m_current = addChoice(tr("Current recipe"), false);
    m_current->setProperty(kKind, Current);
    m_added = addSeparator();
    connect(addAction(tr("Add a saved recipe...")), &QAction::triggered, this, &VariantMenu::addRecipeFile);
    connect(addAction(tr("Add a quantized model...")), &QAction::triggered, this, &VariantMenu::addModelFile);
    connect(&workspace, &Workspace::recipeChanged, this, &VariantMenu::refresh);
    connect(&workspace, &Workspace::modelChanged, this, &VariantMenu::refresh);
    connect(&workspace, &Workspace::importanceChanged, this, &VariantMenu::refresh);
    refresh();
}

QAction* VariantMenu::addChoice(const QString& text, bool ticked)
{
    auto* action = new QAction(text, this);
    action->setCheckable(true);
    action->setChecked(ticked);
    connect(action, &QAction::toggled, this, &VariantMenu::chosenChanged);
    insertAction(m_added, action);
    return action;
}

void VariantMenu::addPresets()
{
    for (const char* name : kPresets) {
        const plan::Preset* preset = plan::findPreset(name);
        const bool first = std::ranges::any_of(kFirst, [&](const char* each) { return QLatin1String(each) == QLatin1String(name); });
        QAction* action = addChoice(tr("%n bits (%1)", nullptr, quant::info(preset->type).bits).arg(QLatin1String(name)), first);
        action->setProperty(kKind, Preset);
        action->setData(QString::fromLatin1(name));
    }
}

void VariantMenu::addRecipeFile()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Saved recipe"), {}, tr("Recipes (*.json)"));
    if (file.isEmpty())
        return;
    try {
        const plan::Recipe recipe = plan::recipeFromJson(readText(fromUtf8(file.toStdString())));
        QAction* action = addChoice(recipe.name.empty() ? QFileInfo(file).completeBaseName() : QString::fromStdString(recipe.name), true);
        action->setProperty(kKind, RecipeFile);
        action->setData(QString::fromStdString(plan::toJson(recipe)));
        Q_EMIT chosenChanged();
    } catch (const Error& error) {
        Q_EMIT problem(tr("%1: %2").arg(file, errorText(error)));
    }
}

void VariantMenu::addModelFile()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Quantized model"), {}, tr("Models (*.gguf)"));
    if (file.isEmpty())
        return;
    QAction* action = addChoice(QFileInfo(file).completeBaseName(), true);
    action->setProperty(kKind, ModelFile);
    action->setData(file);
    Q_EMIT chosenChanged();
}

/// Types that need an importance matrix can be ticked only with one.
void VariantMenu::refresh()
{
    const bool importance = bool(m_workspace.importance());
    for (QAction* action : actions()) {
        if (!action->isCheckable() || kindOf(action) != Preset)
            continue;
        const bool possible = importance || !quant::info(plan::findPreset(action->data().toString().toStdString())->type).needsImportance;
        action->setEnabled(possible);
        action->setToolTip(possible ? QString() : tr("needs an importance matrix: make one in Plan"));
    }
    m_current->setText(tr("Current recipe (%1)").arg(QString::fromStdString(m_workspace.recipe().name)));
}

std::vector<store::ChosenVariant> VariantMenu::recipes() const
{
    std::vector<store::ChosenVariant> variants;
    for (const QAction* action : actions()) {
        if (!action->isChecked() || !action->isEnabled())
            continue;
        const QString content = action->data().toString();
        switch (kindOf(action)) {
        case Preset: variants.push_back({.name = content.toStdString(), .recipe = presetRecipe(content)}); break;
        case Current: variants.push_back({.name = m_workspace.recipe().name, .recipe = m_workspace.recipe()}); break;
        case RecipeFile:
            variants.push_back({.name = action->text().toStdString(), .recipe = plan::recipeFromJson(content.toStdString())});
            break;
        case ModelFile: break;
        }
    }
    return variants;
}

std::vector<std::filesystem::path> VariantMenu::files() const
{
    std::vector<std::filesystem::path> files;
    for (const QAction* action : actions())
        if (action->isChecked() && kindOf(action) == ModelFile)
            files.push_back(fromUtf8(action->data().toString().toStdString()));
    return files;
}

int VariantMenu::chosen() const
{
    const auto all = actions();
    return int(std::ranges::count_if(all, [](const QAction* action) { return action->isChecked() && action->isEnabled(); }));
}

void VariantMenu::mouseReleaseEvent(QMouseEvent* event)
{
    QAction* action = actionAt(event->position().toPoint());
    if (action && action->isCheckable() && action->isEnabled())
        action->toggle();
    else
        QMenu::mouseReleaseEvent(event);
}

}  // namespace halftone::app
