// The door over real sockets, spoken to byte by byte.

#include "rpc/server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

using std::chrono::milliseconds;

struct Reply {
    int status = 0;  ///< 0: the connection was closed instead
    std::string head;
    std::string body;
};

/// One TCP connection to a port of this machine.
class Connection {
public:
    explicit Connection(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        const timeval patience{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~Connection() { ::close(socket_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// False when the other side has closed.
    bool send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<size_t>(sent));
        }
        return true;
    }

    Reply read() {
        Reply out;
        size_t end;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
            if (!receive()) return out;
        out.head = buffer_.substr(0, end + 2);
        buffer_.erase(0, end + 4);
        const size_t at = out.head.find("Content-Length: ");
        const size_t size = at == std::string::npos ? 0 : std::stoul(out.head.substr(at + 16));
        while (buffer_.size() < size)
            if (!receive()) return out;
        out.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
        out.status = std::stoi(out.head.substr(9, 3));
        return out;
    }

    /// Whether the other side closes without another byte.
    bool is_closed() { return buffer_.empty() && !receive(); }

private:
    bool receive() {
        char chunk[16'384];
        const ssize_t size = ::recv(socket_, chunk, sizeof chunk, 0);
        if (size <= 0) return false;
        buffer_.append(chunk, static_cast<size_t>(size));
        return true;
    }

    int socket_;
    std::string buffer_;
};

std::string post(std::string_view body, std::string_view headers =
                                            "Host: localhost\r\n"
                                            "Content-Type: application/json\r\n") {
    std::string out = "POST / HTTP/1.1\r\n";
    out.append(headers).append("Content-Length: ").append(std::to_string(body.size()));
    return out.append("\r\n\r\n").append(body);
}

constexpr std::string_view chain_id = R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})";
constexpr std::string_view chain_id_answer = R"({"jsonrpc":"2.0","id":1,"result":"0x7a69"})";

class ServerTest : public testing::Test {
protected:
    static void SetUpTestSuite() { world_ = std::make_unique<test::RpcWorld>(); }
    static void TearDownTestSuite() { world_.reset(); }

    void start(Timeouts timeouts = {}) {
        ServerOptions options;
        options.timeouts = timeouts;
        start_with(std::move(options));
    }
    void start_with(ServerOptions options) {
        server_.reset();
        options.port = 0;
        options.host_names = {"node.example"};
        options.pages = [](std::string_view path) {
            return path == "/page" ? std::optional<Page>({.status = 503, .body = "there\n"})
                                   : std::nullopt;
        };
        auto started = Server::start(world_->router(), options);
        ASSERT_TRUE(started.ok()) << started.error().what;
        server_ = std::move(started).value();
    }
    void SetUp() override { start(); }

    Reply exchange(std::string_view request) {
        Connection connection(server_->port());
        EXPECT_TRUE(connection.send(request));
        return connection.read();
    }

    static inline std::unique_ptr<test::RpcWorld> world_;
    std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, a_request_is_answered) {
    const Reply reply = exchange(post(chain_id));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, chain_id_answer);
    EXPECT_NE(reply.head.find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_EQ(reply.head.find("Access-Control"), std::string::npos);
}

TEST_F(ServerTest, pages_stand_beside_json_rpc) {
    const Reply page = exchange("GET /page?x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(page.status, 503);
    EXPECT_EQ(page.body, "there\n");
    EXPECT_EQ(exchange("GET /page HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 403);
    EXPECT_EQ(exchange("POST /page HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 404);
}

TEST_F(ServerTest, errors_of_json_rpc_are_no_errors_of_http) {
    EXPECT_EQ(exchange(post("{")).status, 200);
    EXPECT_EQ(
        boost::json::parse(exchange(post(std::string(100'000, '['))).body).at("error").at("code"),
        -32700);
    EXPECT_EQ(exchange(post("")).status, 200);
    const Reply notification = exchange(post(R"({"jsonrpc":"2.0","method":"eth_chainId"})"));
    EXPECT_EQ(notification.status, 200);
    EXPECT_EQ(notification.body, "");
}

TEST_F(ServerTest, a_connection_serves_many_requests) {
    Connection connection(server_->port());
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(connection.send(post(chain_id)));
        EXPECT_EQ(connection.read().body, chain_id_answer);
    }
}

TEST_F(ServerTest, requests_sent_ahead_are_answered_in_order) {
    std::string all;
    for (int i = 0; i < 100; ++i)
        all +=
            post(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"eth_chainId"})");
    Connection connection(server_->port());
    ASSERT_TRUE(connection.send(all));
    for (int i = 0; i < 100; ++i) EXPECT_EQ(boost::json::parse(connection.read().body).at("id"), i);
}

TEST_F(ServerTest, heads_that_are_known_again_keep_every_rule) {
    Connection connection(server_->port());
    const auto ask = [&](std::string_view request) {
        EXPECT_TRUE(connection.send(request));
        return connection.read();
    };
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(post(chain_id)).body, chain_id_answer);
    // Another length, in pieces, with a body for the workers, with a large one, with another head.
    EXPECT_EQ(ask(post(std::string(chain_id) + "  ")).body, chain_id_answer);
    const std::string whole = post(chain_id);
    for (const size_t size :
         {size_t{1}, size_t{40}, whole.size() - chain_id.size(), whole.size() - 1}) {
        EXPECT_TRUE(connection.send(whole.substr(0, size)));
        std::this_thread::sleep_for(milliseconds(5));
        EXPECT_EQ(ask(whole.substr(size)).body, chain_id_answer) << size;
    }
    const std::string logs = R"({"jsonrpc":"2.0","id":7,"method":"eth_getLogs","params":[{}]})";
    EXPECT_EQ(ask(post(logs) + post(chain_id)).body, R"({"jsonrpc":"2.0","id":7,"result":[]})");
    EXPECT_EQ(connection.read().body, chain_id_answer);
    const std::string large(small_size_max, ' ');
    EXPECT_EQ(ask(post(large + std::string(chain_id))).body, chain_id_answer);
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
    EXPECT_EQ(ask(post(chain_id)).body, chain_id_answer);
    // One byte of the head decides.
    std::string evil = post(chain_id);
    evil.replace(evil.find("localhost"), 9, "localhosu");
    EXPECT_EQ(ask(post(chain_id) + evil).body, chain_id_answer);
    EXPECT_EQ(connection.read().status, 403);
    EXPECT_TRUE(connection.is_closed());
}

TEST_F(ServerTest, a_head_that_is_known_is_refused_when_its_body_is_too_large) {
    Connection connection(server_->port());
    EXPECT_TRUE(connection.send(post(chain_id)));
    EXPECT_EQ(connection.read().body, chain_id_answer);
    EXPECT_TRUE(
        connection.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Content-Length: " +
                        std::to_string(body_size_max + 1) + "\r\n\r\n"));
    EXPECT_EQ(connection.read().status, 413);
}

TEST_F(ServerTest, a_long_call_keeps_nobody_waiting) {
    ServerOptions options;
    options.workers = 1;  // So all connections share one loop.
    start_with(options);
    const std::string to = R"("0x)" + std::string(40, 'c') + '"';
    // An endless loop, until its gas is spent.
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":)" +
                             to + R"(},"latest",{)" + to + R"(:{"code":"0x5b600056"}}]})";
    std::atomic<bool> is_over = false;
    std::atomic<int> calls = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i)
        callers.emplace_back([&] {
            Connection connection(server_->port());
            while (!is_over) {
                EXPECT_TRUE(connection.send(post(body)));
                EXPECT_EQ(boost::json::parse(connection.read().body).at("error").at("code"),
                          -32000);
                ++calls;
            }
        });
    Connection other(server_->port());
    int answered = 0;
    for (const int before = calls; calls < before + 8; ++answered) {
        EXPECT_TRUE(other.send(post(chain_id)));
        EXPECT_EQ(other.read().body, chain_id_answer);
    }
    is_over = true;
    for (std::thread& caller : callers) caller.join();
    EXPECT_GT(answered, 8) << "more answers than calls, though each call takes longer";
}

TEST_F(ServerTest, closes_when_asked_to) {
    Connection connection(server_->port());
    ASSERT_TRUE(connection.send(post(
        chain_id, "Host: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n")));
    EXPECT_EQ(connection.read().status, 200);
    EXPECT_TRUE(connection.is_closed());
}

TEST_F(ServerTest, only_json_is_taken) {
    const auto status_of = [this](const std::string& type) {
        return exchange(post(chain_id, "Host: localhost\r\n" + type)).status;
    };
    EXPECT_EQ(status_of("Content-Type: application/json; charset=utf-8\r\n"), 200);
    EXPECT_EQ(status_of("content-type: Application/JSON\r\n"), 200);
    EXPECT_EQ(status_of("Content-Type: text/plain\r\n"), 415);
    EXPECT_EQ(status_of("Content-Type: application/jsonp\r\n"), 415);
    EXPECT_EQ(status_of("Content-Type: application/x-www-form-urlencoded\r\n"), 415);
    EXPECT_EQ(status_of(""), 415);
}

TEST_F(ServerTest, only_our_names_are_answered) {
    const auto status_of = [this](const std::string& host) {
        return exchange(post(chain_id, host + "Content-Type: application/json\r\n")).status;
    };
    for (const char* host : {"localhost", "LOCALHOST:8545", "127.0.0.1", "127.0.0.1:1", "[::1]",
                             "[::1]:8545", "node.example", "node.example:80"})
        EXPECT_EQ(status_of("Host: " + std::string(host) + "\r\n"), 200) << host;
    for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.2", "[::2]", "::1",
                             "node.example.", "@localhost", ""})
        EXPECT_EQ(status_of("Host: " + std::string(host) + "\r\n"), 403) << host;
    EXPECT_EQ(status_of(""), 400);
    EXPECT_EQ(status_of("Host: localhost\r\nHost: evil.example\r\n"), 400);
}

TEST_F(ServerTest, a_target_may_name_one_of_our_hosts) {
    const auto status_of = [this](const std::string& target) {
        return exchange("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").status;
    };
    EXPECT_EQ(status_of("http://localhost:1/"), 200);
    EXPECT_EQ(status_of("http://node.example"), 200);
    EXPECT_EQ(status_of("http://evil.example/"), 403);
    EXPECT_EQ(status_of("http:///"), 404);
    EXPECT_EQ(status_of("*"), 404);
}

TEST_F(ServerTest, a_body_has_a_length_and_no_other_form) {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    EXPECT_EQ(exchange(head + "\r\n").status, 411);
    EXPECT_EQ(exchange(head + "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n").status, 415);
    EXPECT_EQ(exchange(head + "Expect: more\r\nContent-Length: 0\r\n\r\n").status, 417);
    EXPECT_EQ(exchange(head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n ").status, 400);
}

TEST_F(ServerTest, pages_are_told_nothing_unless_their_origin_is_listed) {
    const auto ask = [this](const std::string& origin) {
        return exchange(post(chain_id,
                             "Host: localhost\r\nContent-Type: application/json\r\n"
                             "Origin: " +
                                 origin + "\r\n"));
    };
    const auto preflight = [this](const std::string& origin) {
        return exchange("OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin +
                        "\r\nAccess-Control-Request-Method: POST\r\n\r\n");
    };
    const std::string app = "https://app.example";
    EXPECT_EQ(ask(app).head.find("Access-Control"), std::string::npos);
    EXPECT_EQ(preflight(app).status, 405);

    ServerOptions options;
    options.origins = {app};
    start_with(options);
    const std::string allowed = "Access-Control-Allow-Origin: " + app + "\r\n";
    EXPECT_NE(ask(app).head.find(allowed), std::string::npos);
    EXPECT_EQ(ask("https://evil.example").head.find("Access-Control"), std::string::npos);
    const Reply fine = preflight(app);
    EXPECT_EQ(fine.status, 204);
    EXPECT_NE(fine.head.find(allowed), std::string::npos);
    EXPECT_NE(fine.head.find("Access-Control-Allow-Headers: content-type\r\n"), std::string::npos);
    EXPECT_EQ(preflight("https://evil.example").status, 405);
}

TEST_F(ServerTest, an_address_may_ask_so_often_and_a_batch_counts_as_many) {
    ServerOptions options;
    options.local_requests_per_second = 100;
    start_with(options);
    std::string batch = "[";
    for (int i = 0; i < 1'000; ++i) batch.append(i == 0 ? "" : ",").append(chain_id);
    EXPECT_EQ(exchange(post(batch + "]")).status, 200);
    const Reply refused = exchange(post(chain_id));
    EXPECT_EQ(refused.status, 429);
    // Neither does a connection get around it whose head is known.
    start_with(options);
    Connection known(server_->port());
    ASSERT_TRUE(known.send(post(chain_id)));
    EXPECT_EQ(known.read().status, 200);
    ASSERT_TRUE(known.send(post(batch + "]")));
    EXPECT_EQ(known.read().status, 200);
    ASSERT_TRUE(known.send(post(chain_id)));
    EXPECT_EQ(known.read().status, 429);
    EXPECT_NE(refused.head.find("Retry-After: 1\r\n"), std::string::npos);
    EXPECT_EQ(boost::json::parse(refused.body).at("error").at("code"), -32005);
}

TEST_F(ServerTest, other_methods_and_paths_are_refused) {
    EXPECT_EQ(exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
    EXPECT_EQ(exchange("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 404);
    EXPECT_EQ(exchange("OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 405);
    EXPECT_EQ(exchange("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").status,
              405);
    EXPECT_EQ(exchange("nonsense\r\n\r\n").status, 400);
    EXPECT_EQ(exchange(std::string("\0\1\2\3\r\n\r\n", 8)).status, 400);
}

TEST_F(ServerTest, a_head_of_16_kibibytes_is_read_and_a_larger_one_is_not) {
    const auto with_padding = [](size_t size) {
        return post(chain_id, "Host: localhost\r\nContent-Type: application/json\r\nX: " +
                                  std::string(size, 'x') + "\r\n");
    };
    const size_t frame = with_padding(0).size() - chain_id.size();
    EXPECT_EQ(exchange(with_padding(head_size_max - frame)).status, 200);
    EXPECT_EQ(exchange(with_padding(head_size_max - frame + 1)).status, 431);
}

TEST_F(ServerTest, a_body_of_5_mebibytes_is_read_and_a_larger_one_is_refused_by_its_length) {
    const std::string full =
        std::string(chain_id) + std::string(body_size_max - chain_id.size(), ' ');
    EXPECT_EQ(exchange(post(full)).body, chain_id_answer);
    // Nothing of the body is sent: the head is enough to refuse it.
    EXPECT_EQ(exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       "Content-Length: " +
                       std::to_string(body_size_max + 1) + "\r\n\r\n")
                  .status,
              413);
}

TEST_F(ServerTest, a_chunked_body_is_read_until_it_is_too_large) {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", chain_id.size());
    EXPECT_EQ(exchange(head + size + std::string(chain_id) + "\r\n0\r\n\r\n").body,
              chain_id_answer);

    Connection connection(server_->port());
    ASSERT_TRUE(connection.send(head));
    const std::string chunk = "100000\r\n" + std::string(1 << 20, ' ') + "\r\n";
    for (int i = 0; i < 6 && connection.send(chunk); ++i) {
    }
    EXPECT_EQ(connection.read().status, 413);
}

TEST_F(ServerTest, a_client_that_waits_for_permission_gets_it) {
    Connection connection(server_->port());
    ASSERT_TRUE(
        connection.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Expect: 100-continue\r\nContent-Length: " +
                        std::to_string(chain_id.size()) + "\r\n\r\n"));
    EXPECT_EQ(connection.read().status, 100);
    ASSERT_TRUE(connection.send(chain_id));
    EXPECT_EQ(connection.read().body, chain_id_answer);
}

TEST_F(ServerTest, slow_clients_are_dropped) {
    server_.reset();
    start({milliseconds(200), milliseconds(200), milliseconds(1'000), milliseconds(200)});
    Connection silent(server_->port());
    Connection half_head(server_->port());
    Connection half_body(server_->port());
    Connection idle(server_->port());
    EXPECT_TRUE(half_head.send("POST / HTTP/1.1\r\nHost: local"));
    EXPECT_TRUE(
        half_body.send("POST / HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
    EXPECT_TRUE(idle.send(post(chain_id)));
    EXPECT_EQ(idle.read().status, 200);
    for (Connection* connection : {&silent, &half_head, &half_body, &idle})
        EXPECT_TRUE(connection->is_closed());
    EXPECT_EQ(exchange(post(chain_id)).status, 200);
}

TEST_F(ServerTest, a_client_that_does_not_read_is_dropped) {
    server_.reset();
    start({milliseconds(5'000), milliseconds(5'000), milliseconds(300), milliseconds(5'000)});
    // Some 20 MB of answers to requests sent ahead: more than the system's buffers take.
    std::string batch = "[";
    for (int i = 0; i < 1'000; ++i)
        batch.append(i == 0 ? "" : ",")
            .append(R"({"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber",)"
                    R"("params":["0x0",true]})");
    batch += "]";
    Connection connection(server_->port());
    for (int i = 0; i < 10 && connection.send(post(batch)); ++i) {
    }
    EXPECT_EQ(exchange(post(chain_id)).status, 200);
    std::this_thread::sleep_for(milliseconds(1'500));
    // What was sent before the end is still there to be read; all ten answers are not.
    int answers = 0;
    while (connection.read().status == 200) ++answers;
    EXPECT_LT(answers, 10);
}

TEST_F(ServerTest, one_address_has_100_connections_at_most) {
    std::vector<std::unique_ptr<Connection>> connections;
    for (size_t i = 0; i < connections_per_address_max; ++i) {
        connections.push_back(std::make_unique<Connection>(server_->port()));
        ASSERT_TRUE(connections.back()->send(post(chain_id)));
        ASSERT_EQ(connections.back()->read().status, 200);
    }
    Connection refused(server_->port());
    EXPECT_TRUE(refused.is_closed());
    connections.pop_back();
    for (int i = 0; i < 100 && connections.size() < connections_per_address_max; ++i) {
        auto next = std::make_unique<Connection>(server_->port());
        if (next->send(post(chain_id)) && next->read().status == 200)
            connections.push_back(std::move(next));
        else
            std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_EQ(connections.size(), connections_per_address_max);
}

TEST_F(ServerTest, sixty_four_clients_are_served_at_once) {
    std::vector<std::thread> clients;
    std::atomic<int> right = 0;
    for (int i = 0; i < 64; ++i)
        clients.emplace_back([&, i] {
            Connection connection(server_->port());
            for (int j = 0; j < 50; ++j) {
                const std::string id = std::to_string(i * 1'000 + j);
                connection.send(
                    post(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"eth_chainId"})"));
                if (connection.read().body ==
                    R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":"0x7a69"})")
                    ++right;
            }
        });
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(right, 64 * 50);
}

TEST_F(ServerTest, waiting_for_receipts_takes_no_worker) {
    std::vector<std::unique_ptr<Connection>> waiting;
    const auto next_nonce = [] { return world_->chain().pending_nonce(test::RpcWorld::sender()); };
    const Address receiver = Address::parse(std::string(40, 'e')).value();
    for (uint64_t nonce = 0; nonce < 32; ++nonce) {
        const auto transaction = world_->transaction(nonce, receiver);
        waiting.push_back(std::make_unique<Connection>(server_->port()));
        waiting.back()->send(
            post(R"({"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":[")" +
                 to_hex(transaction->raw) + R"(",30000]})"));
        for (int i = 0; i < 10'000 && next_nonce() <= nonce; ++i)
            std::this_thread::sleep_for(milliseconds(1));
        ASSERT_GT(next_nonce(), nonce) << waiting.back()->read().body;
    }
    EXPECT_EQ(exchange(post(chain_id)).body, chain_id_answer);
    world_->mine();
    for (auto& connection : waiting)
        EXPECT_EQ(boost::json::parse(connection->read().body).at("result").at("status"), "0x1");
}

TEST_F(ServerTest, ends_with_requests_under_way) {
    Connection half(server_->port());
    EXPECT_TRUE(half.send("POST / HTTP/1.1\r\n"));
    Connection busy(server_->port());
    EXPECT_TRUE(busy.send(post(chain_id)));
    server_.reset();
    EXPECT_TRUE(half.is_closed());
}

TEST_F(ServerTest, a_port_in_use_is_named) {
    ServerOptions options;
    options.port = server_->port();
    const auto second = Server::start(world_->router(), options);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().what, "cannot listen on 127.0.0.1 port " +
                                       std::to_string(server_->port()) +
                                       ": Address already in use");
}

}  // namespace
}  // namespace plume::rpc
