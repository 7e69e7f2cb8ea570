#include "rpc/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <thread>

#include "base/log.hpp"
#include "rpc/workers.hpp"

namespace plume::rpc {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using ErrorCode = boost::system::error_code;
using Request = http::request<http::string_body>;
using Parser = http::request_parser<http::string_body>;

/// Completion as a tuple that begins with an error code: nothing in this file throws.
constexpr auto awaited = net::as_tuple(net::use_awaitable);

constexpr std::string_view json_type = "application/json";
constexpr std::string_view greeting =
    "Plume answers JSON-RPC here: POST a request with Content-Type: application/json.\n";

/// How long a refused client may go on sending before the connection is reset under it, which could
/// cost it the refusal.
constexpr std::chrono::seconds linger_max{2};
/// How long to wait when the system has no more descriptors for connections.
constexpr std::chrono::milliseconds accept_pause{100};

struct Response {
    http::status status = http::status::ok;
    std::string body{};
    std::string type{json_type};
};

Response refusal(http::status status, std::string_view why) {
    return {status, std::string(why) + "\n", "text/plain"};
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Whether a Content-Type is JSON, whatever parameters follow.
bool is_json(std::string_view type) {
    return beast::iequals(trimmed(type.substr(0, type.find(';'))), json_type);
}

/// A Host header without its port.
std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

/// Whether bytes came that are no HTTP, rather than none or not all.
bool is_malformed(const ErrorCode& error) {
    static const auto& http_errors = http::make_error_code(http::error::bad_version).category();
    return error && error.category() == http_errors && error != http::error::end_of_stream &&
           error != http::error::partial_message;
}

}  // namespace

/// Everything behind the interface. All but the workers runs on one thread, so nothing is locked.
class Server::Door {
public:
    Door(const Router& router, ServerOptions options)
        : router_(router), options_(std::move(options)), io_(1) {}

    Result<void> open() {
        for (const std::string& address : options_.addresses) {
            const Result<void> opened = listen(address);
            if (opened) continue;
            if (acceptors_.empty()) return opened;
            log::warn("not listening there", {{"why", opened.error().what}});
        }
        size_t count = options_.workers;
        if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
        workers_ = std::make_unique<Workers>(count);
        for (tcp::acceptor& acceptor : acceptors_)
            net::co_spawn(io_, accept(acceptor), net::detached);
        thread_ = std::make_unique<Thread>("rpc-io", [this] { io_.run(); });
        return {};
    }

    ~Door() {
        io_.stop();
        thread_.reset();
        // From here on this thread is alone with the connections. Answers under way still find
        // `io_`.
        workers_.reset();
        router_.stop();
    }

    uint16_t port() const { return port_; }

private:
    /// A share of the traffic that may be in memory.
    class Traffic {
    public:
        explicit Traffic(size_t& total) : total_(total) {}
        ~Traffic() { total_ -= size_; }
        Traffic(const Traffic&) = delete;
        Traffic& operator=(const Traffic&) = delete;
        void set(size_t size) {
            total_ += size - size_;
            size_ = size;
        }

    private:
        size_t& total_;
        size_t size_ = 0;
    };

    /// One place among the connections, taken and given back.
    class Place {
    public:
        Place(Door& door, net::ip::address address) : door_(door), address_(std::move(address)) {
            ++door_.connection_count_;
            ++door_.connections_[address_];
        }
        ~Place() {
            --door_.connection_count_;
            if (--door_.connections_[address_] == 0) door_.connections_.erase(address_);
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        Door& door_;
        const net::ip::address address_;
    };

    Result<void> listen(const std::string& text);
    net::awaitable<void> accept(tcp::acceptor& acceptor);
    net::awaitable<void> serve(tcp::socket socket, net::ip::address address);
    net::awaitable<bool> serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                   bool is_first);
    net::awaitable<ErrorCode> read_head(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                        Parser& parser, bool is_first);
    net::awaitable<ErrorCode> read_body(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                        Parser& parser);
    net::awaitable<bool> write(beast::tcp_stream& stream, const Request& request, Response response,
                               bool keep_alive);
    net::awaitable<void> linger(beast::tcp_stream& stream);
    net::awaitable<Response> answer(std::string body);

    /// Why a request is refused by its head alone.
    std::optional<Response> refuse(const Parser& parser) const;
    bool is_our_name(std::string_view host) const;
    bool has_room_for(const net::ip::address& address) const;

    const Router& router_;
    const ServerOptions options_;
    uint16_t port_ = 0;
    size_t connection_count_ = 0;
    std::map<net::ip::address, size_t> connections_;
    size_t traffic_ = 0;
    net::io_context io_;  ///< after what connections touch when they are dropped with it
    std::vector<tcp::acceptor> acceptors_;
    std::unique_ptr<Workers> workers_;
    std::unique_ptr<Thread> thread_;
};

Result<void> Server::Door::listen(const std::string& text) {
    ErrorCode error;
    const uint16_t port = port_ != 0 ? port_ : options_.port;
    const auto fail_with = [&](const ErrorCode& why) {
        return Error{.what = "cannot listen on " + text + " port " + std::to_string(port) + ": " +
                             why.message()};
    };
    const auto address = net::ip::make_address(text, error);
    if (error) return fail_with(error);
    tcp::acceptor acceptor(io_);
    const tcp::endpoint endpoint(address, port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor.set_option(net::ip::v6_only(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
    if (error) return fail_with(error);
    port_ = acceptor.local_endpoint(error).port();
    acceptors_.push_back(std::move(acceptor));
    return {};
}

bool Server::Door::has_room_for(const net::ip::address& address) const {
    const auto found = connections_.find(address);
    const size_t same = found == connections_.end() ? 0 : found->second;
    return connection_count_ < connections_max && same < connections_per_address_max;
}

net::awaitable<void> Server::Door::accept(tcp::acceptor& acceptor) {
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(awaited);
        if (error == net::error::operation_aborted) co_return;
        if (error) {
            net::steady_timer pause(io_, accept_pause);
            co_await pause.async_wait(awaited);
            continue;
        }
        ErrorCode gone;
        const net::ip::address address = socket.remote_endpoint(gone).address();
        if (gone || !has_room_for(address)) continue;
        socket.set_option(tcp::no_delay(true), gone);
        net::co_spawn(io_, serve(std::move(socket), address), net::detached);
    }
}

net::awaitable<void> Server::Door::serve(tcp::socket socket, net::ip::address address) {
    const Place place(*this, std::move(address));
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer(head_size_max + body_size_max);
    for (bool is_first = true; co_await serve_one(stream, buffer, is_first);) is_first = false;
}

/// Reads, answers and writes one request; whether the connection goes on. Requests that were sent
/// ahead wait in `buffer`, so answers keep their order.
net::awaitable<bool> Server::Door::serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                             bool is_first) {
    Parser parser;
    parser.header_limit(head_size_max);
    parser.body_limit(body_size_max);
    Traffic traffic(traffic_);
    ErrorCode error = co_await read_head(stream, buffer, parser, is_first);
    std::optional<Response> refused;
    if (!error) {
        refused = refuse(parser);
        if (!refused) {
            traffic.set(parser.content_length().value_or(body_size_max));
            error = co_await read_body(stream, buffer, parser);
        }
    }
    if (error == http::error::header_limit)
        refused = refusal(http::status::request_header_fields_too_large, "head too large");
    else if (error == http::error::body_limit)
        refused = refusal(http::status::payload_too_large, "body too large");
    else if (is_malformed(error))
        refused = refusal(http::status::bad_request, "not a request of HTTP/1.1");
    else if (error)
        co_return false;

    if (refused) {
        const bool is_greeting = refused->status == http::status::ok;
        const bool keeps = is_greeting && parser.is_done() && parser.keep_alive();
        if (co_await write(stream, parser.get(), std::move(*refused), keeps) && !keeps)
            co_await linger(stream);
        co_return keeps;
    }
    Request request = parser.release();
    Response response = co_await answer(std::move(request.body()));
    traffic.set(response.body.size());
    const bool keeps = request.keep_alive();
    co_return co_await write(stream, request, std::move(response), keeps) && keeps;
}

net::awaitable<ErrorCode> Server::Door::read_head(beast::tcp_stream& stream,
                                                  beast::flat_buffer& buffer, Parser& parser,
                                                  bool is_first) {
    if (buffer.size() == 0 && !is_first) {
        stream.expires_after(options_.timeouts.idle);
        auto [error, size] =
            co_await stream.async_read_some(buffer.prepare(head_size_max), awaited);
        if (error) co_return error;
        buffer.commit(size);
    }
    stream.expires_after(options_.timeouts.head);
    auto [error, size] = co_await http::async_read_header(stream, buffer, parser, awaited);
    // The parser's own limit lets a head pass that comes in one piece.
    if (!error && size > head_size_max) co_return http::make_error_code(http::error::header_limit);
    co_return error;
}

net::awaitable<ErrorCode> Server::Door::read_body(beast::tcp_stream& stream,
                                                  beast::flat_buffer& buffer, Parser& parser) {
    if (parser.is_done()) co_return ErrorCode{};
    stream.expires_after(options_.timeouts.body);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> proceed{http::status::continue_, 11};
        auto [error, size] = co_await http::async_write(stream, proceed, awaited);
        if (error) co_return error;
    }
    auto [error, size] = co_await http::async_read(stream, buffer, parser, awaited);
    co_return error;
}

bool Server::Door::is_our_name(std::string_view host) const {
    const std::string_view name = without_port(trimmed(host));
    for (const std::string_view ours : {"localhost", "127.0.0.1", "[::1]"})
        if (beast::iequals(name, ours)) return true;
    for (const std::string& ours : options_.host_names)
        if (beast::iequals(name, ours)) return true;
    return false;
}

std::optional<Response> Server::Door::refuse(const Parser& parser) const {
    const auto& head = parser.get();
    if (head.count(http::field::host) != 1)
        return refusal(http::status::bad_request, "one Host header is needed");
    if (!is_our_name(head[http::field::host]))
        return refusal(http::status::forbidden, "unknown host name");
    const std::string_view target = head.target();
    const std::string_view path = target.substr(0, target.find('?'));
    if (head.method() == http::verb::get && options_.pages)
        if (auto page = options_.pages(path))
            return Response{static_cast<http::status>(page->status), std::move(page->body),
                            std::move(page->type)};
    if (path != "/") return refusal(http::status::not_found, "there is nothing here but /");
    if (head.method() == http::verb::get)
        return refusal(http::status::ok, greeting.substr(0, greeting.size() - 1));
    if (head.method() != http::verb::post)
        return refusal(http::status::method_not_allowed, "only POST");
    if (!is_json(head[http::field::content_type]))
        return refusal(http::status::unsupported_media_type, "only application/json");
    if (traffic_ >= traffic_size_max)
        return refusal(http::status::service_unavailable, "too much traffic");
    return std::nullopt;
}

net::awaitable<Response> Server::Door::answer(std::string body) {
    const auto initiate = [this](auto handler, std::string text) {
        const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        const auto done = [this, waiting](std::string answered) {
            net::post(io_, [waiting, answered = std::move(answered)]() mutable {
                (*waiting)(Response{http::status::ok, std::move(answered)});
            });
        };
        const bool has_room = workers_->add(
            [this, done, text = std::move(text)]() mutable { router_.answer(text, done); });
        if (has_room) return;
        net::post(io_, [waiting] {
            (*waiting)(Response{http::status::service_unavailable,
                                error_text({code::limit_exceeded, "too many requests at once"})});
        });
    };
    co_return co_await net::async_initiate<const net::use_awaitable_t<>, void(Response)>(
        initiate, net::use_awaitable, std::move(body));
}

/// Whether all of it was taken in time.
net::awaitable<bool> Server::Door::write(beast::tcp_stream& stream, const Request& request,
                                         Response response, bool keep_alive) {
    const unsigned version = request.version() == 10 ? 10 : 11;
    http::response<http::string_body> message{response.status, version};
    message.set(http::field::content_type, response.type);
    if (response.status == http::status::method_not_allowed)
        message.set(http::field::allow, "GET, POST");
    message.body() = std::move(response.body);
    message.keep_alive(keep_alive);
    message.prepare_payload();
    if (request.method() == http::verb::head) message.body().clear();
    stream.expires_after(options_.timeouts.write);
    auto [error, size] = co_await http::async_write(stream, message, awaited);
    co_return !error;
}

net::awaitable<void> Server::Door::linger(beast::tcp_stream& stream) {
    ErrorCode ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream.expires_after(linger_max);
    std::array<char, 4'096> scratch;
    for (;;) {
        auto [error, size] = co_await stream.async_read_some(net::buffer(scratch), awaited);
        if (error) co_return;
    }
}

Result<std::unique_ptr<Server>> Server::start(const Router& router, ServerOptions options) {
    auto door = std::make_unique<Door>(router, std::move(options));
    if (const Result<void> opened = door->open(); !opened) return opened.error();
    return std::unique_ptr<Server>(new Server(std::move(door)));
}

Server::Server(std::unique_ptr<Door> door) : door_(std::move(door)) {}

Server::~Server() = default;

uint16_t Server::port() const {
    return door_->port();
}

}  // namespace plume::rpc
