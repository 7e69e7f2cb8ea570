// HTTP/1.1 with one client.

#include <boost/beast/websocket/rfc6455.hpp>
#include <charconv>
#include <sstream>

#include "rpc/admission.hpp"
#include "rpc/door.hpp"
#include "rpc/known_head.hpp"

namespace plume::rpc {

namespace {

using Parser = http::request_parser<http::string_body>;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view greeting =
    "Plume answers JSON-RPC here: POST a request with Content-Type: application/json, or connect "
    "by WebSocket.\n";
/// How much is read at a time.
constexpr size_t piece_size = size_t{64} << 10;
/// After how long a connection that has sent requests ahead lets others have their turn.
constexpr std::chrono::milliseconds turn_max{1};
/// How long a page may remember that it may ask: what browsers do at most is a matter of hours.
constexpr std::string_view preflight_seconds = "600";

/// How long a refused client may go on sending before the connection is reset under it, which could
/// cost it the refusal.
constexpr std::chrono::seconds linger_max{2};

struct Response {
    http::status status = http::status::ok;
    std::string body{};
    std::string type{json_type};
};

Response refusal(http::status status, std::string_view why) {
    return {status, std::string(why) + "\n", "text/plain"};
}

std::string_view text_of(const beast::flat_buffer& buffer) {
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

/// Whether bytes came that are no HTTP, rather than none or not all.
bool is_malformed(const ErrorCode& error) {
    static const auto& http_errors = http::make_error_code(http::error::bad_version).category();
    return error && error.category() == http_errors && error != http::error::end_of_stream &&
           error != http::error::partial_message;
}

/// Whether it goes out with others like it.
bool is_small_result(const Reply& reply) {
    return reply.status == Reply::Status::answered && reply.text.size() <= small_size_max;
}

/// Requests of one head, of which all but the first are answered without another look at it.
struct Known {
    KnownHead head;
    Request request;          ///< the first one, without its body
    std::string answer_head;  ///< of a result, up to its length
};

class HttpConnection final : public Timed {
public:
    HttpConnection(Door& door, tcp::socket socket, PeerPtr peer)
        : door_(door),
          peer_(std::move(peer)),
          traffic_(door.traffic_of(peer_)),
          socket_(std::move(socket)),
          buffer_(head_size_max + piece_size) {
        ErrorCode ignored;
        socket_.non_blocking(true, ignored);
        peer_->loop.enter(this);
    }
    ~HttpConnection() override { peer_->loop.leave(this); }
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    net::awaitable<void> serve() {
        for (bool is_first = true; co_await serve_one(is_first); is_first = false)
            if (known_ && !co_await serve_known()) co_return;
    }
    void on_late() override {
        ErrorCode ignored;
        socket_.close(ignored);
    }

private:
    /// How reading went: to its end, to a refusal, or to the end of the connection.
    struct Outcome {
        bool is_over = false;
        std::optional<Response> refused{};
    };

    net::awaitable<bool> serve_one(bool is_first);
    net::awaitable<bool> serve_known();
    std::optional<Attempt> answer_known();
    net::awaitable<bool> finish_known(Attempt attempt);
    void append_result(std::string_view text);
    net::awaitable<bool> flush();
    void remember(const Request& request);
    net::awaitable<Outcome> read_head(Parser& parser, bool is_first);
    net::awaitable<Outcome> read_body(Parser& parser);
    net::awaitable<bool> receive();
    Outcome parse_head(Parser& parser, size_t size);
    net::awaitable<bool> refuse(const Parser& parser, Response why);
    net::awaitable<bool> write(const Request& request, Reply reply);
    net::awaitable<bool> write(const Request& request, Response response, bool keep_alive);
    net::awaitable<void> linger();
    net::awaitable<bool> answer(Request request);

    std::optional<Response> objection_to(const Request& head) const;
    std::optional<Response> objection_to_post(const Request& head) const;
    bool is_upgrade(const Request& head) const;
    void allow_origin(const Request& request, http::fields& fields) const;
    void allow(std::chrono::milliseconds time) { set_deadline(Clock::now() + time); }
    const Timeouts& timeouts() const { return door_.options().timeouts; }

    Door& door_;
    const PeerPtr peer_;
    const TrafficPtr traffic_;
    tcp::socket socket_;
    beast::flat_buffer buffer_;
    std::string head_;  ///< of the request that is being served, if it is small
    std::optional<Known> known_;
    std::string out_;              ///< answers that are not sent yet
    bool is_interrupted_ = false;  ///< it goes on where it is when others have had their turn
};

net::awaitable<bool> HttpConnection::receive() {
    auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(piece_size), awaited);
    if (!error) buffer_.commit(size);
    co_return !error;
}

/// Reads, answers and writes one request; whether the connection goes on. Requests that were sent
/// ahead wait in `buffer_`, so answers keep their order.
net::awaitable<bool> HttpConnection::serve_one(bool is_first) {
    Parser parser;
    // Its own limit is for what follows a chunked body; the head's is kept before.
    parser.header_limit(2 * head_size_max);
    parser.body_limit(body_size_max);
    traffic_->set(0);
    Outcome read = co_await read_head(parser, is_first);
    if (read.is_over) co_return false;
    if (!read.refused) read.refused = objection_to(parser.get());
    if (read.refused) co_return co_await refuse(parser, std::move(*read.refused));
    if (is_upgrade(parser.get())) {
        Response early = refusal(http::status::bad_request, "nothing may come before the answer");
        if (buffer_.size() > 0) co_return co_await refuse(parser, std::move(early));
        Request request = parser.release();
        set_deadline(never);
        co_await serve_websocket(door_, std::move(socket_), std::move(request), peer_);
        co_return false;
    }
    if (parser.get().method() == http::verb::options) {
        Response preflight{http::status::no_content};
        co_return co_await refuse(parser, std::move(preflight));
    }
    read = co_await read_body(parser);
    if (read.is_over) co_return false;
    if (read.refused) co_return co_await refuse(parser, std::move(*read.refused));
    co_return co_await answer(parser.release());
}

/// Serves requests whose head is known until something else comes; whether the connection goes on.
net::awaitable<bool> HttpConnection::serve_known() {
    for (;;) {
        set_deadline(never);
        std::optional<Attempt> unfinished = answer_known();
        // All that were sent ahead are answered at once.
        if (!out_.empty() && !co_await flush()) co_return false;
        if (unfinished) {
            if (!co_await finish_known(std::move(*unfinished))) co_return false;
            continue;
        }
        if (std::exchange(is_interrupted_, false)) {
            co_await net::post(socket_.get_executor(), net::use_awaitable);
            continue;
        }
        if (buffer_.size() > 0 || door_.is_stopping()) co_return true;
        allow(timeouts().idle);
        auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(piece_size), awaited);
        if (error) co_return false;
        buffer_.commit(size);
    }
}

/// Answers requests with a known head that are there as a whole, until enough is to be sent, others
/// have their turn, or one is not answered by a small result at once: that one is returned.
std::optional<Attempt> HttpConnection::answer_known() {
    const auto turn_end = Clock::now() + turn_max;
    while (!door_.is_stopping()) {
        is_interrupted_ = out_.size() >= small_size_max || Clock::now() > turn_end;
        if (is_interrupted_) return std::nullopt;
        const std::string_view text = text_of(buffer_);
        const auto sizes = known_->head.match(text);
        if (!sizes || sizes->body > small_size_max) return std::nullopt;
        if (text.size() - sizes->head < sizes->body) return std::nullopt;
        traffic_->set(0);
        Attempt attempt =
            door_.begin(text.substr(sizes->head, sizes->body), peer_, traffic_, nullptr);
        buffer_.consume(sizes->head + sizes->body);
        if (!attempt.reply || !is_small_result(*attempt.reply)) return attempt;
        append_result(attempt.reply->text);
    }
    return std::nullopt;
}

net::awaitable<bool> HttpConnection::finish_known(Attempt attempt) {
    if (!attempt.reply) attempt.reply = co_await door_.wait(std::move(attempt.pending));
    if (is_small_result(*attempt.reply) && !door_.is_stopping()) {
        append_result(attempt.reply->text);
        co_return co_await flush();
    }
    co_return co_await write(known_->request, std::move(*attempt.reply));
}

void HttpConnection::append_result(std::string_view text) {
    std::array<char, 24> length;
    const auto end = std::to_chars(length.data(), length.data() + length.size(), text.size()).ptr;
    out_.append(known_->answer_head).append("Content-Length: ").append(length.data(), end);
    out_.append("\r\n\r\n").append(text);
}

/// Whether all answers were taken in time.
net::awaitable<bool> HttpConnection::flush() {
    ErrorCode error;
    size_t sent = socket_.write_some(net::buffer(out_), error);
    if (error && error != net::error::would_block) co_return false;
    if (sent < out_.size()) {
        allow(timeouts().write);
        const auto rest = net::buffer(out_) + sent;
        auto [failed, size] = co_await net::async_write(socket_, rest, awaited);
        if (failed) co_return false;
    }
    if (out_.size() <= small_size_max)
        out_.clear();
    else
        out_ = {};
    co_return true;
}

/// Keeps in mind that requests with this head are answered.
void HttpConnection::remember(const Request& request) {
    const bool may_be_known = !head_.empty() && request.version() == 11 &&
                              request.count(http::field::content_length) > 0 &&
                              request.count(http::field::expect) == 0;
    if (!may_be_known) return;
    auto head = KnownHead::of(head_);
    if (!head) return;
    http::response<http::empty_body> message{http::status::ok, 11};
    message.set(http::field::content_type, json_type);
    allow_origin(request, message);
    std::ostringstream text;
    text << message.base();
    std::string answer_head = text.str();
    answer_head.erase(answer_head.size() - 2);
    known_.emplace(Known{std::move(*head), request, std::move(answer_head)});
}

net::awaitable<HttpConnection::Outcome> HttpConnection::read_head(Parser& parser, bool is_first) {
    if (buffer_.size() == 0 && !is_first) {
        allow(timeouts().idle);
        if (!co_await receive()) co_return Outcome{.is_over = true};
    }
    allow(timeouts().head);
    size_t looked_at = 0;
    bool may_skip_line = true;
    for (;;) {
        // RFC 9112, 2.2: an empty line before a request is passed over.
        if (may_skip_line && text_of(buffer_).starts_with("\r\n")) buffer_.consume(2);
        const std::string_view text = text_of(buffer_);
        may_skip_line = may_skip_line && (text.empty() || text == "\r");
        const auto end = head_end(text, looked_at);
        const std::string_view head = text.substr(0, end.value_or(text.size()));
        if (head.size() > head_size_max)
            co_return Outcome{.refused = refusal(http::status::request_header_fields_too_large,
                                                 "head too large")};
        if (!may_skip_line) {
            const std::string_view objection = objection_to_bytes(head, looked_at);
            if (!objection.empty())
                co_return Outcome{.refused = refusal(http::status::bad_request, objection)};
        }
        if (end) co_return parse_head(parser, *end);
        looked_at = text.size();
        if (!co_await receive()) co_return Outcome{.is_over = true};
    }
}

HttpConnection::Outcome HttpConnection::parse_head(Parser& parser, size_t size) {
    const std::string_view head = text_of(buffer_).substr(0, size);
    head_.assign(head.size() <= KnownHead::size_max ? head : std::string_view());
    const std::string_view objection = objection_to_head(head);
    if (!objection.empty()) return {.refused = refusal(http::status::bad_request, objection)};
    ErrorCode error;
    parser.put(net::buffer(head), error);
    buffer_.consume(size);
    if (error == http::error::body_limit)
        return {.refused = refusal(http::status::payload_too_large, "body too large")};
    if (error || !parser.is_header_done())
        return {.refused = refusal(http::status::bad_request, "not a request of HTTP/1.1")};
    return {};
}

net::awaitable<HttpConnection::Outcome> HttpConnection::read_body(Parser& parser) {
    if (parser.is_done()) co_return Outcome{};
    allow(timeouts().body);
    if (parser.get().count(http::field::expect) > 0) {
        http::response<http::empty_body> proceed{http::status::continue_, 11};
        auto [error, size] = co_await http::async_write(socket_, proceed, awaited);
        if (error) co_return Outcome{.is_over = true};
    }
    while (!parser.is_done()) {
        auto [error, size] = co_await http::async_read_some(socket_, buffer_, parser, awaited);
        if (error == http::error::body_limit)
            co_return Outcome{.refused =
                                  refusal(http::status::payload_too_large, "body too large")};
        if (is_malformed(error))
            co_return Outcome{.refused =
                                  refusal(http::status::bad_request, "not a request of HTTP/1.1")};
        if (error) co_return Outcome{.is_over = true};
        const size_t received = parser.get().body().size();
        traffic_->set(received);
        if (received > small_size_max && traffic_->is_over())
            co_return Outcome{.refused =
                                  refusal(http::status::service_unavailable, "too much traffic")};
    }
    co_return Outcome{};
}

bool HttpConnection::is_upgrade(const Request& head) const {
    return head.method() == http::verb::get && beast::websocket::is_upgrade(head);
}

std::optional<Response> HttpConnection::objection_to(const Request& head) const {
    const ServerOptions& options = door_.options();
    const Target target = read_target(head.target());
    const bool is_ours = is_our_name(without_port(head[http::field::host]), options.host_names) &&
                         (target.authority.empty() ||
                          is_our_name(without_port(target.authority), options.host_names));
    if (!is_ours)
        return refusal(http::status::forbidden,
                       "unknown host name; the operator can allow it with --allow-host");
    if (head.method() == http::verb::get && options.pages)
        if (auto page = options.pages(target.path))
            return Response{http::int_to_status(page->status), std::move(page->body),
                            std::move(page->type)};
    if (target.path != "/") return refusal(http::status::not_found, "there is nothing here but /");
    const std::string_view origin = head[http::field::origin];
    const bool is_listed = is_listed_origin(origin, options.origins);
    if (is_upgrade(head)) {
        if (head.count(http::field::origin) == 0 || is_listed || is_local_origin(origin))
            return std::nullopt;
        return refusal(http::status::forbidden,
                       "this origin may not connect; the operator can allow it with --origin");
    }
    if (head.method() == http::verb::get)
        return refusal(http::status::ok, greeting.substr(0, greeting.size() - 1));
    if (head.method() == http::verb::options && is_listed &&
        head.count(http::field::access_control_request_method) > 0)
        return std::nullopt;
    if (head.method() != http::verb::post)
        return refusal(http::status::method_not_allowed, "only POST");
    return objection_to_post(head);
}

std::optional<Response> HttpConnection::objection_to_post(const Request& head) const {
    if (head.count(http::field::content_type) != 1 || !is_json(head[http::field::content_type]))
        return refusal(http::status::unsupported_media_type, "only application/json");
    if (head.count(http::field::content_encoding) > 0)
        return refusal(http::status::unsupported_media_type, "no compressed bodies");
    const bool has_length = head.count(http::field::content_length) > 0;
    if (!has_length && head.count(http::field::transfer_encoding) == 0)
        return refusal(http::status::length_required, "a Content-Length is needed");
    if (head.count(http::field::expect) > 0 &&
        !equals_ignoring_case(head[http::field::expect], "100-continue"))
        return refusal(http::status::expectation_failed, "only 100-continue can be expected");
    const auto length = has_length ? head.payload_size() : boost::optional<uint64_t>{};
    if (traffic_->is_over() && (!length || *length > small_size_max))
        return refusal(http::status::service_unavailable, "too much traffic");
    return std::nullopt;
}

/// Writes what needs no body. The connection goes on only after an answer that is no refusal.
net::awaitable<bool> HttpConnection::refuse(const Parser& parser, Response why) {
    const bool is_fine = http::to_status_class(why.status) == http::status_class::successful;
    const bool keeps = is_fine && parser.is_done() && parser.keep_alive();
    const bool is_written = co_await write(parser.get(), std::move(why), keeps);
    if (is_written && !keeps) co_await linger();
    co_return keeps&& is_written;
}

net::awaitable<bool> HttpConnection::answer(Request request) {
    set_deadline(never);
    std::string body = std::exchange(request.body(), {});
    Reply reply = co_await door_.answer(std::move(body), peer_, traffic_, nullptr);
    const bool keeps = co_await write(request, std::move(reply));
    if (keeps) remember(request);
    co_return keeps;
}

/// Whether the connection goes on.
net::awaitable<bool> HttpConnection::write(const Request& request, Reply reply) {
    const bool keeps = request.keep_alive() && !door_.is_stopping();
    Response response{http::status::ok, std::move(reply.text)};
    if (reply.status == Reply::Status::busy) response.status = http::status::service_unavailable;
    if (reply.status == Reply::Status::too_often) response.status = http::status::too_many_requests;
    co_return co_await write(request, std::move(response), keeps) && keeps;
}

/// Lets a page of a listed origin read the answer: https://fetch.spec.whatwg.org/#cors-protocol.
void HttpConnection::allow_origin(const Request& request, http::fields& message) const {
    const auto& origins = door_.options().origins;
    if (origins.empty()) return;
    message.set(http::field::vary, "Origin");
    const std::string_view origin = request[http::field::origin];
    if (origin.empty() || !is_listed_origin(origin, origins)) return;
    message.set(http::field::access_control_allow_origin, origin);
    if (request.method() != http::verb::options) return;
    message.set(http::field::access_control_allow_methods, "POST");
    message.set(http::field::access_control_allow_headers, "content-type");
    message.set(http::field::access_control_max_age, preflight_seconds);
    if (request["Access-Control-Request-Private-Network"] == "true")
        message.set("Access-Control-Allow-Private-Network", "true");
}

/// Whether all of it was taken in time.
net::awaitable<bool> HttpConnection::write(const Request& request, Response response,
                                           bool keep_alive) {
    const unsigned version = request.version() == 10 ? 10 : 11;
    http::response<http::string_body> message{response.status, version};
    if (response.status != http::status::no_content)
        message.set(http::field::content_type, response.type);
    if (response.status == http::status::method_not_allowed)
        message.set(http::field::allow, "GET, POST");
    if (response.status == http::status::too_many_requests)
        message.set(http::field::retry_after, "1");
    allow_origin(request, message);
    message.body() = std::move(response.body);
    message.keep_alive(keep_alive);
    message.prepare_payload();
    if (request.method() == http::verb::head) message.body().clear();
    allow(timeouts().write);
    auto [error, size] = co_await http::async_write(socket_, message, awaited);
    co_return !error;
}

net::awaitable<void> HttpConnection::linger() {
    ErrorCode ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    allow(linger_max);
    std::array<char, 4'096> scratch;
    for (;;) {
        auto [error, size] = co_await socket_.async_read_some(net::buffer(scratch), awaited);
        if (error) co_return;
    }
}

}  // namespace

net::awaitable<void> serve_http(Door& door, tcp::socket socket, PeerPtr peer) {
    HttpConnection connection(door, std::move(socket), std::move(peer));
    co_await connection.serve();
}

}  // namespace plume::rpc
