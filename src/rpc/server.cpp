#include "rpc/server.hpp"

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <thread>

#include "base/log.hpp"
#include "rpc/door.hpp"

namespace plume::rpc {

namespace {

/// How long to wait when the system has no more descriptors for connections.
constexpr std::chrono::milliseconds accept_pause{100};
/// Of how many addresses something is known before those without a connection are looked through.
constexpr size_t shares_max = 4'096;
/// How often loops look for connections that are late, at most and at least.
constexpr std::chrono::milliseconds sweep_time_min{5};
constexpr std::chrono::milliseconds sweep_time_max{500};

/// So that none of the times is exceeded by much.
std::chrono::milliseconds sweep_time(const Timeouts& timeouts) {
    const auto shortest = std::min({timeouts.head, timeouts.body, timeouts.write, timeouts.idle});
    return std::clamp(shortest / 4, sweep_time_min, sweep_time_max);
}

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

Peer::Peer(Door& door, Loop& own_loop, std::string own_key, bool is_this_machine)
    : loop(own_loop),
      key(std::move(own_key)),
      is_local(is_this_machine),
      share([&] {
          const std::lock_guard lock(door.peers_mutex_);
          if (door.shares_.size() >= shares_max)
              std::erase_if(door.shares_, [now = Leniency::Clock::now()](const auto& each) {
                  return each.second->connections == 0 && each.second->leniency.is_clean(now);
              });
          auto& shared = door.shares_[key];
          if (shared == nullptr) shared = std::make_shared<Share>();
          ++shared->connections;
          ++door.connection_count_;
          ++door.loads_[&loop];
          return shared;
      }()),
      door_(door) {}

Peer::~Peer() {
    const std::lock_guard lock(door_.peers_mutex_);
    --door_.loads_[&loop];
    --door_.connection_count_;
    // Who comes back at once has not become another.
    if (--share->connections == 0 && share->leniency.is_clean(Leniency::Clock::now()))
        door_.shares_.erase(key);
}

void Pending::set(Reply reply) {
    const std::lock_guard lock(mutex_);
    if (waiting_ == nullptr) {
        reply_ = std::move(reply);
        return;
    }
    net::post(io_, [waiting = std::move(waiting_), reply = std::move(reply)]() mutable {
        waiting(std::move(reply));
    });
}

net::awaitable<Reply> Pending::wait() {
    const auto initiate = [this](auto handler) {
        const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        const auto resume = [shared](Reply reply) { (*shared)(std::move(reply)); };
        const std::lock_guard lock(mutex_);
        if (!reply_) {
            waiting_ = resume;
            return;
        }
        net::post(io_,
                  [resume, reply = std::move(*reply_)]() mutable { resume(std::move(reply)); });
    };
    co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Reply)>(
        initiate, net::use_awaitable);
}

Traffic::Traffic(Door& door, std::shared_ptr<Share> share)
    : door_(door), share_(std::move(share)) {}

Traffic::~Traffic() {
    set(0);
}

void Traffic::set(size_t size) {
    if (size == size_) return;
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
      local_rate_(options_.local_requests_per_second) {
    size_t count = options_.workers;
    if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
    for (size_t i = 0; i < count; ++i) {
        loops_.push_back(std::make_unique<Loop>(sweep_time(options_.timeouts)));
        loads_[loops_.back().get()] = 0;
        talks_[loops_.back().get()] = {};
    }
}

Door::~Door() {
    if (workers_ != nullptr) {
        talk_count_ += loops_.size();
        is_stopping_ = true;
        for (const auto& loop : loops_)
            net::post(loop->io(), [this, &loop] { say_goodbye(*loop); });
        std::unique_lock lock(quiet_mutex_);
        quiet_.wait_for(lock, farewell_max, [this] { return is_quiet_; });
    }
    for (const auto& loop : loops_) loop->stop();
    // From here on this thread is alone with the connections. Answers under way still find the
    // loops.
    workers_.reset();
    router_.stop();
}

void Door::say_goodbye(Loop& loop) {
    if (&loop == loops_.front().get())
        for (tcp::acceptor& acceptor : acceptors_) acceptor.close();
    for (Talk* talk : std::set(talks_.at(&loop))) talk->say_goodbye();
    --talk_count_;
    note_quiet();
}

void Door::note_quiet() {
    if (!is_stopping_ || under_way_ > 0 || talk_count_ > 0) return;
    const std::lock_guard lock(quiet_mutex_);
    is_quiet_ = true;
    quiet_.notify_all();
}

void Door::enter(Loop& loop, Talk* talk) {
    if (talks_.at(&loop).insert(talk).second) ++talk_count_;
}

void Door::leave(Loop& loop, Talk* talk) {
    if (talks_.at(&loop).erase(talk) > 0) --talk_count_;
    note_quiet();
}

Result<void> Door::open() {
    for (const std::string& address : options_.addresses) {
        const Result<void> opened = listen(address);
        if (opened) continue;
        if (acceptors_.empty()) return opened;
        log::warn("not listening there", {{"why", opened.error().what}});
    }
    workers_ = std::make_unique<Workers>(loops_.size());
    for (tcp::acceptor& acceptor : acceptors_)
        net::co_spawn(loops_.front()->io(), accept(acceptor), net::detached);
    for (size_t i = 0; i < loops_.size(); ++i) loops_[i]->start(i);
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
    tcp::acceptor acceptor(loops_.front()->io());
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

bool Door::has_room_for(const std::string& key) {
    const std::lock_guard lock(peers_mutex_);
    const auto found = shares_.find(key);
    const size_t same = found == shares_.end() ? 0 : found->second->connections;
    return connection_count_ < connections_max && same < connections_per_address_max;
}

Loop& Door::least_busy_loop() {
    const std::lock_guard lock(peers_mutex_);
    const auto load = [this](const auto& loop) { return loads_.at(loop.get()); };
    return **std::ranges::min_element(loops_, {}, load);
}

net::awaitable<void> Door::accept(tcp::acceptor& acceptor) {
    while (!is_stopping_) {
        Loop& loop = least_busy_loop();
        auto [error, socket] = co_await acceptor.async_accept(loop.io(), awaited);
        if (error == net::error::operation_aborted) co_return;
        if (error) {
            net::steady_timer pause(acceptor.get_executor(), accept_pause);
            co_await pause.async_wait(awaited);
            continue;
        }
        ErrorCode gone;
        const net::ip::address address = socket.remote_endpoint(gone).address();
        if (gone) continue;
        std::string key = key_of(address);
        if (!has_room_for(key)) continue;
        socket.set_option(tcp::no_delay(true), gone);
        auto peer = std::make_shared<const Peer>(*this, loop, std::move(key), is_loopback(address));
        net::co_spawn(loop.io(), serve_http(*this, std::move(socket), std::move(peer)),
                      net::detached);
    }
}

bool Door::is_too_often(const std::string& key, bool is_local, size_t count) {
    RateLimit& rate = is_local ? local_rate_ : rate_;
    if (!rate.is_on()) return false;
    const std::lock_guard lock(rate_mutex_);
    return !rate.take(key, count, std::chrono::steady_clock::now());
}

Terms Door::terms_of(const Traffic& traffic, const std::shared_ptr<Visit>& visit) const {
    Terms terms{visit};
    if (traffic.is_over()) terms.answer_size_max = small_size_max;
    return terms;
}

std::shared_ptr<Pending> Door::make_pending(const Peer& peer) {
    ++under_way_;
    return std::make_shared<Pending>(peer.loop.io());
}

Attempt Door::begin(std::string_view text, const PeerPtr& peer, const TrafficPtr& traffic,
                    const std::shared_ptr<Visit>& visit) {
    if (is_too_often(peer->key, peer->is_local, 1))
        return {Reply{Reply::Status::too_often,
                      error_text({code::limit_exceeded, "too many requests from this address"})}};
    const bool may_be_here =
        text.size() <= small_size_max && peer->loop.is_free() && !peer->share->leniency.is_over();
    if (may_be_here)
        if (const Body body(text); body.is_brief()) return answer_here(body, *peer, traffic, visit);
    return hand_over(std::string(text), *peer, traffic, visit);
}

Attempt Door::answer_here(const Body& body, const Peer& peer, const TrafficPtr& traffic,
                          const std::shared_ptr<Visit>& visit) {
    if (const size_t more = body.request_count() - 1; more > 0)
        is_too_often(peer.key, peer.is_local, more);
    Attempt out;
    const auto begin_pending = [&] {
        out.pending = make_pending(peer);
        return [pending = out.pending, traffic](std::string text) {
            traffic->set(text.size());
            pending->set({Reply::Status::answered, std::move(text)});
        };
    };
    std::optional<std::string> answered;
    const Terms terms = terms_of(*traffic, visit);
    const std::function<Router::Done()> later = [&begin_pending] { return begin_pending(); };
    const auto begin = Leniency::Clock::now();
    const bool was_long = peer.loop.run([&] { answered = router_.try_answer(body, later, terms); });
    const auto end = Leniency::Clock::now();
    peer.share->leniency.charge(end - begin, end);
    if (was_long) peer.share->leniency.end(end);
    if (!answered) return out;
    // What is small is bounded by the number of connections.
    if (answered->size() > small_size_max) traffic->set(answered->size());
    if (std::exchange(out.pending, nullptr) != nullptr) {
        --under_way_;
        note_quiet();
    }
    out.reply = Reply{Reply::Status::answered, std::move(*answered)};
    return out;
}

Attempt Door::hand_over(std::string text, const Peer& peer, const TrafficPtr& traffic,
                        const std::shared_ptr<Visit>& visit) {
    const auto pending = make_pending(peer);
    const auto finish = [pending, traffic](std::string answered) {
        traffic->set(answered.size());
        pending->set({Reply::Status::answered, std::move(answered)});
    };
    const auto refuse = [pending] {
        pending->set(
            {Reply::Status::busy, error_text({code::limit_exceeded, "too many requests at once"})});
    };
    // The peer itself must not get into the hands of another thread.
    auto work = [this, key = peer.key, is_local = peer.is_local, traffic, visit, finish, refuse,
                 text = std::move(text)] {
        const auto body = std::make_shared<const Body>(text);
        if (const size_t more = body->request_count() - 1; more > 0)
            is_too_often(key, is_local, more);
        auto run = [this, body, finish, terms = terms_of(*traffic, visit)] {
            router_.answer(*body, finish, terms);
        };
        if (!body->is_heavy())
            run();
        else if (!workers_->add_heavy(key, std::move(run)))
            refuse();
    };
    if (!workers_->add(peer.key, std::move(work))) refuse();
    return {std::nullopt, pending};
}

net::awaitable<Reply> Door::wait(std::shared_ptr<Pending> pending) {
    Reply reply = co_await pending->wait();
    --under_way_;
    note_quiet();
    co_return reply;
}

net::awaitable<Reply> Door::answer(std::string text, PeerPtr peer, TrafficPtr traffic,
                                   std::shared_ptr<Visit> visit) {
    Attempt attempt = begin(text, peer, traffic, visit);
    if (attempt.reply) co_return std::move(*attempt.reply);
    co_return co_await wait(std::move(attempt.pending));
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
