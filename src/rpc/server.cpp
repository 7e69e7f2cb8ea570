#include "rpc/server.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <thread>

#include "base/log.hpp"
#include "rpc/door.hpp"

namespace plume::rpc {

namespace {

/// How long to wait when the system has no more descriptors for connections.
constexpr std::chrono::milliseconds accept_pause{100};

/// What addresses are told apart by: of IPv6 the network, whose owner has 2^64 addresses.
std::string key_of(net::ip::address address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6());
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    const auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.begin() + 8};
}

bool is_loopback(const net::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

}  // namespace

Peer::Peer(Door& door, std::string own_key, bool is_this_machine)
    : key(std::move(own_key)),
      is_local(is_this_machine),
      share([&] {
          auto& shared = door.shares_[key];
          if (shared == nullptr) shared = std::make_shared<Share>();
          return shared;
      }()),
      door_(door) {
    ++door_.connection_count_;
    ++share->connections;
}

Peer::~Peer() {
    --door_.connection_count_;
    if (--share->connections == 0) door_.shares_.erase(key);
}

Traffic::Traffic(Door& door, std::shared_ptr<Share> share)
    : door_(door), share_(std::move(share)) {}

Traffic::~Traffic() {
    set(0);
}

void Traffic::set(size_t size) {
    // Sums wrap around and come out right.
    door_.traffic_ += size - size_;
    share_->traffic += size - size_;
    size_ = size;
}

bool Traffic::is_over() const {
    return door_.traffic_.load() >= traffic_size_max ||
           share_->traffic.load() >= traffic_per_address_max;
}

Door::Door(const Router& router, ServerOptions options)
    : router_(router),
      options_(std::move(options)),
      rate_(options_.requests_per_second),
      local_rate_(options_.local_requests_per_second),
      io_(1) {}

Door::~Door() {
    if (thread_ != nullptr) {
        net::post(io_, [this] {
            is_stopping_ = true;
            for (tcp::acceptor& acceptor : acceptors_) acceptor.close();
            for (Talk* talk : std::set(talks_)) talk->say_goodbye();
            note_quiet();
        });
        std::unique_lock lock(quiet_mutex_);
        quiet_.wait_for(lock, farewell_max, [this] { return is_quiet_; });
    }
    io_.stop();
    thread_.reset();
    // From here on this thread is alone with the connections. Answers under way still find `io_`.
    workers_.reset();
    router_.stop();
}

void Door::note_quiet() {
    if (!is_stopping_ || under_way_ > 0 || !talks_.empty()) return;
    const std::lock_guard lock(quiet_mutex_);
    is_quiet_ = true;
    quiet_.notify_all();
}

void Door::leave(Talk* talk) {
    talks_.erase(talk);
    note_quiet();
}

void Door::count_done() {
    --under_way_;
    note_quiet();
}

Result<void> Door::open() {
    for (const std::string& address : options_.addresses) {
        const Result<void> opened = listen(address);
        if (opened) continue;
        if (acceptors_.empty()) return opened;
        log::warn("not listening there", {{"why", opened.error().what}});
    }
    size_t count = options_.workers;
    if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
    workers_ = std::make_unique<Workers>(count);
    for (tcp::acceptor& acceptor : acceptors_) net::co_spawn(io_, accept(acceptor), net::detached);
    thread_ = std::make_unique<Thread>("rpc-io", [this] { io_.run(); });
    return {};
}

Result<void> Door::listen(const std::string& text) {
    ErrorCode error;
    const uint16_t port = port_ != 0 ? port_ : options_.port;
    const auto fail_with = [&](const ErrorCode& why) {
        return Error{.what = "cannot listen on " + text + " port " + std::to_string(port) + ": " +
                             why.message()};
    };
    const auto address = net::ip::make_address(text, error);
    if (error) return fail_with(error);
    tcp::acceptor acceptor(io_);
    const tcp::endpoint endpoint(address, port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor.set_option(net::ip::v6_only(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
    if (error) return fail_with(error);
    port_ = acceptor.local_endpoint(error).port();
    acceptors_.push_back(std::move(acceptor));
    return {};
}

bool Door::has_room_for(const std::string& key) const {
    const auto found = shares_.find(key);
    const size_t same = found == shares_.end() ? 0 : found->second->connections;
    return connection_count_ < connections_max && same < connections_per_address_max;
}

net::awaitable<void> Door::accept(tcp::acceptor& acceptor) {
    while (!is_stopping_) {
        auto [error, socket] = co_await acceptor.async_accept(awaited);
        if (error == net::error::operation_aborted) co_return;
        if (error) {
            net::steady_timer pause(io_, accept_pause);
            co_await pause.async_wait(awaited);
            continue;
        }
        ErrorCode gone;
        const net::ip::address address = socket.remote_endpoint(gone).address();
        if (gone) continue;
        std::string key = key_of(address);
        if (!has_room_for(key)) continue;
        socket.set_option(tcp::no_delay(true), gone);
        auto peer = std::make_shared<const Peer>(*this, std::move(key), is_loopback(address));
        net::co_spawn(io_, serve_http(*this, std::move(socket), std::move(peer)), net::detached);
    }
}

bool Door::is_too_often(const std::string& key, bool is_local, size_t count) {
    RateLimit& rate = is_local ? local_rate_ : rate_;
    return !rate.take(key, count, std::chrono::steady_clock::now());
}

namespace {

/// Starts work elsewhere and goes on, on the io thread, with the value it calls back with.
template <class Value, class Start>
net::awaitable<Value> elsewhere(net::io_context& io, Start start) {
    const auto initiate = [&io, &start](auto handler) {
        const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        start([&io, waiting](Value value) {
            net::post(io, [waiting, value = std::move(value)]() mutable {
                (*waiting)(std::move(value));
            });
        });
    };
    co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Value)>(
        initiate, net::use_awaitable);
}

}  // namespace

net::awaitable<Reply> Door::answer(std::string text, PeerPtr peer, TrafficPtr traffic,
                                   std::shared_ptr<Visit> visit) {
    if (is_too_often(peer->key, peer->is_local, 1))
        co_return Reply{Reply::Status::too_often,
                        error_text({code::limit_exceeded, "too many requests from this address"})};
    count_begun();
    const auto start = [&](auto done) {
        const auto finish = [done, traffic](std::string answered) {
            traffic->set(answered.size());
            done(Reply{Reply::Status::answered, std::move(answered)});
        };
        const auto refuse = [done] {
            done(Reply{Reply::Status::busy,
                       error_text({code::limit_exceeded, "too many requests at once"})});
        };
        // The peer itself must not get into the hands of another thread.
        auto work = [this, key = peer->key, is_local = peer->is_local, traffic, visit, finish,
                     refuse, text = std::move(text)] {
            const std::shared_ptr<Body> body = Router::read(text);
            if (const size_t more = body->request_count() - 1; more > 0)
                net::post(io_, [=, this] { is_too_often(key, is_local, more); });
            Terms terms{visit};
            if (traffic->is_over()) terms.answer_size_max = small_size_max;
            auto run = [this, body, finish, terms] { router_.answer(*body, finish, terms); };
            if (!body->is_heavy())
                run();
            else if (!workers_->add_heavy(key, std::move(run)))
                refuse();
        };
        if (!workers_->add(peer->key, std::move(work))) refuse();
    };
    Reply reply = co_await elsewhere<Reply>(io_, start);
    count_done();
    co_return reply;
}

Result<std::unique_ptr<Server>> Server::start(const Router& router, ServerOptions options) {
    auto door = std::make_unique<Door>(router, std::move(options));
    if (const Result<void> opened = door->open(); !opened) return opened.error();
    return std::unique_ptr<Server>(new Server(std::move(door)));
}

Server::Server(std::unique_ptr<Door> door) : door_(std::move(door)) {}

Server::~Server() = default;

uint16_t Server::port() const {
    return door_->port();
}

}  // namespace plume::rpc
