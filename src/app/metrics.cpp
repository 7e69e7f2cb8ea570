#include "app/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <sstream>
#include <vector>

namespace plume {

namespace {

using Labels = std::map<std::string, std::string>;
using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets block_second_buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                   0.25,  0.5,    1,     2.5,  5,     10};
const Buckets answer_second_buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                    0.025,  0.05,    0.1,    0.25,  0.5,    1,     5};
const Buckets gas_buckets{21e3, 1e5, 5e5, 1e6, 5e6, 1e7, 3e7, 6e7, 1e8, 3e8, 1e9};
const Buckets transaction_buckets{0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1'000, 2'500, 5'000};

/// How many threads can count answers without waiting for one another.
constexpr size_t shard_count = 16;

/// The answers of one method.
struct Tally {
    std::vector<double> by_bucket = std::vector<double>(answer_second_buckets.size() + 1);
    double seconds = 0;
    std::map<int, double> by_code;
};

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// The pool's and the validity rules' words (chain/mempool, chain/validate), and what they mean.
struct Refusal {
    std::string_view words;
    std::string_view reason;
};
constexpr Refusal refusals[] = {
    {"already known", "already_known"},
    {"nonce too low", "nonce_too_low"},
    {"replacement transaction underpriced", "replacement_underpriced"},
    {"insufficient funds", "insufficient_funds"},
    {"account limit exceeded", "account_limit"},
    {"txpool is full", "pool_full"},
    {"future transaction tries to replace pending", "pool_full"},
    {"transaction underpriced", "pool_full"},
    {"gas price below minimum", "underpriced"},
    {"delegated accounts", "delegated"},
    {"authority already reserved", "delegated"},
    {"oversized data", "oversized"},
    {"max fee per gas less than block base fee", "fee_too_low"},
    {"intrinsic gas", "intrinsic_gas"},
    {"gas limit", "gas_limit"},
    {"chain id", "chain_id"},
};

}  // namespace

std::string_view rejection_reason(std::string_view what) {
    for (const auto& [words, reason] : refusals)
        if (what.find(words) != what.npos) return reason;
    return "other";
}

struct Metrics::Content {
    prometheus::Registry registry;
    std::mutex rendering;

    prometheus::Gauge& gauge(const std::string& name, const std::string& help,
                             const Labels& labels = {}) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
    }
    prometheus::Counter& counter(const std::string& name, const std::string& help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
    }
    prometheus::Histogram& histogram(const std::string& name, const std::string& help,
                                     const Buckets& buckets, const Labels& labels = {}) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(labels,
                                                                                         buckets);
    }
    prometheus::Histogram& stage(const std::string& name) {
        return histogram("plume_block_seconds", "Time a stage of making a block took.",
                         block_second_buckets, {{"stage", name}});
    }

    prometheus::Gauge& height =
        gauge("ethereum_blockchain_height", "Number of the newest block (EIP-2159).");
    prometheus::Gauge& best_known =
        gauge("ethereum_best_known_block_number", "Number of the best known block (EIP-2159).");
    prometheus::Gauge& peers = gauge("ethereum_peer_count", "Connected peers (EIP-2159).");
    prometheus::Gauge& peer_limit = gauge("ethereum_peer_limit", "Peers at most (EIP-2159).");

    prometheus::Gauge& ready = gauge("plume_ready", "1 when /readyz says so, else 0.");
    prometheus::Gauge& head_time =
        gauge("plume_head_timestamp_seconds", "Timestamp of the newest block.");
    prometheus::Gauge& states_from =
        gauge("plume_states_from_block", "Number of the lowest block whose state is kept.");
    prometheus::Histogram& propose = stage("propose");
    prometheus::Histogram& execute = stage("execute");
    prometheus::Histogram& commit = stage("commit");
    prometheus::Histogram& block_gas =
        histogram("plume_block_gas", "Gas used by a block.", gas_buckets);
    prometheus::Histogram& block_transactions =
        histogram("plume_block_txs", "Transactions in a block.", transaction_buckets);
    prometheus::Counter& refused =
        counter("plume_block_refused_total", "Proposed transactions that turned out invalid.");
    prometheus::Counter& scheduled =
        counter("plume_scheduler_run_total", "Scheduled calls that the chain has made.");
    prometheus::Counter& violations = counter("plume_invariant_violations_total",
                                              "Transactions undone as they broke an invariant.");

    prometheus::Gauge& pending = gauge("plume_txpool_pending", "Transactions that can run.");
    prometheus::Gauge& queued =
        gauge("plume_txpool_queued", "Transactions behind a gap in their sender's nonces.");
    prometheus::Family<prometheus::Counter>& rejected =
        prometheus::BuildCounter()
            .Name("plume_txpool_rejected_total")
            .Help("Transactions that the pool did not take.")
            .Register(registry);

    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("plume_rpc_requests_total")
            .Help("Answered requests; code 0 is a result.")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& answer_seconds =
        prometheus::BuildHistogram()
            .Name("plume_rpc_seconds")
            .Help("Time until a request was answered.")
            .Register(registry);

    prometheus::Gauge& store_bytes = gauge("plume_store_bytes", "Size of the database's files.");
    prometheus::Gauge& index_block =
        gauge("plume_index_block", "Number of the last block in the index.");
    prometheus::Counter& index_errors =
        counter("plume_index_errors_total", "Times the index stopped and began again.");
    prometheus::Gauge& disk_free =
        gauge("plume_disk_free_bytes", "Free space under the data directory.");
    prometheus::Gauge& disk_size =
        gauge("plume_disk_size_bytes", "Size of the file system under the data directory.");
    prometheus::Histogram& commit_seconds = histogram(
        "plume_store_commit_seconds", "Time until a block was on disk.", block_second_buckets);

    prometheus::Counter& cpu =
        counter("process_cpu_seconds_total", "User and system time of the process.");
    prometheus::Gauge& resident =
        gauge("process_resident_memory_bytes", "Memory of the process that is in use.");
    prometheus::Gauge& mapped =
        gauge("process_virtual_memory_bytes", "Memory that the process has mapped.");
    prometheus::Gauge& descriptors = gauge("process_open_fds", "Open file descriptors.");
    prometheus::Gauge& descriptors_limit = gauge("process_max_fds", "Descriptors at most.");
    prometheus::Gauge& threads = gauge("process_threads", "Threads of the process.");
    prometheus::Gauge& started =
        gauge("process_start_time_seconds", "When the process began, since 1970.");

    /// Answers that were counted since the page was last made. Threads that answer hardly ever meet
    /// in one, as each has its own as far as they go.
    struct alignas(64) Shard {
        std::mutex mutex;
        std::map<std::string, Tally, std::less<>> tallies;  ///< by method
    };
    std::array<Shard, shard_count> shards;

    /// The one of the thread that calls.
    Shard& shard() {
        static std::atomic<size_t> threads_seen = 0;
        thread_local const size_t own = threads_seen++ % shard_count;
        return shards[own];
    }
    void add(const std::string& method, const Tally& tally) {
        answer_seconds.Add({{"method", method}}, answer_second_buckets)
            .ObserveMultiple(tally.by_bucket, tally.seconds);
        for (const auto& [code, count] : tally.by_code)
            requests.Add({{"method", method}, {"code", std::to_string(code)}}).Increment(count);
    }
    void add_answers() {
        for (Shard& each : shards) {
            const std::lock_guard lock(each.mutex);
            for (const auto& [method, tally] : each.tallies) add(method, tally);
            each.tallies.clear();
        }
    }
};

Metrics::Metrics(std::string_view version) : content_(std::make_unique<Content>()) {
    content_
        ->gauge("plume_build_info", "1; the version is a label.",
                {{"version", std::string(version)}})
        .Set(1);
    // Whoever watches for the first rejection needs the zero before it.
    for (const auto& [words, reason] : refusals)
        content_->rejected.Add({{"reason", std::string(reason)}});
    content_->rejected.Add({{"reason", "other"}});
}

Metrics::~Metrics() = default;

void Metrics::on_block(const BlockReport& report) {
    Content& c = *content_;
    const Block& block = report.block->block;
    c.propose.Observe(seconds(report.propose));
    c.execute.Observe(seconds(report.execute));
    c.commit.Observe(seconds(report.commit));
    c.commit_seconds.Observe(seconds(report.commit));
    c.block_gas.Observe(static_cast<double>(block.header.gas_used));
    c.block_transactions.Observe(static_cast<double>(block.transactions.size()));
    c.refused.Increment(static_cast<double>(report.refused));
    c.violations.Increment(static_cast<double>(report.alarms));
    for (const TransactionPtr& transaction : block.transactions)
        if (transaction->fields.type == TransactionType::system) c.scheduled.Increment();
}

void Metrics::on_answer(std::string_view method, int code, std::chrono::nanoseconds took) {
    const double time = seconds(took);
    const auto bucket = std::ranges::lower_bound(answer_second_buckets, time);
    Content::Shard& shard = content_->shard();
    const std::lock_guard lock(shard.mutex);
    auto found = shard.tallies.find(method);
    if (found == shard.tallies.end()) found = shard.tallies.emplace(method, Tally{}).first;
    Tally& tally = found->second;
    tally.by_bucket[static_cast<size_t>(bucket - answer_second_buckets.begin())] += 1;
    tally.seconds += time;
    tally.by_code[code] += 1;
}

void Metrics::on_rejected(std::string_view what) {
    content_->rejected.Add({{"reason", std::string(rejection_reason(what))}}).Increment();
}

std::string Metrics::render(const Gauges& gauges) {
    Content& c = *content_;
    const std::lock_guard lock(c.rendering);
    c.add_answers();
    const auto set = [](prometheus::Gauge& gauge, auto value) {
        gauge.Set(static_cast<double>(value));
    };
    set(c.height, gauges.height);
    set(c.best_known, gauges.height);
    set(c.states_from, gauges.states_from);
    set(c.ready, gauges.is_ready ? 1 : 0);
    set(c.head_time, gauges.head_timestamp);
    set(c.pending, gauges.pool_pending);
    set(c.queued, gauges.pool_queued);
    set(c.store_bytes, gauges.store_bytes);
    set(c.index_block, gauges.index_block.value_or(0));
    c.index_errors.Increment(
        std::max(0.0, static_cast<double>(gauges.index_errors) - c.index_errors.Value()));
    set(c.disk_free, gauges.disk.free_bytes);
    set(c.disk_size, gauges.disk.total_bytes);
    const ProcessFacts& process = gauges.process;
    c.cpu.Increment(std::max(0.0, process.cpu_seconds - c.cpu.Value()));
    set(c.resident, process.resident_bytes);
    set(c.mapped, process.virtual_bytes);
    set(c.descriptors, process.open_descriptors);
    set(c.descriptors_limit, process.descriptors_limit);
    set(c.threads, process.threads);
    set(c.started, process.start_seconds);

    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, c.registry.Collect());
    return std::move(out).str();
}

}  // namespace plume
