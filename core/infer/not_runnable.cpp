// SPDX-License-Identifier: Apache-2.0
#include "core/infer/not_runnable.h"

#include <utility>

namespace halftone::infer {
namespace {

using Kind = NotRunnable::Kind;

bool breaksRule(Kind kind)
{
    return kind >= Kind::KeyMissing;
}

std::string unsupportedText(const NotRunnable& reason)
{
    const std::string model = "this " + reason.architecture + " model ";
    const auto has = [&](const std::string& what) { return model + "has " + what + " (" + reason.subject + "), which cannot be run yet"; };
    switch (reason.kind) {
    case Kind::ArchitectureMissing: return "the model does not name its architecture (general.architecture), so it cannot be run";
    case Kind::ArchitectureUnknown:
        return "models of the architecture \"" + reason.architecture + "\" cannot be run yet; those that can: " + reason.detail;
    case Kind::Experts: return model + "is a mixture of experts, which cannot be run yet";
    case Kind::ExpertChoice:
        return model + "chooses its experts by a function that cannot be run yet (" + reason.subject + " is " + reason.detail + ")";
    case Kind::LayersDiffer: return "models whose layers differ in shape cannot be run yet (" + reason.subject + " has different values)";
    case Kind::PositionScaling:
        return "the model's " + reason.architecture + " network uses the position scaling \"" + reason.subject
            + "\", which cannot be run yet";
    case Kind::SingleExperts: return has("experts that are tensors of their own, as in files made before 2024");
    case Kind::HeadNorms: return has("norms of queries and keys");
    case Kind::NormsBehind: return has("norms behind attention");
    case Kind::Sinks: return has("attention sinks");
    case Kind::TensorType: return "tensor " + reason.subject + " has the type " + reason.detail + ", which cannot be run yet";
    default: return {};
    }
}

std::string brokenText(const NotRunnable& reason)
{
    switch (reason.kind) {
    case Kind::KeyMissing: return reason.subject + " is missing";
    case Kind::KeyWrong: return reason.subject + " " + reason.detail;
    case Kind::TensorMissing: return "tensor " + reason.subject + " is missing, expected shape " + reason.expected;
    case Kind::TensorShape: return "tensor " + reason.subject + " has shape " + reason.detail + ", expected " + reason.expected;
    case Kind::TensorRows: return "the rows of tensor " + reason.subject + " are not whole blocks of " + reason.detail;
    case Kind::TensorEmpty: return "tensor " + reason.subject + " has no data; the file holds a vocabulary only";
    default: return reason.detail;
    }
}

Error::Parts partsOf(const NotRunnable& reason)
{
    if (!breaksRule(reason.kind))
        return {.problem = unsupportedText(reason), .advice = "its weights can still be looked at and quantized"};
    const bool key = reason.kind == Kind::KeyMissing || reason.kind == Kind::KeyWrong;
    return {.problem = brokenText(reason),
            .place = key ? "metadata" : "",
            .advice = reason.kind == Kind::TensorMissing ? "the file may be incomplete: download it again" : ""};
}

}  // namespace

std::string textOf(const NotRunnable& reason)
{
    if (!breaksRule(reason.kind))
        return unsupportedText(reason);
    return "the " + reason.architecture + " model cannot be run: " + brokenText(reason);
}

NotRunnableError::NotRunnableError(NotRunnable reason)
    : Error(breaksRule(reason.kind) ? ErrorCode::Malformed : ErrorCode::Unsupported, partsOf(reason)),
      m_reason(std::move(reason))
{
}

}  // namespace halftone::infer
