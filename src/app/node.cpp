#include "app/node.hpp"

#include <csignal>

#include "base/log.hpp"
#include "contracts/catalog.hpp"
#include "rpc/namespaces.hpp"

namespace plume {

namespace {

rpc::DevControls controls_of(Solo& solo) {
    return {.set_next_timestamp =
                [&solo](uint64_t timestamp) { return solo.set_next_timestamp(timestamp); },
            .increase_time = [&solo](uint64_t seconds) { return solo.increase_time(seconds); },
            .mine = [&solo]() -> Result<void> {
                if (solo.mine() == nullptr) return Error{.what = "the node is stopping"};
                return {};
            }};
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
    TRY(chain, Chain::open(options.data, options.genesis, native_types()));
    std::unique_ptr<Node> node(new Node(std::move(chain)));
    // Some file systems have no sockets: a node can do without.
    if (auto admin = AdminSocket::open(options.data, *node->chain_))
        node->admin_ = std::move(*admin);
    else
        log::warn("no backup can be made while this node runs", {{"reason", admin.error().what}});
    node->waiters_ = std::make_unique<rpc::Waiters>(*node->chain_);
    node->solo_ = std::make_unique<Solo>(*node->chain_, std::move(options.solo));
    Solo& solo = *node->solo_;
    rpc::Services services{
        .chain = *node->chain_,
        .waiters = *node->waiters_,
        .now = [&solo] { return solo.now(); },
        .client_version = "plume/v" + std::string(program_version) + "/linux-amd64/cpp20"};
    if (options.is_development) services.dev = controls_of(solo);
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
