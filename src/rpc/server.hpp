// The door: HTTP/1.1 (RFC 9112) in front of a Router.
//
// One thread moves bytes; a bounded pool of workers answers. POST / with application/json is a
// request or a batch. Everything else is refused before its body is read. Nothing is said to web
// pages of other origins: no CORS, and a Host header that is not ours is refused, so that no name
// on the internet can be pointed at this node (DNS rebinding).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "rpc/method.hpp"
#include "rpc/page_server.hpp"

namespace plume::rpc {

/// The request line and all header fields together.
inline constexpr size_t head_size_max = size_t{16} << 10;
/// Refused by its Content-Length, or as soon as more has come.
inline constexpr size_t body_size_max = size_t{5} << 20;
inline constexpr size_t connections_max = 1'000;
inline constexpr size_t connections_per_address_max = 100;
/// Bodies and answers in memory, all connections together; beyond it requests get 503.
inline constexpr size_t traffic_size_max = size_t{256} << 20;

/// How long a client may take. Afterwards its connection is closed.
struct Timeouts {
    std::chrono::milliseconds head{10'000};
    std::chrono::milliseconds body{30'000};
    std::chrono::milliseconds write{30'000};
    std::chrono::milliseconds idle{120'000};  ///< between requests
};

struct ServerOptions {
    /// Addresses to listen on. The first must work; others are left out with a warning.
    std::vector<std::string> addresses{"127.0.0.1", "::1"};
    uint16_t port = 8545;  ///< 0: any free one
    /// Names a Host header may carry beside localhost, 127.0.0.1 and [::1], without port.
    std::vector<std::string> host_names{};
    size_t workers = 0;  ///< 0: as many as the machine has cores
    Timeouts timeouts{};
    /// What GET finds at other paths than "/", like "/readyz"; may be empty. On the io thread, so
    /// it must be quick.
    Pages pages{};
};

/// Serves from `start` until it goes.
class Server {
public:
    /// `router` must outlive the server. An error when the first address cannot be listened on.
    static Result<std::unique_ptr<Server>> start(const Router& router, ServerOptions options);
    /// Takes no more requests, ends those that wait for receipts, and closes all connections.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// The port it listens on.
    uint16_t port() const;

private:
    class Door;
    explicit Server(std::unique_ptr<Door> door);

    std::unique_ptr<Door> door_;
};

}  // namespace plume::rpc
