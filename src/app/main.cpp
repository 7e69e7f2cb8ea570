// The program: its command line. What each command does stands in the file named after it.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "app/accounts.hpp"
#include "app/backup.hpp"
#include "app/calls.hpp"
#include "app/demo.hpp"
#include "app/describe.hpp"
#include "app/descriptor.hpp"
#include "app/export.hpp"
#include "app/export_genesis.hpp"
#include "app/key_commands.hpp"
#include "app/node.hpp"
#include "app/options.hpp"
#include "app/record_commands.hpp"
#include "app/schedule_commands.hpp"
#include "app/serve.hpp"
#include "app/vault_commands.hpp"

namespace plume {

namespace {

constexpr uint64_t port_max = 65'535;

void add_dev(CLI::App& root, Command& chosen) {
    auto options = std::make_shared<DevOptions>();
    options->mnemonic = development_mnemonic;
    CLI::App* command = add_command(
        root, chosen, "dev", "Run a development chain with funded accounts", options, &run_dev);
    add_serve_options(*command, options->serve, true);
    command->add_flag("--no-mining", options->no_mining, "blocks on demand only: evm_mine")
        ->excludes("--block-time");
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

struct DescribeOptions {
    std::string contract;
    bool solidity = false;
    bool markdown = false;
    bool json = false;
    bool descriptor = false;
    bool messages = false;
    uint64_t chain_id = development_chain_id;
};

int print_json(const Result<boost::json::object>& made) {
    if (!made) return report_error(made.error());
    std::cout << boost::json::serialize(*made) << "\n";
    return exit_code::ok;
}

int run_describe(const DescribeOptions& options) {
    if (options.contract.empty()) {
        if (options.json)
            std::cout << boost::json::serialize(contracts_json()) << "\n";
        else
            std::cout << list_contracts();
        return exit_code::ok;
    }
    if (options.descriptor) return print_json(call_descriptor(options.contract, options.chain_id));
    if (options.messages) return print_json(message_descriptor(options.contract, options.chain_id));
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
    CLI::Option* abi = command->add_flag("--json", options->json, "as a JSON ABI")
                           ->excludes(solidity)
                           ->excludes(markdown);
    CLI::Option* descriptor =
        command
            ->add_flag("--descriptor", options->descriptor,
                       "as a clear-signing descriptor (ERC-7730) of its calls")
            ->excludes(solidity)
            ->excludes(markdown)
            ->excludes(abi);
    command
        ->add_flag("--messages", options->messages,
                   "as a clear-signing descriptor of the messages signed for it (EIP-712)")
        ->excludes(solidity)
        ->excludes(markdown)
        ->excludes(abi)
        ->excludes(descriptor);
    command->add_option("--chain-id", options->chain_id, "the chain that a descriptor is for")
        ->capture_default_str()
        ->transform(whole_number(1));
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
    CLI::Option* file = command.add_option(
        "--key-file,--keystore", signer.keystore,
        "key file that signs (Web3 Secret Storage v3), or the address of one in the key folder");
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
        if (name == "fund" || name == "withdraw")
            command->add_option("--currency", options->currency,
                                "symbol or address of one of the vault's; without it, the first");
        if (name == "release" || name == "reclaim")
            command
                ->add_option("tranche", options->tranche,
                             "number of the tranche, or line of spending, from 0")
                ->required()
                ->transform(whole_number());
        if (name != "list" && name != "show") add_signer_options(*command, options->signer);
        add_client_options(*command, options->client);
    };
    verb("list", "All vaults and what they wait for", &run_vault_list);
    verb("show", "The books of a vault, and what it waits for", &run_vault_show);
    verb("fund", "Contribute, deposit, pay an escrow in, or hand revenue in", &run_vault_fund);
    verb("release", "Pay out a tranche whose condition is true", &run_vault_release);
    verb("reclaim", "Give a tranche that was not earned back to who paid it in",
         &run_vault_reclaim);
    verb("withdraw", "Take what is yours: returns, revenue, or the worth of your shares",
         &run_vault_withdraw);
}

void add_schedule(CLI::App& root, Command& chosen) {
    CLI::App* schedule =
        root.add_subcommand("schedule", "Calls that the chain makes when they are due");
    schedule->require_subcommand(1);
    const auto verb = [&](const std::string& name, const std::string& help,
                          int (*run)(const ScheduleOptions&)) {
        auto options = std::make_shared<ScheduleOptions>();
        CLI::App* command = add_command(*schedule, chosen, name, help, options, run);
        if (name == "show" || name == "cancel")
            command->add_option("job", options->id, "its number")
                ->required()
                ->transform(whole_number(1));
        if (name == "list") command->add_flag("--mine", options->mine, "those of the signer only");
        if (name != "show") add_signer_options(*command, options->signer);
        add_client_options(*command, options->client);
        return std::pair{command, options};
    };
    verb("list", "What is scheduled", &run_schedule_list);
    verb("show", "One job, and when it is made next", &run_schedule_show);
    verb("cancel", "Cancel a job and have what is left back", &run_schedule_cancel);
    const auto [add, options] =
        verb("add", "Pay now for a call that is made later", &run_schedule_add);
    add->add_option("to", options->to, "contract: an address or a name")->required();
    add->add_option("function", options->function, "as for plume send")->required();
    add->add_option("arguments", options->arguments, "arguments");
    add->add_option("--at", options->at,
                    "when first: seconds since 1970, or +3600 for an hour from now")
        ->required();
    add->add_option("--every", options->every, "how far apart: 90s, 5m, 12h, 7d, 1month");
    add->add_option("--count", options->count, "how many times")
        ->capture_default_str()
        ->transform(whole_number(1, 1'000'000));
    add->add_option("--gas", options->gas, "what each call may use")
        ->capture_default_str()
        ->transform(whole_number(1));
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

void add_key(CLI::App& root, Command& chosen) {
    CLI::App* key = root.add_subcommand("key", "Make and use keys in files");
    key->require_subcommand(1);
    const auto verb = [&](const std::string& name, const std::string& help,
                          int (*run)(const KeyOptions&)) {
        auto options = std::make_shared<KeyOptions>();
        CLI::App* command = add_command(*key, chosen, name, help, options, run);
        command->add_option("--keys", options->folder, "folder of key files")
            ->envname("PLUME_KEYS");
        command->add_flag("--json", options->json, "print JSON");
        if (name == "import")
            command->add_option("--private-key-file", options->key_file,
                                "file with the key, 64 hexadecimal digits; without it, asked for");
        if (name == "address" || name == "sign")
            command->add_option("key", options->name, "a key file, or an address in the folder")
                ->required();
        if (name == "sign")
            command->add_option("message", options->message, "text to sign (EIP-191)")->required();
        if (name != "list" && name != "address")
            command->add_option("--password-file", options->password_file,
                                "file with the password; without it, asked for");
    };
    verb("new", "Make a key", &run_key_new);
    verb("list", "The keys in the folder", &run_key_list);
    verb("import", "Put a private key into a key file", &run_key_import);
    verb("address", "The address of a key", &run_key_address);
    verb("sign", "Sign a message as wallets do", &run_key_sign);
}

CLI::App* add_export_genesis(CLI::App& exports, Command& chosen) {
    auto options = std::make_shared<ExportGenesisOptions>();
    CLI::App* command =
        add_command(exports, chosen, "genesis", "The state, as the genesis file of a new chain",
                    options, &run_export_genesis);
    command->add_option("--data", options->data, "data directory of a stopped node")->required();
    command->add_option("--to", options->to, "file that is made")->required();
    command->add_option("--genesis", options->genesis,
                        "the chain's own genesis file; without it, the one in the data directory");
    command->add_option("--chain-id", options->chain_id, "chain id of the new chain; else the same")
        ->transform(whole_number(1));
    return command;
}

void add_export(CLI::App& root, Command& chosen) {
    auto options = std::make_shared<ExportOptions>();
    CLI::App* command =
        add_command(root, chosen, "export", "The books of a vault or a token as one file", options,
                    &run_export);
    command
        ->add_option("what", options->what,
                     "vault (plan, steps and money), flows (its money only), journal, captable, "
                     "holders or transfers")
        ->check(CLI::IsMember({"vault", "flows", "journal", "captable", "holders", "transfers"}));
    command->add_option("address", options->address, "the vault or token");
    command->add_option("--format", options->format, "csv or json")
        ->capture_default_str()
        ->check(CLI::IsMember({"csv", "json"}));
    command->add_option("--as-of", options->as_of,
                        "a block's number, or @ and seconds since 1970; without it, the newest");
    command->add_option("-o,--output", options->output, "file; without it, standard output");
    command->add_option("--data", options->data,
                        "data directory of a stopped node, to read instead of asking one");
    add_client_options(*command, options->client);
    CLI::App* genesis = add_export_genesis(*command, chosen);
    command->callback([&chosen, options, command, genesis] {
        if (command->got_subcommand(genesis)) return;
        if (options->what.empty()) throw CLI::RequiredError("what");
        if (options->address.empty()) throw CLI::RequiredError("address");
        chosen = [options] { return run_export(*options); };
    });

    CLI::App* index = root.add_subcommand("index", "Look after the read model");
    index->require_subcommand(1);
    auto rebuilt = std::make_shared<IndexOptions>();
    command =
        add_command(*index, chosen, "rebuild", "Drop the index of a stopped node and fill it anew",
                    rebuilt, &run_index_rebuild);
    command->add_option("--data", rebuilt->data, "data directory of a stopped node")->required();
    command->add_flag("--json", rebuilt->json, "print JSON");
}

int run(int argc, char** argv) {
    CLI::App root{"plume: programmable capital for communities"};
    root.name("plume");
    root.set_version_flag("--version", "plume " + std::string(program_version));
    root.require_subcommand(1);
    Command chosen;
    add_dev(root, chosen);
    add_operators(root, chosen);
    add_describe(root, chosen);
    add_demo(root, chosen);
    add_calls(root, chosen);
    add_vault(root, chosen);
    add_schedule(root, chosen);
    add_record(root, chosen);
    add_key(root, chosen);
    add_export(root, chosen);
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
