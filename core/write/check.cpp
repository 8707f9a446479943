// SPDX-License-Identifier: Apache-2.0
#include "core/write/check.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/quant/codec.h"
#include "core/write/journal.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace halftone::write {
namespace {

std::string place(const model::Tensor& tensor)
{
    return "tensor " + tensor.name;
}

void checkDestination(const model::Model& model, const std::filesystem::path& destination)
{
    for (const std::filesystem::path& source : model.paths()) {
        if (sameFile(source, destination))
            throw Error(ErrorCode::SameFile,
                        {.problem = "the output is its own source", .file = toUtf8(destination), .advice = "choose another name"});
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(destination, ignored))
        throw Error(ErrorCode::System, {.problem = "this is a folder", .file = toUtf8(destination), .advice = "name a file in it"});
}

/// Of an earlier run that will be continued or replaced.
std::uint64_t unfinishedBytes(const std::filesystem::path& destination)
{
    std::uint64_t sum = 0;
    std::error_code missing;
    for (const std::filesystem::path& unfinished : {partOf(destination), setAsideOf(destination)}) {
        const std::uintmax_t bytes = std::filesystem::file_size(unfinished, missing);
        sum += missing ? 0 : bytes;
    }
    return sum;
}

void checkTensor(const model::Tensor& tensor, const plan::Choice& choice, const Options& options)
{
    if (choice.fallback && options.strict) {
        throw Error(ErrorCode::Usage,
                    {.problem = "rows of " + std::to_string(tensor.shape.columns()) + " weights do not fit "
                         + std::string(quant::name(choice.wanted)) + ", " + std::string(quant::name(choice.type)) + " would stand in",
                     .place = place(tensor),
                     .advice = "choose a type that fits, or allow fall-backs"});
    }
    if (choice.type == tensor.type)
        return;
    checkImportance(tensor, choice, options);
}

bool requantizes(const model::Tensor& tensor, const plan::Choice& choice)
{
    return choice.type != tensor.type && !quant::info(tensor.type).isFloat();
}

void refuseRequantizing(const model::Model& model, const plan::Plan& plan)
{
    const std::size_t count = requantizedTensors(model, plan);
    if (count == 0)
        return;
    const auto& tensors = model.tensors();
    const auto first = std::ranges::mismatch(tensors, plan.choices, [](const auto& tensor, const auto& choice) {
                           return !requantizes(tensor, choice);
                       }).in1;
    throw Error(ErrorCode::Usage,
                {.problem = (count == 1 ? "a tensor is" : std::to_string(count) + " tensors are")
                     + " quantized already, and quantizing again loses more",
                 .place = place(*first) + ", " + std::string(quant::name(first->type)),
                 .advice = "start from the F16, BF16 or F32 original, or ask for it (--requantize)"});
}

}  // namespace

std::size_t requantizedTensors(const model::Model& model, const plan::Plan& plan)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        count += requantizes(model.tensors()[i], plan.choices[i]);
    return count;
}

std::span<const float> importanceOf(const model::Tensor& tensor, const plan::Choice& choice, const Options& options)
{
    if (!options.importance || choice.type == tensor.type || quant::info(choice.type).isFloat())
        return {};
    return options.importance->find(tensor.name);
}

void checkImportance(const model::Tensor& tensor, const plan::Choice& choice, const Options& options)
{
    const std::span<const float> importance = importanceOf(tensor, choice, options);
    const model::Shape& shape = tensor.shape;
    const std::uint64_t expected = shape.columns() * shape.extent[2] * shape.extent[3];
    if (importance.empty()) {
        if (quant::info(choice.type).needsImportance) {
            throw Error(ErrorCode::Usage,
                        {.problem = std::string(quant::name(choice.type)) + " needs an importance matrix",
                         .place = place(tensor),
                         .advice = std::string(quant::kImportanceAdvice)});
        }
        return;
    }
    if (importance.size() != expected) {
        throw Error(ErrorCode::Usage,
                    {.problem = "the importance matrix has " + std::to_string(importance.size()) + " values, the tensor has "
                         + std::to_string(expected) + " columns",
                     .place = place(tensor),
                     .advice = "use the importance matrix of this very model"});
    }
    const auto wrong = std::ranges::find_if(importance, [](float value) { return !std::isfinite(value) || value < 0; });
    if (wrong != importance.end()) {
        throw Error(ErrorCode::Malformed,
                    {.problem = "the importance matrix holds a value that is negative or no number",
                     .place = place(tensor) + ", value " + std::to_string(wrong - importance.begin()),
                     .advice = "make the importance matrix again"});
    }
}

void checkQuantize(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& destination, const Options& options)
{
    const std::vector<model::Tensor>& tensors = model.tensors();
    if (plan.choices.size() != tensors.size())
        throw Error(ErrorCode::Usage, "the plan was made for another model");
    if (!model.whyNotWritable().empty())
        throw Error(ErrorCode::Unsupported,
                    {.problem = model.whyNotWritable() + ", so no engine could run the file", .advice = "look for the model as GGUF"});
    if (!options.requantize)
        refuseRequantizing(model, plan);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (tensors[i].data.empty())
            throw Error(ErrorCode::Usage,
                        {.problem = "the model has no weights", .place = place(tensors[i]), .advice = "use a file with weights"});
        checkTensor(tensors[i], plan.choices[i], options);
    }
    checkDestination(model, destination);
}

void checkRoom(std::span<const Output> outputs)
{
    struct Folder {
        std::uint64_t needed = 0, unfinished = 0;
        const Output* first = nullptr;
        std::size_t outputs = 0;
    };
    std::map<std::filesystem::path, Folder> folders;
    for (const Output& output : outputs) {
        Folder& folder = folders[output.destination.parent_path()];
        folder.needed += output.plan.fileBytes;
        folder.unfinished += unfinishedBytes(output.destination);
        if (folder.outputs++ == 0)
            folder.first = &output;
    }
    for (const auto& [path, folder] : folders) {
        const std::uint64_t room = freeSpace(folder.first->destination) + folder.unfinished;
        if (room >= folder.needed)
            continue;
        throw Error(ErrorCode::DiskFull,
                    {.problem = (folder.outputs == 1 ? "the output needs " : std::to_string(folder.outputs) + " outputs need ")
                         + std::to_string(folder.needed) + " bytes, the disk has " + std::to_string(room) + " left",
                     .file = toUtf8(folder.first->destination),
                     .advice = "free some space or choose another disk"});
    }
}

}  // namespace halftone::write
