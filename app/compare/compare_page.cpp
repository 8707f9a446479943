// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/compare_page.h"

#include "app/compare/chat_bar.h"
#include "app/compare/token_details.h"
#include "app/compare/token_text.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/preset.h"

#include <QDoubleSpinBox>
#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSpinBox>
#include <QStackedLayout>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace halftone::app {
namespace {

constexpr int kMostColumns = 8;
constexpr int kFewestColumns = 2;
constexpr int kPollMs = 33;
constexpr std::size_t kMeasureWindows = 12;   ///< of 512 tokens: seconds on the sample, enough to order the widths

const QString kRunTag = QStringLiteral("compare");
const QString kMeasureTag = QStringLiteral("compare-measure");

/// What a model reads stays in the sample's language whatever the window speaks.
constexpr const char* kPrompts[] = {"Once upon a time", "The old woman said to the wolf,", "The wizard took Dorothy", "In the middle of the forest stood",
                                    "The capital of France is", "A recipe for bread: first,", "def fibonacci(n):"};

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

template <class Spin, class Value>
Spin* spinBox(Value low, Value high, Value value, const QString& prefix, const QString& suffix, const QString& name, QWidget* parent)
{
    auto* spin = new Spin(parent);
    spin->setRange(low, high);
    spin->setValue(value);
    spin->setPrefix(prefix);
    spin->setSuffix(suffix);
    spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    spin->setAccessibleName(name);
    spin->setToolTip(name);
    spin->setMaximumWidth(spin->fontMetrics().horizontalAdvance(prefix + suffix) + 58);
    return spin;
}

QToolButton* menuButton(const QString& text, QMenu* menu, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setProperty("framed", true);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(menu);
    return button;
}

}  // namespace

ComparePage::ComparePage(Workspace& workspace, QWidget* parent) : Page(workspace, parent), m_stack(new QStackedLayout(this)), m_poll(new QTimer(this))
{
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(10);
    layout->addWidget(buildPromptRow());
    layout->addWidget(buildColumns(), 1);
    layout->addWidget(buildDetails());
    m_stack->addWidget(content);
    m_stack->addWidget(buildNotice());

    m_poll->setInterval(kPollMs);
    connect(m_poll, &QTimer::timeout, this, &ComparePage::takeEvents);
    connect(&workspace, &Workspace::importanceChanged, this, [this] { m_variants.clear(); });
    connect(&workspace, &Workspace::modelChanged, this, &ComparePage::modelChanged);
    connect(&workspace.jobs(), &JobManager::jobCancelled, this, &ComparePage::jobCancelled);
    modelChanged();
}

ComparePage::~ComparePage() = default;

QWidget* ComparePage::buildPromptRow()
{
    auto* card = new Card({}, this);
    m_prompt = new QLineEdit(QString::fromLatin1(kPrompts[0]), card);
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setPlaceholderText(tr("The text every column continues"));
    auto* topics = new QMenu(card);
    for (const char* prompt : kPrompts)
        connect(topics->addAction(QString::fromLatin1(prompt)), &QAction::triggered, this, [this, prompt] { m_prompt->setText(QString::fromLatin1(prompt)); });
    m_topics = menuButton(tr("Topics"), topics, card);
    m_run = new QPushButton(card);
    m_run->setProperty("primary", true);
    m_run->setToolTip(tr("Let every column write (Ctrl+Return)"));
    connect(m_prompt, &QLineEdit::returnPressed, this, &ComparePage::run);
    connect(m_run, &QPushButton::clicked, this, &ComparePage::runOrStop);
    // Not the button's own shortcut, which its changing text would take away.
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, this, &ComparePage::runOrStop);

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_prompt, 1);
    row->addWidget(m_topics);
    row->addWidget(m_run);
    card->body()->setSpacing(8);
    card->body()->addLayout(row);
    m_chat = new ChatBar(card);
    card->body()->addWidget(m_chat);
    card->body()->addLayout(buildOptions(card));
    m_problem = new QLabel(card);
    m_problem->setProperty("problem", true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_problem->setWordWrap(true);
    m_problem->hide();
    card->body()->addWidget(m_problem);
    m_note = mutedLabel({}, card);
    m_note->setWordWrap(true);
    m_note->hide();
    card->body()->addWidget(m_note);
    return card;
}

QLayout* ComparePage::buildOptions(QWidget* parent)
{
    m_seed = spinBox<QSpinBox>(0, 999999, 1, tr("seed "), {}, tr("Seed: the same seed draws the same numbers in every column"), parent);
    m_temperature = spinBox<QDoubleSpinBox>(0.0, 5.0, 0.7, tr("temp "), {}, tr("Temperature: 0 always takes the most probable token"), parent);
    m_temperature->setSingleStep(0.1);
    m_length = spinBox<QSpinBox>(1, 4096, 160, {}, tr(" tokens"), tr("At most this many tokens"), parent);
    m_follow = new QPushButton(tr("Follow original"), parent);
    m_follow->setCheckable(true);
    m_follow->setToolTip(tr("Lead every column along the original's words, and shade how much less it believes in them"));
    m_measure = new QPushButton(tr("Measure"), parent);
    m_measure->setToolTip(tr("Perplexity and KL divergence of every column on held-out text"));
    connect(m_measure, &QPushButton::clicked, this, &ComparePage::measure);
    auto* menu = new QMenu(parent);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillColumnMenu(*menu, nullptr); });
    m_add = menuButton(tr("Add column"), menu, parent);

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_seed, m_temperature, m_length, m_follow})
        row->addWidget(widget);
    row->addStretch(1);
    row->addWidget(m_measure);
    row->addWidget(m_add);
    return row;
}

/// The columns share the width; where that is too little for all, they scroll.
QWidget* ComparePage::buildColumns()
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* columns = new QWidget(scroll);
    m_columnsLayout = new QHBoxLayout(columns);
    m_columnsLayout->setContentsMargins(0, 0, 0, 0);
    m_columnsLayout->setSpacing(10);
    scroll->setWidget(columns);
    return scroll;
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
    table->verticalHeader()->setDefaultSectionSize(22);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setFixedHeight(5 * 22 + 18);
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

void ComparePage::modelChanged()
{
    workspace().jobs().cancelTag(kRunTag);
    workspace().jobs().cancelTag(kMeasureTag);
    m_variants.clear();
    setRunning(false);
    resetColumns();
    const auto model = workspace().model();
    const QString why = model ? QString::fromStdString(infer::whyNotRunnable(*model)) : tr("Open a model to read its versions side by side.");
    m_chat->setModel(model.get());
    showProblem({});
    m_notice->setText(why.isEmpty() ? QString() : model ? tr("This model cannot write here: %1. Histograms, plan and quantizing work on it all the same.").arg(why) : why);
    m_stack->setCurrentIndex(why.isEmpty() ? 0 : 1);
}

void ComparePage::resetColumns()
{
    for (CompareColumn* column : std::exchange(m_columns, {}))
        delete column;
    m_detailsModel->clear();
    if (!workspace().model())
        return;
    addColumn(choiceFor(tr("Original"), originalRecipe(), quant::info(workspace().model()->mainType()).bits));
    addPresets({"Q6_K", "Q4_K_M", "Q2_K"});
}

void ComparePage::addPresets(std::initializer_list<const char*> presets)
{
    for (const char* preset : presets)
        addColumn(presetChoice(QString::fromLatin1(preset)));
}

/// The original beside 8, 6, 5, 4, 3 and 2 bits.
void ComparePage::showAllWidths()
{
    while (m_columns.size() > 1)
        removeColumn(m_columns.back());
    addPresets({"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"});
}

ColumnChoice ComparePage::choiceFor(const QString& title, plan::Recipe recipe, int bits) const
{
    const auto model = workspace().model();
    const bool original = recipe == originalRecipe();
    const quint64 bytes = original ? model->fileBytes() : plan::makePlan(*model, recipe, workspace().planOptions()).fileBytes;
    return {title, std::move(recipe), bits, bytes};
}

ColumnChoice ComparePage::presetChoice(const QString& preset) const
{
    plan::Recipe recipe;
    recipe.name = recipe.base = preset.toStdString();
    const int bits = bitsOfPreset(recipe.base);
    return choiceFor(tr("%n bits", nullptr, bits), std::move(recipe), bits);
}

void ComparePage::addColumn(ColumnChoice choice)
{
    if (int(m_columns.size()) >= kMostColumns)
        return;
    auto* column = new CompareColumn(std::move(choice), m_columns.empty(), this);
    auto* menu = new QMenu(column);
    connect(menu, &QMenu::aboutToShow, this, [this, menu, column] { fillColumnMenu(*menu, column); });
    column->menuButton().setMenu(menu);
    column->menuButton().setVisible(!m_columns.empty());
    connect(&column->text(), &TokenText::tokenHovered, this, &ComparePage::showToken);
    m_columns.push_back(column);
    m_columnsLayout->addWidget(column, 1);
    m_add->setEnabled(int(m_columns.size()) < kMostColumns);
}

void ComparePage::removeColumn(CompareColumn* column)
{
    std::erase(m_columns, column);
    column->hide();
    column->deleteLater();
    m_add->setEnabled(true);
    m_detailsModel->clear();
}

void ComparePage::fillColumnMenu(QMenu& menu, CompareColumn* replaced)
{
    menu.clear();
    for (const char* preset : {"Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0", "Q3_K_M", "Q2_K"}) {
        const QString name = QString::fromLatin1(preset);
        connect(menu.addAction(tr("%n bits (%1)", nullptr, bitsOfPreset(preset)).arg(name)), &QAction::triggered, this,
                [this, name, replaced] { place(presetChoice(name), replaced); });
    }
    menu.addSeparator();
    connect(menu.addAction(tr("Current recipe")), &QAction::triggered, this, [this, replaced] {
        const auto& recipe = workspace().recipe();
        place(choiceFor(QString::fromStdString(recipe.name), recipe, bitsOfPreset(recipe.base)), replaced);
    });
    connect(menu.addAction(tr("Saved recipe...")), &QAction::triggered, this, [this, replaced] { addFromFile(replaced); });
    if (!replaced) {
        menu.addSeparator();
        connect(menu.addAction(tr("Original beside 8, 6, 5, 4, 3 and 2 bits")), &QAction::triggered, this, &ComparePage::showAllWidths);
    } else {
        menu.addSeparator();
        QAction* remove = menu.addAction(tr("Remove this column"));
        remove->setEnabled(int(m_columns.size()) > kFewestColumns);
        connect(remove, &QAction::triggered, this, [this, replaced] { removeColumn(replaced); });
    }
    for (QAction* action : menu.actions())
        action->setEnabled(action->isEnabled() && !m_running);
}

void ComparePage::addFromFile(CompareColumn* replaced)
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Saved recipe"), {}, tr("Recipes (*.json)"));
    if (file.isEmpty())
        return;
    QFile json(file);
    if (!json.open(QIODevice::ReadOnly)) {
        showProblem(tr("%1 cannot be read: %2").arg(file, json.errorString()));
        return;
    }
    try {
        auto recipe = plan::recipeFromJson(json.readAll().toStdString());
        const QString title = QString::fromStdString(recipe.name);
        const int bits = bitsOfPreset(recipe.base);
        place(choiceFor(title, std::move(recipe), bits), replaced);
    } catch (const Error& error) {
        showProblem(tr("%1: %2").arg(file, errorText(error)));
    }
}

void ComparePage::place(ColumnChoice choice, CompareColumn* replaced)
{
    if (replaced)
        replaced->setChoice(std::move(choice));
    else
        addColumn(std::move(choice));
}

ComparisonRequest ComparePage::request() const
{
    ComparisonRequest request;
    request.model = workspace().model();
    request.importance = workspace().importance();
    request.planOptions = workspace().planOptions();
    for (const CompareColumn* column : m_columns) {
        request.columns.push_back(column->choice().recipe);
        const auto known = m_variants.find(plan::toJson(column->choice().recipe));
        request.known.push_back(known == m_variants.end() ? nullptr : known->second);
    }
    request.prompt = m_prompt->text().toStdString();
    request.chatSystem = m_chat->system();
    request.options.maxTokens = m_length->value();
    request.options.sampling.temperature = m_temperature->value();
    request.options.sampling.topK = 40;
    request.options.sampling.seed = std::uint64_t(m_seed->value());
    request.followOriginal = m_follow->isChecked();
    return request;
}

void ComparePage::run()
{
    if (m_running || !workspace().model() || m_stack->currentIndex() != 0)
        return;
    showProblem({});
    m_stream = std::make_shared<ColumnStream>();
    auto request = this->request();
    for (CompareColumn* column : m_columns) {
        column->begin(m_prompt->text());
        column->setState(tr("preparing..."));
    }
    m_detailsModel->clear();
    setRunning(true);
    const auto recipes = request.columns;
    m_runJob = workspace().jobs().start(
        {.title = tr("Compare"), .tag = kRunTag}, this,
        [request = std::move(request), stream = m_stream, executor = workspace().executor()](Progress& progress) {
            return runComparison(request, *stream, *executor, progress);
        },
        [this, recipes](const Variants& variants) {
            keepVariants(recipes, variants);
            finish({});
        },
        [this](const Error& error) {
            finish({});
            showProblem(errorText(error));
        });
}

void ComparePage::runOrStop()
{
    m_running ? stop() : run();
}

void ComparePage::showProblem(const QString& sentence)
{
    m_note->hide();
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void ComparePage::stop()
{
    workspace().jobs().cancelTag(kRunTag);
    finish(tr("stopped"));
}

/// Cancelled in the jobs panel.
void ComparePage::jobCancelled(quint64 job)
{
    if (job == m_runJob || job == m_measureJob)
        finish(tr("stopped"));
}

void ComparePage::finish(const QString& state)
{
    takeEvents();
    setRunning(false);
    for (CompareColumn* column : m_columns) {
        column->setState(state);
        column->text().showFromStart();   // where the first differences are
    }
    showFirstDifference();
}

/// The earliest place where any column leaves the original, read out in the table.
void ComparePage::showFirstDifference()
{
    int first = -1;
    for (const CompareColumn* column : m_columns)
        if (const int own = column->text().firstDifference(); own >= 0 && (first < 0 || own < first))
            first = own;
    if (first >= 0)
        showToken(first);
}

void ComparePage::keepVariants(const std::vector<plan::Recipe>& recipes, const Variants& variants)
{
    m_variants.clear();   // those of columns that are gone give their memory back
    for (std::size_t i = 0; i < recipes.size(); ++i)
        m_variants[plan::toJson(recipes[i])] = variants[i];
}

void ComparePage::takeEvents()
{
    if (!m_stream)
        return;
    for (ColumnEvent& event : m_stream->take()) {
        if (event.column >= int(m_columns.size()))
            continue;
        CompareColumn* column = m_columns[std::size_t(event.column)];
        switch (event.kind) {
        case ColumnEvent::Kind::Prompt:
            for (CompareColumn* each : m_columns)
                each->begin(QString::fromStdString(event.prompt));
            break;
        case ColumnEvent::Kind::Turns:
            m_note->setText(tr("All columns at once need %1 of memory, and %2 are free: they write one after another.").arg(bytesText(event.neededBytes), bytesText(event.freeBytes)));
            m_note->show();
            for (CompareColumn* each : m_columns)
                each->setState(tr("waits for its turn"));
            break;
        case ColumnEvent::Kind::Ready:
            column->setState({});
            break;
        case ColumnEvent::Kind::Token:
            column->text().append(std::move(event.token));
            column->setSpeed(event.tokensPerSecond);
            markFirstDifference(event.column);
            break;
        case ColumnEvent::Kind::Finished:
            column->setSpeed(event.tokensPerSecond);
            break;
        }
    }
}

/// The original writes first in each round, so a column's newest token can be judged as it comes.
void ComparePage::markFirstDifference(int column)
{
    const auto& original = m_columns[0]->text().tokens();
    const auto& own = m_columns[std::size_t(column)]->text().tokens();
    if (column == 0)
        return;
    const auto [a, b] = std::ranges::mismatch(original, own, {}, &ColumnToken::id, &ColumnToken::id);
    m_columns[std::size_t(column)]->text().setFirstDifference(b == own.end() ? -1 : int(b - own.begin()));
}

void ComparePage::showToken(int token)
{
    for (CompareColumn* column : m_columns)
        column->text().setHighlighted(token);
    if (token < 0)
        return;   // what was shown last stays readable
    std::vector<TokenDetailsModel::Column> columns;
    const auto& original = m_columns[0]->text().tokens();
    for (const CompareColumn* column : m_columns) {
        const auto& own = column->text().tokens();
        const auto before = std::size_t(token);
        const bool same = own.size() >= before && original.size() >= before
            && std::equal(own.begin(), own.begin() + token, original.begin(), [](const ColumnToken& a, const ColumnToken& b) { return a.id == b.id; });
        columns.push_back({column->choice().title, &own, same});
    }
    m_detailsModel->show(token, columns);
    m_details->setTitle(tr("Token %1 “%2”").arg(token + 1).arg(m_detailsModel->subject()));
}

void ComparePage::measure()
{
    const auto sample = Workspace::samplePath();
    if (!workspace().model() || m_running || sample.empty())
        return;
    showProblem({});
    auto request = this->request();
    const auto recipes = request.columns;
    m_measure->setEnabled(false);
    for (CompareColumn* column : m_columns)
        column->setState(tr("measuring..."));
    const auto ended = [this](const QString& state) {
        m_measure->setEnabled(true);
        for (CompareColumn* column : m_columns)
            column->setState(state);
    };
    m_measureJob = workspace().jobs().start(
        {.title = tr("Perplexity and KL divergence"), .tag = kMeasureTag}, this,
        [request = std::move(request), text = sample.parent_path() / "eval.txt", executor = workspace().executor()](Progress& progress) {
            const InputFile file(text);
            std::string content(std::size_t(file.size()), '\0');
            file.readAt(0, std::as_writable_bytes(std::span(content)));
            return measureColumns(request, content, kMeasureWindows, *executor, progress);
        },
        [this, recipes, ended](const Measurement& measured) {
            keepVariants(recipes, measured.variants);
            ended({});
            for (std::size_t i = 0; i < std::min(m_columns.size(), recipes.size()); ++i)
                if (m_columns[i]->choice().recipe == recipes[i])
                    m_columns[i]->setDivergence(measured.columns[i]);
        },
        [this, ended](const Error& error) {
            ended({});
            showProblem(errorText(error));
        });
}

void ComparePage::setRunning(bool running)
{
    m_running = running;
    m_run->setText(running ? tr("Stop") : tr("Run"));
    m_add->setEnabled(!running && int(m_columns.size()) < kMostColumns);
    m_measure->setEnabled(!running);
    if (running) {
        m_poll->start();
    } else {
        m_poll->stop();
        m_stream.reset();
    }
}

}  // namespace halftone::app
