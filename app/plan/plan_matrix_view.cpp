// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/plan_matrix_view.h"

#include "app/plan/plan_matrix_model.h"
#include "app/plan/plan_text.h"
#include "app/widgets/joined_selection.h"
#include "app/widgets/theme.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kLeastWidth = 30, kMostWidth = 88, kLeastHeight = 21, kMostHeight = 44;

/// A cell: a rounded patch in the colour of its bits with the number on it, and marks for pin, hand and fall-back.
class CellDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Theme& theme = Theme::current();
        const int bits = index.data(PlanMatrixModel::BitsRole).toInt();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF patch = QRectF(option.rect).adjusted(2, 2, -2, -2);
        if (bits == 0) {
            painter->setPen(theme.muted);
            painter->drawText(option.rect, Qt::AlignCenter, index.data().toString());
        } else {
            const bool editable = index.data(PlanMatrixModel::EditableRole).toBool();
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.bits(bits));
            painter->setOpacity(editable ? 1 : 0.55);
            painter->drawRoundedRect(patch, 4, 4);
            painter->setOpacity(1);
            painter->setFont(strongFont(option.font));
            const int heldBits = index.data(PlanMatrixModel::HeldBitsRole).toInt();
            if (heldBits > 0)
                paintHeld(*painter, patch, index, theme, heldBits);
            painter->setPen(theme.onBits(bits));
            const QRectF own = heldBits > 0 ? QRectF(patch.topLeft(), patch.size() * 0.62) : patch;
            painter->drawText(own, Qt::AlignCenter, index.data().toString());
            paintMarks(*painter, patch, index, theme, bits);
        }
        paintFrame(*painter, patch, option, theme);
        painter->restore();
    }

private:
    /// What the held recipe says, in the lower right half.
    static void paintHeld(QPainter& painter, const QRectF& patch, const QModelIndex& index, const Theme& theme, int bits)
    {
        QPainterPath rounded, half(patch.topRight());
        rounded.addRoundedRect(patch, 4, 4);
        half.lineTo(patch.bottomRight());
        half.lineTo(patch.bottomLeft());
        half.closeSubpath();
        painter.setBrush(theme.bits(bits));
        painter.drawPath(rounded.intersected(half));
        painter.setPen(QPen(theme.surface, 1));
        painter.drawLine(patch.bottomLeft(), patch.topRight());
        painter.setPen(theme.onBits(bits));
        const QSizeF size = patch.size() * 0.62;
        painter.drawText(QRectF(patch.bottomRight() - QPointF(size.width(), size.height()), size), Qt::AlignCenter, index.data(PlanMatrixModel::HeldTextRole).toString());
    }

    static void paintMarks(QPainter& painter, const QRectF& patch, const QModelIndex& index, const Theme& theme, int bits)
    {
        painter.setPen(Qt::NoPen);
        if (index.data(PlanMatrixModel::FallbackRole).toBool()) {   // a folded corner
            QPainterPath corner(patch.topRight() - QPointF(11, 0));
            corner.lineTo(patch.topRight());
            corner.lineTo(patch.topRight() + QPointF(0, 11));
            painter.setBrush(theme.warning);
            painter.drawPath(corner);
        }
        painter.setBrush(theme.onBits(bits));
        if (const double share = index.data(PlanMatrixModel::SensitivityRole).toDouble(); share > 0) {   // an edge: the longer, the more it suffers
            painter.setOpacity(0.6);
            painter.drawRect(QRectF(patch.left() + 2, patch.bottom() - 2, share * (patch.width() - 4), 2));
            painter.setOpacity(1);
        }
        if (index.data(PlanMatrixModel::PinnedRole).toBool())        // a pin's head and needle
        {
            painter.drawEllipse(patch.topLeft() + QPointF(6.5, 6), 2.8, 2.8);
            painter.drawRect(QRectF(patch.topLeft() + QPointF(6, 7), QSizeF(1, 6)));
        }
        if (index.data(PlanMatrixModel::ByHandRole).toBool())        // an underline
            painter.drawRect(QRectF(patch.center().x() - 6, patch.bottom() - 5, 12, 1.5));
    }

    static void paintFrame(QPainter& painter, const QRectF& patch, const QStyleOptionViewItem& option, const Theme& theme)
    {
        painter.setBrush(Qt::NoBrush);
        if (option.state & QStyle::State_Selected) {
            painter.setPen(QPen(theme.accent, 2));
            painter.drawRoundedRect(patch, 4, 4);
        }
        if (option.state & QStyle::State_HasFocus) {
            painter.setPen(QPen(theme.text, 1, Qt::DotLine));
            painter.drawRoundedRect(patch.adjusted(-1.5, -1.5, 1.5, 1.5), 5, 5);
        }
    }
};

/// Plain words instead of buttons, so that the matrix is nothing but its cells.
class PlainHeader : public QHeaderView {
public:
    PlainHeader(Qt::Orientation orientation, QWidget* parent) : QHeaderView(orientation, parent)
    {
        setSectionsClickable(true);
        setSectionResizeMode(QHeaderView::Fixed);
        setHighlightSections(true);
        setMinimumSectionSize(kLeastHeight);
    }

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override
    {
        const Theme& theme = Theme::current();
        const QPoint pointer = viewport()->mapFromGlobal(QCursor::pos());
        const bool hot = underMouse() && rect.contains(pointer);
        painter->fillRect(rect, theme.surface);
        painter->setPen(hot ? theme.accent : theme.muted);
        const bool across = orientation() == Qt::Horizontal;
        painter->drawText(rect.adjusted(0, 0, across ? 0 : -8, 0), across ? Qt::AlignCenter : Qt::AlignRight | Qt::AlignVCenter,
                          model()->headerData(section, orientation()).toString());
    }
};

}  // namespace

PlanMatrixView::PlanMatrixView(Workspace& workspace, PlanMatrixModel& model, QWidget* parent) : QTableView(parent), m_workspace(workspace), m_matrix(model)
{
    setAccessibleName(tr("Bits per layer and role"));
    setHorizontalHeader(new PlainHeader(Qt::Horizontal, this));
    setVerticalHeader(new PlainHeader(Qt::Vertical, this));
    setModel(&model);
    setItemDelegate(new CellDelegate(this));
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setCornerButtonEnabled(false);
    setEditTriggers(NoEditTriggers);
    setSelectionMode(ExtendedSelection);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    changeEvent(nullptr);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) { onHeaderClicked(Qt::Horizontal, section); });
    connect(verticalHeader(), &QHeaderView::sectionClicked, this, [this](int section) { onHeaderClicked(Qt::Vertical, section); });
    // A header's own selecting would run beside ours.
    disconnect(horizontalHeader(), &QHeaderView::sectionPressed, this, nullptr);
    disconnect(verticalHeader(), &QHeaderView::sectionPressed, this, nullptr);
    disconnect(horizontalHeader(), &QHeaderView::sectionEntered, this, nullptr);
    disconnect(verticalHeader(), &QHeaderView::sectionEntered, this, nullptr);
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        fitCells();
        showSelection();
    });
    connect(&workspace, &Workspace::selectionChanged, this, &PlanMatrixView::showSelection);
    fitCells();
    showSelection();
}

Chart PlanMatrixView::chart(const QString& name) const
{
    const QSize size(verticalHeader()->width() + horizontalHeader()->length() + 6, horizontalHeader()->height() + verticalHeader()->length() + 6);
    return {name, size, [this](QPaintDevice& device, QSize drawn) { draw(device, drawn); }, [this] { return csv(); }};
}

void PlanMatrixView::draw(QPaintDevice& device, QSize size) const
{
    QPainter painter(&device);
    const Theme& theme = Theme::current();
    painter.fillRect(QRect(QPoint(), size), theme.surface);
    const int left = verticalHeader()->width(), top = horizontalHeader()->height();
    const auto header = [&](const QRect& rect, Qt::Orientation orientation, int section, Qt::Alignment alignment) {
        painter.setPen(theme.muted);
        painter.setFont(font());
        painter.drawText(rect, int(alignment), m_matrix.headerData(section, orientation, Qt::DisplayRole).toString());
    };
    for (int column = 0; column < m_matrix.columnCount(); ++column)
        header({left + columnViewportPosition(column) - columnViewportPosition(0), 0, columnWidth(column), top}, Qt::Horizontal, column, Qt::AlignCenter);
    QStyleOptionViewItem option;
    option.font = font();
    for (int row = 0; row < m_matrix.rowCount(); ++row) {
        const int y = top + rowViewportPosition(row) - rowViewportPosition(0);
        header({0, y, left - 8, rowHeight(row)}, Qt::Vertical, row, Qt::AlignRight | Qt::AlignVCenter);
        for (int column = 0; column < m_matrix.columnCount(); ++column) {
            option.rect = {left + columnViewportPosition(column) - columnViewportPosition(0), y, columnWidth(column), rowHeight(row)};
            itemDelegate()->paint(&painter, option, m_matrix.index(row, column));
        }
    }
}

QString PlanMatrixView::csv() const
{
    QString text = QStringLiteral("tensor,type,bytes\n");
    const auto& choices = m_workspace.plan().choices;
    for (std::size_t i = 0; i < choices.size(); ++i)
        text += QStringLiteral("%1,%2,%3\n").arg(QString::fromStdString(m_workspace.model()->tensors()[i].name), typeText(choices[i].type)).arg(choices[i].bytes);
    return text;
}

void PlanMatrixView::setBrush(int bits)
{
    m_brush = bits;
    viewport()->setCursor(bits > 0 ? Qt::CrossCursor : Qt::ArrowCursor);
}

QSize PlanMatrixView::sizeHint() const
{
    return {m_matrix.columnCount() * kLeastWidth + 90, 300};
}

void PlanMatrixView::fitCells()
{
    const int columns = std::max(1, m_matrix.columnCount()), rows = std::max(1, m_matrix.rowCount());
    int label = 40;
    for (int row = 0; row < m_matrix.rowCount(); ++row)
        label = std::max(label, fontMetrics().horizontalAdvance(m_matrix.headerData(row, Qt::Vertical, Qt::DisplayRole).toString()) + 14);
    verticalHeader()->setFixedWidth(label);
    horizontalHeader()->setFixedHeight(fontMetrics().height() + 6);
    const int width = viewport()->width() / columns, height = viewport()->height() / rows;
    // With many roles the columns stay readable and the view scrolls.
    for (int column = 0; column < m_matrix.columnCount(); ++column) {
        const int words = fontMetrics().horizontalAdvance(m_matrix.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()) + 6;
        horizontalHeader()->resizeSection(column, std::clamp(width, std::max(kLeastWidth, words), std::max(kMostWidth, words)));
    }
    verticalHeader()->setDefaultSectionSize(std::clamp(height, kLeastHeight, kMostHeight));
}

void PlanMatrixView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fitCells();
}

void PlanMatrixView::changeEvent(QEvent* event)
{
    if (event)
        QTableView::changeEvent(event);
    if (event && event->type() != QEvent::PaletteChange)
        return;
    // Setting a style sheet changes the palette in turn: only when it says something new.
    const QString sheet = QStringLiteral("QTableView, QHeaderView, QTableCornerButton::section { background: %1; border: none; }").arg(Theme::current().surface.name());
    if (styleSheet() != sheet)
        setStyleSheet(sheet);
}

QString PlanMatrixView::newStroke()
{
    m_painted.clear();
    return QStringLiteral("stroke-%1").arg(++m_strokes);
}

void PlanMatrixView::paintCell(const QModelIndex& index)
{
    QList<int> fresh;
    for (int tensor : m_matrix.tensorsAt(index))
        if (!m_painted.contains(tensor))
            fresh.append(tensor);
    m_painted.unite(QSet<int>(fresh.begin(), fresh.end()));
    m_lastPainted = index;
    chooseBits(m_workspace, fresh, m_brush, m_stroke);
}

void PlanMatrixView::mousePressEvent(QMouseEvent* event)
{
    if (m_brush == 0 || event->button() != Qt::LeftButton)
        return QTableView::mousePressEvent(event);
    m_painting = true;
    m_stroke = newStroke();
    setFocus(Qt::MouseFocusReason);
    if (const QModelIndex index = indexAt(event->position().toPoint()); index.isValid()) {
        selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
        paintCell(index);
    }
}

void PlanMatrixView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_painting)
        return QTableView::mouseMoveEvent(event);
    // A quick drag skips cells: paint all between the last one and this.
    const QModelIndex index = indexAt(event->position().toPoint());
    if (!index.isValid() || index == m_lastPainted)
        return;
    const QModelIndex from = m_lastPainted.isValid() ? m_lastPainted : index;
    const int steps = std::max({1, std::abs(index.row() - from.row()), std::abs(index.column() - from.column())});
    for (int step = 1; step <= steps; ++step)
        paintCell(m_matrix.index(from.row() + (index.row() - from.row()) * step / steps, from.column() + (index.column() - from.column()) * step / steps));
}

void PlanMatrixView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_painting)
        return QTableView::mouseReleaseEvent(event);
    m_painting = false;
    m_stroke.clear();
    m_lastPainted = {};
}

void PlanMatrixView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (m_brush > 0)
        return mousePressEvent(event);
    const QList<int> tensors = m_matrix.tensorsAt(indexAt(event->position().toPoint()));
    if (!tensors.isEmpty())
        Q_EMIT exploreRequested(tensors.first());
}

void PlanMatrixView::keyPressEvent(QKeyEvent* event)
{
    const QList<int> tensors = selectedTensors();
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    const int digit = event->key() - Qt::Key_0;
    if (plain && digit >= 2 && digit <= 8)
        chooseBits(m_workspace, tensors, digit, {});
    else if (plain && digit == 0)
        keepSource(m_workspace, tensors);
    else if (plain && event->key() == Qt::Key_P)
        togglePins(m_workspace, tensors);
    else if (plain && event->key() == Qt::Key_Space)
        chooseBits(m_workspace, tensors, m_brush, {});
    else if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)
        m_workspace.clearChoice(editable(m_workspace, tensors));
    else if (event->key() == Qt::Key_Escape && m_brush > 0)
        Q_EMIT brushDropped();
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !tensors.isEmpty())
        Q_EMIT exploreRequested(tensors.last());
    else
        QTableView::keyPressEvent(event);
}

void PlanMatrixView::contextMenuEvent(QContextMenuEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    if (index.isValid() && !selectionModel()->isSelected(index))
        selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    const QList<int> tensors = selectedTensors(), chosen = editable(m_workspace, tensors);
    if (tensors.isEmpty())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (!chosen.isEmpty()) {
        for (quant::Type type : typesFor(m_workspace.model()->tensors()[std::size_t(chosen.first())]))
            menu->addAction(typeText(type), this, [this, chosen, type] { m_workspace.chooseType(chosen, type); });
        menu->addSeparator();
        menu->addAction(tr("As the recipe says"), this, [this, chosen] { m_workspace.clearChoice(chosen); });
        menu->addAction(tr("Pin or unpin"), this, [this, chosen] { togglePins(m_workspace, chosen); });
    }
    menu->addAction(tr("Look into the weights"), this, [this, tensors] { Q_EMIT exploreRequested(tensors.last()); });
    menu->popup(event->globalPos());
}

void PlanMatrixView::onHeaderClicked(Qt::Orientation orientation, int section)
{
    const QList<int> tensors = orientation == Qt::Horizontal ? m_matrix.tensorsInColumn(section) : m_matrix.tensorsInRow(section);
    m_workspace.select(tensors);
    if (m_brush > 0)
        chooseBits(m_workspace, tensors, m_brush, newStroke());
}

QList<int> PlanMatrixView::selectedTensors() const
{
    QList<int> tensors;
    const QModelIndex current = currentIndex();
    for (const QModelIndex& index : selectionModel()->selectedIndexes())
        if (index != current)
            tensors += m_matrix.tensorsAt(index);
    if (selectionModel()->isSelected(current))
        tensors += m_matrix.tensorsAt(current);   // the current one last, as the workspace keeps it
    return tensors;
}

void PlanMatrixView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QTableView::selectionChanged(selected, deselected);
    if (m_syncing || !selectionModel())
        return;
    const QScopedValueRollback guard(m_syncing, true);
    m_workspace.select(selectedTensors());
}

void PlanMatrixView::showSelection()
{
    if (m_syncing)
        return;
    const QScopedValueRollback guard(m_syncing, true);
    QModelIndexList cells;
    for (int tensor : m_workspace.selection())
        if (const QModelIndex index = m_matrix.indexOf(tensor); index.isValid())
            cells.append(index);
    selectionModel()->select(joinedSelection(cells), QItemSelectionModel::ClearAndSelect);
    if (const QModelIndex current = m_matrix.indexOf(m_workspace.current()); current.isValid()) {
        selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
        if (isVisible())
            scrollTo(current);
    }
}

}  // namespace halftone::app
