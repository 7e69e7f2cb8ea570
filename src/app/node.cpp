#include "app/node.hpp"

#include "base/log.hpp"
#include "chain/console.hpp"
#include "contracts/catalog.hpp"
#include "index/indexer.hpp"
#include "rpc/namespaces.hpp"

namespace plume {

namespace {

/// What contracts print goes into the log.
std::unique_ptr<Tracer> console() {
    return std::make_unique<Console>(
        [](const std::string& text) { log::info("console.log", {{"text", text}}); });
}

/// Tools for development ask whether it begins with the name of a chain that they know.
std::string client_version(bool is_development) {
    return std::string(is_development ? "anvil/" : "") + "plume/v" + std::string(program_version) +
           "/linux-amd64/cpp20";
}

/// Says when states are gone that this node was asked to keep.
void log_history(const StoreSnapshot& head, std::optional<uint64_t> history) {
    const uint64_t wanted = history && *history <= head.number() ? head.number() + 1 - *history : 0;
    if (head.kept_from() <= wanted) return;
    log::warn("older states were pruned and do not come back; a longer history grows from here on",
              {{"states_from", std::to_string(head.kept_from())},
               {"history", history ? std::to_string(*history) : "all"}});
}

rpc::Services services_of(Chain& chain, rpc::Waiters& waiters, rpc::Filters& filters,
                          rpc::Feed& feed, Solo& solo, Watch& watch, bool is_development) {
    return {.chain = chain,
            .waiters = waiters,
            .filters = filters,
            .feed = feed,
            .now = [&solo] { return solo.now(); },
            .client_version = client_version(is_development),
            .health = [&watch] { return watch.health().to_json(); },
            .status = [&watch] { return watch.status(); },
            .observe =
                [&watch](std::string_view method, const rpc::Answer& answer,
                         std::chrono::nanoseconds took) { watch.on_answer(method, answer, took); }};
}

}  // namespace

Node::Node(std::unique_ptr<Chain> chain) : chain_(std::move(chain)) {}

Result<std::unique_ptr<Node>> Node::start(NodeOptions options) {
    if (options.is_development) options.history.reset();
    TRY(chain, Chain::open(options.data, options.genesis, native_types(),
                           {.is_development = options.is_development,
                            .history = options.history,
                            .pool = options.pool}));
    log_history(*chain->head(), options.history);
    std::unique_ptr<Node> node(new Node(std::move(chain)));
    std::optional<std::chrono::seconds> block_time;
    if (options.solo.block_time)
        block_time = std::chrono::ceil<std::chrono::seconds>(*options.solo.block_time);
    node->watch_ = std::make_unique<Watch>(*node->chain_,
                                           WatchOptions{options.data, block_time, program_version});
    if (options.has_index) {
        node->index_ = std::make_unique<Indexer>(*node->chain_, options.data / index_file);
        node->watch_->attach(node->index_.get());
    }
    // Some file systems have no sockets: a node can do without.
    if (auto admin = AdminSocket::open(options.data, *node->chain_))
        node->admin_ = std::move(*admin);
    else
        log::warn("no backup can be made while this node runs", {{"reason", admin.error().what}});
    node->waiters_ = std::make_unique<rpc::Waiters>(*node->chain_);
    node->filters_ = std::make_unique<rpc::Filters>(*node->chain_);
    node->feed_ = std::make_unique<rpc::Feed>(*node->chain_);
    Watch& watch = *node->watch_;
    options.solo.on_block = [&watch](const BlockReport& report) { watch.on_block(report); };
    if (options.is_development) {
        options.solo.tracer = console;
    }
    node->solo_ = std::make_unique<Solo>(*node->chain_, std::move(options.solo));
    watch.attach(node->solo_.get());
    if (auto kept = node->keep_pool(options); !kept) return std::move(kept).error();
    if (auto served = node->serve(std::move(options)); !served) return std::move(served).error();
    log::info("serving", {{"url", node->url()},
                          {"metrics", node->metrics_url()},
                          {"chain", std::to_string(node->chain_->rules().chain_id)},
                          {"genesis", to_hex(node->chain_->genesis_hash())},
                          {"head", std::to_string(node->chain_->head()->number())}});
    return node;
}

Result<void> Node::keep_pool(const NodeOptions& options) {
    const std::filesystem::path journal = options.data / journal_file;
    PoolKeeperOptions keeping;
    std::error_code failure;
    if (!options.is_development && options.keeps_pool)
        keeping.journal = journal;
    else if (!options.is_development && std::filesystem::remove(journal, failure))
        log::warn("the pool is not kept any more: its journal was removed",
                  {{"file", journal.string()}});
    if (failure)
        return Error{.what = "cannot remove " + journal.string() + ": " + failure.message()};
    TRY(keeper, PoolKeeper::start(*chain_, std::move(keeping)));
    pool_keeper_ = std::move(keeper);
    return {};
}

Result<void> Node::serve(NodeOptions options) {
    rpc::Services services =
        services_of(*chain_, *waiters_, *filters_, *feed_, *solo_, *watch_, options.is_development);
    services.index = index_.get();
    if (options.is_development) {
        development_ = std::make_unique<Development>(*chain_, *solo_);
        services.dev.emplace(*development_, std::move(options.accounts));
    }
    router_ = rpc::make_router(std::move(services));
    if (options.metrics) {
        auto pages =
            rpc::PageServer::start(std::move(*options.metrics),
                                   [this](std::string_view path) { return watch_->page(path); });
        if (pages)
            pages_ = std::move(pages).value();
        else if (!options.may_lack_metrics)
            return Error{.what = "metrics: " + pages.error().what};
        else
            log::warn("no metrics: choose another port with --metrics-port, or --no-metrics",
                      {{"why", pages.error().what}});
    }
    options.server.pages = [this](std::string_view path) { return watch_->health_page(path); };
    TRY(server, rpc::Server::start(*router_, std::move(options.server)));
    server_ = std::move(server);
    return {};
}

void Node::begin_stop() {
    watch_->note_stopping();
    solo_->stop();
}

Node::~Node() {
    if (router_ != nullptr) router_->stop();
    server_.reset();
    pages_.reset();
    router_.reset();
    solo_.reset();
    pool_keeper_.reset();
    index_.reset();
}

std::string Node::url() const {
    return "http://localhost:" + std::to_string(server_->port());
}

std::string Node::metrics_url() const {
    if (pages_ == nullptr) return "";
    return "http://localhost:" + std::to_string(pages_->port()) + "/metrics";
}

}  // namespace plume
