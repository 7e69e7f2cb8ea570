// What the connections of a server share. Known to server.cpp, http.cpp and websocket.cpp only.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <set>

#include "rpc/leniency.hpp"
#include "rpc/loop.hpp"
#include "rpc/rate.hpp"
#include "rpc/server.hpp"
#include "rpc/workers.hpp"

namespace plume::rpc {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using ErrorCode = boost::system::error_code;
using Request = http::request<http::string_body>;

/// Completion as a tuple that begins with an error code: nothing of the door throws.
constexpr auto awaited = net::as_tuple(net::use_awaitable);

/// What an address has of what is shared. Any thread; `connections` with the door's `peers_mutex_`.
struct Share {
    size_t connections = 0;
    std::atomic<size_t> traffic = 0;
    Leniency leniency{};
};

/// Whoever is at the other end of a connection, and the place the connection takes.
class Peer {
public:
    Peer(class Door& door, Loop& loop, std::string key, bool is_local);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    Loop& loop;             ///< whose thread the connection belongs to
    const std::string key;  ///< what addresses are told apart by
    const bool is_local;
    const std::shared_ptr<Share> share;

private:
    Door& door_;
};
using PeerPtr = std::shared_ptr<const Peer>;

/// A WebSocket that can be told to close.
class Talk {
public:
    virtual ~Talk() = default;
    /// With 1001, going away.
    virtual void say_goodbye() = 0;
};

/// How a body was answered.
struct Reply {
    enum class Status : uint8_t { answered, busy, too_often };
    Status status = Status::answered;
    std::string text{};
};

/// A reply that comes from another thread.
class Pending {
public:
    explicit Pending(net::io_context& io) : io_(io) {}

    /// Any thread, once.
    void set(Reply reply);
    /// On the thread of the loop, once. What calls it must hold this.
    net::awaitable<Reply> wait();

private:
    net::io_context& io_;
    std::mutex mutex_;
    std::optional<Reply> reply_;
    std::function<void(Reply)> waiting_;
};

/// A reply, or what it comes to when it is there.
struct Attempt {
    std::optional<Reply> reply{};
    std::shared_ptr<Pending> pending{};
};

/// A piece of the traffic that may be in memory. One thread at a time.
class Traffic {
public:
    Traffic(Door& door, std::shared_ptr<Share> share);
    ~Traffic();
    Traffic(const Traffic&) = delete;
    Traffic& operator=(const Traffic&) = delete;

    void set(size_t size);
    /// Whether there is more than there may be, so that only small things pass.
    bool is_over() const;

private:
    Door& door_;
    const std::shared_ptr<Share> share_;
    size_t size_ = 0;
};
using TrafficPtr = std::shared_ptr<Traffic>;

/// Everything behind the interface. A connection belongs to one of the loops, and what is said to
/// be for connections is called on its thread.
class Door {
public:
    Door(const Router& router, ServerOptions options);
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    Result<void> open();
    uint16_t port() const { return port_; }

    // For connections.

    const Router& router() const { return router_; }
    const ServerOptions& options() const { return options_; }
    bool is_stopping() const { return is_stopping_; }
    TrafficPtr traffic_of(const PeerPtr& peer) {
        return std::make_shared<Traffic>(*this, peer->share);
    }

    /// Answers a body at once if that seems to take no time, and has a worker answer it otherwise;
    /// `traffic` then counts the answer. Whoever gets no reply has to `wait`. Other handlers of the
    /// loop may run before this returns.
    Attempt begin(std::string_view text, const PeerPtr& peer, const TrafficPtr& traffic,
                  const std::shared_ptr<Visit>& visit);
    net::awaitable<Reply> wait(std::shared_ptr<Pending> pending);
    /// Both.
    net::awaitable<Reply> answer(std::string text, PeerPtr peer, TrafficPtr traffic,
                                 std::shared_ptr<Visit> visit);

    void enter(Loop& loop, Talk* talk);
    void leave(Loop& loop, Talk* talk);

private:
    friend class Peer;
    friend class Traffic;
    Result<void> listen(const std::string& text);
    net::awaitable<void> accept(tcp::acceptor& acceptor);
    bool has_room_for(const std::string& key);
    Loop& least_busy_loop();
    bool is_too_often(const std::string& key, bool is_local, size_t count);
    Attempt answer_here(const Body& body, const Peer& peer, const TrafficPtr& traffic,
                        const std::shared_ptr<Visit>& visit);
    Attempt hand_over(std::string text, const Peer& peer, const TrafficPtr& traffic,
                      const std::shared_ptr<Visit>& visit);
    std::shared_ptr<Pending> make_pending(const Peer& peer);
    Terms terms_of(const Traffic& traffic, const std::shared_ptr<Visit>& visit) const;
    void say_goodbye(Loop& loop);
    void note_quiet();

    const Router& router_;
    const ServerOptions options_;
    uint16_t port_ = 0;
    std::mutex peers_mutex_;  ///< of the next three
    size_t connection_count_ = 0;
    std::map<std::string, std::shared_ptr<Share>> shares_;
    std::map<const Loop*, size_t> loads_;  ///< connections of each loop
    std::atomic<size_t> traffic_ = 0;
    std::mutex rate_mutex_;  ///< of the next two
    RateLimit rate_;
    RateLimit local_rate_;
    std::atomic<bool> is_stopping_ = false;
    std::atomic<size_t> under_way_ = 0;             ///< replies that are pending
    std::atomic<size_t> talk_count_ = 0;            ///< and loops that have not said goodbye
    std::map<const Loop*, std::set<Talk*>> talks_;  ///< of each loop; its thread's
    std::mutex quiet_mutex_;
    std::condition_variable quiet_;
    bool is_quiet_ = false;  ///< stopping, and nothing is under way any more
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<tcp::acceptor> acceptors_;  ///< of the first loop
    std::unique_ptr<Workers> workers_;
};

/// Speaks HTTP with a client until it goes, or goes over to WebSocket.
net::awaitable<void> serve_http(Door& door, tcp::socket socket, PeerPtr peer);
/// Speaks WebSocket from the request that asked for it on. What is handed over must live until
/// it returns.
net::awaitable<void> serve_websocket(Door& door, tcp::socket&& socket, Request&& request,
                                     const PeerPtr& peer);

}  // namespace plume::rpc
