// What the connections of a server share. Known to server.cpp, http.cpp and websocket.cpp only.
#pragma once

#include <atomic>
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

/// What an address has of what is shared.
struct Share {
    size_t connections = 0;
    std::atomic<size_t> traffic = 0;
};

/// Whoever is at the other end of a connection, and the place the connection takes. Stays on the io
/// thread.
class Peer {
public:
    Peer(class Door& door, std::string key, bool is_local);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

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

/// Everything behind the interface. All but the workers runs on one thread, so that little is
/// locked.
class Door {
public:
    Door(const Router& router, ServerOptions options);
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    Result<void> open();
    uint16_t port() const { return port_; }

    // For connections, on the io thread.

    const Router& router() const { return router_; }
    const ServerOptions& options() const { return options_; }
    net::io_context& io() { return io_; }
    bool is_stopping() const { return is_stopping_; }
    TrafficPtr traffic_of(const PeerPtr& peer) {
        return std::make_shared<Traffic>(*this, peer->share);
    }

    /// Has a worker answer a body; `traffic` then counts the answer.
    net::awaitable<Reply> answer(std::string body, PeerPtr peer, TrafficPtr traffic,
                                 std::shared_ptr<Visit> visit);

    void enter(Talk* talk) { talks_.insert(talk); }
    void leave(Talk* talk);

private:
    friend class Peer;
    friend class Traffic;
    Result<void> listen(const std::string& text);
    net::awaitable<void> accept(tcp::acceptor& acceptor);
    bool has_room_for(const std::string& key) const;
    bool is_too_often(const std::string& key, bool is_local, size_t count);
    void count_begun() { ++under_way_; }
    void count_done();
    void note_quiet();

    const Router& router_;
    const ServerOptions options_;
    uint16_t port_ = 0;
    size_t connection_count_ = 0;
    std::map<std::string, std::shared_ptr<Share>> shares_;
    std::atomic<size_t> traffic_ = 0;
    RateLimit rate_;
    RateLimit local_rate_;
    bool is_stopping_ = false;
    size_t under_way_ = 0;
    std::set<Talk*> talks_;
    std::mutex quiet_mutex_;
    std::condition_variable quiet_;
    bool is_quiet_ = false;  ///< stopping, and nothing is under way any more
    net::io_context io_;     ///< after what connections touch when they are dropped with it
    std::vector<tcp::acceptor> acceptors_;
    std::unique_ptr<Workers> workers_;
    std::unique_ptr<Thread> thread_;
};

/// Speaks HTTP with a client until it goes, or goes over to WebSocket.
net::awaitable<void> serve_http(Door& door, tcp::socket socket, PeerPtr peer);
/// Speaks WebSocket from the request that asked for it on. What is handed over must live until
/// it returns.
net::awaitable<void> serve_websocket(Door& door, beast::tcp_stream&& stream, Request&& request,
                                     const PeerPtr& peer);

}  // namespace plume::rpc
