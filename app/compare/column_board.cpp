// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/column_board.h"

#include "app/compare/token_text.h"
#include "app/widgets/format_text.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/model/model.h"
#include "core/plan/preset.h"

#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QRandomGenerator>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace halftone::app {
namespace {

constexpr int kMostColumns = 8;
constexpr int kFewestColumns = 2;

plan::Recipe originalRecipe()
{
    plan::Recipe recipe;
    recipe.base = "source";
    return recipe;
}

int bitsOfPreset(const std::string& base)
{
    const auto* preset = plan::findPreset(base);
    return preset ? quant::info(preset->type).bits : 16;
}

}  // namespace

ColumnBoard::ColumnBoard(Workspace& workspace, QWidget* parent) : QScrollArea(parent), m_workspace(workspace)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* columns = new QWidget(this);
    m_layout = new QHBoxLayout(columns);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(10);
    setWidget(columns);
}

bool ColumnBoard::hasRoom() const
{
    return int(m_columns.size()) < kMostColumns;
}

void ColumnBoard::reset()
{
    for (CompareColumn* column : std::exchange(m_columns, {}))
        delete column;
    if (m_workspace.model()) {
        addColumn(choiceFor(tr("Original"), originalRecipe(), quant::info(m_workspace.model()->mainType()).bits));
        addPresets({"Q6_K", "Q4_K_M", "Q2_K"});
    }
    Q_EMIT columnsChanged();
}

void ColumnBoard::addPresets(std::initializer_list<const char*> presets)
{
    for (const char* preset : presets)
        addColumn(presetChoice(QString::fromLatin1(preset)));
}

void ColumnBoard::showAllWidths()
{
    while (m_columns.size() > 1)
        removeColumn(m_columns.back());
    addPresets({"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"});
}

ColumnChoice ColumnBoard::choiceFor(const QString& title, plan::Recipe recipe, int bits) const
{
    const auto model = m_workspace.model();
    const bool original = recipe == originalRecipe();
    const quint64 bytes = original ? model->fileBytes() : plan::makePlan(*model, recipe, m_workspace.planOptions()).fileBytes;
    return {title, std::move(recipe), bits, bytes};
}

ColumnChoice ColumnBoard::presetChoice(const QString& preset) const
{
    plan::Recipe recipe;
    recipe.name = recipe.base = preset.toStdString();
    const int bits = bitsOfPreset(recipe.base);
    return choiceFor(tr("%n bits", nullptr, bits), std::move(recipe), bits);
}

void ColumnBoard::addColumn(ColumnChoice choice)
{
    if (!hasRoom())
        return;
    auto* column = new CompareColumn(std::move(choice), m_columns.empty(), this);
    auto* menu = new QMenu(column);
    connect(menu, &QMenu::aboutToShow, this, [this, menu, column] { fillMenu(*menu, column); });
    column->menuButton().setMenu(menu);
    column->menuButton().setVisible(!m_columns.empty());
    connect(&column->text(), &TokenText::tokenHovered, this, &ColumnBoard::tokenHovered);
    connect(column, &CompareColumn::chosen, this, [this, column] { Q_EMIT voted(column); });
    m_columns.push_back(column);
    m_layout->addWidget(column, 1);
    Q_EMIT columnsChanged();
}

void ColumnBoard::removeColumn(CompareColumn* column)
{
    std::erase(m_columns, column);
    column->hide();
    column->deleteLater();
    Q_EMIT columnsChanged();
}

void ColumnBoard::fillMenu(QMenu& menu, CompareColumn* replaced)
{
    menu.clear();
    for (const char* preset : {"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0", "Q3_K_M", "Q2_K"}) {
        const QString name = QString::fromLatin1(preset);
        connect(menu.addAction(tr("%n bits (%1)", nullptr, bitsOfPreset(preset)).arg(name)), &QAction::triggered, this,
                [this, name, replaced] { place(presetChoice(name), replaced); });
    }
    menu.addSeparator();
    connect(menu.addAction(tr("Current recipe")), &QAction::triggered, this, [this, replaced] {
        const auto& recipe = m_workspace.recipe();
        place(choiceFor(QString::fromStdString(recipe.name), recipe, bitsOfPreset(recipe.base)), replaced);
    });
    connect(menu.addAction(tr("Saved recipe...")), &QAction::triggered, this, [this, replaced] { addFromFile(replaced); });
    if (!replaced) {
        menu.addSeparator();
        connect(menu.addAction(tr("Original beside 8, 6, 5, 4, 3 and 2 bits")), &QAction::triggered, this, &ColumnBoard::showAllWidths);
    } else {
        menu.addSeparator();
        QAction* remove = menu.addAction(tr("Remove this column"));
        remove->setEnabled(int(m_columns.size()) > kFewestColumns);
        connect(remove, &QAction::triggered, this, [this, replaced] { removeColumn(replaced); });
    }
    for (QAction* action : menu.actions())
        action->setEnabled(action->isEnabled() && !m_locked);
}

void ColumnBoard::addFromFile(CompareColumn* replaced)
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Saved recipe"), {}, tr("Recipes (*.json)"));
    if (file.isEmpty())
        return;
    QFile json(file);
    if (!json.open(QIODevice::ReadOnly)) {
        Q_EMIT failed(tr("%1 cannot be read: %2").arg(file, json.errorString()));
        return;
    }
    try {
        auto recipe = plan::recipeFromJson(json.readAll().toStdString());
        const QString title = QString::fromStdString(recipe.name);
        const int bits = bitsOfPreset(recipe.base);
        place(choiceFor(title, std::move(recipe), bits), replaced);
    } catch (const Error& error) {
        Q_EMIT failed(tr("%1: %2").arg(file, errorText(error)));
    }
}

void ColumnBoard::place(ColumnChoice choice, CompareColumn* replaced)
{
    if (replaced)
        replaced->setChoice(std::move(choice));
    else
        addColumn(std::move(choice));
}

void ColumnBoard::arrange(const std::vector<CompareColumn*>& order)
{
    for (CompareColumn* column : order)
        m_layout->removeWidget(column);
    for (CompareColumn* column : order)
        m_layout->addWidget(column, 1);
}

void ColumnBoard::disguise()
{
    std::vector<CompareColumn*> order = m_columns;
    std::shuffle(order.begin(), order.end(), *QRandomGenerator::global());
    arrange(order);
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i]->setDisguise(tr("Text %1").arg(QChar(char16_t(u'A' + i))));
}

void ColumnBoard::reveal()
{
    for (CompareColumn* column : m_columns)
        column->setDisguise({});
}

void ColumnBoard::restoreOrder()
{
    arrange(m_columns);
}

void ColumnBoard::begin(const QString& prompt)
{
    for (CompareColumn* column : m_columns)
        column->begin(prompt);
}

void ColumnBoard::setState(const QString& state)
{
    for (CompareColumn* column : m_columns)
        column->setState(state);
}

void ColumnBoard::setHighlighted(int token)
{
    for (CompareColumn* column : m_columns)
        column->text().setHighlighted(token);
}

void ColumnBoard::markFirstDifference(int column)
{
    const auto& original = m_columns[0]->text().tokens();
    const auto& own = m_columns[std::size_t(column)]->text().tokens();
    if (column == 0)
        return;
    const auto [a, b] = std::ranges::mismatch(original, own, {}, &ColumnToken::id, &ColumnToken::id);
    m_columns[std::size_t(column)]->text().setFirstDifference(b == own.end() ? -1 : int(b - own.begin()));
}

int ColumnBoard::firstDifference() const
{
    int first = -1;
    for (const CompareColumn* column : m_columns)
        if (const int own = column->text().firstDifference(); own >= 0 && (first < 0 || own < first))
            first = own;
    return first;
}

}  // namespace halftone::app
