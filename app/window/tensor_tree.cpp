// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tensor_tree.h"

#include "app/widgets/joined_selection.h"
#include "app/window/forecast.h"
#include "app/window/tensor_delegate.h"
#include "app/window/tensor_tree_model.h"
#include "app/window/type_menu.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QSet>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace halftone::app {

TensorTree::TensorTree(Workspace& workspace, QWidget* parent)
    : QFrame(parent),
      m_workspace(workspace),
      m_model(new TensorTreeModel(this)),
      m_filtered(new QSortFilterProxyModel(this)),
      m_filter(new QLineEdit(this)),
      m_view(new QTreeView(this))
{
    setProperty("side", true);
    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterRole(TensorTreeModel::FilterRole);
    m_filtered->setSortRole(TensorTreeModel::SortRole);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filtered->setRecursiveFilteringEnabled(true);
    m_filtered->setAutoAcceptChildRows(true);
    m_filter->setPlaceholderText(tr("Filter tensors"));
    m_filter->setAccessibleName(tr("Filter tensors by name"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    buildView();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(10, 0, 10, 0);
    top->addWidget(m_filter);
    layout->addLayout(top);
    layout->addWidget(m_view, 1);

    connect(m_filter, &QLineEdit::textChanged, this, &TensorTree::setFilter);
    connect(&m_workspace, &Workspace::modelChanged, this, &TensorTree::reset);
    connect(&m_workspace, &Workspace::recipeChanged, this, [this] { m_model->setPlan(m_workspace.recipe(), m_workspace.plan()); });
    connect(&m_workspace, &Workspace::selectionChanged, this, &TensorTree::pullSelection);
    connect(&m_workspace.forecast(), &Forecast::changed, this, &TensorTree::showSensitivities);
    reset();
}

void TensorTree::buildView()
{
    m_view->setModel(m_filtered);
    m_view->setItemDelegate(new TensorDelegate(m_view));
    m_view->setHeaderHidden(true);
    m_view->setUniformRowHeights(true);
    m_view->setIndentation(12);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setAllColumnsShowFocus(true);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setAccessibleName(tr("Tensors of the model"));
    m_view->installEventFilter(this);
    auto* header = m_view->header();
    header->setStretchLastSection(false);
    header->setMinimumSectionSize(24);
    header->setSectionResizeMode(TensorTreeModel::NameColumn, QHeaderView::Stretch);
    header->setSectionResizeMode(TensorTreeModel::TypeColumn, QHeaderView::Fixed);
    header->setSectionResizeMode(TensorTreeModel::ChosenColumn, QHeaderView::Fixed);
    header->resizeSection(TensorTreeModel::TypeColumn, 46);
    header->resizeSection(TensorTreeModel::ChosenColumn, 56);
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (index.parent().isValid())
            Q_EMIT tensorActivated();
    });
    connect(m_view, &QTreeView::customContextMenuRequested, this, &TensorTree::showMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TensorTree::pushSelection);
}

void TensorTree::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void TensorTree::reset()
{
    m_syncing = true;
    m_model->setModel(m_workspace.model(), m_workspace.recipe(), m_workspace.plan());
    m_filter->clear();
    m_syncing = false;
    // The first groups stand open: what the model is made of is seen at once, and a long one is not a wall.
    constexpr int kOpenGroups = 3;
    for (int group = 0; group < std::min(kOpenGroups, m_filtered->rowCount()); ++group)
        m_view->expand(m_filtered->index(group, 0));
    pullSelection();
}

void TensorTree::showSensitivities()
{
    std::vector<double> sensitivities;
    const Forecast& forecast = m_workspace.forecast();
    if (m_workspace.model() && forecast.known())
        for (int tensor = 0; tensor < int(m_workspace.model()->tensors().size()); ++tensor)
            sensitivities.push_back(forecast.sensitivity(tensor));
    m_model->setSensitivities(std::move(sensitivities));
}

void TensorTree::setFilter(const QString& text)
{
    m_syncing = true;  // rows that vanish would drop out of the selection
    m_view->selectionModel()->clear();  // and each would be looked for in all of it; it is set anew below
    m_filtered->setFilterFixedString(text.trimmed().toLower());
    m_syncing = false;
    if (!text.trimmed().isEmpty())
        m_view->expandAll();
    pullSelection();
}

QList<int> TensorTree::selectedTensors() const
{
    QList<int> tensors;
    const auto append = [&tensors](const QModelIndex& index) {
        for (const int tensor : index.data(TensorTreeModel::TensorsRole).value<QList<int>>())
            tensors.append(tensor);
    };
    const QModelIndex current = m_view->selectionModel()->currentIndex().siblingAtColumn(0);
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        if (index != current)
            append(index);
    if (m_view->selectionModel()->isRowSelected(current.row(), current.parent()))
        append(current);  // the current one last
    // A group and some of its tensors may both be selected: each once, the last mention counts.
    QSet<int> seen;
    QList<int> unique;
    for (auto it = tensors.crbegin(); it != tensors.crend(); ++it)
        if (const auto before = seen.size(); seen.insert(*it), seen.size() > before)
            unique.append(*it);
    std::ranges::reverse(unique);
    return unique;
}

void TensorTree::pushSelection()
{
    if (m_syncing)
        return;
    m_syncing = true;
    m_workspace.select(selectedTensors());
    m_syncing = false;
}

void TensorTree::pullSelection()
{
    if (m_syncing)
        return;
    m_syncing = true;
    QModelIndexList rows;
    for (const int tensor : m_workspace.selection())
        if (const QModelIndex index = m_filtered->mapFromSource(m_model->indexOf(tensor)); index.isValid())
            rows.append(index);
    auto* selected = m_view->selectionModel();
    selected->select(joinedSelection(rows, TensorTreeModel::ColumnCount - 1), QItemSelectionModel::ClearAndSelect);
    if (const QModelIndex current = m_filtered->mapFromSource(m_model->indexOf(m_workspace.current())); current.isValid()) {
        selected->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
        m_view->scrollTo(current);
    }
    m_syncing = false;
}

bool TensorTree::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const auto modifiers = key->modifiers() & ~Qt::KeypadModifier;
        if (watched == m_view && modifiers == Qt::NoModifier && handleKey(key->key()))
            return true;
        if (watched == m_filter && key->key() == Qt::Key_Down) {
            m_view->setFocus(Qt::TabFocusReason);
            return true;
        }
        if (watched == m_filter && key->key() == Qt::Key_Escape && !m_filter->text().isEmpty()) {
            m_filter->clear();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

bool TensorTree::handleKey(int key)
{
    const QList<int> tensors = selectedTensors();
    if (tensors.isEmpty())
        return false;
    if (key == Qt::Key_P)
        togglePinned(tensors);
    else if (key == Qt::Key_0)
        keepSource(tensors);
    else if (key == Qt::Key_Escape)
        m_workspace.select({});
    else if (const auto type = typeOfBits(key - Qt::Key_0))
        m_workspace.chooseType(tensors, *type);
    else
        return false;
    return true;
}

/// Each tensor keeps its own type; as one step of undo, however many types there are.
void TensorTree::keepSource(const QList<int>& tensors)
{
    std::map<quant::Type, QList<int>> byType;
    for (const int tensor : tensors)
        byType[m_workspace.model()->tensors()[std::size_t(tensor)].type].append(tensor);
    const QString mergeKey = QStringLiteral("keep %1").arg(++m_keys);
    for (const auto& [type, members] : byType)
        m_workspace.chooseType(members, type, mergeKey);
}

void TensorTree::togglePinned(const QList<int>& tensors)
{
    const auto& pins = m_workspace.recipe().pins;
    const bool all =
        std::ranges::all_of(tensors, [&](int tensor) { return pins.contains(m_workspace.model()->tensors()[std::size_t(tensor)].name); });
    m_workspace.setPinned(tensors, !all);
}

void TensorTree::showMenu(const QPoint& position)
{
    const QList<int> tensors = selectedTensors();
    if (tensors.isEmpty())
        return;
    QMenu menu(this);
    addTypeActions(menu, [this, tensors](quant::Type type) { m_workspace.chooseType(tensors, type); });
    menu.addSeparator();
    menu.addAction(tr("Keep the source's type\t0"), this, [this, tensors] { keepSource(tensors); });
    menu.addAction(tr("Back to what the recipe says"), this, [this, tensors] { m_workspace.clearChoice(tensors); });
    menu.addAction(tr("Pin or unpin\tP"), this, [this, tensors] { togglePinned(tensors); });
    menu.addSeparator();
    menu.addAction(tr("Copy name"), this, [this, tensors] {
        QStringList names;
        for (const int tensor : tensors)
            names << QString::fromStdString(m_workspace.model()->tensors()[std::size_t(tensor)].name);
        QGuiApplication::clipboard()->setText(names.join(QLatin1Char('\n')));
    });
    menu.exec(m_view->viewport()->mapToGlobal(position));
}

}  // namespace halftone::app
