// How an operator's command speaks to a node that runs: over a socket in the data directory.
//
//   DIR/admin.sock    a Unix socket, mode 0600: whoever may read the data may ask
//   DIR/checkpoint/   the database as it was when somebody asked, until he hangs up
//
//   "checkpoint\n"    answered by "ok\n" once DIR/checkpoint is there, or by "error REASON\n". It
//                     is removed when the asking side closes.
//
// One asker at a time; others wait for their turn.
#pragma once

#include <filesystem>
#include <memory>

#include "base/thread.hpp"
#include "chain/chain.hpp"

namespace plume {

/// A request may have this many bytes.
inline constexpr size_t admin_request_size_max = 64;

/// The node's end.
class AdminSocket {
public:
    /// `chain` must outlive it. An error when the socket cannot be made.
    static Result<std::unique_ptr<AdminSocket>> open(const std::filesystem::path& data,
                                                     const Chain& chain);
    /// Ends what is under way.
    ~AdminSocket();
    AdminSocket(const AdminSocket&) = delete;
    AdminSocket& operator=(const AdminSocket&) = delete;

private:
    AdminSocket(std::filesystem::path data, const Chain& chain, int listener, int stop);

    void run() const;
    void serve(int asker) const;
    std::string checkpoint() const;
    /// Whether `file` can be read before the end and before `milliseconds` are over; -1: ever.
    bool is_ready(int file, int milliseconds) const;

    std::filesystem::path data_;
    const Chain& chain_;
    int listener_;
    int stop_;  ///< an eventfd
    std::unique_ptr<Thread> thread_;
};

/// A checkpoint of a running node, held until this goes.
class HeldCheckpoint {
public:
    /// Asks the node that runs on `data`. An error when none answers, or it refuses.
    static Result<HeldCheckpoint> ask(const std::filesystem::path& data);
    ~HeldCheckpoint();
    HeldCheckpoint(HeldCheckpoint&& other) noexcept;
    HeldCheckpoint& operator=(HeldCheckpoint&&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    HeldCheckpoint(std::filesystem::path path, int socket);

    std::filesystem::path path_;
    int socket_;
};

}  // namespace plume
