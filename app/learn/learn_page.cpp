// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/learn_page.h"

#include "app/jobs/job_manager.h"
#include "app/learn/lesson_list.h"
#include "app/learn/lessons.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStackedWidget>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kNarrow = 760;  // pixels; below, the list becomes a box and the knobs move into the lesson's card
constexpr int kListWidth = 178, kKnobWidth = 224;
constexpr int kLongestName = 220;  // pixels; a name from a file may have any length
const QString kTag = QStringLiteral("learn.sample");
const QString kVisited = QStringLiteral("learn/visited"), kLesson = QStringLiteral("learn/lesson");

/// The name without its usual end.
QString shortName(const model::Tensor& tensor)
{
    QString name = QString::fromStdString(tensor.name);
    if (name.endsWith(QLatin1String(".weight")))
        name.chop(7);
    return name;
}

/// A place for one of several widgets. Unlike in a stack, those that are hidden take no room.
QWidget* makePlace()
{
    auto* place = new QWidget;
    auto* layout = new QVBoxLayout(place);
    layout->setContentsMargins(0, 0, 0, 0);
    return place;
}

void showOnly(const QWidget& place, QWidget* shown)
{
    for (int i = 0; i < place.layout()->count(); ++i)
        if (QWidget* each = place.layout()->itemAt(i)->widget(); each != shown)
            each->hide();
    shown->show();
}

QLabel* wrapped(QLabel* label)
{
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

bool isMatrix(const model::Tensor& tensor)
{
    return tensor.shape.rank >= 2 && !tensor.data.empty() && quant::info(tensor.type).canDequantize;
}

}  // namespace

LearnPage::LearnPage(Workspace& workspace, QWidget* parent) : Page(workspace, parent), m_lessons(makeLessons()), m_pages(new QStackedWidget)
{
    m_pages->addWidget(buildInvitation());
    m_pages->addWidget(buildLessons());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    restoreVisited();
    connect(m_list, &QListWidget::currentRowChanged, this, &LearnPage::onLessonChanged);
    connect(m_chooser, &QComboBox::activated, this, &LearnPage::showLesson);
    connect(&workspace, &Workspace::modelChanged, this, &LearnPage::refresh);
    connect(&workspace, &Workspace::selectionChanged, this, &LearnPage::refresh);
    say({});
    onLessonChanged();
}

LearnPage::~LearnPage() = default;

QWidget* LearnPage::buildInvitation()
{
    auto* page = new QWidget;
    auto* column = new QWidget(page);
    column->setFixedWidth(480);
    auto* heading = strongLabel(tr("Learn what a bit costs"), column);
    QFont large = heading->font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    heading->setFont(large);
    auto* sentence = wrapped(mutedLabel(tr("Short lessons on scales, blocks, outliers, code books, error feedback and entropy, with knobs "
                                           "to turn, on the weights of the open model. Open one, or begin with the sample."),
                                        column));
    auto* open = new QPushButton(tr("Open the sample model"), column);
    open->setProperty("primary", true);
    connect(open, &QPushButton::clicked, &workspace(), &Workspace::openSample);
    auto* inner = new QVBoxLayout(column);
    inner->setSpacing(10);
    inner->addWidget(heading);
    inner->addWidget(sentence);
    inner->addWidget(open, 0, Qt::AlignLeft);
    auto* middle = new QHBoxLayout;  // an alignment would forget that the sentence's height follows from its width
    middle->addStretch(1);
    middle->addWidget(column);
    middle->addStretch(1);
    auto* layout = new QVBoxLayout(page);
    layout->addStretch(2);
    layout->addLayout(middle);
    layout->addStretch(3);
    return page;
}

QWidget* LearnPage::buildLessons()
{
    auto* content = new QWidget;
    auto* columns = new QHBoxLayout(content);
    columns->setContentsMargins(12, 12, 12, 12);
    columns->setSpacing(10);
    columns->addWidget(buildList());
    columns->addWidget(buildMiddle(), 1);
    columns->addWidget(buildKnobs());
    auto* scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    return scroll;
}

Card* LearnPage::buildList()
{
    m_list = new LessonList;
    m_chooser = new QComboBox;
    m_chooser->setAccessibleName(tr("Lesson"));
    QStringList titles;
    for (const auto& lesson : m_lessons)
        titles << lesson->text().title;
    m_list->setTitles(titles);
    for (int i = 0; i < titles.size(); ++i)
        m_chooser->addItem(QStringLiteral("%1  %2").arg(i + 1).arg(titles[i]));
    m_listCard = new Card(tr("Lessons"));
    m_listCard->body()->addWidget(m_list);
    m_listCard->setFixedWidth(kListWidth);
    return m_listCard;
}

Card* LearnPage::buildMiddle()
{
    m_title = strongLabel();
    QFont large = m_title->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    m_title->setFont(large);
    m_sentences = wrapped(new QLabel);
    m_message = wrapped(mutedLabel());
    m_message->setAlignment(Qt::AlignCenter);
    m_note = wrapped(mutedLabel());
    m_figures = makePlace();
    for (const auto& lesson : m_lessons)
        m_figures->layout()->addWidget(lesson->figure());
    m_figures->layout()->addWidget(m_message);
    auto* card = new Card({});
    card->body()->setSpacing(8);
    card->body()->addWidget(m_chooser, 0, Qt::AlignLeft);
    card->body()->addWidget(m_title);
    card->body()->addWidget(m_sentences);
    m_stage = new QHBoxLayout;
    m_stage->setSpacing(16);
    m_stage->addWidget(m_figures, 1);
    card->body()->addLayout(m_stage, 1);
    card->body()->addWidget(m_note);
    card->body()->addWidget(buildButtons());
    return card;
}

QWidget* LearnPage::buildButtons()
{
    m_back = new QPushButton(tr("Back"));
    m_next = new QPushButton(tr("Next"));
    m_try = new QPushButton;
    m_try->setProperty("primary", true);
    m_back->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Left));
    m_next->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Right));
    connect(m_back, &QPushButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { step(1); });
    connect(m_try, &QPushButton::clicked, this, &LearnPage::tryIt);
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_back);
    layout->addWidget(m_next);
    layout->addStretch();
    layout->addWidget(m_try);
    return row;
}

Card* LearnPage::buildKnobs()
{
    m_panels = makePlace();
    for (const auto& lesson : m_lessons)
        m_panels->layout()->addWidget(lesson->panel());
    m_panels->setFixedWidth(kKnobWidth);
    m_knobCard = new Card(tr("Knobs"));
    m_knobCard->body()->addWidget(m_panels);
    return m_knobCard;
}

void LearnPage::restoreVisited()
{
    const QStringList visited = m_settings.value(kVisited).toStringList();
    const QString last = m_settings.value(kLesson).toString();
    int current = 0;
    for (int i = 0; i < lessonCount(); ++i) {
        const QString& key = m_lessons[std::size_t(i)]->text().key;
        if (visited.contains(key))
            m_list->setVisited(i);
        if (key == last)
            current = i;
    }
    m_list->setCurrentRow(current);
}

int LearnPage::lesson() const
{
    return std::max(0, m_list->currentRow());
}

void LearnPage::showLesson(int lesson)
{
    m_list->setCurrentRow(lesson);
}

void LearnPage::step(int by)
{
    showLesson(std::clamp(lesson() + by, 0, lessonCount() - 1));
}

QString LearnPage::message() const
{
    return m_message->isHidden() ? QString() : m_message->text();
}

void LearnPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_stale)
        refresh();
    noteVisit();
}

void LearnPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    arrange();
}

void LearnPage::arrange()
{
    const bool narrow = width() < kNarrow;
    m_listCard->setVisible(!narrow);
    m_chooser->setVisible(narrow);
    m_title->setVisible(!narrow);
    m_knobCard->setVisible(!narrow);
    QBoxLayout* home = narrow ? static_cast<QBoxLayout*>(m_stage) : m_knobCard->body();
    if (home->indexOf(m_panels) < 0)
        home->addWidget(m_panels);
}

int LearnPage::subject() const
{
    const auto& tensors = workspace().model()->tensors();
    if (const int current = workspace().current(); current >= 0)
        return current;
    int largest = -1;
    for (int i = 0; i < int(tensors.size()); ++i)
        if (const auto& each = tensors[std::size_t(i)];
            isMatrix(each) && (largest < 0 || each.shape.elements() > tensors[std::size_t(largest)].shape.elements()))
            largest = i;
    return largest;
}

void LearnPage::refresh()
{
    m_stale = !isVisible();
    if (m_stale)
        return;
    const auto model = workspace().model();
    m_pages->setCurrentIndex(model ? 1 : 0);
    const int tensor = model ? subject() : -1;
    if (tensor >= 0 && tensor == m_tensor && m_model.lock() == model)
        return;  // shown or being read: the knobs stay as they are
    workspace().jobs().cancelTag(kTag);
    m_model = model;
    m_tensor = tensor;
    m_try->setEnabled(tensor >= 0);
    if (tensor >= 0)
        return read(tensor);
    m_material.reset();
    m_try->setText(tr("Try it"));
    say(tr("This file holds no weights to look at."));
}

void LearnPage::read(int tensor)
{
    const auto model = workspace().model();
    const QString name = shortName(model->tensors()[std::size_t(tensor)]);
    m_try->setText(tr("Try it on %1").arg(m_try->fontMetrics().elidedText(name, Qt::ElideMiddle, kLongestName)));
    if (!m_material)
        say(tr("Reading weights…"));
    workspace().jobs().start(
        {tr("Weights of %1").arg(name), kTag, false}, this,
        [model, tensor](Progress& progress) { return materialOf(model->tensors()[std::size_t(tensor)], progress); },
        [this](std::shared_ptr<const Material> material) {
            m_material = std::move(material);
            drawLesson();
        },
        [this](const Error& error) {
            m_model.reset();  // to be tried again
            m_material.reset();
            say(errorText(error));
        });
}

void LearnPage::onLessonChanged()
{
    const Lesson::Text& text = current().text();
    m_title->setText(text.title);
    m_sentences->setText(text.sentences);
    showOnly(*m_panels, current().panel());
    m_back->setEnabled(lesson() > 0);
    m_next->setEnabled(lesson() + 1 < lessonCount());
    const QSignalBlocker quiet(m_chooser);
    m_chooser->setCurrentIndex(lesson());
    if (m_material)
        drawLesson();
    noteVisit();
}

void LearnPage::drawLesson()
{
    const QString obstacle = current().obstacle(*m_material);
    if (!obstacle.isEmpty())
        return say(obstacle);
    const lesson::Sample& sample = m_material->sample;
    const QString name = QString::fromStdString(sample.tensor);
    m_note->setText(
        sample.isWhole()
            ? tr("All %1 weights of %2").arg(countText(sample.weights.size()), name)
            : tr("%1 of the %2 weights of %3, in whole rows").arg(countText(sample.weights.size()), countText(sample.tensorWeights), name));
    showOnly(*m_figures, current().figure());
    m_panels->setEnabled(true);
    m_lessons[std::size_t(lesson())]->look(m_material);
}

void LearnPage::say(const QString& sentence)
{
    m_message->setText(sentence);
    showOnly(*m_figures, m_message);
    m_note->clear();
    m_panels->setEnabled(false);
}

void LearnPage::tryIt()
{
    if (workspace().current() != m_tensor)
        workspace().select({m_tensor});
    Q_EMIT goToPage(current().text().page);
}

/// A lesson that is seen is ticked, and is where the next start begins.
void LearnPage::noteVisit()
{
    if (!isVisible() || !workspace().model())
        return;
    const QString key = current().text().key;
    m_settings.setValue(kLesson, key);
    if (m_list->isVisited(lesson()))
        return;
    m_list->setVisited(lesson());
    m_settings.setValue(kVisited, m_settings.value(kVisited).toStringList() << key);
}

}  // namespace halftone::app
