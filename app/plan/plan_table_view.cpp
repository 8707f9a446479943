// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/plan_table_view.h"

#include "app/plan/plan_table_model.h"
#include "app/plan/plan_text.h"
#include "app/widgets/joined_selection.h"
#include "app/widgets/theme.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QComboBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QScopedValueRollback>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <functional>

namespace halftone::app {
namespace {

/// Types as chips in the colour of their bits; a combo box edits them.
class TypeDelegate : public QStyledItemDelegate {
public:
    using Commit = std::function<void(int tensor, quint32 type)>;
    TypeDelegate(Workspace& workspace, Commit commit, QObject* parent) : QStyledItemDelegate(parent), m_workspace(workspace), m_commit(std::move(commit)) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyleOptionViewItem ground = option;
        initStyleOption(&ground, index);
        const QString text = ground.text;
        ground.text.clear();
        const QWidget* widget = option.widget;
        widget->style()->drawControl(QStyle::CE_ItemViewItem, &ground, painter, widget);
        const Theme& theme = Theme::current();
        const int bits = index.data(PlanTableModel::BitsRole).toInt();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setFont(option.font);
        const int width = painter->fontMetrics().horizontalAdvance(text) + 16;
        const QRectF chip(option.rect.left() + 4, option.rect.top() + 3, std::min(width, option.rect.width() - 8), option.rect.height() - 6);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.bits(bits));
        painter->drawRoundedRect(chip, 4, 4);
        painter->setPen(theme.onBits(bits));
        painter->drawText(chip, Qt::AlignCenter, text);
        if (index.column() == PlanTableModel::Chosen && index.data(PlanTableModel::FallbackRole).toBool()) {
            painter->setPen(theme.warning);
            painter->drawText(QRectF(chip.right() + 4, chip.top(), 16, chip.height()), Qt::AlignCenter, QStringLiteral("⚠"));
        }
        painter->restore();
    }

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        auto* combo = new QComboBox(parent);
        const int tensor = tensorOf(index);
        for (quant::Type type : typesFor(m_workspace.model()->tensors()[std::size_t(tensor)]))
            combo->addItem(typeText(type), uint(type));
        auto* self = const_cast<TypeDelegate*>(this);
        connect(combo, &QComboBox::activated, self, [self, combo] {
            Q_EMIT self->commitData(combo);
            Q_EMIT self->closeEditor(combo);
        });
        return combo;
    }

    void setEditorData(QWidget* editor, const QModelIndex& index) const override
    {
        auto* combo = static_cast<QComboBox*>(editor);
        combo->setCurrentIndex(combo->findData(index.data(Qt::EditRole).toUInt()));
    }

    void setModelData(QWidget* editor, QAbstractItemModel*, const QModelIndex& index) const override
    {
        const auto* combo = static_cast<QComboBox*>(editor);
        if (combo->currentData() != index.data(Qt::EditRole))
            m_commit(tensorOf(index), combo->currentData().toUInt());
    }

private:
    static int tensorOf(const QModelIndex& index)
    {
        const auto* sorted = qobject_cast<const QSortFilterProxyModel*>(index.model());
        return sorted ? sorted->mapToSource(index).row() : index.row();
    }

    Workspace& m_workspace;
    Commit m_commit;
};

}  // namespace

PlanTableView::PlanTableView(Workspace& workspace, PlanTableModel& model, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_model(model), m_sorted(new QSortFilterProxyModel(this)), m_filter(new QLineEdit), m_table(new QTableView)
{
    m_sorted->setSourceModel(&model);
    m_sorted->setSortRole(PlanTableModel::SortRole);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setSortLocaleAware(false);
    m_filter->setPlaceholderText(tr("Filter by name, role, type or rule"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter tensors"));
    connect(m_filter, &QLineEdit::textChanged, m_sorted, &QSortFilterProxyModel::setFilterFixedString);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_filter);
    layout->addWidget(m_table, 1);
    buildTable();
    connect(&workspace, &Workspace::selectionChanged, this, &PlanTableView::showSelection);
    showSelection();
}

void PlanTableView::buildTable()
{
    m_table->setModel(m_sorted);
    m_table->setAccessibleName(tr("Tensors"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);   // file order first
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int em = fontMetrics().averageCharWidth();
    const int widths[] = {22, 8, 18, 13, 8, 11, 11, 13, 13, 24};
    for (int column = 0; column < PlanTableModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, widths[column] * em);
    auto* types = new TypeDelegate(m_workspace, [this](int tensor, quint32 type) { chooseForSelected(tensor, type); }, m_table);
    m_table->setItemDelegateForColumn(PlanTableModel::Now, types);
    m_table->setItemDelegateForColumn(PlanTableModel::Chosen, types);
    m_table->setItemDelegateForColumn(PlanTableModel::Held, types);
    m_table->installEventFilter(this);
    const auto showHeld = [this] { m_table->setColumnHidden(PlanTableModel::Held, !m_model.holds()); };
    connect(&m_model, &QAbstractItemModel::dataChanged, m_table, showHeld);
    showHeld();
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &PlanTableView::takeSelection);
    connect(m_table, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        if (index.column() != PlanTableModel::Chosen)
            Q_EMIT exploreRequested(m_sorted->mapToSource(index).row());
    });
}

bool PlanTableView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (!(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) && handleKey(key->key()))
            return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool PlanTableView::handleKey(int key)
{
    const QList<int> tensors = selectedTensors();
    if (key >= Qt::Key_2 && key <= Qt::Key_8)
        chooseBits(m_workspace, tensors, key - Qt::Key_0, {});
    else if (key == Qt::Key_0)
        keepSource(m_workspace, tensors);
    else if (key == Qt::Key_P)
        togglePins(m_workspace, tensors);
    else if (key == Qt::Key_Delete || key == Qt::Key_Backspace)
        m_workspace.clearChoice(editable(m_workspace, tensors));
    else
        return false;
    return true;
}

void PlanTableView::chooseForSelected(int edited, quint32 type)
{
    QList<int> tensors = editable(m_workspace, selectedTensors());
    if (!tensors.contains(edited))
        tensors = {edited};
    m_workspace.chooseType(tensors, quant::Type(type));
}

QList<int> PlanTableView::selectedTensors() const
{
    QList<int> tensors;
    const int current = m_sorted->mapToSource(m_table->currentIndex()).row();
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        if (const int tensor = m_sorted->mapToSource(index).row(); tensor != current)
            tensors.append(tensor);
    if (m_table->selectionModel()->isRowSelected(m_table->currentIndex().row()))
        tensors.append(current);
    return tensors;
}

void PlanTableView::takeSelection()
{
    if (m_syncing)
        return;
    const QScopedValueRollback guard(m_syncing, true);
    m_workspace.select(selectedTensors());
}

void PlanTableView::showSelection()
{
    if (m_syncing)
        return;
    const QScopedValueRollback guard(m_syncing, true);
    QModelIndexList rows;
    for (int tensor : m_workspace.selection())
        if (const QModelIndex index = m_sorted->mapFromSource(m_model.index(tensor, 0)); index.isValid())
            rows.append(index);
    m_table->selectionModel()->select(joinedSelection(rows), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (const QModelIndex current = m_sorted->mapFromSource(m_model.index(m_workspace.current(), 0)); current.isValid()) {
        m_table->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
        if (m_table->isVisible())
            m_table->scrollTo(current);
    }
}

}  // namespace halftone::app
