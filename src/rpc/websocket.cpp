// WebSocket with one client: requests in messages, answers as they are ready, and what it has
// subscribed to.

#include <boost/beast/websocket.hpp>

#include "rpc/door.hpp"

namespace plume::rpc {

namespace {

namespace websocket = beast::websocket;
using Clock = std::chrono::steady_clock;

/// How much is read at a time.
constexpr size_t piece_size = size_t{64} << 10;
/// How long the handshake and the farewell may take.
constexpr std::chrono::seconds handshake_max{10};

/// A time by which something has to be over.
class Deadline {
public:
    explicit Deadline(net::io_context& io) : timer_(io) {}
    ~Deadline() { clear(); }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// Calls `late` unless this is cleared, set again or gone by then.
    template <class Late>
    void set(std::chrono::milliseconds time, Late late) {
        clear();
        is_on_ = std::make_shared<bool>(true);
        timer_.expires_after(time);
        // A wait that was over before it was cancelled comes here without an error.
        timer_.async_wait([is_on = is_on_, late](const ErrorCode& error) {
            if (!error && *is_on) late();
        });
    }
    void clear() {
        if (is_on_ == nullptr) return;
        *is_on_ = false;
        is_on_ = nullptr;
        timer_.cancel();
    }

private:
    net::steady_timer timer_;
    std::shared_ptr<bool> is_on_;
};

class WebSocketConnection final : public Talk,
                                  public std::enable_shared_from_this<WebSocketConnection> {
public:
    WebSocketConnection(Door& door, tcp::socket&& socket, Request&& request, const PeerPtr& peer)
        : door_(door),
          peer_(peer),
          io_(peer->loop.io()),
          request_(std::move(request)),
          socket_(std::move(socket)),
          message_time_(io_),
          write_time_(io_),
          room_(io_, Clock::time_point::max()) {}
    ~WebSocketConnection() override;

    net::awaitable<void> serve();
    void say_goodbye() override { close(websocket::close_code::going_away); }

private:
    struct Outgoing {
        std::string text;
        bool is_notification = false;
        TrafficPtr traffic{};  ///< of an answer
    };

    net::awaitable<ErrorCode> accept();
    void join_feed();
    net::awaitable<void> read_all();
    net::awaitable<bool> read_message(beast::flat_buffer& message, const TrafficPtr& traffic);
    net::awaitable<void> wait_for_room();
    net::awaitable<void> answer(std::string body, TrafficPtr traffic);
    net::awaitable<void> write_all();
    void send(Outgoing outgoing);
    void close(websocket::close_code code);
    void drop();

    Door& door_;
    const PeerPtr peer_;
    net::io_context& io_;
    const Request request_;  ///< which asked for the WebSocket
    websocket::stream<beast::tcp_stream> socket_;
    std::shared_ptr<Listener> listener_;
    Deadline message_time_;
    Deadline write_time_;
    net::steady_timer room_;  ///< cancelled when there may be room for another request
    std::deque<Outgoing> outbox_;
    size_t unsent_answers_ = 0;  ///< bytes
    size_t under_way_ = 0;
    bool is_writing_ = false;
    bool is_closing_ = false;
};

WebSocketConnection::~WebSocketConnection() {
    if (listener_ != nullptr) door_.router().feed().leave(listener_);
    door_.leave(peer_->loop, this);
}

net::awaitable<void> WebSocketConnection::serve() {
    // Whoever started this need not hold the connection.
    const auto self = shared_from_this();
    const ErrorCode refused = co_await accept();
    if (refused) co_return;
    door_.enter(peer_->loop, this);
    join_feed();
    co_await read_all();
    drop();
}

net::awaitable<ErrorCode> WebSocketConnection::accept() {
    // From here on the WebSocket keeps time: it pings after half of the idle time.
    beast::get_lowest_layer(socket_).expires_never();
    websocket::stream_base::timeout times{};
    times.handshake_timeout = handshake_max;
    times.idle_timeout = door_.options().timeouts.idle;
    times.keep_alive_pings = true;
    socket_.set_option(times);
    socket_.read_message_max(body_size_max);
    auto [error] = co_await socket_.async_accept(request_, awaited);
    co_return error;
}

void WebSocketConnection::join_feed() {
    const std::weak_ptr<WebSocketConnection> weak = weak_from_this();
    net::io_context& io = io_;
    listener_ = door_.router().feed().join(
        [weak, &io](std::vector<std::string> texts) {
            net::post(io, [weak, texts = std::move(texts)]() mutable {
                const auto self = weak.lock();
                if (self == nullptr) return;
                for (std::string& text : texts) self->send({std::move(text), true});
            });
        },
        [weak, &io] {
            net::post(io, [weak] {
                if (const auto self = weak.lock()) self->drop();
            });
        });
}

net::awaitable<void> WebSocketConnection::read_all() {
    for (;;) {
        co_await wait_for_room();
        beast::flat_buffer message(body_size_max + piece_size);
        const TrafficPtr traffic = door_.traffic_of(peer_);
        if (!co_await read_message(message, traffic)) co_return;
        const auto bytes = message.cdata();
        std::string body(static_cast<const char*>(bytes.data()), bytes.size());
        ++under_way_;
        // The connection may be gone before the coroutine first runs.
        net::co_spawn(
            io_,
            [self = shared_from_this(), body = std::move(body), traffic]() mutable {
                return self->answer(std::move(body), traffic);
            },
            net::detached);
    }
}

/// Whether a whole message came.
net::awaitable<bool> WebSocketConnection::read_message(beast::flat_buffer& message,
                                                       const TrafficPtr& traffic) {
    const auto late = [this] { drop(); };
    for (bool is_first = true;; is_first = false) {
        auto [error, size] = co_await socket_.async_read_some(message, piece_size, awaited);
        if (error) co_return false;
        traffic->set(message.size());
        if (socket_.is_message_done()) break;
        if (is_first) message_time_.set(door_.options().timeouts.body, late);
        if (message.size() > small_size_max && traffic->is_over()) {
            close(websocket::close_code::try_again_later);
            co_return false;
        }
    }
    message_time_.clear();
    co_return true;
}

net::awaitable<void> WebSocketConnection::wait_for_room() {
    const auto is_full = [this] {
        return under_way_ >= messages_under_way_max || unsent_answers_ >= unsent_answers_max;
    };
    while (!is_closing_ && is_full()) {
        room_.expires_at(Clock::time_point::max());
        co_await room_.async_wait(awaited);
    }
}

net::awaitable<void> WebSocketConnection::answer(std::string body, TrafficPtr traffic) {
    const auto visit = std::make_shared<Visit>(Visit{listener_});
    Reply reply = co_await door_.answer(std::move(body), peer_, traffic, visit);
    --under_way_;
    room_.cancel();
    // Notifications must not come before the answer that tells their id. They go through the queue
    // of the io thread, and so come after this.
    listener_->begin(visit->opened);
    Outgoing outgoing{std::move(reply.text), false, traffic};
    if (!outgoing.text.empty()) send(std::move(outgoing));
}

void WebSocketConnection::send(Outgoing outgoing) {
    if (is_closing_) return;
    if (!outgoing.is_notification) unsent_answers_ += outgoing.text.size();
    outbox_.push_back(std::move(outgoing));
    if (is_writing_) return;
    is_writing_ = true;
    net::co_spawn(io_, [self = shared_from_this()] { return self->write_all(); }, net::detached);
}

net::awaitable<void> WebSocketConnection::write_all() {
    const auto late = [this] { drop(); };
    socket_.text(true);
    while (!outbox_.empty() && !is_closing_) {
        const Outgoing& next = outbox_.front();
        write_time_.set(door_.options().timeouts.write, late);
        auto [error, size] = co_await socket_.async_write(net::buffer(next.text), awaited);
        write_time_.clear();
        if (error) {
            drop();
            break;
        }
        if (next.is_notification) {
            listener_->sent(next.text.size());
        } else {
            unsent_answers_ -= next.text.size();
            room_.cancel();
        }
        outbox_.pop_front();
    }
    is_writing_ = false;
}

void WebSocketConnection::close(websocket::close_code code) {
    if (is_closing_) return;
    is_closing_ = true;
    net::co_spawn(
        io_,
        [self = shared_from_this(), code]() -> net::awaitable<void> {
            // What cannot be said in time stays unsaid.
            self->write_time_.set(handshake_max, [connection = self.get()] { connection->drop(); });
            co_await self->socket_.async_close(code, awaited);
            self->drop();
        },
        net::detached);
}

/// Ends the connection without a word; whatever is under way on it fails.
void WebSocketConnection::drop() {
    is_closing_ = true;
    beast::get_lowest_layer(socket_).close();
    message_time_.clear();
    write_time_.clear();
    room_.cancel();
}

}  // namespace

net::awaitable<void> serve_websocket(Door& door, tcp::socket&& socket, Request&& request,
                                     const PeerPtr& peer) {
    const auto connection =
        std::make_shared<WebSocketConnection>(door, std::move(socket), std::move(request), peer);
    co_await connection->serve();
}

}  // namespace plume::rpc
