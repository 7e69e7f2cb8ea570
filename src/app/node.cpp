#include "app/node.hpp"

#include <csignal>

#include "base/log.hpp"
#include "chain/console.hpp"
#include "contracts/catalog.hpp"
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

sigset_t stop_signals() {
    sigset_t out;
    sigemptyset(&out);
    sigaddset(&out, SIGINT);
    sigaddset(&out, SIGTERM);
    return out;
}

}  // namespace

Result<std::unique_ptr<Node>> Node::start(NodeOptions options) {
    TRY(chain, Chain::open(options.data, options.genesis, native_types(), options.is_development));
    std::unique_ptr<Node> node(new Node(std::move(chain)));
    node->waiters_ = std::make_unique<rpc::Waiters>(*node->chain_);
    if (options.is_development) {
        options.solo.is_strict = true;
        options.solo.tracer = console;
    }
    node->solo_ = std::make_unique<Solo>(*node->chain_, std::move(options.solo));
    Solo& solo = *node->solo_;
    rpc::Services services{.chain = *node->chain_,
                           .waiters = *node->waiters_,
                           .now = [&solo] { return solo.now(); },
                           .client_version = client_version(options.is_development)};
    if (options.is_development) {
        node->development_ = std::make_unique<Development>(*node->chain_, solo);
        services.dev.emplace(*node->development_, std::move(options.accounts));
    }
    node->router_ = rpc::make_router(std::move(services));
    TRY(server, rpc::Server::start(*node->router_, std::move(options.server)));
    node->server_ = std::move(server);
    log::info("serving", {{"url", node->url()},
                          {"chain", std::to_string(node->chain_->rules().chain_id)},
                          {"head", std::to_string(node->chain_->head()->number())}});
    return node;
}

Node::~Node() {
    if (router_ != nullptr) router_->stop();
    server_.reset();
    router_.reset();
    solo_.reset();
}

std::string Node::url() const {
    return "http://localhost:" + std::to_string(server_->port());
}

void catch_stop_signals() {
    const sigset_t signals = stop_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void wait_for_stop_signal() {
    const sigset_t signals = stop_signals();
    int received = 0;
    sigwait(&signals, &received);
    // A second signal ends the process at once: whatever is committed is on disk.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    log::info("stopping");
}

}  // namespace plume
