// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_table.h"

#include "app/evaluate/evaluation_model.h"
#include "app/widgets/chip.h"

#include <QHeaderView>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kChipWidth = 26;
constexpr int kMostRows = 9;
constexpr int kFewestNames = 96, kMostNames = 240;  // pixels

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
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setSectionResizeMode(EvaluationModel::Name, QHeaderView::Fixed);
    horizontalHeader()->setMinimumSectionSize(48);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { Q_EMIT currentChosen(current()); });
    connect(&model, &QAbstractItemModel::modelReset, this, &EvaluationTable::fit);
    connect(&model, &QAbstractItemModel::dataChanged, this, &EvaluationTable::fitNames);
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

QSize EvaluationTable::sizeHint() const
{
    const int rows = std::clamp(m_model.rowCount(), 2, kMostRows);
    return {400, horizontalHeader()->sizeHint().height() + rows * verticalHeader()->defaultSectionSize() + 14};
}

void EvaluationTable::fit()
{
    setFixedHeight(sizeHint().height());
    fitNames();
}

void EvaluationTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fitNames();
}

/// Names get what the numbers leave, and never less than they need, up to a bound.
void EvaluationTable::fitNames()
{
    int numbers = 0;
    for (int column = EvaluationModel::Name + 1; column < EvaluationModel::ColumnCount; ++column)
        numbers += std::max(sizeHintForColumn(column), horizontalHeader()->sectionSizeHint(column));
    const int needed = std::clamp(sizeHintForColumn(EvaluationModel::Name), kFewestNames, kMostNames);
    setColumnWidth(EvaluationModel::Name, std::max(needed, viewport()->width() - numbers));
}

}  // namespace halftone::app
