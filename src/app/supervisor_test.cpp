#include "app/supervisor.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

/// systemd's end: a datagram socket, at a path or under an abstract name.
class Listener {
public:
    explicit Listener(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, name.size());
        if (name[0] == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
        const timeval patience{5, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~Listener() { ::close(socket_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::string receive() {
        char text[256];
        const ssize_t size = ::recv(socket_, text, sizeof text, 0);
        return std::string(text, size > 0 ? static_cast<size_t>(size) : 0);
    }

private:
    int socket_;
};

TEST(Supervisor, speaks_to_a_socket_at_a_path) {
    const test::TemporaryDirectory directory;
    const std::string path = (directory.path() / "notify").string();
    Listener listener(path);
    const Supervisor supervisor(path, {});
    EXPECT_TRUE(supervisor.notify("READY=1\nSTATUS=head 7"));
    EXPECT_EQ(listener.receive(), "READY=1\nSTATUS=head 7");
    EXPECT_TRUE(supervisor.notify("WATCHDOG=1"));
    EXPECT_EQ(listener.receive(), "WATCHDOG=1");
}

TEST(Supervisor, speaks_to_an_abstract_socket) {
    const std::string name = "@plume-test-" + std::to_string(getpid());
    Listener listener(name);
    EXPECT_TRUE(Supervisor(name, {}).notify("STOPPING=1"));
    EXPECT_EQ(listener.receive(), "STOPPING=1");
}

TEST(Supervisor, says_nothing_where_nobody_listens) {
    EXPECT_FALSE(Supervisor("", {}).notify("READY=1"));
    EXPECT_FALSE(Supervisor("/none/such", {}).notify("READY=1"));
    EXPECT_FALSE(Supervisor("relative", {}).notify("READY=1"));
    EXPECT_FALSE(Supervisor("/" + std::string(200, 'x'), {}).notify("READY=1"));
}

TEST(Supervisor, is_told_by_the_environment_once) {
    setenv("NOTIFY_SOCKET", "/none/such", 1);
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
    EXPECT_EQ(Supervisor::from_environment().watchdog(), std::chrono::seconds(30));
    EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
    EXPECT_EQ(Supervisor::from_environment().watchdog(), std::nullopt);
}

TEST(Supervisor, is_not_watched_in_anothers_place) {
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    EXPECT_EQ(Supervisor::from_environment().watchdog(), std::nullopt);
}

}  // namespace
}  // namespace plume
