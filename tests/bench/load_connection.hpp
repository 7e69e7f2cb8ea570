// HTTP/1.1 as a load generator speaks it: requests that were made ready before, one at a time on a
// connection that stays open. Whatever is not as expected ends the program.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plume::bench {

/// A whole request for a JSON-RPC body.
inline std::string http_request(std::string_view body) {
    std::string out =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
    out.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return out;
}

/// A connection to a server on this machine. One thread.
class LoadConnection {
public:
    explicit LoadConnection(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        check(::connect(socket_, generic, sizeof address) == 0, "the server takes connections");
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ~LoadConnection() { ::close(socket_); }
    LoadConnection(const LoadConnection&) = delete;
    LoadConnection& operator=(const LoadConnection&) = delete;

    int socket() const { return socket_; }

    void send(std::string_view request) {
        while (!request.empty()) {
            const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
            check(sent > 0, "the server keeps its connections open");
            request.remove_prefix(static_cast<size_t>(sent));
        }
    }

    /// Reads once. The body of the answer when all of it is there; valid until the next call.
    std::optional<std::string_view> receive() {
        if (is_done_) {
            received_.clear();
            is_done_ = false;
        }
        receive_bytes();
        return body();
    }

    struct Answers {
        size_t count = 0;
        size_t errors = 0;  ///< of them, those without a result
    };
    /// Reads once, from a connection on which several requests are under way: the answers that are
    /// there as a whole.
    Answers receive_some() {
        receive_bytes();
        Answers out;
        size_t at = 0;
        for (;;) {
            const size_t head = received_.find("\r\n\r\n", at);
            if (head == std::string::npos) break;
            const size_t start = head + 4;
            const std::string_view all = received_;
            const size_t size = content_length(all.substr(at, head - at));
            if (received_.size() < start + size) break;
            ++out.count;
            if (all.substr(start, size).find("\"result\"") == all.npos) ++out.errors;
            at = start + size;
        }
        received_.erase(0, at);
        return out;
    }

    /// Sends and waits for the answer.
    std::string ask(std::string_view request) {
        send(request);
        for (;;)
            if (const auto answer = receive()) return std::string(*answer);
    }

private:
    void receive_bytes() {
        char buffer[65'536];
        const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
        check(size > 0, "the server keeps its connections open");
        received_.append(buffer, static_cast<size_t>(size));
    }

    std::optional<std::string_view> body() {
        const size_t head = received_.find("\r\n\r\n");
        if (head == std::string::npos) return std::nullopt;
        const size_t start = head + 4;
        const size_t size = content_length(std::string_view(received_).substr(0, head));
        if (received_.size() < start + size) return std::nullopt;
        check(received_.size() == start + size, "one answer comes for one request");
        is_done_ = true;
        return std::string_view(received_).substr(start);
    }

    static size_t content_length(std::string_view head) {
        constexpr std::string_view name = "\r\ncontent-length: ";
        for (size_t at = head.find("\r\n"); at != std::string_view::npos;
             at = head.find("\r\n", at + 2))
            if (head.size() - at > name.size() &&
                ::strncasecmp(head.data() + at, name.data(), name.size()) == 0)
                return std::strtoull(head.data() + at + name.size(), nullptr, 10);
        fail("an answer says how long it is");
    }

    const int socket_;
    std::string received_;
    bool is_done_ = false;
};

/// Which of many connections have something to read.
class LoadPoll {
public:
    LoadPoll() : poll_(::epoll_create1(0)) {}
    ~LoadPoll() { ::close(poll_); }
    LoadPoll(const LoadPoll&) = delete;
    LoadPoll& operator=(const LoadPoll&) = delete;

    void add(const LoadConnection& connection, size_t index) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index;
        check(::epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket(), &event) == 0,
              "a connection can be waited for");
    }

    /// Calls `visit` with the index of each; waits for the first, `milliseconds` at most.
    void wait(int milliseconds, auto&& visit) {
        epoll_event events[64];
        const int count = ::epoll_wait(poll_, events, 64, milliseconds);
        for (int i = 0; i < count; ++i) visit(static_cast<size_t>(events[i].data.u64));
    }

private:
    const int poll_;
};

}  // namespace plume::bench
