#include "app/health.hpp"

namespace plume {

boost::json::object Health::to_json() const {
    boost::json::array list;
    for (const Reason& reason : reasons)
        list.push_back(boost::json::object{{"code", reason.code}, {"message", reason.message}});
    return {{"ready", is_ready()}, {"alive", is_alive}, {"reasons", std::move(list)}};
}

Health judge(const HealthFacts& facts) {
    Health out;
    const auto add = [&](std::string code, std::string message) {
        out.reasons.push_back({std::move(code), std::move(message)});
    };
    if (facts.is_stopping) add("stopping", "the node was told to stop");
    if (facts.silence > silence_limit) {
        out.is_alive = false;
        add("chain_thread_stuck", "no sign of life from the thread that makes blocks for " +
                                      std::to_string(facts.silence.count()) +
                                      " s; restart the node and keep its log");
    }
    if (facts.commit_wait > facts.commit_limit) {
        out.is_alive = false;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(facts.commit_wait);
        add("commit_stuck", "a block has been waiting to be written for " +
                                std::to_string(seconds.count()) +
                                " s; the disk under the data directory hangs or is far too slow");
    }
    if (facts.block_time) {
        // A second on top, for the clock's and the disk's grain.
        const auto oldest = 3 * *facts.block_time + std::chrono::seconds(1);
        if (facts.block_age > oldest)
            add("head_too_old", "the newest block is " + std::to_string(facts.block_age.count()) +
                                    " s old, though one is due every " +
                                    std::to_string(facts.block_time->count()) + " s");
    }
    if (!facts.is_disk_writable)
        add("store_not_writable",
            "the data directory cannot be written; look at its mount and its owner");
    else if (facts.disk_free_bytes < disk_free_bytes_min)
        add("disk_full", "only " + std::to_string(facts.disk_free_bytes >> 20) +
                             " MiB are free under the data directory; at least " +
                             std::to_string(disk_free_bytes_min >> 20) + " MiB are needed");
    return out;
}

}  // namespace plume
