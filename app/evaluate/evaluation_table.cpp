// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_table.h"

#include "app/evaluate/evaluation_model.h"
#include "app/widgets/chip.h"

#include <QEvent>
#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kChipWidth = 26;
constexpr int kMostRows = 9;
constexpr int kMostNames = 240, kPadding = 20, kArrow = 14;  // pixels

/// The first row stays first, whichever way the others are sorted.
class OriginalFirst : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override
    {
        if (left.row() == 0 || right.row() == 0)
            return (left.row() == 0) == (sortOrder() == Qt::AscendingOrder);
        return QSortFilterProxyModel::lessThan(left, right);
    }
};

/// The name behind a chip in the colour of the bits.
class NameDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyleOptionViewItem shifted = option;
        initStyleOption(&shifted, index);
        const QString name = shifted.text;
        shifted.text.clear();
        option.widget->style()->drawControl(QStyle::CE_ItemViewItem, &shifted, painter, option.widget);
        const QRect chip(option.rect.left() + 6, option.rect.center().y() - 8, kChipWidth, 17);
        painter->save();
        painter->setFont(option.font);
        const int bits = index.data(EvaluationModel::BitsRole).toInt();
        paintChip(*painter, chip, bits, QString::number(bits));
        painter->setPen(option.palette.color(QPalette::Text));
        const QRect room = option.rect.adjusted(kChipWidth + 14, 0, -4, 0);
        painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter, option.fontMetrics.elidedText(name, Qt::ElideMiddle, room.width()));
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(kChipWidth + 16, 0);
    }
};

}  // namespace

EvaluationTable::EvaluationTable(EvaluationModel& model, QWidget* parent)
    : QTableView(parent),
      m_model(model),
      m_sorted(new OriginalFirst(this))
{
    m_sorted->setSourceModel(&model);
    m_sorted->setSortRole(EvaluationModel::SortRole);
    setModel(m_sorted);
    setAccessibleName(tr("Variants"));
    setItemDelegateForColumn(EvaluationModel::Name, new NameDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);  // in the order they were chosen
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 9);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setMinimumSectionSize(40);
    connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &EvaluationTable::fit);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { Q_EMIT currentChosen(current()); });
    connect(&model, &QAbstractItemModel::modelReset, this, &EvaluationTable::fit);
    connect(&model, &QAbstractItemModel::dataChanged, this, &EvaluationTable::fit);
    fit();
}

int EvaluationTable::current() const
{
    return m_sorted->mapToSource(currentIndex()).row();
}

void EvaluationTable::setCurrent(int row)
{
    setCurrentIndex(m_sorted->mapFromSource(m_model.index(row, 0)));
}

void EvaluationTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fit();
}

void EvaluationTable::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fit();
}

/// What the column's header and its widest cell need; the arrow only where it is.
int EvaluationTable::neededWidth(int column) const
{
    const QString header = m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    int width = fontMetrics().horizontalAdvance(header) + (horizontalHeader()->sortIndicatorSection() == column ? kArrow : 0);
    for (int row = 0; row < m_model.rowCount(); ++row)
        width = std::max(width, fontMetrics().horizontalAdvance(m_model.index(row, column).data().toString()));
    return width + kPadding;
}

/// All rows are shown, up to a bound. Room that is left goes to the names first, then to all numbers alike.
void EvaluationTable::fit()
{
    constexpr int kNumbers = EvaluationModel::ColumnCount - 1;
    int numbers = 0;
    for (int column = EvaluationModel::Name + 1; column < EvaluationModel::ColumnCount; ++column)
        numbers += neededWidth(column);
    const int needed = std::min(neededWidth(EvaluationModel::Name) + kChipWidth + 10, kMostNames);
    const int names = std::clamp(width() - numbers, needed, kMostNames), spare = std::max(0, width() - names - numbers) / kNumbers;
    for (int column = EvaluationModel::Name + 1; column < EvaluationModel::ColumnCount; ++column)
        setColumnWidth(column, neededWidth(column) + spare);
    setColumnWidth(EvaluationModel::Name, names);
    const int rows = std::clamp(m_model.rowCount(), 2, kMostRows);
    const int bar = names + numbers > width() ? horizontalScrollBar()->sizeHint().height() : 0;
    setFixedHeight(horizontalHeader()->sizeHint().height() + rows * verticalHeader()->defaultSectionSize() + bar + 2);
}

}  // namespace halftone::app
