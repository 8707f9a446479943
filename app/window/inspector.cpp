// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/inspector.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"
#include "app/window/fact_table.h"
#include "app/window/forecast.h"
#include "app/window/tokenizer_card.h"
#include "app/window/type_costs.h"
#include "app/window/weight_counter.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/model/model.h"
#include "core/plan/importance.h"

#include <QLocale>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <set>

namespace halftone::app {
namespace {

const QString kStatisticsTag = QStringLiteral("inspector statistics");
const QString kDistortionTag = QStringLiteral("inspector distortion");
const QString kWaiting = QStringLiteral("…");

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

QString shapeText(const model::Shape& shape)
{
    QStringList extents;
    for (std::uint32_t i = 0; i < shape.rank; ++i)
        extents << QString::number(shape.extent[i]);
    return extents.join(QStringLiteral(" × "));
}

/// A number that an engine keeps under "ARCHITECTURE.key".
QString architectureNumber(const model::Model& model, const char* key)
{
    const auto value = model.metadata().integer(model.architecture() + key);
    return value && *value >= 0 ? countText(quint64(*value)) : QString();
}

}  // namespace

Inspector::Inspector(Workspace& workspace, QWidget* parent)
    : QFrame(parent),
      m_workspace(workspace),
      m_whole(new QToolButton),
      m_name(new ElidedLabel),
      m_subtitle(mutedLabel()),
      m_facts(new FactTable),
      m_badge(badgeLabel()),
      m_weightsTitle(strongLabel(tr("Weights"))),
      m_weights(new FactTable),
      m_lossTitle(strongLabel()),
      m_loss(new FactTable),
      m_tokenizer(new TokenizerCard(workspace.jobs()))
{
    setProperty("side", true);
    setAccessibleName(tr("Inspector"));
    buildLayout();
    connect(&m_workspace, &Workspace::modelChanged, this, &Inspector::refresh);
    connect(&m_workspace, &Workspace::selectionChanged, this, &Inspector::refresh);
    connect(&m_workspace, &Workspace::importanceChanged, this, [this] { m_measured.reset(); });
    connect(&m_workspace, &Workspace::recipeChanged, this, &Inspector::refreshPlan);
    connect(&m_workspace.forecast(), &Forecast::changed, this, [this] {
        if (m_workspace.model())
            refreshPlan();
    });
    refresh();
}

void Inspector::buildLayout()
{
    auto* content = new QWidget;
    content->setProperty("side", true);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(14, 12, 14, 12);
    layout->setSpacing(8);
    m_whole->setObjectName(QStringLiteral("wholeModel"));
    m_whole->setText(tr("‹ Whole model"));
    m_whole->setProperty("link", true);
    m_whole->setToolTip(tr("The model's own facts and its tokenizer, with no tensor selected"));
    connect(m_whole, &QToolButton::clicked, this, [this] { m_workspace.select({}); });
    layout->addWidget(m_whole, 0, Qt::AlignLeft);
    m_name->setFont(strongFont(font()));
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_subtitle->setWordWrap(true);
    m_badge->setWordWrap(true);
    m_badge->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_name), static_cast<QWidget*>(m_subtitle), static_cast<QWidget*>(m_facts), static_cast<QWidget*>(m_badge)})
        layout->addWidget(widget);
    layout->addSpacing(4);
    layout->addWidget(m_weightsTitle);
    layout->addWidget(m_weights);
    layout->addSpacing(4);
    layout->addWidget(m_lossTitle);
    layout->addWidget(m_loss);
    layout->addWidget(new TypeCosts(m_workspace));
    layout->addWidget(m_tokenizer);
    layout->addStretch(1);
    m_facts->setObjectName(QStringLiteral("facts"));
    m_weights->setObjectName(QStringLiteral("weights"));
    m_loss->setObjectName(QStringLiteral("loss"));
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);
}

void Inspector::refresh()
{
    for (const QString& tag : {kStatisticsTag, kDistortionTag})
        m_workspace.jobs().cancelTag(tag);
    m_measured.reset();
    const auto count = m_workspace.selection().size();
    for (QWidget* widget : {static_cast<QWidget*>(m_weightsTitle), static_cast<QWidget*>(m_weights), static_cast<QWidget*>(m_lossTitle),
                            static_cast<QWidget*>(m_loss), static_cast<QWidget*>(m_badge)})
        widget->setVisible(false);
    m_tokenizer->setModel(m_workspace.model());
    m_tokenizer->setVisible(concernsTokenizer());
    m_facts->setVisible(bool(m_workspace.model()));
    m_whole->setVisible(count > 0);
    if (!m_workspace.model()) {
        m_name->setFullText({});
        m_subtitle->setText({});
    } else if (count == 0)
        showModel();
    else if (count == 1)
        showTensor(m_workspace.current());
    else
        showSeveral();
}

/// The model itself, or the matrix that has a row for each token.
bool Inspector::concernsTokenizer() const
{
    const auto model = m_workspace.model();
    const auto count = m_workspace.selection().size();
    if (!model || count > 1)
        return false;
    return count == 0 || model->tensors()[std::size_t(m_workspace.current())].role == model::Role::TokenEmbedding;
}

/// The weights stay as they were: only what the recipe says is written anew.
void Inspector::refreshPlan()
{
    const auto count = m_workspace.selection().size();
    if (count == 1)
        showChoice(m_workspace.current());
    else if (count > 1)
        showSeveral();
    else
        showModel();
}

void Inspector::showModel()
{
    const auto model = m_workspace.model();
    m_name->setFullText(QString::fromStdString(model->name()));
    m_subtitle->setText(model->architecture().empty() ? tr("of no stated architecture") : QString::fromStdString(model->architecture()));
    QList<FactTable::Fact> facts{
        {tr("weights"), countText(model->parameters())},
        {tr("tensors"), countText(model->tensors().size())},
        {tr("layers"), countText(quint64(model->layers()))},
        {tr("width"), architectureNumber(*model, ".embedding_length")},
        {tr("context"), architectureNumber(*model, ".context_length")},
        {tr("file"), bytesText(model->fileBytes()), {}, exactBytesText(model->fileBytes())},
        {tr("bits / weight"), QLocale().toString(model->bitsPerWeight(), 'f', 2)},
    };
    facts.removeIf([](const FactTable::Fact& fact) { return fact.value.isEmpty(); });
    m_facts->setFacts(facts);
}

void Inspector::showSeveral()
{
    const auto& tensors = m_workspace.model()->tensors();
    const auto& plan = m_workspace.plan();
    quint64 weights = 0, before = 0, after = 0;
    std::set<std::string_view> types;
    std::set<quant::Type> chosen;
    for (const int index : m_workspace.selection()) {
        const auto& tensor = tensors[std::size_t(index)];
        const auto& choice = plan.choices[std::size_t(index)];
        weights += tensor.shape.elements();
        before += tensor.bytes();
        after += choice.bytes;
        types.insert(quant::name(tensor.type));
        chosen.insert(choice.type);
    }
    const auto list = [](const auto& names) {
        QStringList texts;
        for (const auto name : names)
            texts << text(name);
        return texts.join(QStringLiteral(", "));
    };
    std::set<std::string_view> chosenNames;
    for (const auto type : chosen)
        chosenNames.insert(quant::name(type));
    m_name->setFullText(tr("%n tensors", nullptr, int(m_workspace.selection().size())));
    m_subtitle->setText(tr("%1 weights").arg(countText(weights)));
    m_facts->setFacts({{tr("type now"), list(types)},
                       {tr("chosen"), list(chosenNames), chosen.size() == 1 ? std::optional(*chosen.begin()) : std::nullopt},
                       {tr("bytes"),
                        QStringLiteral("%1 → %2").arg(bytesText(before), bytesText(after)),
                        {},
                        QStringLiteral("%1 → %2").arg(exactBytesText(before), exactBytesText(after))},
                       {tr("bits / weight"), weights ? QLocale().toString(8.0 * double(after) / double(weights), 'f', 2) : QString()}});
}

void Inspector::showTensor(int index)
{
    const auto& tensor = m_workspace.model()->tensors()[std::size_t(index)];
    m_name->setFullText(QString::fromStdString(tensor.name));
    QStringList parts{shapeText(tensor.shape), text(model::roleName(tensor.role))};
    if (tensor.layer >= 0)
        parts << tr("layer %1").arg(tensor.layer);
    if (tensor.role == model::Role::TokenEmbedding && m_workspace.model()->tiedOutput())
        parts << tr("the output matrix too");
    m_subtitle->setText(parts.join(QStringLiteral(" · ")));
    m_weightsTitle->setText(tr("Weights"));
    showChoice(index);
    requestStatistics(index);
}

void Inspector::showChoice(int index)
{
    const auto& tensor = m_workspace.model()->tensors()[std::size_t(index)];
    const auto& choice = m_workspace.plan().choices[std::size_t(index)];
    QList<FactTable::Fact> facts{{tr("type now"), text(quant::name(tensor.type))},
                                 {tr("chosen"), {}, choice.type},
                                 {tr("decided by"), reasonText(choice, m_workspace.recipe())},
                                 {tr("bytes"), QStringLiteral("%1 → %2").arg(countText(tensor.bytes()), countText(choice.bytes))}};
    if (const auto alone = m_workspace.forecast().alone(index))
        facts.append({tr("KL alone"), numberText(*alone), {}, tr("the divergence predicted with this tensor alone in its chosen type")});
    m_facts->setFacts(facts);
    m_badge->setText(tr("%1 was wanted, but its block does not fit rows of %2 weights.")
                         .arg(text(quant::name(choice.wanted)), countText(tensor.shape.columns())));
    m_badge->setVisible(choice.fallback);
    requestDistortion(index);
}

void Inspector::requestStatistics(int index)
{
    const auto model = m_workspace.model();
    const auto& tensor = model->tensors()[std::size_t(index)];
    if (tensor.data.empty() || !quant::info(tensor.type).canDequantize)
        return;
    m_weightsTitle->setVisible(true);
    m_weights->setVisible(true);
    m_weights->setFacts(
        {{tr("min · max"), kWaiting}, {tr("mean · std"), kWaiting}, {tr("kurtosis"), kWaiting}, {tr("|w| > 6σ"), kWaiting}});
    m_workspace.jobs().start(
        {.title = tr("Statistics of %1").arg(QString::fromStdString(tensor.name)), .tag = kStatisticsTag, .shown = false}, this,
        [model, index, counter = m_workspace.counter()](Progress& progress) {
            return counter.inspect(model->tensors()[std::size_t(index)], 1, progress).statistics;
        },
        [this](const inspect::Statistics& statistics) { showStatistics(statistics); },
        [this](const Error& error) {
            m_weights->setFacts({{errorText(error), {}}});
        });
}

void Inspector::showStatistics(const inspect::Statistics& s)
{
    const auto pair = [](double a, double b) { return QStringLiteral("%1 · %2").arg(numberText(a), numberText(b)); };
    QList<FactTable::Fact> facts{
        {tr("min · max"), pair(s.min, s.max)},
        {tr("mean · std"), pair(s.mean, s.std)},
        {tr("kurtosis"), QLocale().toString(s.kurtosis, 'f', 2), {}, tr("3 for a normal distribution; more means heavier tails")},
        {tr("|w| > 6σ"), countText(s.beyond6Sigma), {}, tr("weights further than six standard deviations from the mean")}};
    if (s.zeros)
        facts.append({tr("zeros"), countText(s.zeros)});
    if (s.nonFinite)
        facts.append({tr("not finite"), countText(s.nonFinite)});
    m_weights->setFacts(facts);
}

void Inspector::requestDistortion(int index)
{
    const auto model = m_workspace.model();
    const auto& tensor = model->tensors()[std::size_t(index)];
    const auto type = m_workspace.plan().choices[std::size_t(index)].type;
    const auto& target = quant::info(type);
    const auto importance = m_workspace.importance();
    const auto weights = importance ? importance->find(tensor.name) : std::span<const float>();
    const bool measurable = type != tensor.type && !tensor.data.empty() && quant::info(tensor.type).canDequantize && target.canQuantize
        && (!target.needsImportance || !weights.empty()) && tensor.shape.columns() % target.blockSize == 0;
    m_lossTitle->setVisible(measurable);
    m_loss->setVisible(measurable);
    if (!measurable) {
        m_workspace.jobs().cancelTag(kDistortionTag);
        m_measured.reset();
        return;
    }
    const auto wanted = std::pair(index, type);
    if (m_measured == wanted)
        return;
    m_measured = wanted;
    m_lossTitle->setText((weights.empty() ? tr("At %1") : tr("At %1, with the importance matrix")).arg(text(target.name)));
    m_loss->setFacts({{tr("RMSE"), kWaiting}, {tr("signal / noise"), kWaiting}, {tr("cosine"), kWaiting}});
    m_workspace.jobs().start(
        {.title = tr("Error of %1").arg(QString::fromStdString(tensor.name)), .tag = kDistortionTag, .shown = false}, this,
        [model, index, type, importance, weights, executor = m_workspace.executor()](Progress& progress) {
            constexpr std::uint64_t kEveryRow = 0;
            return inspect::measureType(model->tensors()[std::size_t(index)], type, kEveryRow, weights, *executor, progress);
        },
        [this](const inspect::Distortion& distortion) { showDistortion(distortion); },
        [this](const Error& error) {
            m_loss->setFacts({{errorText(error), {}}});
        });
}

void Inspector::showDistortion(const inspect::Distortion& d)
{
    const QLocale locale;
    m_loss->setFacts(
        {{tr("RMSE"), locale.toString(d.rmse, 'g', 3), {}, tr("root of the mean squared difference")},
         {tr("signal / noise"), std::isfinite(d.snrDb) ? tr("%1 dB").arg(locale.toString(d.snrDb, 'f', 1)) : QStringLiteral("∞")},
         {tr("cosine"), locale.toString(d.cosine, 'f', 5), {}, tr("of the angle between the weights before and after")},
         {tr("largest error"), locale.toString(d.maxError, 'g', 3)}});
}

}  // namespace halftone::app
