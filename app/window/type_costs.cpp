// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/type_costs.h"

#include "app/plan/plan_text.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QHeaderView>
#include <QLocale>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

enum Column { Name, Bytes, Bits, Loss, ColumnCount };

/// Two digits, short enough for a narrow column: "0.031", "3.4e−04".
QString lossText(double loss)
{
    return loss == 0 || loss >= 0.01 ? QLocale().toString(loss, 'g', 2)
                                     : QLocale().toString(loss, 'e', 1).replace(QLatin1Char('-'), QStringLiteral("−"));
}

QTreeWidgetItem* itemOf(const Forecast::TypeCost& cost, bool chosen)
{
    auto* item = new QTreeWidgetItem;
    item->setData(Name, Qt::UserRole, uint(cost.type));
    item->setText(Name, typeText(cost.type));
    item->setText(Bytes, bytesText(cost.bytes));
    item->setText(Bits, QLocale().toString(quant::info(cost.type).bitsPerWeight(), 'f', 2));
    if (const auto loss = cost.error ? cost.error : cost.kld)
        item->setText(Loss, (cost.carried ? QStringLiteral("≈ ") : QString()) + lossText(*loss));
    if (cost.error && cost.kld)
        item->setToolTip(Loss, TypeCosts::tr("KL divergence with this tensor alone in the type, about %1").arg(lossText(*cost.kld)));
    if (cost.carried)
        item->setToolTip(Loss, TypeCosts::tr("not measured: told from the weights' errors"));
    for (int column = Bytes; column < ColumnCount; ++column)
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    if (chosen)
        for (int column = Name; column < ColumnCount; ++column)
            item->setFont(column, strongFont(item->font(column)));
    return item;
}

}  // namespace

TypeCosts::TypeCosts(Workspace& workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_title(strongLabel(tr("What each type costs"))),
      m_list(new QTreeWidget)
{
    m_list->setObjectName(QStringLiteral("typeCosts"));
    m_list->setAccessibleName(tr("What each type costs this tensor"));
    m_list->setToolTip(tr("A click or Enter gives the tensor this type"));
    m_list->setHeaderLabels({tr("type"), tr("bytes"), tr("bits"), QString()});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setIndentation(0);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setStretchLastSection(true);
    m_list->header()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_list->headerItem()->setTextAlignment(Name, Qt::AlignLeft | Qt::AlignVCenter);
    m_list->setProperty("side", true);
    m_list->header()->setProperty("side", true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_list);
    connect(m_list, &QTreeWidget::itemClicked, this, &TypeCosts::choose);
    connect(m_list, &QTreeWidget::itemActivated, this, &TypeCosts::choose);
    connect(&workspace, &Workspace::modelChanged, this, &TypeCosts::refresh);
    connect(&workspace, &Workspace::selectionChanged, this, &TypeCosts::refresh);
    connect(&workspace, &Workspace::recipeChanged, this, &TypeCosts::refresh);
    connect(&workspace.forecast(), &Forecast::changed, this, &TypeCosts::refresh);
    refresh();
}

void TypeCosts::refresh()
{
    const QList<int>& selection = m_workspace.selection();
    const bool shown = m_workspace.model() && selection.size() == 1 && !editable(m_workspace, selection).isEmpty();
    setVisible(shown);
    if (shown)
        fill(selection.first());
}

/// The row the keyboard is at stays the one of its type while the tensor is the same.
void TypeCosts::fill(int tensor)
{
    const QVariant at = m_list->currentItem() && m_tensor == tensor ? m_list->currentItem()->data(Name, Qt::UserRole) : QVariant();
    const quant::Type chosen = m_workspace.plan().choices[std::size_t(tensor)].type;
    m_tensor = tensor;
    m_list->clear();
    bool errors = false, known = false;
    for (const Forecast::TypeCost& cost : m_workspace.forecast().costs(tensor)) {
        QTreeWidgetItem* item = itemOf(cost, cost.type == chosen);
        m_list->addTopLevelItem(item);
        if (at.isValid() ? item->data(Name, Qt::UserRole) == at : cost.type == chosen)
            m_list->setCurrentItem(item);
        errors = errors || cost.error;
        known = known || cost.kld;
    }
    m_list->setColumnHidden(Loss, !known);
    m_list->headerItem()->setText(Loss, errors ? tr("error") : tr("KL"));
    m_list->headerItem()->setToolTip(Loss, errors ? QString() : tr("KL divergence with this tensor alone in the type"));
    fitHeight();
}

/// A narrow inspector goes without the bits, which the type's name says too.
void TypeCosts::resizeEvent(QResizeEvent* event)
{
    constexpr int kRoomForAll = 200;  // pixels
    QWidget::resizeEvent(event);
    m_list->setColumnHidden(Bits, width() < kRoomForAll);
}

/// All rows: the inspector scrolls as a whole.
void TypeCosts::fitHeight()
{
    const int row = m_list->topLevelItemCount() > 0 ? m_list->visualItemRect(m_list->topLevelItem(0)).height() : 0;
    m_list->setFixedHeight(m_list->header()->sizeHint().height() + row * m_list->topLevelItemCount() + 4);
}

void TypeCosts::choose(QTreeWidgetItem* item)
{
    const auto* type = quant::findType(item->data(Name, Qt::UserRole).toUInt());
    if (type && m_workspace.plan().choices[std::size_t(m_tensor)].type != type->type)
        m_workspace.chooseType({m_tensor}, type->type);
}

}  // namespace halftone::app
