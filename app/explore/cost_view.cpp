// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/cost_view.h"

#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kLabel = 30, kGap = 4;
constexpr int kLeastHeight = 13, kMostHeight = 34, kLeastWidth = 7, kMostWidth = 34;  // of a cell
constexpr int kLeastBars = 14, kMostBars = 34;  // height of the tallest role's
constexpr int kLongestName = 96, kLeastText = 9;

QString nameOf(model::Role role)
{
    const auto name = model::roleName(role);
    return QString::fromLatin1(name.data(), qsizetype(name.size()));
}

QColor mixed(const QColor& from, const QColor& to, double share)
{
    const auto mix = [share](int a, int b) { return int(a + (b - a) * share); };
    return {mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue())};
}

}  // namespace

CostView::CostView(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(tr("Cost of fewer bits, layers by roles"));
}

void CostView::setMap(CostMap map)
{
    m_map = std::move(map);
    setSelection(m_selection);
    updateGeometry();
}

void CostView::setSelection(const QList<int>& tensors)
{
    m_selection = tensors;
    m_framed.clear();
    for (int tensor : tensors)
        if (const auto place = m_map.placeOf(tensor); place.row >= 0)
            m_framed.append(place);
    setAccessibleDescription(m_framed.isEmpty() ? QString() : readOut(rectOf(m_framed.last()).center()));
    update();
}

/// Small enough that neighbours do not overlap.
QFont CostView::nameFont(int cellWidth) const
{
    QFont font = this->font();
    if (cellWidth < fontMetrics().ascent())
        font.setPixelSize(std::max(cellWidth, kLeastText));
    return font;
}

int CostView::namesHeight(int cellWidth) const
{
    const QFontMetrics metrics(nameFont(cellWidth));
    int width = 0;
    for (model::Role role : m_map.roles())
        width = std::max(width, metrics.horizontalAdvance(nameOf(role)));
    return std::min(width, kLongestName) + kGap;
}

QSize CostView::sizeHint() const
{
    const int columns = std::max(1, int(m_map.roles().size())), rows = std::max(1, int(m_map.layers().size()));
    return {kLabel + columns * kLeastWidth + 24, namesHeight(kLeastWidth) + kLeastBars + 2 * kGap + rows * kLeastHeight};
}

CostView::Grid CostView::gridOf(QSize size) const
{
    const int columns = std::max(1, int(m_map.roles().size())), rows = std::max(1, int(m_map.layers().size()));
    const int wide = size.width() - kLabel - kGap;
    // A fifth of the width, or more where the cells leave it, is for the layers' bars.
    const int cellWidth = std::clamp(wide * 4 / 5 / columns, kLeastWidth, kMostWidth);
    const int names = namesHeight(cellWidth), bars = std::clamp(size.height() / 10, kLeastBars, kMostBars), top = names + bars + kGap;
    const int cellHeight = std::clamp((size.height() - top) / rows, kLeastHeight, kMostHeight);
    return {kLabel, top, cellWidth, cellHeight, std::max(0, wide - columns * cellWidth), bars};
}

QRect CostView::rectOf(CostMap::Place place, QSize size) const
{
    const Grid grid = gridOf(size);
    if (place.row < 0)
        return {grid.left + int(place.column) * grid.cellWidth, 0, grid.cellWidth, grid.top - kGap};
    const int y = grid.top + int(place.row) * grid.cellHeight;
    if (place.column < 0)
        return {grid.left + int(m_map.roles().size()) * grid.cellWidth + kGap, y, grid.bars, grid.cellHeight};
    return {grid.left + int(place.column) * grid.cellWidth, y, grid.cellWidth, grid.cellHeight};
}

std::optional<CostMap::Place> CostView::placeAt(const QPoint& position) const
{
    if (m_map.isEmpty())
        return std::nullopt;
    const Grid grid = gridOf(size());
    const int column = position.x() < grid.left ? -1 : (position.x() - grid.left) / grid.cellWidth;
    const int row = position.y() < grid.top ? -1 : (position.y() - grid.top) / grid.cellHeight;
    const bool isRole = column >= 0 && column < m_map.roles().size();
    if (row >= m_map.layers().size() || (row < 0 && !isRole))
        return std::nullopt;
    return CostMap::Place{row, isRole ? column : -1};
}

CostMap::Cell CostView::cellAt(CostMap::Place place) const
{
    return place.row < 0 ? m_map.role(place.column) : place.column < 0 ? m_map.layer(place.row) : m_map.cell(place.row, place.column);
}

void CostView::draw(QPainter& painter, QSize size) const
{
    if (m_map.isEmpty())
        return;
    drawCells(painter, size);
    drawRoles(painter, size);
    drawLayers(painter, size);
}

void CostView::drawCells(QPainter& painter, QSize size) const
{
    const Theme& theme = Theme::current();
    const double largest = m_map.largestCell();
    for (qsizetype row = 0; row < m_map.layers().size(); ++row)
        for (qsizetype column = 0; column < m_map.roles().size(); ++column) {
            const CostMap::Cell& cell = m_map.cell(row, column);
            if (!cell.tensors.isEmpty())
                painter.fillRect(rectOf({row, column}, size).adjusted(0, 0, -1, -1),
                                 mixed(theme.panel, theme.error, costShade(cell.cost, largest)));
        }
    painter.setPen(QPen(theme.text, 2));
    painter.setBrush(Qt::NoBrush);
    for (const CostMap::Place& place : m_framed)
        painter.drawRect(rectOf(place, size).adjusted(0, 0, -1, -1));
}

void CostView::drawRoles(QPainter& painter, QSize size) const
{
    const Theme& theme = Theme::current();
    double most = 0;
    for (qsizetype column = 0; column < m_map.roles().size(); ++column)
        most = std::max(most, m_map.role(column).cost);
    const Grid grid = gridOf(size);
    painter.setFont(nameFont(grid.cellWidth));
    for (qsizetype column = 0; column < m_map.roles().size(); ++column) {
        const QRect rect = rectOf({-1, column}, size);
        const int height = most > 0 ? int(m_map.role(column).cost / most * grid.roleBars) : 0;
        painter.fillRect(QRect(rect.left(), rect.bottom() + 1 - height, rect.width() - 1, height), theme.error);
        const bool current = !m_framed.isEmpty() && m_framed.last().column == column;
        painter.save();
        painter.setPen(current ? theme.text : theme.muted);
        painter.translate(rect.center().x(), namesHeight(grid.cellWidth) - kGap);
        painter.rotate(-90);
        const QString name = painter.fontMetrics().elidedText(nameOf(m_map.roles()[column]), Qt::ElideRight, kLongestName);
        painter.drawText(QRect(0, -10, kLongestName, 20), Qt::AlignLeft | Qt::AlignVCenter, name);
        painter.restore();
    }
}

void CostView::drawLayers(QPainter& painter, QSize size) const
{
    const Theme& theme = Theme::current();
    painter.setFont(font());
    double most = 0;
    for (qsizetype row = 0; row < m_map.layers().size(); ++row)
        most = std::max(most, m_map.layer(row).cost);
    for (qsizetype row = 0; row < m_map.layers().size(); ++row) {
        const QRect rect = rectOf({row, -1}, size);
        const int width = most > 0 ? int(m_map.layer(row).cost / most * rect.width()) : 0;
        painter.fillRect(QRect(rect.left(), rect.top() + rect.height() / 4, width, std::max(2, rect.height() / 2)), theme.error);
        const bool current = !m_framed.isEmpty() && m_framed.last().row == row;
        const int layer = m_map.layers()[row];
        painter.setPen(current ? theme.text : theme.muted);
        painter.drawText(QRect(0, rect.top(), kLabel - 8, rect.height()), Qt::AlignRight | Qt::AlignVCenter,
                         layer < 0 ? QStringLiteral("–") : QString::number(layer));
    }
}

void CostView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    draw(painter, size());
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Theme::current().accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

void CostView::mousePressEvent(QMouseEvent* event)
{
    const auto place = placeAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !place)
        return;
    if (const QList<int> tensors = cellAt(*place).tensors; !tensors.isEmpty())
        Q_EMIT tensorsClicked(tensors);
}

void CostView::keyPressEvent(QKeyEvent* event)
{
    const int down = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    const int right = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if ((down == 0 && right == 0) || m_map.isEmpty())
        return QWidget::keyPressEvent(event);
    // From the last framed cell to the next that holds something; from nowhere to the first.
    CostMap::Place place = m_framed.isEmpty() ? CostMap::Place{0, -1} : m_framed.last();
    const auto step = m_framed.isEmpty() ? CostMap::Place{0, 1} : CostMap::Place{down, right};
    do {
        place = {place.row + step.row, place.column + step.column};
        if (place.row < 0 || place.row >= m_map.layers().size() || place.column < 0 || place.column >= m_map.roles().size())
            return;
    } while (m_map.cell(place.row, place.column).tensors.isEmpty());
    Q_EMIT tensorsClicked(m_map.cell(place.row, place.column).tensors);
}

void CostView::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

QString CostView::readOut(const QPoint& position) const
{
    const auto place = placeAt(position);
    if (!place)
        return {};
    const CostMap::Cell cell = cellAt(*place);
    if (cell.tensors.isEmpty())
        return {};
    const int layer = place->row < 0 ? -1 : m_map.layers()[place->row];
    const QString role = place->column < 0 ? QString() : nameOf(m_map.roles()[place->column]);
    const QString where = place->row < 0 ? tr("%1, all layers").arg(role)
        : layer < 0                      ? (role.isEmpty() ? tr("Outside the layers") : role)
        : place->column < 0              ? tr("Layer %1").arg(layer)
                                         : tr("%1 of layer %2").arg(role).arg(layer);
    const double share = m_map.total() > 0 ? 100 * cell.cost / m_map.total() : 0;
    return tr("%1: KL %2\n%3 % of all").arg(where, numberText(cell.cost), locale().toString(share, 'f', 1));
}

bool CostView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), readOut(help->pos()), this);
    return true;
}

Chart CostView::chart(const QString& name) const
{
    return paintedChart(name, size(), [this](QPainter& painter, QSize room) { draw(painter, room); }, [this] { return csv(); });
}

QString CostView::csv() const
{
    QString text = QStringLiteral("layer,role,kl\n");
    for (qsizetype row = 0; row < m_map.layers().size(); ++row)
        for (qsizetype column = 0; column < m_map.roles().size(); ++column)
            if (const CostMap::Cell& cell = m_map.cell(row, column); !cell.tensors.isEmpty())
                text += QStringLiteral("%1,%2,%3\n").arg(m_map.layers()[row]).arg(nameOf(m_map.roles()[column])).arg(cell.cost, 0, 'g', 7);
    return text;
}

}  // namespace halftone::app
