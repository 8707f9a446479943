// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/held_recipe.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/window/sensitivity_store.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/model/model.h"

namespace halftone::app {
namespace {

/// Refuses what this model cannot take, before it is held.
plan::Recipe recipeFor(const model::Model& model, const std::filesystem::path& file, const plan::PlanOptions& options)
{
    constexpr std::uintmax_t kLargest = 16 << 20;  // no recipe is near that
    if (InputFile(file).size() > kLargest)
        throw Error(ErrorCode::Malformed, {.problem = "the file is too large for a recipe", .file = toUtf8(file)});
    plan::Recipe recipe = plan::recipeFromJson(readText(file));
    if (recipe.name.empty())
        recipe.name = toUtf8(file.stem());
    plan::makePlan(model, recipe, options);
    return recipe;
}

}  // namespace

HeldRecipe::HeldRecipe(Workspace& workspace, QObject* parent) : QObject(parent), m_workspace(workspace)
{
    connect(&workspace, &Workspace::modelChanged, this, &HeldRecipe::letGo);
    connect(&workspace, &Workspace::importanceChanged, this, &HeldRecipe::makePlan);
}

void HeldRecipe::hold(plan::Recipe recipe)
{
    m_recipe = std::move(recipe);
    makePlan();
}

void HeldRecipe::makePlan()
{
    if (!m_recipe)
        return;
    m_plan = plan::makePlan(*m_workspace.model(), *m_recipe, m_workspace.planOptions());
    Q_EMIT changed();
}

void HeldRecipe::holdCurrent()
{
    if (m_workspace.model())
        hold(m_workspace.recipe());
}

void HeldRecipe::holdPreset(const QString& preset)
{
    if (m_workspace.model())
        hold({.name = preset.toStdString(), .base = preset.toStdString()});
}

void HeldRecipe::holdFile(const std::filesystem::path& file)
{
    const auto model = m_workspace.model();
    if (!model)
        return;
    m_workspace.jobs().start(
        {.title = tr("Loading a recipe"), .tag = QStringLiteral("held recipe"), .shown = false}, this,
        [model, file, options = m_workspace.planOptions()](Progress&) { return recipeFor(*model, file, options); },
        [this, model](plan::Recipe recipe) {
            if (m_workspace.model() == model)
                hold(std::move(recipe));
        },
        [this](const Error& error) { Q_EMIT failed(errorText(error)); });
}

void HeldRecipe::letGo()
{
    if (!m_recipe)
        return;
    m_recipe.reset();
    m_plan = {};
    Q_EMIT changed();
}

void HeldRecipe::swap()
{
    if (!m_recipe)
        return;
    plan::Recipe own = m_workspace.recipe();
    m_workspace.setRecipe(std::move(*m_recipe), tr("swap"));
    hold(std::move(own));
}

bool HeldRecipe::differs(int tensor) const
{
    const auto& own = m_workspace.plan().choices;
    const auto i = std::size_t(tensor);
    return m_recipe && i < own.size() && i < m_plan.choices.size() && own[i].type != m_plan.choices[i].type;
}

}  // namespace halftone::app
