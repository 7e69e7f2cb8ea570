#include "app/options.hpp"

#include "app/backup.hpp"
#include "app/config_commands.hpp"
#include "app/doctor.hpp"
#include "app/status.hpp"

namespace plume {

namespace {

using Given = std::map<std::string, std::string, std::less<>>;

void add_setting(CLI::App& command, const Setting& setting, Given& given, const std::string& help) {
    const std::string name(setting.name);
    const std::string flag(setting.flag);
    switch (setting.kind) {
        case Setting::Kind::flag:
            command.add_flag_callback(flag, [&given, name] { given[name] = "true"; }, help);
            command.add_flag_callback(
                "--no-" + flag.substr(2), [&given, name] { given[name] = "false"; },
                "the opposite of " + flag);
            return;
        case Setting::Kind::list:
            command
                .add_option_function<std::vector<std::string>>(
                    flag,
                    [&given, name](const std::vector<std::string>& items) {
                        std::string& joined = given[name];
                        for (const std::string& item : items)
                            joined += (joined.empty() ? "" : ",") + item;
                    },
                    help)
                ->allow_extra_args(false);
            return;
        case Setting::Kind::text:
        case Setting::Kind::number:
            break;
    }
    command.add_option_function<std::string>(
        flag, [&given, name](const std::string& text) { given[name] = text; }, help);
}

void add_settings(CLI::App& command, Given& given, bool is_development) {
    for (const Setting& setting : settings()) {
        if (is_development && setting.name == "genesis") continue;
        const bool is_own_data = is_development && setting.name == "data";
        add_setting(command, setting, given,
                    is_own_data
                        ? "data directory; without it, a fresh one that is removed at the end"
                        : help_of(setting));
    }
}

void add_config(CLI::App& root, Command& chosen) {
    CLI::App* config = root.add_subcommand("config", "Look at the configuration");
    config->require_subcommand(1);
    const auto verb = [&](const std::string& name, const std::string& help,
                          int (*run)(const ConfigOptions&)) {
        auto options = std::make_shared<ConfigOptions>();
        CLI::App* command = add_command(*config, chosen, name, help, options, run);
        if (name == "default") return;
        if (name == "where")
            command->add_option("setting", options->name, "one setting, like rpc.port");
        command->add_option("--config", options->file, "configuration file");
        command->add_flag("--json", options->json, "print JSON");
        add_settings(*command, options->given, false);
    };
    verb("where", "Each setting, its value and who set it", &run_config_where);
    verb("check", "Whether the configuration holds", &run_config_check);
    verb("default", "A commented file with the defaults", &run_config_default);
}

void add_watching(CLI::App& root, Command& chosen) {
    auto asked = std::make_shared<StatusOptions>();
    CLI::App* command =
        add_command(root, chosen, "status", "How a running node is", asked, &run_status);
    command->add_option("--rpc", asked->client.rpc, "the node to ask")
        ->envname("PLUME_RPC")
        ->capture_default_str();
    command->add_flag("--json", asked->client.json, "print JSON");

    auto examined = std::make_shared<DoctorOptions>();
    command =
        add_command(root, chosen, "doctor", "What stands in the way of a node on this machine",
                    examined, &run_doctor);
    command->add_option("--config", examined->config, "configuration file");
    command->add_flag("--json", examined->json, "print JSON");
    add_settings(*command, examined->given, false);
}

}  // namespace

CLI::Validator whole_number(uint64_t least, uint64_t most) {
    const auto read = [least, most](std::string& text) {
        const auto number = parse_number(text);
        if (!number || *number < u256{least} || *number > u256{most})
            return "'" + text + "' is no whole number from " + std::to_string(least) + " to " +
                   std::to_string(most);
        text = to_decimal(*number);
        return std::string();
    };
    return CLI::Validator(read, "");
}

void add_serve_options(CLI::App& command, ServeOptions& serve, bool is_development) {
    add_settings(command, serve.given, is_development);
    command.add_option("--config", serve.config,
                       is_development ? "configuration file"
                                      : "configuration file; without it, ./plume.toml or "
                                        "/etc/plume/plume.toml if there is one");
    command.add_flag("--json", serve.json, "print one line of JSON when ready");
    command.add_flag("--quiet", serve.quiet, "only warnings and errors in the log");
}

void add_operators(CLI::App& root, Command& chosen) {
    auto start = std::make_shared<StartOptions>();
    CLI::App* command = add_command(root, chosen, "start", "Run a node", start, &run_start);
    add_serve_options(*command, start->serve, false);

    auto init = std::make_shared<InitOptions>();
    command =
        add_command(root, chosen, "init", "Found a chain in a data directory", init, &run_init);
    command->add_option("--data", init->data, "data directory")->required();
    CLI::Option_group* begin = command->add_option_group("genesis", "what it begins with, one of");
    begin->add_option("--genesis", init->genesis, "genesis file, as geth's");
    begin
        ->add_option("--chain-id", init->chain_id, "chain id of a default genesis without accounts")
        ->transform(whole_number(1));
    begin->require_option(1);
    command->add_flag("--json", init->json, "print JSON");

    auto checked = std::make_shared<VerifyOptions>();
    command = add_command(root, chosen, "verify", "Recompute everything in a data directory",
                          checked, &run_verify);
    command->add_option("--data", checked->data, "data directory of a stopped node")->required();
    command->add_flag("--json", checked->json, "print JSON");

    auto backup = std::make_shared<BackupOptions>();
    command = add_command(root, chosen, "backup",
                          "Copy a chain, of a node that runs or of one that does not", backup,
                          &run_backup);
    command->add_option("--data", backup->data, "data directory")->required();
    command->add_option("--to", backup->to, "new directory, which can be started and verified")
        ->required();
    command->add_flag("--json", backup->json, "print JSON");

    add_config(root, chosen);
    add_watching(root, chosen);
}

}  // namespace plume
