// The door: HTTP/1.1 (RFC 9112) and WebSocket (RFC 6455) on one port, in front of a Router.
//
// A loop a core moves bytes and answers what is brief; a bounded pool of workers does the rest.
// POST / with application/json is a request or a batch; a WebSocket carries one in each message,
// and answers as they are ready. Everything else is refused before its body is read. Nothing is
// said to web pages of other origins unless they are listed: no CORS, and a Host header that is not
// ours is refused, so that no name on the internet can be pointed at this node (DNS rebinding).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "rpc/method.hpp"
#include "rpc/page_server.hpp"

namespace plume::rpc {

/// The request line and all header fields together.
inline constexpr size_t head_size_max = size_t{16} << 10;
/// Of a body or a WebSocket message. Refused by its Content-Length, or as soon as more has come.
inline constexpr size_t body_size_max = size_t{5} << 20;
inline constexpr size_t connections_max = 1'000;
/// Of IPv6, addresses with the same first 64 bits count as one: they are one customer's.
inline constexpr size_t connections_per_address_max = 100;
/// Bodies and answers in memory: of all connections together, and of one address. Beyond it,
/// requests get 503 unless body and answer have at most `small_size_max` bytes, so that few who ask
/// for much do not shut out those who ask for little.
inline constexpr size_t traffic_size_max = size_t{256} << 20;
inline constexpr size_t traffic_per_address_max = size_t{128} << 20;
inline constexpr size_t small_size_max = size_t{64} << 10;
/// Requests of one WebSocket that are not answered yet; more are read only then.
inline constexpr size_t messages_under_way_max = 64;
/// Answers that a WebSocket has not sent yet, in bytes; more requests are read only then.
inline constexpr size_t unsent_answers_max = size_t{1} << 20;

/// How long a client may take. Afterwards its connection is closed.
struct Timeouts {
    std::chrono::milliseconds head{10'000};
    std::chrono::milliseconds body{30'000};  ///< and a WebSocket message, from its first byte on
    std::chrono::milliseconds write{30'000};
    /// Between requests. A WebSocket is pinged after half of it.
    std::chrono::milliseconds idle{120'000};
};

struct ServerOptions {
    /// Addresses to listen on. The first must work; others are left out with a warning.
    std::vector<std::string> addresses{"127.0.0.1", "::1"};
    uint16_t port = 8545;  ///< 0: any free one
    /// Names a Host header may carry beside localhost, 127.0.0.1 and [::1], without port.
    std::vector<std::string> host_names{};
    /// Origins whose pages may read answers (CORS) and open WebSockets: "https://app.example", or
    /// "*" for any. Pages of this machine may open WebSockets without being listed.
    std::vector<std::string> origins{};
    size_t workers = 0;  ///< 0: as many as the machine has cores
    /// Requests a second from one address, a batch counting as many; twice as many for a moment. 0:
    /// no limit. Clients on this machine are limited only if the second one says so.
    uint64_t requests_per_second = 2'000;
    uint64_t local_requests_per_second = 0;
    Timeouts timeouts{};
    /// What GET finds at other paths than "/", like "/readyz"; may be empty. On any loop, so
    /// it must be quick.
    Pages pages{};
};

/// How long `~Server` waits for requests under way and for WebSockets to say goodbye.
inline constexpr std::chrono::milliseconds farewell_max{1'000};

/// Serves from `start` until it goes.
class Server {
public:
    /// `router` must outlive the server. An error when the first address cannot be listened on.
    static Result<std::unique_ptr<Server>> start(const Router& router, ServerOptions options);
    /// Takes no more requests, answers those under way, closes WebSockets with 1001 (going away),
    /// and after `farewell_max` ends what is left.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// The port it listens on.
    uint16_t port() const;

private:
    explicit Server(std::unique_ptr<class Door> door);

    std::unique_ptr<class Door> door_;
};

}  // namespace plume::rpc
