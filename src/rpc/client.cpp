#include "rpc/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

namespace plume::rpc {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

struct Client::Connection {
    std::string host;
    std::string port;
    std::string target;
    asio::io_context io{};
    std::optional<beast::tcp_stream> stream{};
    beast::flat_buffer buffer{};

    std::string url() const { return "http://" + host + ":" + port + target; }

    /// Runs one asynchronous operation to its end, so that its time limit holds.
    beast::error_code run(auto&& start) {
        beast::error_code outcome;
        start([&outcome](beast::error_code failure, auto&&...) { outcome = failure; });
        io.restart();
        io.run();
        return outcome;
    }

    beast::error_code open() {
        beast::error_code failure;
        asio::ip::tcp::resolver resolver(io);
        const auto endpoints = resolver.resolve(host, port, failure);
        if (failure) return failure;
        stream.emplace(io);
        buffer.clear();
        stream->expires_after(std::chrono::seconds(timeout_seconds));
        failure = run([&](auto done) { stream->async_connect(endpoints, done); });
        if (!failure) stream->socket().set_option(asio::ip::tcp::no_delay(true), failure);
        if (failure) stream.reset();
        return failure;
    }

    beast::error_code exchange(const std::string& body, std::string& answer) {
        http::request<http::string_body> request{http::verb::post, target, 11};
        request.set(http::field::host, host + ":" + port);
        request.set(http::field::content_type, "application/json");
        request.body() = body;
        request.prepare_payload();
        http::response_parser<http::string_body> parser;
        parser.body_limit(answer_size_max);
        stream->expires_after(std::chrono::seconds(timeout_seconds));
        beast::error_code failure =
            run([&](auto done) { http::async_write(*stream, request, done); });
        if (!failure)
            failure = run([&](auto done) { http::async_read(*stream, buffer, parser, done); });
        if (failure || !parser.keep_alive()) stream.reset();
        answer = std::move(parser.get().body());
        return failure;
    }
};

Client::Client(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::make(std::string_view url) {
    const Error refused{.what = "'" + std::string(url) + "' is no URL like http://127.0.0.1:8545"};
    if (!url.starts_with("http://")) return refused;
    std::string_view rest = url.substr(7);
    const size_t slash = rest.find('/');
    std::string target(slash == std::string_view::npos ? "/" : rest.substr(slash));
    rest = rest.substr(0, slash);
    const size_t colon = rest.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
    std::string host(rest.substr(0, has_port ? colon : std::string_view::npos));
    std::string port(has_port ? rest.substr(colon + 1) : "80");
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty() || port.empty() || port.find_first_not_of("0123456789") != std::string::npos)
        return refused;
    auto connection = std::make_unique<Connection>();
    connection->host = std::move(host);
    connection->port = std::move(port);
    connection->target = std::move(target);
    return Client(std::move(connection));
}

namespace {

Result<Reply> read_reply(const std::string& answer, const std::string& url) {
    boost::json::error_code failure;
    Json parsed = boost::json::parse(answer, failure);
    const auto* object = failure ? nullptr : parsed.if_object();
    if (object == nullptr)
        return Error{.what = url + " does not answer as a JSON-RPC node: " + answer.substr(0, 200)};
    if (const auto* result = object->if_contains("result")) return Reply{*result};
    const auto* error = object->if_contains("error");
    const auto* fields = error != nullptr ? error->if_object() : nullptr;
    if (fields == nullptr) return Error{.what = url + " answers neither a result nor an error"};
    RpcError out;
    if (const auto* number = fields->if_contains("code"); number != nullptr && number->is_int64())
        out.code = static_cast<int>(number->get_int64());
    if (const auto* text = fields->if_contains("message"); text != nullptr && text->is_string())
        out.message = std::string(text->get_string());
    if (const auto* data = fields->if_contains("data")) out.data = *data;
    return Reply{nullptr, std::move(out)};
}

}  // namespace

Result<Reply> Client::call(std::string_view method, boost::json::array params) {
    Connection& connection = *connection_;
    const std::string body = boost::json::serialize(boost::json::object{
        {"jsonrpc", "2.0"}, {"id", next_id_++}, {"method", method}, {"params", std::move(params)}});
    const bool reused = connection.stream.has_value();
    std::string answer;
    beast::error_code failure = reused ? beast::error_code{} : connection.open();
    if (!failure) failure = connection.exchange(body, answer);
    // A node may close a connection that has been idle; then nothing of the request was read.
    if (reused &&
        (failure == http::error::end_of_stream || failure == asio::error::connection_reset ||
         failure == asio::error::broken_pipe)) {
        failure = connection.open();
        if (!failure) failure = connection.exchange(body, answer);
    }
    if (failure)
        return Error{.what = "no answer from " + connection.url() + ": " + failure.message()};
    return read_reply(answer, connection.url());
}

}  // namespace plume::rpc
