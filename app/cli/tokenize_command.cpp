// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "core/base/file.h"
#include "core/chat/prompt.h"
#include "core/format/tokenizer_check.h"
#include "core/model/model.h"
#include "core/token/tokenizer.h"

#include <nlohmann/json.hpp>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, text, file;
    bool noBos = false, special = false, check = false;
};

void tokenize(const Options& options, bool fromFile, Console& console)
{
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    const auto tokenizer = tokenizerOf(*model, options.model);
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

nlohmann::json checkJson(const std::optional<format::TokenizerCheck>& check)
{
    if (!check)
        return nullptr;
    auto differences = nlohmann::json::array();
    for (const auto& difference : check->differences)
        differences.push_back(
            {{"aspect", name(difference.aspect)}, {"count", difference.count}, {"ours", difference.ours}, {"theirs", difference.theirs}});
    return {{"file", toUtf8(check->file)},
            {"agrees", check->agrees()},
            {"splitting_known", check->splittingKnown},
            {"texts", check->texts},
            {"differences", std::move(differences)}};
}

std::string checkText(const std::optional<format::TokenizerCheck>& check)
{
    if (!check)
        return "no Hugging Face files to compare with";
    std::string text = (check->agrees() ? "agrees with " : "differs from ") + toUtf8(check->file);
    if (!check->splittingKnown)
        text += "\nits rule for cutting text into words is not known and was not compared";
    for (const auto& each : check->differences)
        text.append("\n")
            .append(name(each.aspect))
            .append(": ")
            .append(std::to_string(each.count))
            .append(" differ, first \"")
            .append(each.ours)
            .append("\", not \"")
            .append(each.theirs)
            .append("\"");
    return text;
}

void checkTokenizer(const Options& options, Console& console)
{
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    const auto tokenizer = tokenizerOf(*model, options.model);
    const auto check = format::checkTokenizer(*model);
    const auto source = name(format::tokenizerSource(*model));
    if (console.json()) {
        console.print(nlohmann::json{{"source", source},
                                     {"kind", tokenizer->kind()},
                                     {"pre_tokenizer", tokenizer->preTokenizer()},
                                     {"certain", tokenizer->certain()},
                                     {"vocabulary", tokenizer->size()},
                                     {"adds_bos", tokenizer->addsBos()},
                                     {"chat_template", chat::hasChatTemplate(model->metadata())},
                                     {"check", checkJson(check)}});
        return;
    }
    console.print(std::string(tokenizer->kind()) + " of " + std::to_string(tokenizer->size()) + " tokens, splits like "
                  + std::string(tokenizer->preTokenizer()) + (tokenizer->certain() ? "" : " (not known)") + ", from " + std::string(source)
                  + "\n" + checkText(check));
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
    source->add_flag("--check", options->check,
                     "instead of a text: which tokenizer it is, and whether it agrees with the Hugging Face files beside the model");
    command->add_flag("--no-bos", options->noBos, "without the tokens the model adds at the ends");
    command->add_flag("--special", options->special, "names of special tokens in the text are those tokens");
    command->callback([options, file, &chosen] {
        chosen = [options, fromFile = file->count() > 0](Console& console) {
            options->check ? checkTokenizer(*options, console) : tokenize(*options, fromFile, console);
        };
    });
}

}  // namespace halftone::cli
