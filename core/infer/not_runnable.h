// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <string>

namespace halftone::infer {

/// Why a model cannot be run. A value, so that a window says it in its own language.
struct NotRunnable {
    enum class Kind {
        None,  ///< it can
        ArchitectureMissing,  ///< the file names none
        ArchitectureUnknown,  ///< `detail`: those that can be run
        Experts,  ///< it is a mixture of experts, which others of its architecture are not
        ExpertChoice,  ///< `subject`: the key that says how experts are chosen; `detail`: its value
        LayersDiffer,  ///< `subject`: the key that has different values
        PositionScaling,  ///< `subject`: how positions are scaled
        SingleExperts,  ///< `subject`: an expert that is a tensor of its own, as in files made before 2024
        HeadNorms,  ///< `subject`: the tensor of a norm of queries or keys
        NormsBehind,  ///< `subject`: the tensor of a norm behind attention
        Sinks,  ///< `subject`: the tensor of attention sinks
        TensorType,  ///< `subject`: the tensor; `detail`: its type
        KeyMissing,  ///< `subject`: the key
        KeyWrong,  ///< `subject`: the key; `detail`: what is wrong with it, in English
        TensorMissing,  ///< `subject`: the tensor; `expected`: its shape
        TensorShape,  ///< `subject`: the tensor; `detail`: its shape; `expected`: another
        TensorRows,  ///< `subject`: the tensor, whose rows are no whole blocks of the type in `detail`
        TensorEmpty,  ///< `subject`: the tensor
        Other,  ///< `detail`: in English
    };
    Kind kind = Kind::None;
    std::string architecture = {}, subject = {}, detail = {}, expected = {};

    bool empty() const { return kind == Kind::None; }
};

/// One English sentence without a full stop, which names the architecture; empty for a model that can be run.
std::string textOf(const NotRunnable& reason);

/// An error with its reason as a value. What is not there yet is Unsupported, what breaks a rule Malformed.
class NotRunnableError : public Error {
public:
    explicit NotRunnableError(NotRunnable reason);
    const NotRunnable& reason() const noexcept { return m_reason; }

private:
    NotRunnable m_reason;
};

}  // namespace halftone::infer
