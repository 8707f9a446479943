// SPDX-License-Identifier: Apache-2.0
#include "core/plan/problem.h"

#include "core/base/error.h"
#include "core/format/gguf_size.h"
#include "core/model/model.h"
#include "core/plan/fallback.h"
#include "core/plan/output_header.h"
#include "core/plan/quantizable.h"

#include <algorithm>
#include <map>
#include <optional>

namespace halftone::plan {
namespace {

using model::Tensor;
using quant::Type;

std::uint64_t dataBytes(const Tensor& tensor, Type type)
{
    return quant::rowBytes(type, tensor.shape.columns()) * tensor.shape.rows();
}

std::uint64_t aligned(std::uint64_t bytes, std::uint64_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

std::optional<double> knownError(const Tensor& tensor, const std::vector<TypeError>& row, Type type)
{
    if (type == tensor.type)
        return 0.0;
    const auto found = std::ranges::find(row, type, &TypeError::type);
    return found == row.end() ? std::nullopt : std::optional(found->error);
}

class Maker {
public:
    Maker(const model::Model& model, const ErrorTable& table, const ProblemOptions& options)
        : m_model(model),
          m_table(table),
          m_options(options),
          m_shares(readShares(model))
    {
        for (const Type type : options.types) {
            if (!quant::info(type).canQuantize)
                throw Error(ErrorCode::Usage, "this program cannot make the type " + std::string(quant::name(type)));
        }
        m_problem.alignment = outputAlignment(model);
        m_problem.parameters = model.parameters();
        m_problem.timed = !options.speeds.empty();
        m_problem.seconds = options.speeds.otherSeconds;
        m_problem.recipe = {.name = options.name, .base = "source", .pins = options.current.pins};
    }

    Problem make()
    {
        const Plan current = makePlan(m_model, m_options.current, m_options.plan);
        std::map<int, std::vector<std::size_t>> groups;  // by what the tensors share
        for (std::size_t i = 0; i < m_model.tensors().size(); ++i) {
            const Tensor& tensor = m_model.tensors()[i];
            m_problem.names.push_back(tensor.name);
            m_problem.sources.push_back(tensor.type);
            m_problem.types.push_back(tensor.type);
            if (m_options.current.pins.contains(tensor.name))
                fix(i, current.choices[i].type);
            else if (quantizable(tensor) && quant::info(tensor.type).canDequantize)
                groups[shared(i)].push_back(i);
            else
                fix(i, tensor.type);
        }
        for (const auto& [key, tensors] : groups)
            addGroup(tensors);
        measureHeader();
        return std::move(m_problem);
    }

private:
    /// Tensors of the same number get the same type.
    int shared(std::size_t i) const
    {
        const Tensor& tensor = m_model.tensors()[i];
        if (m_options.together == Together::Layer && tensor.layer >= 0)
            return -1 - tensor.layer;
        return m_options.together == Together::Role && tensor.layer >= 0 ? -1 - int(tensor.role) : int(i);
    }

    void fix(std::size_t i, Type type)
    {
        const Tensor& tensor = m_model.tensors()[i];
        m_problem.types[i] = type;
        m_problem.tensorBytes += dataBytes(tensor, type);
        m_problem.paddedBytes += aligned(dataBytes(tensor, type), m_problem.alignment);
        m_problem.seconds += secondsOf(i, type);
        m_problem.error += knownError(tensor, rowOf(i), type).value_or(0);
        if (type != tensor.type)
            m_problem.recipe.exact[tensor.name] = type;
    }

    double secondsOf(std::size_t i, Type type) const
    {
        return m_problem.timed ? readSeconds(dataBytes(m_model.tensors()[i], type), type, m_shares[i], m_options.speeds) : 0;
    }

    /// Adds a tensor in a type to an option.
    void extend(Problem::Option& option, std::size_t i, Type type, double error) const
    {
        const Tensor& tensor = m_model.tensors()[i];
        const std::uint64_t bytes = dataBytes(tensor, type);
        option.types.push_back(type);
        option.tensorBytes += bytes;
        option.paddedBytes += aligned(bytes, m_problem.alignment);
        option.recipeBytes += type == tensor.type ? 0 : embeddedChoiceBytes(tensor.name, type);
        option.seconds += secondsOf(i, type);
        option.error += error;
    }

    const std::vector<TypeError>& rowOf(std::size_t i) const
    {
        static const std::vector<TypeError> kNothing;
        return i < m_table.size() ? m_table[i] : kNothing;
    }

    /// What may be asked for, whether or not it fits the rows.
    std::vector<Type> candidates(const std::vector<std::size_t>& tensors) const
    {
        if (!m_options.types.empty())
            return m_options.types;
        std::vector<Type> types;
        const auto add = [&](Type type) {
            if (std::ranges::find(types, type) == types.end())
                types.push_back(type);
        };
        for (const std::size_t i : tensors) {
            add(m_model.tensors()[i].type);
            for (const TypeError& known : rowOf(i))
                add(known.type);
        }
        return types;
    }

    /// All the group's tensors in the wanted type or its stand-in; empty where an error is not known.
    std::optional<Problem::Option> optionOf(const std::vector<std::size_t>& tensors, Type wanted) const
    {
        Problem::Option option;
        for (const std::size_t i : tensors) {
            const Tensor& tensor = m_model.tensors()[i];
            const Type type = wanted == tensor.type ? wanted : fittingType(wanted, tensor.shape.columns());
            const std::optional<double> error = knownError(tensor, rowOf(i), type);
            if (!error || (type != tensor.type && !quant::info(type).canQuantize))
                return {};
            extend(option, i, type, *error);
        }
        return option;
    }

    void addGroup(const std::vector<std::size_t>& tensors)
    {
        Problem::Group group{.tensors = tensors, .options = {}};
        for (const Type wanted : candidates(tensors)) {
            auto option = optionOf(tensors, wanted);
            if (option && std::ranges::find(group.options, option->types, &Problem::Option::types) == group.options.end())
                group.options.push_back(std::move(*option));
        }
        if (group.options.empty()) {
            Problem::Option kept;
            for (const std::size_t i : tensors)
                extend(kept, i, m_model.tensors()[i].type, 0);
            group.options.push_back(std::move(kept));
        }
        m_problem.groups.push_back(std::move(group));
    }

    /// The header of a file in which every group changes something if it can, less what the choices add to it.
    void measureHeader()
    {
        Recipe recipe = m_problem.recipe;
        std::uint64_t choices = 0;
        for (const Problem::Group& group : m_problem.groups) {
            const Problem::Option& option = *std::ranges::max_element(group.options, {}, &Problem::Option::recipeBytes);
            for (std::size_t k = 0; k < group.tensors.size(); ++k)
                if (option.types[k] != m_problem.sources[group.tensors[k]])
                    recipe.exact[m_problem.names[group.tensors[k]]] = option.types[k];
            choices += option.recipeBytes;
        }
        const Plan plan = makePlan(m_model, recipe, m_options.plan);
        const std::uint64_t unpadded = format::ggufFileBytes(outputMetadataBytes(m_model, plan), outputHeaders(m_model, plan), 1);
        m_problem.headerBytes = unpadded - plan.tensorBytes - choices;
    }

    const model::Model& m_model;
    const ErrorTable& m_table;
    const ProblemOptions& m_options;
    std::vector<double> m_shares;  ///< of the tensors, that a token reads
    Problem m_problem;
};

/// What the table says, or its best guess.
double errorOf(const Tensor& tensor, const std::vector<TypeError>& row, Type type)
{
    if (const auto known = knownError(tensor, row, type))
        return *known;
    const TypeError* nearest = nullptr;
    double worst = 0;
    for (const TypeError& entry : row) {
        worst = std::max(worst, entry.error);
        const double bits = quant::info(entry.type).bitsPerWeight();
        if (bits <= quant::info(type).bitsPerWeight() && (!nearest || bits > quant::info(nearest->type).bitsPerWeight()))
            nearest = &entry;
    }
    return nearest ? nearest->error : worst;
}

}  // namespace

double totalError(const model::Model& model, const ErrorTable& table, const Plan& plan)
{
    double sum = 0;
    for (std::size_t i = 0; i < std::min(table.size(), plan.choices.size()); ++i)
        sum += errorOf(model.tensors()[i], table[i], plan.choices[i].type);
    return sum;
}

Problem makeProblem(const model::Model& model, const ErrorTable& table, const ProblemOptions& options)
{
    return Maker(model, table, options).make();
}

}  // namespace halftone::plan
