#include "app/watch.hpp"

#include <thread>

#include "base/log.hpp"
#include "index/indexer.hpp"

namespace plume {

namespace json = boost::json;

namespace {

std::string milliseconds_text(std::chrono::nanoseconds time) {
    const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    const std::string part = std::to_string(1'000 + micro % 1'000).substr(1);
    return std::to_string(micro / 1'000) + '.' + part;
}

/// The methods by which a transaction comes in.
bool submits(std::string_view method) {
    return method == "eth_sendRawTransaction" || method == "eth_sendRawTransactionSync";
}

}  // namespace

Watch::Watch(const Chain& chain, WatchOptions options)
    : chain_(chain), options_(std::move(options)), metrics_(options_.version) {}

void Watch::on_block(const BlockReport& report) {
    last_block_ = Clock::now();
    metrics_.on_block(report);
    const Block& block = report.block->block;
    log::info("block", {{"height", std::to_string(block.header.number)},
                        {"txs", std::to_string(block.transactions.size())},
                        {"gas", std::to_string(block.header.gas_used)},
                        {"ms", milliseconds_text(report.propose + report.execute + report.commit)},
                        {"root", to_hex(block.header.state_root)},
                        {"hash", to_hex(block.hash)}});
}

void Watch::on_answer(std::string_view method, const rpc::Answer& answer,
                      std::chrono::nanoseconds took) {
    const auto* error = std::get_if<rpc::RpcError>(&answer);
    metrics_.on_answer(method, error == nullptr ? 0 : error->code, took);
    if (error != nullptr && submits(method)) metrics_.on_rejected(error->message);
}

Health Watch::health() const {
    const auto now = Clock::now();
    HealthFacts facts{.is_stopping = is_stopping_, .block_time = options_.block_time};
    const auto seconds_since = [&](Clock::time_point then) {
        return std::chrono::duration_cast<std::chrono::seconds>(now - then);
    };
    facts.block_age = seconds_since(last_block_);
    if (Solo* solo = solo_) {
        // An idle thread sleeps for as long as it likes, but wakes when it is nudged.
        constexpr std::chrono::milliseconds step{1};
        constexpr int steps_max = 50;
        solo->nudge();
        for (int step_count = 0; step_count < steps_max; ++step_count) {
            facts.silence = seconds_since(solo->last_beat());
            if (facts.silence <= silence_limit) break;
            std::this_thread::sleep_for(step);
        }
    }
    if (const auto since = chain_.committing_since())
        facts.commit_wait = std::max(
            facts.commit_wait, std::chrono::duration_cast<std::chrono::milliseconds>(now - *since));
    facts.commit_limit = options_.commit_limit;
    const DiskFacts disk = disk_facts(options_.data);
    facts.is_disk_writable = disk.is_writable;
    facts.disk_free_bytes = disk.free_bytes;
    return judge(facts);
}

Gauges Watch::gauges() const {
    const auto head = chain_.head();
    const Mempool::Counts pool = chain_.pool().counts();
    const Indexer* index = index_;
    const IndexStatus indexed = index == nullptr ? IndexStatus{} : index->status();
    return {.height = head->number(),
            .states_from = head->kept_from(),
            .head_timestamp = head->header().timestamp,
            .pool_pending = pool.executable,
            .pool_queued = pool.queued,
            .store_bytes = bytes_in(options_.data / "db"),
            .index_block = indexed.block,
            .index_errors = indexed.errors,
            .disk = disk_facts(options_.data),
            .process = process_facts(),
            .is_ready = health().is_ready()};
}

json::object Watch::status() const {
    const Gauges now = gauges();
    const auto head = chain_.head();
    const uint64_t clock = system_clock_seconds();
    const uint64_t age = clock > now.head_timestamp ? clock - now.head_timestamp : 0;
    json::object out = health().to_json();
    out["version"] = options_.version;
    out["chainId"] = chain_.rules().chain_id;
    out["genesis"] = to_hex(chain_.genesis_hash());
    out["head"] = json::object{{"number", head->number()},
                               {"hash", to_hex(head->hash())},
                               {"timestamp", head->header().timestamp},
                               {"ageSeconds", age}};
    out["history"] = json::object{{"statesFrom", now.states_from}};
    out["pool"] = json::object{{"pending", now.pool_pending}, {"queued", now.pool_queued}};
    out["peers"] = 0;
    out["disk"] = json::object{{"storeBytes", now.store_bytes},
                               {"freeBytes", now.disk.free_bytes},
                               {"sizeBytes", now.disk.total_bytes}};
    out["memoryBytes"] = now.process.resident_bytes;
    out["descriptors"] = json::object{{"open", now.process.open_descriptors},
                                      {"limit", now.process.descriptors_limit}};
    out["uptimeSeconds"] =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start_).count();
    return out;
}

std::optional<rpc::Page> Watch::health_page(std::string_view path) const {
    const bool asks_for_life = path == "/livez";
    if (!asks_for_life && path != "/readyz") return std::nullopt;
    const Health found = health();
    const bool holds = asks_for_life ? found.is_alive : found.is_ready();
    return rpc::Page{.status = holds ? 200u : 503u,
                     .type = "application/json",
                     .body = json::serialize(found.to_json()) + "\n"};
}

std::optional<rpc::Page> Watch::page(std::string_view path) {
    if (path == "/metrics")
        return rpc::Page{.type = "text/plain; version=0.0.4; charset=utf-8",
                         .body = metrics_.render(gauges())};
    return health_page(path);
}

}  // namespace plume
