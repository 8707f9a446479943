// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/difference/model_pair.h"

#include "app/widgets/format_text.h"
#include "app/window/weight_counter.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <limits>

namespace halftone::app {
namespace {

constexpr int kBins = 8192;
constexpr qsizetype kLongestText = 400;  // a chat template is not read in a table's cell

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ModelPair)
};

bool readable(const model::Tensor* tensor)
{
    return tensor && !tensor->data.empty() && quant::info(tensor->type).canDequantize;
}

QString oneLine(const std::string& text)
{
    QString line = QString::fromUtf8(text.data(), qsizetype(std::min(text.size(), std::size_t(4 * kLongestText)))).left(kLongestText);
    line.replace(QLatin1Char('\n'), QStringLiteral("⏎"));
    return line.size() < kLongestText ? line : line + QStringLiteral("…");
}

struct ElementText {
    QString operator()(const std::string& text) const { return QStringLiteral("“%1”").arg(oneLine(text)); }
    QString operator()(model::Bool value) const { return value.value ? Words::tr("yes") : Words::tr("no"); }
    template <class Number>
    QString operator()(Number value) const
    {
        if constexpr (std::is_floating_point_v<Number>)
            return QString::number(double(value), 'g', std::numeric_limits<Number>::digits10 + 1);
        else
            return QString::number(value);
    }
};

QString lengthText(const model::Array& array)
{
    return std::visit(
        [](const auto& elements) {
            const bool strings = std::is_same_v<typename std::decay_t<decltype(elements)>::value_type, std::string>;
            return (strings ? Words::tr("%1 strings") : Words::tr("%1 values")).arg(countText(elements.size()));
        },
        array);
}

template <class Element>
bool sameElement(const Element& a, const Element& b)
{
    if constexpr (std::is_floating_point_v<Element>)
        return a == b || (std::isnan(a) && std::isnan(b));
    else
        return a == b;
}

/// The place of the first element that `other` has otherwise, and what stands there.
QString firstDifference(const model::Array& array, const model::Array& other)
{
    return std::visit(
        [&](const auto& mine) -> QString {
            const auto* theirs = std::get_if<std::decay_t<decltype(mine)>>(&other);
            if (!theirs)
                return {};
            std::size_t at = 0;
            while (at < mine.size() && at < theirs->size() && sameElement(mine[at], (*theirs)[at]))
                ++at;
            return at < mine.size() ? Words::tr("number %1 is %2").arg(countText(at), ElementText()(mine[at])) : QString();
        },
        array);
}

}  // namespace

ModelPair compareWith(std::shared_ptr<const model::Model> model, const std::filesystem::path& path, const std::filesystem::path& other,
                      const Executor& executor, Progress& progress)
{
    ModelPair pair{std::move(model), format::openModel(other), path, other, {}};
    pair.difference = inspect::compareModels(*pair.a, *pair.b, executor, progress);
    return pair;
}

WeightPair weightsOf(const inspect::Difference::Line& line, const WeightCounter& counter, Progress& progress)
{
    WeightPair weights;
    if (readable(line.a))
        weights.a = counter.inspect(*line.a, kBins, progress).histogram;
    if (readable(line.b))
        weights.b = counter.inspect(*line.b, kBins, progress).histogram;
    return weights;
}

bool isSame(const inspect::Difference::Line& line)
{
    return line.a && line.b && line.a->type == line.b->type && line.a->shape == line.b->shape && line.distortion
        && line.distortion->maxError == 0;
}

bool isTokenizerKey(const std::string& key)
{
    return key.starts_with("tokenizer.");
}

QString valueText(const model::Value* value)
{
    if (!value)
        return {};
    return std::visit(
        [](const auto& held) -> QString {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, model::Array>)
                return lengthText(held);
            else if constexpr (std::is_same_v<Held, std::string>)
                return oneLine(held);
            else
                return ElementText()(held);
        },
        *value);
}

QString differingText(const model::Value* value, const model::Value* other)
{
    const auto* mine = value ? std::get_if<model::Array>(value) : nullptr;
    const auto* theirs = other ? std::get_if<model::Array>(other) : nullptr;
    const QString place = mine && theirs ? firstDifference(*mine, *theirs) : QString();
    return place.isEmpty() ? valueText(value) : Words::tr("%1; %2").arg(valueText(value), place);
}

QString summaryText(const inspect::Difference& difference)
{
    int types = 0, weights = 0, shapes = 0, onlyA = 0, onlyB = 0, same = 0;
    for (const auto& line : difference.tensors) {
        onlyA += !line.b;
        onlyB += !line.a;
        if (!line.a || !line.b)
            continue;
        same += isSame(line);
        shapes += line.a->shape != line.b->shape;
        types += line.a->shape == line.b->shape && line.a->type != line.b->type;
        weights += line.a->shape == line.b->shape && line.a->type == line.b->type && !isSame(line);
    }
    QStringList parts;
    const auto add = [&parts](int count, const QString& words) {
        if (count > 0)
            parts.append(words.arg(countText(quint64(count))));
    };
    add(same, Words::tr("the same: %1"));
    add(types, Words::tr("another type: %1"));
    add(weights, Words::tr("other weights: %1"));
    add(shapes, Words::tr("another shape: %1"));
    add(onlyA, Words::tr("only in A: %1"));
    add(onlyB, Words::tr("only in B: %1"));
    return parts.isEmpty() ? Words::tr("no tensors") : Words::tr("tensors: %1").arg(parts.join(QStringLiteral(" · ")));
}

}  // namespace halftone::app
