#include "rpc/page_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plume::rpc {
namespace {

/// A connection to a port of this machine; what comes back until the other side closes.
class Peer {
public:
    explicit Peer(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        const timeval patience{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~Peer() { ::close(socket_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void send(std::string_view text) { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
    std::string read_to_end() {
        std::string out;
        char chunk[4'096];
        for (ssize_t size; (size = ::recv(socket_, chunk, sizeof chunk, 0)) > 0;)
            out.append(chunk, static_cast<size_t>(size));
        return out;
    }

private:
    int socket_;
};

class PageServerTest : public testing::Test {
protected:
    void start(PageServerOptions options = {}) {
        options.port = 0;
        options.host_names = {"node.example"};
        auto started = PageServer::start(std::move(options), [](std::string_view path) {
            return path == "/page" ? std::optional<Page>({.status = 200, .body = "here\n"})
                                   : std::nullopt;
        });
        ASSERT_TRUE(started.ok()) << started.error().what;
        server = std::move(started).value();
    }
    std::string ask(std::string_view request) {
        Peer peer(server->port());
        peer.send(request);
        return peer.read_to_end();
    }
    static std::string get(std::string_view path, std::string_view host = "localhost:6060") {
        return "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) +
               "\r\nConnection: close\r\n\r\n";
    }

    std::unique_ptr<PageServer> server;
};

TEST_F(PageServerTest, answers_with_the_page_at_a_path) {
    start();
    const std::string answer = ask(get("/page?x=1"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nhere\n"));
    EXPECT_TRUE(ask(get("/other")).starts_with("HTTP/1.1 404"));
}

TEST_F(PageServerTest, keeps_a_connection_for_the_next_request) {
    start();
    const std::string both = ask("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/page"));
    EXPECT_NE(both.find("here\nHTTP/1.1 200 OK"), std::string::npos) << both;
}

TEST_F(PageServerTest, refuses_other_names_on_this_machines_own_address_only) {
    start();
    EXPECT_TRUE(ask(get("/page", "evil.example")).starts_with("HTTP/1.1 403"));
    EXPECT_TRUE(ask(get("/page", "node.example:1")).starts_with("HTTP/1.1 200"));
    start({.address = "0.0.0.0"});
    EXPECT_TRUE(ask(get("/page", "evil.example")).starts_with("HTTP/1.1 200"));
}

TEST_F(PageServerTest, changes_nothing_and_takes_no_bodies) {
    start();
    const std::string answer =
        ask("POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405")) << answer;
    EXPECT_TRUE(ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST_F(PageServerTest, a_request_has_a_bounded_size) {
    start();
    const std::string frame = get("/page?");
    const auto padded = [&](size_t size) {
        return get("/page?" + std::string(size - frame.size(), 'x'));
    };
    EXPECT_TRUE(ask(padded(PageServer::page_request_size_max - 64)).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(ask(padded(PageServer::page_request_size_max + 64)).starts_with("HTTP/1.1 431"));
}

TEST_F(PageServerTest, closes_on_those_who_say_nothing) {
    start({.timeout = std::chrono::milliseconds(50)});
    EXPECT_EQ(ask(""), "");
}

TEST_F(PageServerTest, a_connection_too_many_is_closed) {
    start();
    std::vector<std::unique_ptr<Peer>> peers;
    for (size_t i = 0; i < PageServer::page_connections_max; ++i) {
        peers.push_back(std::make_unique<Peer>(server->port()));
        peers.back()->send("GET /page HTTP/1.1\r\n");
    }
    // One that is known to have come after all others.
    EXPECT_EQ(ask(get("/page")), "");
    peers.clear();
    std::string answer;
    for (int i = 0; i < 1'000 && answer.empty(); ++i) answer = ask(get("/page"));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
}

TEST_F(PageServerTest, a_port_that_is_taken_is_told) {
    start();
    const auto second = PageServer::start({.port = server->port()}, {});
    ASSERT_FALSE(second.ok());
    EXPECT_NE(second.error().what.find("port " + std::to_string(server->port())),
              std::string::npos);
}

}  // namespace
}  // namespace plume::rpc
