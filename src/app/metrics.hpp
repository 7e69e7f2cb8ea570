// What a node counts, in Prometheus' text format. The only unit that knows prometheus-cpp.
//
// Four names are Ethereum's (EIP-2159), those of the process are Prometheus' own, the others begin
// with "plume_". What events bring is counted as they happen; what can be looked up is handed in
// when the page is asked for.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/process.hpp"
#include "consensus/solo.hpp"

namespace plume {

/// What a node is at the moment, read when the page is asked for.
struct Gauges {
    uint64_t height = 0;
    uint64_t states_from = 0;     ///< lowest block whose state is kept
    uint64_t head_timestamp = 0;  ///< seconds since 1970
    size_t pool_pending = 0;
    size_t pool_queued = 0;
    uint64_t store_bytes = 0;
    std::optional<uint64_t> index_block;  ///< absent: there is no index, or nothing in it
    uint64_t index_errors = 0;
    DiskFacts disk;
    ProcessFacts process;
    bool is_ready = false;
};

/// Any thread.
class Metrics {
public:
    explicit Metrics(std::string_view version);
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void on_block(const BlockReport& report);
    /// An answer to `method`; `code` is 0 for a result, else the error's. `method` is one of the
    /// node's own, so their number is bounded.
    void on_answer(std::string_view method, int code, std::chrono::nanoseconds took);
    /// A transaction that the pool did not take, and the words it was refused with.
    void on_rejected(std::string_view what);

    /// The page. One thread at a time is let in.
    std::string render(const Gauges& gauges);

private:
    struct Content;
    std::unique_ptr<Content> content_;
};

/// Why a transaction was refused, in one of a few words: "nonce_too_low", "other".
std::string_view rejection_reason(std::string_view what);

}  // namespace plume
