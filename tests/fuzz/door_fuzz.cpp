// Bytes for a real server on a real socket: HTTP when the first byte is even, otherwise frames of a
// WebSocket whose handshake went before. Nothing that is said may end the node; what it answers to
// a good request afterwards is checked now and then.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/server.hpp"
#include "support/rpc_world.hpp"

namespace {

using namespace plume;

class Node {
public:
    Node() : server_(start(world_)) {}

    /// Sends bytes, ends, and reads all that comes back.
    std::string tell(std::string_view bytes) const {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(server_->port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        check(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
              "the node takes connections");
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) break;
            bytes.remove_prefix(static_cast<size_t>(sent));
        }
        ::shutdown(socket, SHUT_WR);
        std::string answer;
        char piece[16'384];
        for (ssize_t size; (size = ::recv(socket, piece, sizeof piece, 0)) > 0;)
            answer.append(piece, static_cast<size_t>(size));
        ::close(socket);
        return answer;
    }

private:
    static std::unique_ptr<rpc::Server> start(test::RpcWorld& world) {
        rpc::ServerOptions options;
        options.port = 0;
        return std::move(rpc::Server::start(world.router(), options)).value();
    }

    test::RpcWorld world_;
    std::unique_ptr<rpc::Server> server_;
};

constexpr std::string_view handshake =
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
constexpr std::string_view good =
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Connection: close\r\nContent-Length: 47\r\n\r\n"
    R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const auto* const node = new Node;
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (bytes.find("Sync") != bytes.npos) return 0;
    const bool is_websocket = (data[0] & 1) != 0;
    (void)node->tell(is_websocket ? std::string(handshake).append(bytes) : std::string(bytes));
    static unsigned count = 0;
    constexpr unsigned look_every = 100;
    if (++count % look_every == 0)
        check(node->tell(good).ends_with(R"("result":"0x7a69"})"), "the node serves on");
    return 0;
}
