// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/chat_prompt.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/recipe_options.h"
#include "core/base/file.h"
#include "core/chat/date.h"
#include "core/model/model.h"

#include <nlohmann/json.hpp>

namespace halftone::cli {
namespace {

struct Options {
    std::string model, messages, chatTemplate;
};

void showPrompt(const Options& options, Console& console)
{
    const auto model = openModel(options.model);
    noteWarnings(*model, console);
    const auto tokenizer = tokenizerOf(*model, options.model);
    const auto prompt = chatPrompt(options.messages, options.chatTemplate, options.model, *model, *tokenizer);
    if (console.json()) {
        console.print(nlohmann::json{{"prompt", prompt.text}, {"ids", prompt.ids}});
        return;
    }
    console.print(prompt.text);
    console.note(std::to_string(prompt.ids.size()) + " tokens");
}

}  // namespace

chat::Prompt chatPrompt(const std::string& messagesFile, const std::string& templateFile, const std::string& modelFile,
                        const model::Model& model, const token::Tokenizer& tokenizer)
{
    const std::string& source = templateFile.empty() ? modelFile : templateFile;
    const std::string messages = readTextFile(fromUtf8(messagesFile));
    try {
        chat::checkMessages(messages);
    } catch (const Error& error) {
        throw error.inFile(messagesFile);
    }
    try {
        const std::string given = templateFile.empty() ? std::string() : readTextFile(fromUtf8(templateFile));
        return chat::renderPrompt(templateFile.empty() ? chat::chatTemplate(model.metadata()) : given, messages, model.metadata(),
                                  tokenizer, chat::localTime());
    } catch (const Error& error) {
        throw error.inFile(source);
    }
}

void addChat(CLI::App& program, Action& chosen)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("chat", "a conversation as the prompt that the model's chat template makes of it");
    command->add_option("MODEL", options->model, "a .gguf file (one with a vocabulary alone will do) or a Hugging Face folder")->required();
    command->add_option("--messages", options->messages, "a JSON file: a list of messages, or an object with messages, tools, ...")
        ->required();
    command->add_option("--template", options->chatTemplate, "a Jinja template to use instead of the model's own");
    command->callback([options, &chosen] { chosen = [options](Console& console) { showPrompt(*options, console); }; });
}

}  // namespace halftone::cli
