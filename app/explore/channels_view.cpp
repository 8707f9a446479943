// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/channels_view.h"

#include "app/explore/channel_plot.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>
#include <QTableView>
#include <QToolTip>

namespace halftone::app {
namespace {

enum Pages { Picture, Message };

}  // namespace

ChannelsView::ChannelsView(QWidget* parent)
    : QStackedWidget(parent),
      m_model(new ChannelModel(this)),
      m_plot(new ChannelPlot),
      m_table(new QTableView),
      m_message(mutedLabel())
{
    buildTable();
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    auto* page = new QWidget;
    auto* layout = new QHBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot, 1);
    layout->addWidget(m_table);
    addWidget(page);
    addWidget(m_message);
    connect(m_plot, &ChannelPlot::hovered, this,
            [this](std::size_t channel, const QPoint& position) { QToolTip::showText(position, m_model->describe(channel), m_plot); });
    connect(m_model, &ChannelModel::modelReset, this, [this] { m_plot->setSide(&m_model->side(), m_model->measure()); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
        m_plot->setMarked(current.isValid() ? std::optional(m_model->channelAt(current.row())) : std::nullopt);
    });
}

void ChannelsView::buildTable()
{
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Channels that stand out most"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setContextMenuPolicy(Qt::NoContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 4);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSortIndicatorShown(false);
    m_table->horizontalHeader()->setSectionsClickable(true);
    connect(m_table->horizontalHeader(), &QHeaderView::sectionClicked, this,
            [this](int section) { m_model->sort(section, Qt::DescendingOrder); });
}

void ChannelsView::setSide(inspect::ChannelSide side, const QString& channelName)
{
    m_model->setSide(std::move(side), channelName);
    m_table->setFixedWidth(m_table->horizontalHeader()->length() + m_table->verticalScrollBar()->sizeHint().width());
    setCurrentIndex(Picture);
}

void ChannelsView::setMessage(const QString& message)
{
    m_message->setText(message);
    setCurrentIndex(Message);
}

QString ChannelsView::message() const
{
    return currentIndex() == Message ? m_message->text() : QString();
}

void ChannelsView::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

Chart ChannelsView::chart(const QString& name) const
{
    return paintedChart(name, m_plot->size(), [this](QPainter& painter, QSize room) { m_plot->draw(painter, room); }, [this] { return csv(); });
}

QString ChannelsView::csv() const
{
    const inspect::ChannelSide& side = m_model->side();
    QString text = QStringLiteral("channel,mean_abs,max_abs\n");
    for (std::size_t i = 0; i < side.mean.size(); ++i)
        text += QStringLiteral("%1,%2,%3\n").arg(i).arg(double(side.mean[i]), 0, 'g', 7).arg(double(side.max[i]), 0, 'g', 7);
    return text;
}

}  // namespace halftone::app
