// A second, plain door for those who watch a node: answers GET by a function, one request at a time
// on each connection. No JSON-RPC, no bodies, nothing to change.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plume::rpc {

struct Page {
    unsigned status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body{};
};

/// The page at a path like "/metrics"; nothing when there is none. Called on the server's thread.
using Pages = std::function<std::optional<Page>(std::string_view path)>;

struct PageServerOptions {
    std::string address = "127.0.0.1";
    uint16_t port = 6060;  ///< 0: any free one
    /// Names a Host header may carry beside localhost, 127.0.0.1 and [::1]. They are looked at when
    /// `address` is this machine's own only: whoever opens the pages to a network is called by
    /// whatever name that has.
    std::vector<std::string> host_names{};
    /// How long a client may take for a request, and between requests.
    std::chrono::milliseconds timeout{10'000};
};

/// Serves from `start` until it goes.
class PageServer {
public:
    /// More connections are closed as they come.
    static constexpr size_t page_connections_max = 64;
    /// The bytes of a request.
    static constexpr size_t page_request_size_max = size_t{8} << 10;

    static Result<std::unique_ptr<PageServer>> start(PageServerOptions options, Pages pages);
    ~PageServer();
    PageServer(const PageServer&) = delete;
    PageServer& operator=(const PageServer&) = delete;

    /// The port it listens on.
    uint16_t port() const;

private:
    class Door;
    explicit PageServer(std::unique_ptr<Door> door);

    std::unique_ptr<Door> door_;
};

}  // namespace plume::rpc
