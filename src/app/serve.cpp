#include "app/serve.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "app/accounts.hpp"
#include "app/node.hpp"
#include "app/text.hpp"
#include "base/log.hpp"
#include "chain/genesis_text.hpp"
#include "chain/verify.hpp"
#include "contracts/catalog.hpp"
#include "crypto/address.hpp"
#include "store/disk.hpp"
#include "store/store.hpp"

namespace plume {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr u256 coin{1'000'000'000'000'000'000u};

Result<std::string> read_file(const fs::path& file, uintmax_t size_max) {
    std::error_code failure;
    const uintmax_t size = fs::file_size(file, failure);
    if (failure)
        return Error{exit_code::usage, "cannot read " + file.string() + ": " + failure.message()};
    if (size > size_max)
        return Error{exit_code::usage, file.string() + " is larger than a genesis file may be"};
    std::ifstream stream(file, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(stream), {}};
}

Result<Genesis> load_genesis(const fs::path& file) {
    TRY(text, read_file(file, genesis_size_max));
    auto genesis = parse_genesis(text);
    if (!genesis) return Error{exit_code::usage, file.string() + ": " + genesis.error().what};
    return genesis;
}

NodeOptions node_options(const ServeOptions& serve) {
    NodeOptions out{.data = serve.data};
    out.server.port = serve.port;
    if (serve.host != "127.0.0.1") {
        out.server.addresses = {serve.host};
        out.server.host_names = {serve.host};
    }
    if (serve.block_time) out.solo.block_time = std::chrono::seconds(*serve.block_time);
    return out;
}

/// Whether a node has been here: anything else is left as it is.
bool is_data_directory(const fs::path& data) {
    return fs::exists(data / "VERSION");
}

/// Whether a chain was founded in `data`: whoever began to may have been killed before its first
/// block.
bool holds_chain(const fs::path& data) {
    if (!is_data_directory(data)) return false;
    const auto store = Store::open(data, {});
    return store && (*store)->head() != nullptr;
}

/// Leaves the genesis file with the chain that it founded, unless one is there.
Result<void> keep_genesis(const fs::path& data, std::string_view text) {
    const fs::path file = data / "genesis.json";
    return fs::exists(file) ? Result<void>() : write_durably(file, text);
}

/// Serves until the process is told to stop.
int serve_until_stopped(std::unique_ptr<Node> node) {
    wait_for_stop_signal();
    node.reset();
    log::info("stopped");
    return exit_code::ok;
}

json::object describe_start(Node& node, const std::vector<Account>& accounts) {
    json::array people;
    for (const Account& account : accounts)
        people.push_back(json::object{{"name", account.name},
                                      {"address", to_checksum(account.address)},
                                      {"key", to_hex(account.key.bytes())}});
    json::object contracts;
    for (const GenesisContract& contract : genesis_contracts()) {
        std::string name(contract.name);
        name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        contracts[name] = to_checksum(contract.address);
    }
    return {{"rpc", node.url()},
            {"chainId", node.chain().rules().chain_id},
            {"accounts", std::move(people)},
            {"contracts", std::move(contracts)}};
}

/// Everything a developer copies in the first minute.
std::string start_screen(Node& node, const DevOptions& options,
                         const std::vector<Account>& accounts) {
    TextTable people(
        {{"account"}, {"address"}, {"private key (PUBLIC: never use it for anything of value)"}});
    for (const Account& account : accounts)
        people.add({account.name, to_checksum(account.address), to_hex(account.key.bytes())});
    TextTable contracts({{"contract"}, {"address"}});
    for (const GenesisContract& contract : genesis_contracts())
        contracts.add({std::string(contract.name), to_checksum(contract.address)});
    const std::string blocks = options.serve.block_time
                                   ? "every " + std::to_string(*options.serve.block_time) + " s"
                                   : "as soon as something is pending";
    const std::string url = node.url();
    return "plume " + std::string(program_version) + ", a development chain\n\n" + "RPC       " +
           url + "\nchain id  " + std::to_string(node.chain().rules().chain_id) + "\nbase fee  " +
           to_decimal(node.chain().head()->header().base_fee) + " wei\nblocks    " + blocks +
           "\ndata      " + options.serve.data + "\nmnemonic  " + options.mnemonic + "\n\n" +
           people.render() + "\n" + contracts.render() +
           "\nTry:\n  plume call launcher count --rpc " + url + "\n  plume vault list --rpc " +
           url + "\n  cast block-number --rpc-url " + url + "\n\n";
}

}  // namespace

int report_error(const Error& error) {
    std::cerr << "error: " << error.what << "\n";
    const bool is_exit_code = error.code >= exit_code::failed && error.code <= exit_code::declined;
    return is_exit_code ? error.code : exit_code::failed;
}

Result<TemporaryDirectory> TemporaryDirectory::make() {
    std::string pattern = (fs::temp_directory_path() / "plume-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        return Error{exit_code::failed,
                     "cannot make a directory under " + fs::temp_directory_path().string()};
    return TemporaryDirectory(pattern);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;  // What cannot be removed is the system's to tidy.
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

int run_dev(const DevOptions& given) {
    catch_stop_signals();
    DevOptions options = given;
    if (options.serve.quiet) log::set_level(log::Level::warn);
    std::optional<TemporaryDirectory> temporary;
    if (options.serve.data.empty()) {
        auto made = TemporaryDirectory::make();
        if (!made) return report_error(made.error());
        temporary.emplace(std::move(*made));
        options.serve.data = temporary->path().string();
    }
    const auto accounts = derive_accounts(options.mnemonic, options.accounts);
    if (!accounts) return report_error(accounts.error());
    NodeOptions node = node_options(options.serve);
    node.is_development = true;
    // A directory that holds a chain goes on with it; its genesis had another time.
    if (!holds_chain(options.serve.data)) {
        node.genesis = development_genesis(*accounts, u256{options.balance} * coin,
                                           options.timestamp.value_or(system_clock_seconds()));
        node.genesis->chain_id = options.chain_id.value_or(development_chain_id);
        node.genesis->gas_limit = options.gas_limit.value_or(default_gas_limit);
    }
    const std::string genesis = node.genesis ? write_genesis(*node.genesis) : "";
    auto started = Node::start(std::move(node));
    if (!started) return report_error(started.error());
    if (!genesis.empty())
        if (auto kept = keep_genesis(options.serve.data, genesis); !kept)
            return report_error(kept.error());
    const uint64_t chain_id = (*started)->chain().rules().chain_id;
    if (options.chain_id.value_or(chain_id) != chain_id)
        return report_error({exit_code::failed, options.serve.data + " holds the chain " +
                                                    std::to_string(chain_id) + ", not " +
                                                    std::to_string(*options.chain_id)});
    if (options.serve.json)
        std::cout << json::serialize(describe_start(**started, *accounts)) << std::endl;
    else if (!options.serve.quiet)
        std::cout << start_screen(**started, options, *accounts) << std::flush;
    return serve_until_stopped(std::move(*started));
}

int run_start(const StartOptions& options) {
    catch_stop_signals();
    if (options.serve.quiet) log::set_level(log::Level::warn);
    NodeOptions node = node_options(options.serve);
    if (!options.genesis.empty()) {
        auto genesis = load_genesis(options.genesis);
        if (!genesis) return report_error(genesis.error());
        node.genesis = std::move(*genesis);
    } else if (!is_data_directory(options.serve.data)) {
        return report_error(
            {exit_code::failed, "there is no chain in " + options.serve.data +
                                    " yet: name the genesis file it is to begin with"});
    }
    const std::string genesis = node.genesis ? write_genesis(*node.genesis) : "";
    auto started = Node::start(std::move(node));
    if (!started) return report_error(started.error());
    if (!genesis.empty())
        if (auto kept = keep_genesis(options.serve.data, genesis); !kept)
            return report_error(kept.error());
    if (options.serve.json)
        std::cout << json::serialize(describe_start(**started, {})) << std::endl;
    return serve_until_stopped(std::move(*started));
}

namespace {

std::string default_genesis(uint64_t chain_id) {
    const json::object genesis{{"config", json::object{{"chainId", chain_id}}},
                               {"timestamp", to_quantity(u256{system_clock_seconds()})},
                               {"gasLimit", to_quantity(u256{default_gas_limit})},
                               {"baseFeePerGas", to_quantity(u256{default_base_fee})},
                               {"alloc", json::object{}},
                               {"plume", json::object{{"nativeContracts", true}}}};
    return json::serialize(genesis) + "\n";
}

}  // namespace

int run_init(const InitOptions& options) {
    const auto& [data, file, chain_id, is_json] = options;
    const auto text = file.empty() ? Result<std::string>(default_genesis(chain_id))
                                   : read_file(file, genesis_size_max);
    if (!text) return report_error(text.error());
    const auto genesis = parse_genesis(*text);
    if (!genesis) return report_error({exit_code::usage, file + ": " + genesis.error().what});
    auto chain = Chain::open(data, *genesis, native_types());
    if (!chain) return report_error(chain.error());
    if (auto kept = keep_genesis(data, *text); !kept) return report_error(kept.error());
    const std::string hash = to_hex((*chain)->genesis_hash());
    if (is_json)
        std::cout << json::serialize(
                         json::object{{"chainId", genesis->chain_id}, {"genesis", hash}})
                  << "\n";
    else
        std::cout << "chain " << genesis->chain_id << ", genesis " << hash << "\n";
    std::cerr << "founded in " << data << "; start it with: plume start --data " << data << "\n";
    return exit_code::ok;
}

int run_verify(const VerifyOptions& options) {
    const std::string& data = options.data;
    if (!is_data_directory(data))
        return report_error({exit_code::failed, data + " holds no chain"});
    const auto store = Store::open(data, {.is_read_only = true});
    if (!store) return report_error(store.error());
    if (const auto files = (*store)->verify_files(); !files) return report_error(files.error());
    const auto head = (*store)->head();
    if (head == nullptr) return report_error({exit_code::failed, data + " holds no chain"});
    const auto verified = verify(*head);
    if (!verified) return report_error({exit_code::failed, verified.error().what});
    if (options.json) {
        std::cout << json::serialize(json::object{{"blocks", verified->blocks},
                                                  {"transactions", verified->transactions},
                                                  {"accounts", verified->accounts},
                                                  {"slots", verified->slots},
                                                  {"history", verified->history},
                                                  {"head", head->number()},
                                                  {"stateRoot", to_hex(head->header().state_root)}})
                  << "\n";
        return exit_code::ok;
    }
    std::cout << "verified: " << verified->blocks << " blocks, " << verified->transactions
              << " transactions, " << verified->accounts << " accounts, " << verified->slots
              << " slots, " << verified->history << " earlier values; head " << head->number()
              << ", state root " << to_hex(head->header().state_root) << "\n";
    return exit_code::ok;
}

}  // namespace plume
