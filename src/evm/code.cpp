#include "evm/code.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace plume {

namespace {

/// A PUSH32 as the last byte reads 32 bytes, and a STOP stands behind them.
constexpr size_t padding = 33;

/// Keeps the codes used of late in two generations: when the young one is full it becomes the old
/// one, and what nobody asked for since is forgotten.
class Cache {
public:
    std::shared_ptr<const Code> find_or_make(const Hash& hash, BytesView code) {
        {
            const std::lock_guard lock(mutex_);
            if (auto found = find(hash)) return found;
        }
        auto made = std::make_shared<const Code>(code);
        const std::lock_guard lock(mutex_);
        keep(hash, made);
        return made;
    }

private:
    std::shared_ptr<const Code> find(const Hash& hash) {
        if (const auto young = young_.find(hash); young != young_.end()) return young->second;
        const auto old = old_.find(hash);
        if (old == old_.end()) return nullptr;
        auto found = old->second;
        keep(hash, found);
        return found;
    }

    void keep(const Hash& hash, const std::shared_ptr<const Code>& code) {
        if (!young_.emplace(hash, code).second) return;
        young_size_ += code->footprint();
        if (young_size_ < code_cache_size_max / 2) return;
        old_ = std::move(young_);
        young_.clear();
        young_size_ = 0;
    }

    std::mutex mutex_;
    std::unordered_map<Hash, std::shared_ptr<const Code>> young_;
    std::unordered_map<Hash, std::shared_ptr<const Code>> old_;
    size_t young_size_ = 0;
};

}  // namespace

Code::Code(BytesView code) : size_(code.size()), bytes_(code.size() + padding), program_(code) {
    std::ranges::copy(code, bytes_.begin());
}

std::shared_ptr<const Code> analysed(const Hash& code_hash, BytesView code) {
    static Cache cache;
    return cache.find_or_make(code_hash, code);
}

}  // namespace plume
