// SPDX-License-Identifier: GPL-3.0-or-later
// halftone-cli: the engine without a window. Its commands, JSON keys and exit codes are a contract that scripts rely on.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "core/base/system.h"

#include <iostream>
#include <new>

using namespace halftone;
using namespace halftone::cli;

namespace {

int fail(const std::string& message, int code)
{
    std::cerr << "halftone-cli: " << message << '\n';
    return code;
}

void addCommonOptions(CLI::App& command, CommonOptions& options)
{
    command.add_flag("--json", options.json, "print one JSON object on stdout and nothing else");
    command.add_flag("--quiet", options.quiet, "no progress on stderr");
    command.add_option("--threads", options.threads, "number of threads (0: all)")->check(CLI::Range(0, 1024));
    command.add_option("--device", options.device, deviceHelp(command.get_name()))
        ->check([name = command.get_name()](const std::string& device) { return whyNotDevice(device, name); });
}

int run(const Action& action, CommonOptions options)
{
    try {
        Console console(std::move(options));
        action(console);
        return 0;
    } catch (const Error& error) {
        return fail(error.what(), exitCode(error.code()));
    } catch (const std::bad_alloc&) {
        return fail("there is not enough memory; close other programs or use a smaller model", exitCode(ErrorCode::OutOfMemory));
    } catch (const std::filesystem::filesystem_error& error) {
        return fail(error.what(), exitCode(ErrorCode::System));
    }
}

}  // namespace

int main(int argc, char** argv)
{
    allowManyOpenFiles();
    CLI::App program("Shows what every bit of a language model costs, and quantizes it.", "halftone-cli");
    program.set_version_flag("--version", HALFTONE_VERSION);
    program.require_subcommand(1);
    Action action;
    addInspect(program, action);
    addQuantize(program, action);
    addConvert(program, action);
    addTokenize(program, action);
    addChat(program, action);
    addGenerate(program, action);
    addPerplexity(program, action);
    addDivergence(program, action);
    addEvaluate(program, action);
    addCompare(program, action);
    addImportance(program, action);
    addVerify(program, action);
    addDiff(program, action);
    addCompress(program, action);
    addBench(program, action);
    addFamily(program, action);
    addSensitivity(program, action);
    addPlan(program, action);
    addDevices(program, action);
    CommonOptions options;
    for (CLI::App* command : program.get_subcommands({}))
        addCommonOptions(*command, options);

    try {
        program.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return program.exit(success);
    } catch (const CLI::ParseError& error) {
        return fail(std::string(error.what()) + "; halftone-cli --help shows how", exitCode(ErrorCode::Usage));
    }
    return run(action, options);
}
