// What the command line of several commands has in common, and the commands of operators.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "app/serve.hpp"

namespace plume {

/// A number from `least` to `most`, decimal or 0x. The parser by itself takes "-1" for a huge one
/// and the largest one for whatever is larger.
CLI::Validator whole_number(uint64_t least = 0, uint64_t most = ~uint64_t{0});

/// The command that was chosen, to be run once the whole line has been read.
using Command = std::function<int()>;

/// Makes a subcommand and remembers what it does.
template <class Options>
CLI::App* add_command(CLI::App& parent, Command& chosen, const std::string& name,
                      const std::string& help, std::shared_ptr<Options> options,
                      int (*run)(const Options&)) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->callback(
        [&chosen, options, run] { chosen = [options, run] { return run(*options); }; });
    return command;
}

/// A flag for each setting of the table (app/settings), and --config.
void add_serve_options(CLI::App& command, ServeOptions& serve, bool is_development);
/// start, init, verify, config, status, doctor.
void add_operators(CLI::App& root, Command& chosen);

}  // namespace plume
