#include "app/admin.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include "base/log.hpp"
#include "store/disk.hpp"

namespace plume {

namespace {

namespace fs = std::filesystem;

constexpr int request_milliseconds_max = 5'000;
/// What a node takes to make a checkpoint: it writes out what is in memory.
constexpr int answer_milliseconds_max = 120'000;
constexpr size_t answer_size_max = 4'096;
constexpr int waiting_max = 8;

/// The address of DIR/admin.sock. A path may be longer than an address, so it is reached by way of
/// the directory, which must stay open for as long as the address is used.
class Place {
public:
    explicit Place(const fs::path& data)
        : directory_(::open(data.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
        address_.sun_family = AF_UNIX;
        const std::string path = "/proc/self/fd/" + std::to_string(directory_) + "/admin.sock";
        std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
    }
    ~Place() {
        if (directory_ >= 0) ::close(directory_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }
    static constexpr socklen_t size = sizeof(sockaddr_un);

private:
    int directory_;
    sockaddr_un address_{};
};

fs::path checkpoint_of(const fs::path& data) {
    return data / "checkpoint";
}

/// A line from `file`, without its end; empty when none comes.
std::string read_line(int file, size_t size_max, const std::function<bool()>& is_ready) {
    std::string line;
    char c = 0;
    while (line.size() < size_max && is_ready() && ::read(file, &c, 1) == 1) {
        if (c == '\n') return line;
        line += c;
    }
    return {};
}

void send_text(int socket, std::string_view text) {
    // Whoever does not take his answer has hung up, which is seen elsewhere.
    (void)::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace

AdminSocket::AdminSocket(fs::path data, const Chain& chain, int listener, int stop)
    : data_(std::move(data)),
      chain_(chain),
      listener_(listener),
      stop_(stop),
      thread_(std::make_unique<Thread>("admin", [this] { run(); })) {}

Result<std::unique_ptr<AdminSocket>> AdminSocket::open(const fs::path& data, const Chain& chain) {
    const fs::path path = data / "admin.sock";
    std::error_code ignored;  // What a process that died has left.
    fs::remove_all(checkpoint_of(data), ignored);
    fs::remove(path, ignored);
    const Place place(data);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int stop = ::eventfd(0, EFD_CLOEXEC);
    // Nobody can connect before it listens, and then its mode is right.
    const bool is_open = listener >= 0 && stop >= 0 &&
                         ::bind(listener, place.address(), Place::size) == 0 &&
                         ::chmod(path.c_str(), 0600) == 0 && ::listen(listener, waiting_max) == 0;
    if (!is_open) {
        const int reason = errno;
        if (listener >= 0) ::close(listener);
        if (stop >= 0) ::close(stop);
        return disk_error("make the socket", path, reason);
    }
    return std::unique_ptr<AdminSocket>(new AdminSocket(data, chain, listener, stop));
}

AdminSocket::~AdminSocket() {
    const uint64_t one = 1;
    check(::write(stop_, &one, sizeof(one)) == sizeof(one), "a thread can be told to stop");
    thread_.reset();
    ::close(listener_);
    ::close(stop_);
    std::error_code ignored;
    fs::remove(data_ / "admin.sock", ignored);
}

bool AdminSocket::is_ready(int file, int milliseconds) const {
    std::array<pollfd, 2> files{{{stop_, POLLIN, 0}, {file, POLLIN, 0}}};
    const int ready = ::poll(files.data(), files.size(), milliseconds);
    return ready > 0 && files[0].revents == 0;
}

void AdminSocket::run() const {
    while (is_ready(listener_, -1)) {
        const int asker = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (asker < 0) continue;
        serve(asker);
        ::close(asker);
    }
}

void AdminSocket::serve(int asker) const {
    const std::string request = read_line(
        asker, admin_request_size_max, [&] { return is_ready(asker, request_milliseconds_max); });
    if (request != "checkpoint") {
        send_text(asker, "error it knows no such request\n");
        return;
    }
    const std::string answer = checkpoint();
    send_text(asker, answer);
    char ignored = 0;
    if (answer.starts_with("ok"))
        while (is_ready(asker, -1) && ::read(asker, &ignored, 1) > 0) {
        }
    std::error_code failed;
    fs::remove_all(checkpoint_of(data_), failed);
}

std::string AdminSocket::checkpoint() const {
    if (const auto made = chain_.checkpoint(checkpoint_of(data_)); !made) {
        log::warn("no checkpoint was made", {{"reason", made.error().what}});
        return "error " + made.error().what + "\n";
    }
    log::info("a checkpoint is read", {{"head", std::to_string(chain_.head()->number())}});
    return "ok\n";
}

HeldCheckpoint::HeldCheckpoint(fs::path path, int socket)
    : path_(std::move(path)), socket_(socket) {}

HeldCheckpoint::HeldCheckpoint(HeldCheckpoint&& other) noexcept
    : path_(std::move(other.path_)), socket_(std::exchange(other.socket_, -1)) {}

HeldCheckpoint::~HeldCheckpoint() {
    if (socket_ >= 0) ::close(socket_);
}

Result<HeldCheckpoint> HeldCheckpoint::ask(const fs::path& data) {
    const Place place(data);
    const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file < 0) return disk_error("make a socket for", data, errno);
    HeldCheckpoint out(checkpoint_of(data), file);
    if (::connect(file, place.address(), Place::size) != 0)
        return disk_error("ask the node at", data / "admin.sock", errno);
    send_text(file, "checkpoint\n");
    const std::string answer = read_line(file, answer_size_max, [&] {
        pollfd waiting{file, POLLIN, 0};
        return ::poll(&waiting, 1, answer_milliseconds_max) > 0;
    });
    if (answer == "ok") return out;
    const std::string reason = answer.starts_with("error ") ? answer.substr(6) : "no answer came";
    return Error{.what = "the node on " + data.string() + " makes no checkpoint: " + reason};
}

}  // namespace plume
