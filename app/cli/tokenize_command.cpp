// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/token/tokenizer.h"

#include <nlohmann/json.hpp>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, text, file;
    bool noBos = false, special = false;
};

void tokenize(const Options& options, bool fromFile, Console& console)
{
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    const auto tokenizer = token::Tokenizer::fromMetadata(model->metadata());
    const std::string text = fromFile ? readTextFile(fromUtf8(options.file)) : options.text;
    const auto ids = tokenizer->encode(text, {.addSpecial = !options.noBos, .parseSpecial = options.special});
    auto pieces = nlohmann::json::array();
    for (const auto id : ids)
        pieces.push_back(tokenizer->spelling(id));
    if (console.json()) {
        console.print(nlohmann::json{{"ids", ids}, {"pieces", std::move(pieces)}});
        return;
    }
    for (std::size_t i = 0; i < ids.size(); ++i)
        console.print(std::to_string(ids[i]) + "  " + pieces[i].get<std::string>());
}

}  // namespace

void addTokenize(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("tokenize", "text as the model's tokens");
    command->add_option("MODEL", options->model, "a .gguf file (one with a vocabulary alone will do) or a Hugging Face folder")->required();
    auto* source = command->add_option_group("text")->require_option(1);
    source->add_option("--text", options->text, "the text itself");
    auto* file = source->add_option("--text-file", options->file, "a file of text");
    command->add_flag("--no-bos", options->noBos, "without the tokens the model adds at the ends");
    command->add_flag("--special", options->special, "names of special tokens in the text are those tokens");
    command->callback([options, file, &chosen] {
        chosen = [options, fromFile = file->count() > 0](Console& console) { tokenize(*options, fromFile, console); };
    });
}

}  // namespace halftone::cli
