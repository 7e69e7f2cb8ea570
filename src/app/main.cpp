// The program: its command line. What each command does stands in the file named after it.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "app/accounts.hpp"
#include "app/backup.hpp"
#include "app/calls.hpp"
#include "app/demo.hpp"
#include "app/describe.hpp"
#include "app/export_genesis.hpp"
#include "app/node.hpp"
#include "app/record_commands.hpp"
#include "app/serve.hpp"
#include "app/vault_commands.hpp"

namespace plume {

namespace {

/// A number from `least` to `most`, decimal or 0x. The parser by itself takes "-1" for a huge one
/// and the largest one for whatever is larger.
CLI::Validator whole_number(uint64_t least = 0, uint64_t most = ~uint64_t{0}) {
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

constexpr uint64_t port_max = 65'535;

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

void add_serve_options(CLI::App& command, ServeOptions& serve) {
    command.add_option("--host", serve.host, "address to listen on")->capture_default_str();
    command.add_option("--port", serve.port, "port to listen on; 0 takes any free one")
        ->capture_default_str()
        ->transform(whole_number(0, port_max));
    command
        .add_option("--block-time", serve.block_time,
                    "seconds between blocks; without it, a block as soon as something is pending")
        ->transform(whole_number(1, 3'600));
    command.add_flag("--json", serve.json, "print one line of JSON when ready");
    command.add_flag("--quiet", serve.quiet, "only warnings and errors in the log");
}

void add_dev(CLI::App& root, Command& chosen) {
    auto options = std::make_shared<DevOptions>();
    options->mnemonic = development_mnemonic;
    CLI::App* command = add_command(
        root, chosen, "dev", "Run a development chain with funded accounts", options, &run_dev);
    add_serve_options(*command, options->serve);
    command->add_option("--data", options->serve.data,
                        "data directory; without it, a fresh one that is removed at the end");
    command->add_option("--mnemonic", options->mnemonic, "phrase the accounts are derived from");
    command->add_option("--accounts", options->accounts, "how many")
        ->capture_default_str()
        ->transform(whole_number(0, development_account_max));
    command->add_option("--balance", options->balance, "coins each account begins with")
        ->capture_default_str()
        ->transform(whole_number());
    command->add_option("--chain-id", options->chain_id, "chain id; of a new chain 31337")
        ->transform(whole_number(1));
    command->add_option("--gas-limit", options->gas_limit, "gas limit of a block")
        ->transform(whole_number(gas_limit_min));
    command
        ->add_option("--timestamp", options->timestamp,
                     "time of the first block, in seconds since 1970")
        ->transform(whole_number(0, timestamp_max));
}

void add_operators(CLI::App& root, Command& chosen) {
    auto start = std::make_shared<StartOptions>();
    CLI::App* command = add_command(root, chosen, "start", "Run a node", start, &run_start);
    add_serve_options(*command, start->serve);
    command->add_option("--data", start->serve.data, "data directory")->required();
    command->add_option("--genesis", start->genesis,
                        "genesis file, as geth's; needed for a new chain only");

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
}

void add_export(CLI::App& root, Command& chosen) {
    CLI::App* exports = root.add_subcommand("export", "Write what a chain holds into a file");
    exports->require_subcommand(1);
    auto options = std::make_shared<ExportGenesisOptions>();
    CLI::App* command =
        add_command(*exports, chosen, "genesis", "The state, as the genesis file of a new chain",
                    options, &run_export_genesis);
    command->add_option("--data", options->data, "data directory of a stopped node")->required();
    command->add_option("--to", options->to, "file that is made")->required();
    command->add_option("--genesis", options->genesis,
                        "the chain's own genesis file; without it, the one in the data directory");
    command->add_option("--chain-id", options->chain_id, "chain id of the new chain; else the same")
        ->transform(whole_number(1));
}

struct DescribeOptions {
    std::string contract;
    bool solidity = false;
    bool markdown = false;
    bool json = false;
};

int run_describe(const DescribeOptions& options) {
    if (options.contract.empty()) {
        if (options.json)
            std::cout << boost::json::serialize(contracts_json()) << "\n";
        else
            std::cout << list_contracts();
        return exit_code::ok;
    }
    if (options.json) {
        const auto abi = describe_json(options.contract);
        if (!abi) return report_error(abi.error());
        std::cout << boost::json::serialize(*abi) << "\n";
        return exit_code::ok;
    }
    const auto text = options.solidity   ? describe_solidity(options.contract)
                      : options.markdown ? describe_markdown(options.contract)
                                         : describe_text(options.contract);
    if (!text) return report_error(text.error());
    std::cout << *text;
    return exit_code::ok;
}

void add_describe(CLI::App& root, Command& chosen) {
    auto options = std::make_shared<DescribeOptions>();
    CLI::App* command =
        add_command(root, chosen, "describe", "Show what can be called", options, &run_describe);
    command->add_option("contract", options->contract, "type of contract; without it, a list");
    CLI::Option* solidity =
        command->add_flag("--solidity", options->solidity, "as a Solidity interface");
    CLI::Option* markdown =
        command->add_flag("--markdown", options->markdown, "as a page of docs/contracts")
            ->excludes(solidity);
    command->add_flag("--json", options->json, "as a JSON ABI")
        ->excludes(solidity)
        ->excludes(markdown);
}

void add_story_options(CLI::App& command, StoryOptions& story) {
    command.add_option("--port", story.port, "port to serve on; 0 takes any free one")
        ->capture_default_str()
        ->transform(whole_number(0, port_max));
    command.add_option("--chain-data", story.data,
                       "data directory of the chain; without it, a fresh one that is removed");
    command.add_flag("--keep", story.keep, "go on serving afterwards");
    command.add_flag("--json", story.json, "print the report as JSON");
}

void add_solar_demo(CLI::App& demo, Command& chosen) {
    auto options = std::make_shared<SolarOptions>();
    CLI::App* command = add_command(demo, chosen, "solar",
                                    "A solar co-op, paid by its meter and distributed by the chain",
                                    options, &run_solar_demo);
    CLI::Option* table =
        command->add_option("--table", options->table, "a table like examples/solar.csv");
    command
        ->add_option("--data", options->raw,
                     "file of raw samples (measured_on, ac_power), or a folder with one")
        ->excludes(table);
    command->add_option("--price", options->price, "of a kWh, in millionths of cUSD")
        ->capture_default_str()
        ->transform(whole_number(1, energy_price_max));
    add_story_options(*command, options->story);
}

void add_education_demo(CLI::App& demo, Command& chosen) {
    auto options = std::make_shared<EducationOptions>();
    CLI::App* command = add_command(demo, chosen, "education",
                                    "An education mission, paid by what learners achieve", options,
                                    &run_education_demo);
    CLI::Option* table =
        command->add_option("--table", options->table, "a table like examples/education.csv");
    command
        ->add_option("--data", options->raw,
                     "folder of raw records (assessments.csv, registrations.csv, submissions.csv): "
                     "plays every course")
        ->excludes(table);
    const auto chosen_course = [options](const std::string&) { options->is_chosen = true; };
    command->add_option("--course", options->course, "course")
        ->capture_default_str()
        ->each(chosen_course);
    command->add_option("--presentation", options->presentation, "presentation")
        ->capture_default_str()
        ->each(chosen_course);
    command
        ->add_option("--threshold", options->threshold_bps,
                     "share of learners a tranche needs, in basis points")
        ->capture_default_str()
        ->transform(whole_number(1, 10'000));
    add_story_options(*command, options->story);
}

void add_compute_demo(CLI::App& demo, Command& chosen) {
    auto options = std::make_shared<ComputeOptions>();
    CLI::App* command =
        add_command(demo, chosen, "compute", "GPU nodes that many own together, metered and shared",
                    options, &run_compute_demo);
    CLI::Option* table =
        command->add_option("--table", options->table, "a table like examples/compute.csv");
    command
        ->add_option("--data", options->raw,
                     "raw samples: timestamp, node, duty_cycle_percent; each is signed and metered")
        ->excludes(table);
    add_story_options(*command, options->story);
}

void add_demo(CLI::App& root, Command& chosen) {
    CLI::App* demo = root.add_subcommand("demo", "Play a use case on a chain of its own");
    demo->require_subcommand(1);
    add_education_demo(*demo, chosen);
    add_solar_demo(*demo, chosen);
    add_compute_demo(*demo, chosen);
}

void add_client_options(CLI::App& command, ClientOptions& client) {
    command.add_option("--rpc", client.rpc, "the node to ask")
        ->envname("PLUME_RPC")
        ->capture_default_str();
    command.add_flag("--json", client.json, "print JSON");
}

void add_signer_options(CLI::App& command, SignerOptions& signer) {
    CLI::Option* from = command.add_option(
        "--from", signer.from, "development account that signs: treasurer, donor-1 ...");
    CLI::Option* file = command.add_option("--keystore", signer.keystore,
                                           "key file that signs (Web3 Secret Storage v3)");
    command
        .add_option("--password-file", signer.password_file,
                    "file with the key file's password; without it, asked for")
        ->needs(file);
    from->excludes(file);
    command.add_flag("-y,--yes", signer.yes, "do not ask before signing");
}

void add_calls(CLI::App& root, Command& chosen) {
    auto call = std::make_shared<CallOptions>();
    CLI::App* command =
        add_command(root, chosen, "call", "Ask a contract, without a transaction", call, &run_call);
    command->add_option("to", call->to, "contract: an address or a name")->required();
    command
        ->add_option("function", call->function,
                     "name of a native contract's function, or a whole declaration")
        ->required();
    command->add_option("arguments", call->arguments,
                        "arguments: 12, 0x.., \"text\", [1,2], (a,b)");
    command->add_option("--from", call->signer.from, "whose call it seems to be");
    add_client_options(*command, call->client);

    auto send = std::make_shared<CallOptions>();
    command = add_command(root, chosen, "send", "Send a transaction and wait for its block", send,
                          &run_send);
    command->add_option("to", send->to, "contract or account: an address or a name")->required();
    command->add_option("function", send->function, "as for call; without it, value is sent");
    command->add_option("arguments", send->arguments, "arguments");
    command->add_option("--value", send->value, "wei to send along")->capture_default_str();
    add_signer_options(*command, send->signer);
    add_client_options(*command, send->client);
}

void add_vault(CLI::App& root, Command& chosen) {
    CLI::App* vault = root.add_subcommand("vault", "Look at vaults and use them");
    vault->require_subcommand(1);
    const auto verb = [&](const std::string& name, const std::string& help,
                          int (*run)(const VaultOptions&)) {
        auto options = std::make_shared<VaultOptions>();
        CLI::App* command = add_command(*vault, chosen, name, help, options, run);
        if (name != "list")
            command->add_option("vault", options->vault, "the vault's address")->required();
        if (name == "fund")
            command->add_option("amount", options->amount, "in the vault's currency, like 12.50")
                ->required();
        if (name == "release" || name == "reclaim")
            command->add_option("tranche", options->tranche, "number of the tranche, from 0")
                ->required()
                ->transform(whole_number());
        if (name != "list" && name != "show") add_signer_options(*command, options->signer);
        add_client_options(*command, options->client);
    };
    verb("list", "All vaults and their books", &run_vault_list);
    verb("show", "One vault with its tranches", &run_vault_show);
    verb("fund", "Contribute to a vault", &run_vault_fund);
    verb("release", "Pay out a tranche whose condition is true", &run_vault_release);
    verb("reclaim", "Give a tranche that was not earned back to the donors", &run_vault_reclaim);
}

void add_record(CLI::App& root, Command& chosen) {
    CLI::App* record = root.add_subcommand("record", "Make and read records");
    record->require_subcommand(1);
    auto made = std::make_shared<RecordOptions>();
    CLI::App* command =
        add_command(*record, chosen, "attest", "Make a record", made, &run_record_attest);
    command
        ->add_option("schema", made->schema,
                     "fields of the data, like 'string title,bytes32 course'")
        ->required();
    command->add_option("values", made->values, "one a field");
    command->add_option("--about", made->about, "whom it is about: an address or a name");
    command->add_option("--refers-to", made->refers_to, "uid of another record");
    command->add_option("--expires", made->expires, "seconds since 1970; 0 for never")
        ->capture_default_str()
        ->transform(whole_number());
    add_signer_options(*command, made->signer);
    add_client_options(*command, made->client);

    auto shown = std::make_shared<RecordOptions>();
    command = add_command(*record, chosen, "show", "Show a record", shown, &run_record_show);
    command->add_option("uid", shown->uid, "its uid")->required();
    add_client_options(*command, shown->client);
}

int run(int argc, char** argv) {
    CLI::App root{"plume: programmable capital for communities"};
    root.name("plume");
    root.set_version_flag("--version", "plume " + std::string(program_version));
    root.require_subcommand(1);
    Command chosen;
    add_dev(root, chosen);
    add_operators(root, chosen);
    add_export(root, chosen);
    add_describe(root, chosen);
    add_demo(root, chosen);
    add_calls(root, chosen);
    add_vault(root, chosen);
    add_record(root, chosen);
    try {
        root.parse(argc, argv);
        return chosen();
    } catch (const CLI::ParseError& error) {
        // CLI11 ends help and version by an error without a fault.
        return root.exit(error) == 0 ? exit_code::ok : exit_code::usage;
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << "\n";
        return exit_code::failed;
    }
}

}  // namespace

}  // namespace plume

int main(int argc, char** argv) {
    return plume::run(argc, argv);
}
