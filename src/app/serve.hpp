// The commands that run a node or look at its data: dev, start, init, verify. Each returns the
// program's exit code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/session.hpp"
#include "app/settings.hpp"
#include "rpc/page_server.hpp"

namespace plume {

/// What dev and start have in common.
struct ServeOptions {
    /// The settings that were given as flags, by name, and the file of --config.
    std::map<std::string, std::string, std::less<>> given{};
    std::string config{};
    bool json = false;
    bool quiet = false;

    // What the configuration says (app/settings), once it has been read.
    std::string data{};  ///< directory; dev without one uses a fresh one and removes it in the end
    std::string host{};  ///< to listen on
    uint16_t port = 0;   ///< 0: any free one
    std::vector<std::string> allow_hosts{};  ///< by which it may be called beside localhost
    std::vector<std::string> origins{};      ///< whose pages may read and connect
    uint64_t requests_per_second = 0;        ///< of each address; 0: the defaults
    std::optional<uint64_t>
        block_time{};  ///< seconds; absent: a block as soon as something is pending
    std::optional<uint64_t> history{};  ///< states to keep; absent: all
    bool has_index = true;
    bool keeps_pool = true;
    uint64_t minimum_tip = 0;  ///< wei per gas
    std::optional<rpc::PageServerOptions> metrics{};
    bool may_lack_metrics = false;
};

struct DevOptions {
    ServeOptions serve;
    bool no_mining = false;  ///< blocks on demand only
    std::string mnemonic;
    size_t accounts = 10;
    uint64_t balance = 10'000;          ///< whole coins each
    std::optional<uint64_t> chain_id;   ///< absent: that of the chain there is, or 31337
    std::optional<uint64_t> gas_limit;  ///< absent: the default
    std::optional<uint64_t> timestamp;  ///< of genesis; absent: now
};

int run_dev(const DevOptions& options);

struct StartOptions {
    ServeOptions serve;
};

int run_start(const StartOptions& options);

struct InitOptions {
    std::string data;
    std::string genesis;
    uint64_t chain_id = 0;
    bool json = false;
};

/// Founds a chain in `data` from a genesis file, or from the default one, and leaves the file
/// there.
int run_init(const InitOptions& options);

struct VerifyOptions {
    std::string data;
    bool json = false;
};

/// Recomputes everything in `data` and says whether it holds.
int run_verify(const VerifyOptions& options);

/// Prints "error: ..." and returns the exit code of `error`.
int report_error(const Error& error);

/// A directory of its own under the system's temporary one, removed when it goes.
class TemporaryDirectory {
public:
    static Result<TemporaryDirectory> make();
    TemporaryDirectory(TemporaryDirectory&& other) noexcept
        : path_(std::exchange(other.path_, {})) {}
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
    ~TemporaryDirectory();

    const std::filesystem::path& path() const { return path_; }

private:
    explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace plume
