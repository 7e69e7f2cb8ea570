#include "app/serve.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include "app/accounts.hpp"
#include "app/config_commands.hpp"
#include "app/key_file.hpp"
#include "app/node.hpp"
#include "app/signals.hpp"
#include "app/supervisor.hpp"
#include "app/text.hpp"
#include "base/log.hpp"
#include "chain/genesis_text.hpp"
#include "chain/verify.hpp"
#include "contracts/catalog.hpp"
#include "crypto/address.hpp"
#include "store/directory.hpp"
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

void set_up_log(const Configuration& configuration, bool is_quiet) {
    const bool is_chosen = configuration.at("log.level").source != Source::standard;
    const auto level = log::level_named(configuration.text("log.level"));
    log::set_level(is_quiet && !is_chosen ? log::Level::warn : level.value_or(log::Level::info));
    log::set_format(
        log::format_named(configuration.text("log.format")).value_or(log::Format::logfmt));
}

/// Reads the configuration into `serve`. A development chain must not be led to a real one's data
/// by what the environment or a file says, and has metrics only when asked for.
std::optional<Configuration> configured(ServeOptions& serve, bool is_development) {
    Configured found = read_configuration(serve.given, serve.config, !is_development);
    for (const std::string& problem : found.problems) std::cerr << "error: " << problem << "\n";
    if (!found.problems.empty()) return std::nullopt;
    auto read = std::make_optional(std::move(found.configuration));
    const auto is_set = [&](std::string_view name) {
        return read->at(name).source != Source::standard;
    };
    set_up_log(*read, serve.quiet);
    if (!is_development || read->at("data").source == Source::flag) serve.data = read->text("data");
    serve.host = read->text("rpc.host");
    serve.port = static_cast<uint16_t>(read->number("rpc.port"));
    serve.allow_hosts = read->list("rpc.allow_hosts");
    serve.origins = read->list("rpc.origins");
    if (read->is_set("rpc.requests_per_second"))
        serve.requests_per_second = read->number("rpc.requests_per_second");
    serve.has_index = read->flag("index");
    serve.keeps_pool = read->flag("pool.journal");
    // Tests of contracts send transactions without a tip, and other development nodes take them.
    if (!is_development || is_set("pool.minimum_tip"))
        serve.minimum_tip = read->number("pool.minimum_tip");
    if (read->text("history") != "all") serve.history = read->number("history");
    if (read->is_set("block_time")) serve.block_time = read->number("block_time");
    const bool asks_for_metrics =
        is_set("metrics.enabled") || is_set("metrics.port") || is_set("metrics.host");
    if (read->flag("metrics.enabled") && (!is_development || asks_for_metrics))
        serve.metrics =
            rpc::PageServerOptions{.address = read->text("metrics.host"),
                                   .port = static_cast<uint16_t>(read->number("metrics.port")),
                                   .host_names = serve.allow_hosts};
    serve.may_lack_metrics = !asks_for_metrics;
    return read;
}

NodeOptions node_options(const ServeOptions& serve) {
    NodeOptions out{.data = serve.data};
    out.server.port = serve.port;
    out.server.host_names = serve.allow_hosts;
    if (serve.host != "127.0.0.1") {
        out.server.addresses = {serve.host};
        out.server.host_names.push_back(serve.host);
    }
    out.server.origins = serve.origins;
    if (serve.requests_per_second > 0)
        out.server.requests_per_second = out.server.local_requests_per_second =
            serve.requests_per_second;
    if (serve.block_time) out.solo.block_time = std::chrono::seconds(*serve.block_time);
    out.has_index = serve.has_index;
    out.keeps_pool = serve.keeps_pool;
    out.pool.tip_min = u256{serve.minimum_tip};
    out.history = serve.history;
    out.metrics = serve.metrics;
    out.may_lack_metrics = serve.may_lack_metrics;
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

/// Reads the configuration anew and takes what can be taken while the node runs.
void reload(const ServeOptions& serve, Configuration& running) {
    Configured found = read_configuration(serve.given, serve.config, true);
    for (const std::string& problem : found.problems)
        log::error("the configuration is wrong; the node goes on with what it has",
                   {{"why", problem}});
    if (!found.problems.empty()) return;
    const Configuration& read = found.configuration;
    for (const Setting& setting : settings()) {
        if (read.text(setting.name) == running.text(setting.name)) continue;
        if (setting.is_reloadable)
            log::info("setting changed",
                      {{"setting", std::string(setting.name)}, {"value", read.text(setting.name)}});
        else
            log::warn("this setting needs a restart", {{"setting", std::string(setting.name)}});
    }
    set_up_log(read, serve.quiet);
    running = read;
}

/// Says once that the node is taken for dead, and once that it is not any more.
void log_life(const Health& health, bool was_alive) {
    if (health.is_alive == was_alive) return;
    if (health.is_alive) return log::info("the node shows life again");
    for (const Reason& reason : health.reasons)
        log::error("the node is taken for dead", {{"code", reason.code}, {"why", reason.message}});
}

/// Serves until the process is told to stop. `running` is there when it can be read anew.
int serve_until_stopped(std::unique_ptr<Node> node, const ServeOptions& serve,
                        std::optional<Configuration> running = {}) {
    const Supervisor supervisor = Supervisor::from_environment();
    supervisor.notify("READY=1\nSTATUS=serving " + node->url());
    Meanwhile meanwhile;
    // Three signs of life in the time after which we are taken for dead.
    if (const auto limit = supervisor.watchdog())
        meanwhile.tick = std::min(
            meanwhile.tick, std::chrono::duration_cast<std::chrono::milliseconds>(*limit) / 3);
    bool was_alive = true;
    meanwhile.on_tick = [&] {
        const Health health = node->watch().health();
        if (health.is_alive) supervisor.notify("WATCHDOG=1");
        log_life(health, std::exchange(was_alive, health.is_alive));
    };
    if (running) meanwhile.on_hangup = [&] { reload(serve, *running); };
    wait_for_stop_signal(meanwhile);

    supervisor.notify("STOPPING=1");
    const auto is_at_rest = std::make_shared<std::atomic<bool>>(false);
    end_in_time(stop_time_max, [is_at_rest] {
        if (*is_at_rest) {
            log::warn("stopped; requests that were still being answered have been dropped");
            return exit_code::ok;
        }
        log::error("the block under way took too long and has been dropped");
        return exit_code::failed;
    });
    node->begin_stop();
    constexpr std::chrono::milliseconds grain{1};
    while (!node->is_chain_at_rest()) std::this_thread::sleep_for(grain);
    *is_at_rest = true;
    node.reset();
    log::info("stopped");
    return exit_code::ok;
}

/// Takes away from other users what they may do in a data directory of ours.
void make_private(const fs::path& data) {
    const DirectoryFacts facts = look_at(data);
    if (!facts.exists || !facts.is_ours || facts.is_private) return;
    std::error_code failure;
    fs::permissions(data, fs::perms::owner_all, failure);
    if (failure)
        log::warn("other users may read the data directory: chmod 700 it",
                  {{"directory", data.string()}, {"why", failure.message()}});
    else
        log::info("the data directory was open to other users; now it is private",
                  {{"directory", data.string()}});
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
            {"metrics", node.metrics_url()},
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
                               : options.no_mining ? "on demand: evm_mine"
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
    if (!configured(options.serve, true)) return exit_code::usage;
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
    node.solo.is_manual = options.no_mining;
    node.solo.is_strict = true;
    for (const Account& account : *accounts)
        node.accounts.push_back({account.address, account.key});
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
    return serve_until_stopped(std::move(*started), options.serve);
}

int run_start(const StartOptions& given) {
    catch_stop_signals(true);
    StartOptions options = given;
    auto configuration = configured(options.serve, false);
    if (!configuration) return exit_code::usage;
    if (options.serve.data.empty())
        return report_error({exit_code::usage,
                             "no data directory: give --data, PLUME_DATA, or data in plume.toml"});
    if (const auto safe = check_key_files(fs::path(options.serve.data) / "keys"); !safe)
        return report_error(safe.error());
    make_private(options.serve.data);
    NodeOptions node = node_options(options.serve);
    const std::string& genesis_file = configuration->text("genesis");
    if (!genesis_file.empty()) {
        auto genesis = load_genesis(genesis_file);
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
    return serve_until_stopped(std::move(*started), options.serve, std::move(configuration));
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
                                                  {"statesFrom", head->kept_from()},
                                                  {"head", head->number()},
                                                  {"stateRoot", to_hex(head->header().state_root)}})
                  << "\n";
        return exit_code::ok;
    }
    std::cout << "verified: " << verified->blocks << " blocks, " << verified->transactions
              << " transactions, " << verified->accounts << " accounts, " << verified->slots
              << " slots, " << verified->history << " earlier values; head " << head->number()
              << ", state root " << to_hex(head->header().state_root);
    if (head->kept_from() > 0) std::cout << "; states from block " << head->kept_from() << " on";
    std::cout << "\n";
    return exit_code::ok;
}

}  // namespace plume
