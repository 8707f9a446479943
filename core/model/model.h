// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/metadata.h"
#include "core/model/tensor.h"
#include "core/model/warning.h"

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace halftone {
class MappedFile;
}

namespace halftone::model {

/// Metadata plus tensor views on memory-mapped files. Immutable after it was read; share it as
/// std::shared_ptr<const Model> and use it from any thread.
class Model {
public:
    struct Parts {
        std::vector<std::shared_ptr<const MappedFile>> files;  ///< in the order of a split set
        Metadata metadata;
        std::vector<Tensor> tensors;                           ///< in file order
        std::uint32_t version = 3;                             ///< GGUF version read
        std::uint64_t alignment = 32;
        std::string format = "GGUF v3";  ///< of the files, for people
        bool gguf = true;  ///< the files are GGUF
        std::vector<std::filesystem::path> companions = {};  ///< files read beside the mapped ones: configuration, tokenizer
        std::vector<Warning> warnings = {};
        std::string whyNotWritable = {};  ///< empty, or why no engine could run a GGUF of this model
    };
    explicit Model(Parts parts);
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    const Metadata& metadata() const noexcept { return m_parts.metadata; }
    const std::vector<Tensor>& tensors() const noexcept { return m_parts.tensors; }
    /// Null if there is none of that name.
    const Tensor* find(std::string_view name) const;

    const std::vector<std::shared_ptr<const MappedFile>>& files() const noexcept { return m_parts.files; }
    /// Every file that the model was read from, those of files() first.
    std::vector<std::filesystem::path> paths() const;
    std::uint32_t version() const noexcept { return m_parts.version; }
    const std::string& format() const noexcept { return m_parts.format; }
    bool isGguf() const noexcept { return m_parts.gguf; }
    const std::vector<Warning>& warnings() const noexcept { return m_parts.warnings; }
    const std::string& whyNotWritable() const noexcept { return m_parts.whyNotWritable; }
    std::uint64_t alignment() const noexcept { return m_parts.alignment; }

    std::string architecture() const;   ///< general.architecture, "" if missing
    std::string name() const;           ///< general.name, else the file's name
    int layers() const noexcept { return m_layers; }      ///< highest block number + 1
    std::uint64_t parameters() const noexcept { return m_parameters; }
    std::uint64_t tensorBytes() const noexcept { return m_tensorBytes; }
    std::uint64_t fileBytes() const noexcept { return m_fileBytes; }
    /// Tensor bits over parameters; 0 for a model without tensors.
    double bitsPerWeight() const;
    /// The output matrix is the token embedding (there is no output.weight).
    bool tiedOutput() const;
    /// The most frequent type by weights among the matrices: "F16" of an F16 model.
    quant::Type mainType() const;

private:
    Parts m_parts;
    std::unordered_map<std::string_view, std::size_t> m_index;
    std::uint64_t m_parameters = 0, m_tensorBytes = 0, m_fileBytes = 0;
    int m_layers = 0;
};

}  // namespace halftone::model
