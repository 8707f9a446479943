// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/compare_page.h"

#include "app/compare/column_board.h"
#include "app/compare/prompt_bar.h"
#include "app/compare/token_details.h"
#include "app/compare/token_text.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/not_runnable_text.h"
#include "app/window/devices.h"
#include "app/window/workspace.h"
#include "core/infer/variant.h"
#include "core/model/model.h"

#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace halftone::app {
namespace {

constexpr int kPollMs = 33;
constexpr int kDetailsRow = 22;  ///< pixels
constexpr int kLeastColumns = 220;  ///< pixels of height that the texts keep

}  // namespace

ComparePage::ComparePage(Workspace& workspace, QWidget* parent)
    : Page(workspace, parent),
      m_stack(new QStackedLayout(this)),
      m_bar(new PromptBar(this)),
      m_board(new ColumnBoard(workspace, this)),
      m_poll(new QTimer(this))
{
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(10);
    layout->addWidget(m_bar);
    layout->addWidget(buildColumns(), 1);
    m_stack->addWidget(content);
    m_stack->addWidget(buildNotice());
    m_poll->setInterval(kPollMs);
    connectParts();
    modelChanged();
}

ComparePage::~ComparePage() = default;

void ComparePage::connectParts()
{
    connect(m_bar, &PromptBar::runRequested, this, &ComparePage::run);
    connect(m_bar, &PromptBar::runOrStopRequested, this, &ComparePage::runOrStop);
    connect(m_bar, &PromptBar::measureRequested, this, &ComparePage::measure);
    connect(m_bar, &PromptBar::promptRequested, this, &ComparePage::showPrompt);
    connect(m_bar, &PromptBar::exportRequested, this, [this](ComparisonFormat format) { exportComparison(this, report(), format); });
    connect(&m_bar->columnMenu(), &QMenu::aboutToShow, this, [this] { m_board->fillMenu(m_bar->columnMenu(), nullptr); });
    connect(m_bar, &PromptBar::blindToggled, this, &ComparePage::setBlind);
    connect(m_board, &ColumnBoard::voted, this, &ComparePage::vote);
    connect(m_board, &ColumnBoard::tokenHovered, this, &ComparePage::showToken);
    connect(m_board, &ColumnBoard::failed, m_bar, &PromptBar::showProblem);
    connect(m_board, &ColumnBoard::columnsChanged, this, [this] {
        updateControls();
        m_detailsModel->clear();
    });
    connect(m_poll, &QTimer::timeout, this, &ComparePage::takeEvents);
    connect(&workspace(), &Workspace::importanceChanged, this, [this] { m_variants.clear(); });
    connect(&workspace(), &Workspace::modelChanged, this, &ComparePage::modelChanged);
    connect(&workspace().jobs(), &JobManager::jobCancelled, this, &ComparePage::jobCancelled);
}

/// The texts over the token's table: a narrow window gives the texts the room, and the handle between them moves.
QWidget* ComparePage::buildColumns()
{
    m_board->setMinimumHeight(kLeastColumns);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setHandleWidth(10);
    splitter->addWidget(m_board);
    splitter->addWidget(buildDetails());
    splitter->setStretchFactor(0, 1);
    splitter->setCollapsible(0, false);
    return splitter;
}

QWidget* ComparePage::buildDetails()
{
    m_details = new Card(tr("Token"), this);
    m_details->setNote(tr("point at any word: its probability in every column"));
    m_detailsModel = new TokenDetailsModel(this);
    auto* table = new QTableView(m_details);
    table->setModel(m_detailsModel);
    table->setShowGrid(false);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setFocusPolicy(Qt::NoFocus);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(kDetailsRow);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setMinimumHeight(kDetailsRow * 3);
    table->setMaximumHeight(kDetailsRow * 5 + 18);
    table->setAccessibleName(tr("Probabilities of the token in every column"));
    m_details->body()->addWidget(table);
    return m_details;
}

QWidget* ComparePage::buildNotice()
{
    m_notice = new QLabel(this);
    m_notice->setAlignment(Qt::AlignCenter);
    m_notice->setWordWrap(true);
    m_notice->setMargin(40);
    return m_notice;
}

const std::vector<CompareColumn*>& ComparePage::columns() const
{
    return m_board->columns();
}

void ComparePage::showAllWidths()
{
    m_board->showAllWidths();
}

void ComparePage::modelChanged()
{
    cancelJobs();
    m_variants.clear();
    m_votes.clear();
    setRunning(false);
    m_board->reset();
    setBlind(m_bar->isBlind());
    const auto model = workspace().model();
    const QString why =
        model ? notRunnableText(infer::whyNotRunnable(*model)) : tr("Open a model to read its versions side by side.");
    m_bar->setModel(model.get());
    m_notice->setText(why.isEmpty() ? QString()
                          : model
                          ? tr("This model cannot write here: %1. Histograms, plan and quantizing work on it all the same.").arg(why)
                          : why);
    m_stack->setCurrentIndex(why.isEmpty() ? 0 : 1);
}

ComparisonRequest ComparePage::request() const
{
    ComparisonRequest request;
    request.model = workspace().model();
    request.importance = workspace().importance();
    request.planOptions = workspace().planOptions();
    for (const CompareColumn* column : columns()) {
        request.columns.push_back(column->choice().recipe);
        const auto known = m_variants.find(plan::toJson(column->choice().recipe));
        request.known.push_back(known == m_variants.end() ? nullptr : known->second);
    }
    request.device = workspace().devices().target();
    m_bar->fill(request);
    return request;
}

ComparisonReport ComparePage::report() const
{
    ComparisonReport report{QString::fromStdString(workspace().model()->name()), m_shownPrompt, {}};
    for (const CompareColumn* column : columns())
        report.columns.push_back({column->choice().title, column->facts(), column->text().tokens(), column->text().firstDifference()});
    return report;
}

/// Read out in the table.
void ComparePage::showFirstDifference()
{
    if (const int first = m_board->firstDifference(); first >= 0)
        showToken(first);
}

void ComparePage::showToken(int token)
{
    if (m_board->isDisguised())
        return;  // the table would tell who is who
    m_board->setHighlighted(token);
    if (token < 0)
        return;  // what was shown last stays readable
    std::vector<TokenDetailsModel::Column> rows;
    const auto& original = columns()[0]->text().tokens();
    for (const CompareColumn* column : columns()) {
        const auto& own = column->text().tokens();
        const auto before = std::size_t(token);
        const bool same = own.size() >= before && original.size() >= before
            && std::equal(own.begin(), own.begin() + token, original.begin(),
                          [](const ColumnToken& a, const ColumnToken& b) { return a.id == b.id; });
        rows.push_back({column->choice().title, &own, same});
    }
    m_detailsModel->show(token, rows);
    m_details->setTitle(tr("Token %1 “%2”").arg(token + 1).arg(m_detailsModel->subject()));
}

/// Columns that are disguised anew are shuffled anew.
void ComparePage::setBlind(bool blind)
{
    if (blind) {
        m_board->disguise();
        m_detailsModel->clear();
    } else {
        m_board->reveal();
        m_board->restoreOrder();
    }
    m_details->setVisible(!blind);
    updateControls();
}

void ComparePage::vote(CompareColumn* column)
{
    if (m_running || column->text().tokens().empty())
        return;
    ++m_votes[column->choice().title];
    QStringList tally;
    for (const auto& [title, votes] : m_votes)
        tally << tr("%1: %2").arg(title, countText(quint64(votes)));
    m_board->reveal();
    m_details->show();
    showFirstDifference();
    updateControls();
    m_bar->showNote(tr("You chose %1. Votes so far: %2").arg(column->choice().title, tally.join(QStringLiteral(", "))));
}

void ComparePage::updateControls()
{
    const bool free = !m_running && !m_board->isDisguised();
    m_bar->setRoomForColumns(free && m_board->hasRoom());
    m_bar->setExportable(free && !columns().empty() && !columns()[0]->text().tokens().empty());
}

void ComparePage::setRunning(bool running)
{
    m_running = running;
    m_board->setLocked(running);
    m_bar->setRunning(running);
    updateControls();
    if (running) {
        m_poll->start();
    } else {
        m_poll->stop();
        m_stream.reset();
    }
}

}  // namespace halftone::app
