// WebSockets over real sockets: a client of Beast's, and one that speaks byte by byte.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <set>
#include <thread>

#include "rpc/server.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using net::ip::tcp;
using std::chrono::milliseconds;
using ErrorCode = beast::error_code;

/// A client that waits for each thing it does. What does not come within 20 seconds fails.
class Client {
public:
    explicit Client(uint16_t port) : socket_(io_) {
        tcp::socket& tcp = socket_.next_layer();
        tcp.connect({net::ip::make_address_v4("127.0.0.1"), port});
        const timeval patience{20, 0};
        ::setsockopt(tcp.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    /// The status of the answer: 101 when it goes over.
    unsigned connect(const std::string& host = "localhost", const std::string& origin = "",
                     const std::string& path = "/") {
        socket_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
            if (!origin.empty()) request.set(beast::http::field::origin, origin);
        }));
        websocket::response_type response;
        ErrorCode error;
        socket_.handshake(response, host, path, error);
        return response.result_int();
    }

    void send(const std::string& text) {
        ErrorCode error;
        socket_.write(net::buffer(text), error);
    }
    /// The next message; null when the connection is over.
    Json read() {
        beast::flat_buffer buffer;
        socket_.read(buffer, error_);
        if (error_) return nullptr;
        return boost::json::parse(beast::buffers_to_string(buffer.data()));
    }
    Json ask(const std::string& method, const std::string& params = "[]", int id = 1) {
        send(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
             R"(","params":)" + params + "}");
        return read();
    }
    std::string subscribe(const std::string& params) {
        return std::string(ask("eth_subscribe", params).at("result").as_string());
    }
    /// Why the other side closed.
    uint16_t close_code() {
        while (!error_) read();
        return socket_.reason().code;
    }

    websocket::stream<tcp::socket>& socket() { return socket_; }

private:
    net::io_context io_;
    websocket::stream<tcp::socket> socket_;
    ErrorCode error_;
};

class WebSocketTest : public testing::Test {
protected:
    void start(Timeouts timeouts = {}, uint64_t rate = 0) {
        server_.reset();
        ServerOptions options;
        options.port = 0;
        options.host_names = {"node.example"};
        options.origins = {"https://app.example"};
        options.timeouts = timeouts;
        options.local_requests_per_second = rate;
        server_ = std::move(Server::start(world_.router(), options)).value();
    }
    void SetUp() override { start(); }

    std::unique_ptr<Client> client() {
        auto out = std::make_unique<Client>(server_->port());
        EXPECT_EQ(out->connect(), 101u);
        return out;
    }

    test::RpcWorld world_;
    std::unique_ptr<Server> server_;
};

TEST_F(WebSocketTest, requests_and_batches_are_answered) {
    const auto one = client();
    EXPECT_EQ(one->ask("eth_chainId").at("result"), "0x7a69");
    EXPECT_EQ(one->ask("eth_nothing").at("error").at("code"), -32601);
    one->send("{");
    EXPECT_EQ(one->read().at("error").at("code"), -32700);
    one->send(R"([{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},)"
              R"({"jsonrpc":"2.0","method":"eth_chainId"},)"
              R"({"jsonrpc":"2.0","id":2,"method":"eth_blockNumber"}])");
    EXPECT_EQ(one->read().as_array().size(), 2u);
    // A notification has no answer: what comes next answers the next request.
    one->send(R"({"jsonrpc":"2.0","method":"eth_chainId"})");
    EXPECT_EQ(one->ask("eth_chainId", "[]", 7).at("id"), 7);
}

TEST_F(WebSocketTest, requests_sent_ahead_are_all_answered) {
    const auto one = client();
    for (int i = 0; i < 500; ++i)
        one->send(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"eth_chainId"})");
    std::set<int64_t> ids;
    for (int i = 0; i < 500; ++i) ids.insert(one->read().at("id").as_int64());
    EXPECT_EQ(ids.size(), 500u);
}

TEST_F(WebSocketTest, an_answer_does_not_wait_for_an_earlier_one) {
    const auto one = client();
    const auto transaction = world_.transaction(0, Address{});
    one->send(R"({"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":[")" +
              to_hex(transaction->raw) + R"(",30000]})");
    EXPECT_EQ(one->ask("eth_chainId", "[]", 2).at("id"), 2);
    while (world_.chain().pool().find(transaction->hash) == nullptr) std::this_thread::yield();
    world_.mine();
    EXPECT_EQ(one->read().at("result").at("status"), "0x1");
}

TEST_F(WebSocketTest, hosts_origins_and_paths_are_checked) {
    const auto status = [this](const std::string& host, const std::string& origin,
                               const std::string& path = "/") {
        return Client(server_->port()).connect(host, origin, path);
    };
    EXPECT_EQ(status("localhost:1", ""), 101u);
    EXPECT_EQ(status("node.example", "https://app.example"), 101u);
    EXPECT_EQ(status("localhost", "http://localhost:3000"), 101u);
    EXPECT_EQ(status("evil.example", ""), 403u);
    EXPECT_EQ(status("localhost", "https://evil.example"), 403u);
    EXPECT_EQ(status("localhost", "null"), 403u);
    EXPECT_EQ(status("localhost", "", "/other"), 404u);
}

TEST_F(WebSocketTest, extensions_are_declined) {
    Client one(server_->port());
    websocket::permessage_deflate deflate;
    deflate.client_enable = true;
    one.socket().set_option(deflate);
    websocket::response_type response;
    one.socket().handshake(response, "localhost", "/");
    EXPECT_EQ(response.count(beast::http::field::sec_websocket_extensions), 0u);
    EXPECT_EQ(one.ask("eth_chainId").at("result"), "0x7a69");
}

TEST_F(WebSocketTest, heads_logs_and_transactions_are_told_after_their_answer) {
    const auto one = client();
    const std::string heads = one->subscribe(R"(["newHeads"])");
    const std::string hashes = one->subscribe(R"(["newPendingTransactions"])");
    const std::string logs =
        one->subscribe(R"(["logs",{"fromBlock":"0x0","toBlock":"latest","topics":[]}])");
    EXPECT_EQ(std::set({heads, hashes, logs}).size(), 3u);
    const auto transaction = world_.transaction(0, Address{});
    world_.run(transaction);
    Json told = one->read();
    EXPECT_EQ(told.at("params").at("subscription"), Json(hashes));
    EXPECT_EQ(told.at("params").at("result"), Json(to_hex(transaction->hash)));
    told = one->read();
    EXPECT_EQ(told.at("method"), "eth_subscription");
    EXPECT_EQ(told.at("params").at("subscription"), Json(heads));
    EXPECT_EQ(told.at("params").at("result").at("number"), "0x1");
    EXPECT_EQ(one->ask("eth_unsubscribe", "[\"" + heads + "\"]").at("result"), true);
    EXPECT_EQ(one->ask("eth_unsubscribe", "[\"" + heads + "\"]").at("error").at("message"),
              "subscription not found");
    world_.mine();
    EXPECT_EQ(one->ask("eth_blockNumber").at("result"), "0x2");
    one->subscribe(R"(["syncing"])");
    EXPECT_EQ(one->read().at("params").at("result"), false);
    EXPECT_EQ(one->ask("eth_subscribe", R"(["nothing"])").at("error").at("message"),
              "no \"nothing\" subscription in eth namespace");
    EXPECT_EQ(one->ask("eth_subscribe", R"(["logs",{"topics":["0x1"]}])").at("error").at("code"),
              -32602);
}

TEST_F(WebSocketTest, every_block_is_told_once_while_others_come_and_go) {
    const auto one = client();
    one->subscribe(R"(["newHeads"])");
    std::thread others([&] {
        for (int i = 0; i < 20; ++i) client()->subscribe(R"(["newHeads"])");
    });
    constexpr uint64_t blocks = 100;
    for (uint64_t i = 0; i < blocks; ++i) world_.mine();
    for (uint64_t i = 1; i <= blocks; ++i)
        EXPECT_EQ(one->read().at("params").at("result").at("number"), Json(to_quantity(u256{i})));
    others.join();
}

TEST_F(WebSocketTest, a_connection_has_128_subscriptions) {
    const auto one = client();
    for (size_t i = 0; i < Listener::subscriptions_max; ++i) one->subscribe(R"(["newHeads"])");
    EXPECT_EQ(one->ask("eth_subscribe", R"(["newHeads"])").at("error").at("code"), -32005);
}

TEST_F(WebSocketTest, a_message_of_5_mebibytes_is_read_and_a_larger_one_ends_with_1009) {
    const std::string request = R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})";
    const auto one = client();
    one->send(request + std::string(body_size_max - request.size(), ' '));
    EXPECT_EQ(one->read().at("result"), "0x7a69");
    one->send(request + std::string(body_size_max - request.size() + 1, ' '));
    EXPECT_EQ(one->close_code(), websocket::close_code::too_big);
}

TEST_F(WebSocketTest, text_that_is_no_utf8_ends_with_1007) {
    const auto one = client();
    one->send("\"\xff\xff\"");
    EXPECT_EQ(one->close_code(), websocket::close_code::bad_payload);
}

TEST_F(WebSocketTest, a_ping_is_answered) {
    const auto one = client();
    bool is_answered = false;
    one->socket().control_callback([&](websocket::frame_type kind, beast::string_view) {
        is_answered = is_answered || kind == websocket::frame_type::pong;
    });
    one->socket().ping({});
    one->ask("eth_chainId");
    one->ask("eth_chainId");
    EXPECT_TRUE(is_answered);
}

TEST_F(WebSocketTest, a_silent_client_is_pinged_and_dropped) {
    start({milliseconds(5'000), milliseconds(5'000), milliseconds(5'000), milliseconds(400)});
    const auto silent = client();
    std::this_thread::sleep_for(milliseconds(1'200));
    // It has not read, so it has not answered the ping.
    while (!silent->read().is_null()) {
    }
    const auto awake = client();
    for (int i = 0; i < 12; ++i) {
        std::this_thread::sleep_for(milliseconds(100));
        EXPECT_EQ(awake->ask("eth_chainId").at("result"), "0x7a69");
    }
}

TEST_F(WebSocketTest, a_message_that_does_not_end_is_dropped) {
    start({milliseconds(5'000), milliseconds(300), milliseconds(5'000), milliseconds(60'000)});
    const auto one = client();
    ErrorCode error;
    one->socket().write_some(false, net::buffer(std::string("{\"a\":")), error);
    EXPECT_TRUE(one->read().is_null());
}

TEST_F(WebSocketTest, a_reader_that_stops_is_dropped_and_the_chain_goes_on) {
    const auto deaf = client();
    for (int i = 0; i < 128; ++i) deaf->subscribe(R"(["newHeads"])");
    const auto keen = client();
    keen->subscribe(R"(["newHeads"])");
    // Some 180 KB a block: far more than the buffers of the system and the MiB of ours.
    for (uint64_t i = 1; i <= 300; ++i) {
        world_.mine();
        ASSERT_EQ(keen->read().at("params").at("result").at("number"), Json(to_quantity(u256{i})));
    }
    // Longer than its notifications may stand still.
    std::this_thread::sleep_for(2 * Listener::stall_max);
    size_t count = 0;
    while (!deaf->read().is_null()) ++count;
    EXPECT_LT(count, 128u * 300u);
}

TEST_F(WebSocketTest, stopping_closes_with_1001) {
    const auto one = client();
    const auto two = client();
    two->subscribe(R"(["newHeads"])");
    std::thread stop([this] { server_.reset(); });
    EXPECT_EQ(one->close_code(), websocket::close_code::going_away);
    EXPECT_EQ(two->close_code(), websocket::close_code::going_away);
    stop.join();
}

TEST_F(WebSocketTest, requests_are_limited_by_address_where_that_is_asked_for) {
    start({}, 10);
    const auto one = client();
    int refused = 0;
    for (int i = 0; i < 100; ++i) {
        const Json answer = one->ask("eth_chainId");
        if (!answer.as_object().contains("error")) continue;
        EXPECT_EQ(answer.at("error").at("code"), -32005);
        ++refused;
    }
    EXPECT_GT(refused, 0);
}

TEST_F(WebSocketTest, frames_that_break_the_rules_end_the_connection) {
    for (const std::string& frame :
         {std::string("\x81\x05hello"),                // not masked
          std::string("\xc1\x80\0\0\0\0", 6),          // reserved bit
          std::string("\x83\x80\0\0\0\0", 6),          // reserved opcode
          std::string("\x80\x80\0\0\0\0", 6),          // continues nothing
          std::string("\x89\xfe\x00\x7e\0\0\0\0", 8),  // a ping of 126 bytes
          std::string("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14)}) {
        const auto one = client();
        ErrorCode error;
        net::write(one->socket().next_layer(), net::buffer(frame), error);
        EXPECT_TRUE(one->read().is_null());
    }
    EXPECT_EQ(client()->ask("eth_chainId").at("result"), "0x7a69");
}

}  // namespace
}  // namespace plume::rpc
