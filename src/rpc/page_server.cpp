#include "rpc/page_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/thread.hpp"
#include "rpc/admission.hpp"

namespace plume::rpc {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using ErrorCode = boost::system::error_code;
using Parser = http::request_parser<http::empty_body>;

/// Completion as a tuple that begins with an error code: nothing in this file throws.
constexpr auto awaited = net::as_tuple(net::use_awaitable);

Page refusal(unsigned status, std::string why) {
    return {.status = status, .body = std::move(why) + "\n"};
}

}  // namespace

/// All of it runs on one thread.
class PageServer::Door {
public:
    Door(PageServerOptions options, Pages pages)
        : options_(std::move(options)), pages_(std::move(pages)), io_(1), acceptor_(io_) {}

    ~Door() {
        io_.stop();
        thread_.reset();
    }

    Result<void> open() {
        ErrorCode error;
        const auto address = net::ip::make_address(options_.address, error);
        if (!error) acceptor_.open(address.is_v6() ? tcp::v6() : tcp::v4(), error);
        if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
        if (!error) acceptor_.bind({address, options_.port}, error);
        if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
        if (error)
            return Error{.what = "cannot listen on " + options_.address + " port " +
                                 std::to_string(options_.port) + ": " + error.message()};
        is_local_ = address.is_loopback();
        port_ = acceptor_.local_endpoint(error).port();
        net::co_spawn(io_, accept(), net::detached);
        thread_ = std::make_unique<Thread>("pages", [this] { io_.run(); });
        return {};
    }

    uint16_t port() const { return port_; }

private:
    net::awaitable<void> accept() {
        constexpr std::chrono::milliseconds pause_time{100};
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(awaited);
            if (error == net::error::operation_aborted) co_return;
            if (error) {
                net::steady_timer pause(io_, pause_time);
                co_await pause.async_wait(awaited);
                continue;
            }
            if (connections_ < page_connections_max)
                net::co_spawn(io_, serve(std::move(socket)), net::detached);
        }
    }

    net::awaitable<void> serve(tcp::socket socket) {
        ++connections_;
        beast::tcp_stream stream(std::move(socket));
        beast::flat_buffer buffer(page_request_size_max);
        while (co_await serve_one(stream, buffer)) {
        }
        --connections_;
    }

    /// Whether the connection goes on.
    net::awaitable<bool> serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
        Parser parser;
        parser.header_limit(page_request_size_max);
        stream.expires_after(options_.timeout);
        auto [failed, read] = co_await http::async_read_header(stream, buffer, parser, awaited);
        const bool is_too_large =
            failed == http::error::header_limit || failed == http::error::buffer_overflow;
        const bool is_malformed =
            failed &&
            failed.category() == http::make_error_code(http::error::bad_version).category();
        if (failed && !is_too_large &&
            (!is_malformed || failed == http::error::end_of_stream ||
             failed == http::error::partial_message))
            co_return false;
        const Page page = is_too_large ? refusal(431, "head too large")
                          : failed     ? refusal(400, "not a request of HTTP/1.1")
                                       : answer(parser);
        const bool keeps = !failed && parser.is_done() && parser.keep_alive();
        http::response<http::string_body> message{
            static_cast<http::status>(page.status),
            !failed && parser.get().version() == 10 ? 10u : 11u};
        message.set(http::field::content_type, page.type);
        message.set(http::field::cache_control, "no-store");
        message.body() = page.body;
        message.keep_alive(keeps);
        message.prepare_payload();
        if (!failed && parser.get().method() == http::verb::head) message.body().clear();
        auto [broken, written] = co_await http::async_write(stream, message, awaited);
        co_return !broken && keeps;
    }

    Page answer(const Parser& parser) const {
        const auto& head = parser.get();
        if (is_local_ && !is_our_name(without_port(head[http::field::host]), options_.host_names))
            return refusal(403, "unknown host name");
        if (head.method() != http::verb::get && head.method() != http::verb::head)
            return refusal(405, "only GET");
        const std::string_view target = head.target();
        auto page = pages_(target.substr(0, target.find('?')));
        return page ? std::move(*page) : refusal(404, "there is nothing here");
    }

    const PageServerOptions options_;
    const Pages pages_;
    bool is_local_ = true;
    uint16_t port_ = 0;
    size_t connections_ = 0;
    net::io_context io_;  ///< after what connections touch when they are dropped with it
    tcp::acceptor acceptor_;
    std::unique_ptr<Thread> thread_;
};

Result<std::unique_ptr<PageServer>> PageServer::start(PageServerOptions options, Pages pages) {
    auto door = std::make_unique<Door>(std::move(options), std::move(pages));
    if (const Result<void> opened = door->open(); !opened) return opened.error();
    return std::unique_ptr<PageServer>(new PageServer(std::move(door)));
}

PageServer::PageServer(std::unique_ptr<Door> door) : door_(std::move(door)) {}

PageServer::~PageServer() = default;

uint16_t PageServer::port() const {
    return door_->port();
}

}  // namespace plume::rpc
