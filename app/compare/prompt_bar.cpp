// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/prompt_bar.h"

#include "app/compare/chat_bar.h"
#include "app/widgets/flow_layout.h"
#include "app/widgets/texts.h"
#include "app/window/kv_type_button.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

constexpr int kTopK = 40;

/// What a model reads stays in the sample's language whatever the window speaks.
constexpr const char* kPrompts[] = {
    "Once upon a time",         "The old woman said to the wolf,", "The wizard took Dorothy", "In the middle of the forest stood",
    "The capital of France is", "A recipe for bread: first,",      "def fibonacci(n):"};

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

PromptBar::PromptBar(QWidget* parent) : Card({}, parent), m_chat(new ChatBar(this)), m_columnMenu(new QMenu(this))
{
    body()->setSpacing(8);
    body()->addLayout(buildPrompt());
    body()->addWidget(m_chat);
    body()->addLayout(buildOptions());
    m_problem = addSentence(new QLabel(this));
    m_problem->setProperty("problem", true);
    m_problem->setTextFormat(Qt::PlainText);
    m_note = addSentence(mutedLabel({}, this));
}

QLabel* PromptBar::addSentence(QLabel* label)
{
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setWordWrap(true);
    label->hide();
    body()->addWidget(label);
    return label;
}

QLayout* PromptBar::buildPrompt()
{
    m_prompt = new QLineEdit(QString::fromLatin1(kPrompts[0]), this);
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setPlaceholderText(tr("The text every column continues"));
    auto* topics = new QMenu(this);
    for (const char* prompt : kPrompts)
        connect(topics->addAction(QString::fromLatin1(prompt)), &QAction::triggered, this,
                [this, prompt] { m_prompt->setText(QString::fromLatin1(prompt)); });
    m_run = new QPushButton(this);
    m_run->setProperty("primary", true);
    m_run->setToolTip(tr("Let every column write (Ctrl+Return)"));
    connect(m_prompt, &QLineEdit::returnPressed, this, &PromptBar::runRequested);
    connect(m_run, &QPushButton::clicked, this, &PromptBar::runOrStopRequested);
    // Not the button's own shortcut, which its changing text would take away.
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, this, &PromptBar::runOrStopRequested);

    auto* tokens = new QPushButton(tr("Tokens"), this);
    tokens->setToolTip(tr("What every column reads: the prompt as the chat template and the tokenizer make it"));
    connect(tokens, &QPushButton::clicked, this, &PromptBar::promptRequested);

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_prompt, 1);
    row->addWidget(menuButton(tr("Topics"), topics, this));
    row->addWidget(tokens);
    row->addWidget(m_run);
    return row;
}

QLayout* PromptBar::buildOptions()
{
    m_seed = spinBox<QSpinBox>(0, 999999, 1, tr("seed "), {}, tr("Seed: the same seed draws the same numbers in every column"), this);
    m_temperature =
        spinBox<QDoubleSpinBox>(0.0, 5.0, 0.7, tr("temp "), {}, tr("Temperature: 0 always takes the most probable token"), this);
    m_temperature->setSingleStep(0.1);
    m_length = spinBox<QSpinBox>(1, 4096, 160, {}, tr(" tokens"), tr("At most this many tokens"), this);
    m_kvType = new KvTypeButton(KvTypeButton::Whose::EachColumn, this);
    m_follow = new QPushButton(tr("Follow original"), this);
    m_follow->setCheckable(true);
    m_follow->setToolTip(tr("Lead every column along the original's words, and shade how much less it believes in them"));
    m_blind = new QPushButton(tr("Blind vote"), this);
    m_blind->setCheckable(true);
    m_blind->setToolTip(tr("Shuffle the columns and hide which is which until you have chosen the best text"));
    connect(m_blind, &QPushButton::toggled, this, &PromptBar::blindToggled);
    m_measure = new QPushButton(tr("Measure"), this);
    m_measure->setToolTip(tr("Perplexity and KL divergence of every column on held-out text"));
    connect(m_measure, &QPushButton::clicked, this, &PromptBar::measureRequested);
    m_add = menuButton(tr("Add column"), m_columnMenu, this);

    m_export = menuButton(tr("Export"), buildExportMenu(), this);

    auto* row = new FlowLayout;
    row->setSpacing(8);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_seed, m_temperature, m_length, m_kvType, m_follow, m_blind, m_measure, m_add, m_export})
        row->addWidget(widget);
    return row;
}

QMenu* PromptBar::buildExportMenu()
{
    auto* menu = new QMenu(this);
    const auto add = [&](const QString& text, ComparisonFormat format) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, format] { Q_EMIT exportRequested(format); });
    };
    add(tr("Page (HTML)..."), ComparisonFormat::Html);
    add(tr("Markdown..."), ComparisonFormat::Markdown);
    return menu;
}

void PromptBar::setModel(const model::Model* model)
{
    m_chat->setModel(model);
    m_kvType->setModel(model);
    showProblem({});
}

QString PromptBar::prompt() const
{
    return m_prompt->text();
}

void PromptBar::fill(ComparisonRequest& request) const
{
    request.prompt = m_prompt->text().toStdString();
    request.chatSystem = m_chat->system();
    request.options.maxTokens = m_length->value();
    request.options.sampling.temperature = m_temperature->value();
    request.options.sampling.topK = kTopK;
    request.options.sampling.seed = std::uint64_t(m_seed->value());
    request.followOriginal = m_follow->isChecked();
    request.kvType = m_kvType->type();
}

void PromptBar::setRunning(bool running)
{
    m_run->setText(running ? tr("Stop") : tr("Run"));
    setMeasurable(!running);
}

void PromptBar::setMeasurable(bool measurable)
{
    m_measure->setEnabled(measurable);
}

void PromptBar::setRoomForColumns(bool room)
{
    m_add->setEnabled(room);
}

bool PromptBar::isBlind() const
{
    return m_blind->isChecked();
}

void PromptBar::setExportable(bool exportable)
{
    m_export->setEnabled(exportable);
}

void PromptBar::showProblem(const QString& sentence)
{
    m_note->hide();
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void PromptBar::showNote(const QString& sentence)
{
    m_note->setText(sentence);
    m_note->show();
}

}  // namespace halftone::app
