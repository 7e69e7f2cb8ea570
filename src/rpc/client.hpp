// The other side of the door: asks a node over HTTP, as wallets and tools do. What the command line
// and the demo speak.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rpc/error.hpp"

namespace plume::rpc {

/// What a node answered: a result, or an error object.
struct Reply {
    Json result;
    std::optional<RpcError> error{};
};

/// A connection to one node, kept open between calls and opened again when the node has closed it.
/// One thread.
class Client {
public:
    /// How long connecting, and waiting for an answer, may take.
    static constexpr int timeout_seconds = 60;
    /// The largest answer that is taken.
    static constexpr size_t answer_size_max = size_t{64} << 20;

    /// A client of the node at `url`, "http://host:port" with an optional path. Nothing is sent
    /// yet.
    static Result<Client> make(std::string_view url);
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    /// Calls one method. An error of this function's own means that no answer came; its sentence
    /// names the node.
    Result<Reply> call(std::string_view method, boost::json::array params);

private:
    struct Connection;
    explicit Client(std::unique_ptr<Connection> connection);

    std::unique_ptr<Connection> connection_;
    uint64_t next_id_ = 1;
};

}  // namespace plume::rpc
