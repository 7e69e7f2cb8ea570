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

Code::Code(BytesView code)
    : size_(code.size()), bytes_(code.size() + padding), destinations_(code.size() / 64 + 1) {
    std::ranges::copy(code, bytes_.begin());
    for (size_t i = 0; i < size_; ++i) {
        const uint8_t opcode = bytes_[i];
        if (opcode >= opcode::PUSH1 && opcode <= opcode::PUSH32)
            i += opcode - opcode::PUSH1 + 1;
        else if (opcode == opcode::JUMPDEST)
            destinations_[i / 64] |= uint64_t{1} << (i % 64);
    }
}

Code::~Code() {
    delete program_.load(std::memory_order_acquire);
}

const Program& Code::make_program() const {
    auto made = std::make_unique<const Program>(bytes());
    const Program* present = nullptr;
    // Of two threads that make it at once, the second throws its own away.
    if (program_.compare_exchange_strong(present, made.get(), std::memory_order_acq_rel))
        return *made.release();
    return *present;
}

uint64_t Code::patience() const {
    const uint64_t worth = gas_per_byte * size_;
    const uint64_t burnt = burnt_.load(std::memory_order_relaxed);
    return burnt < worth ? worth - burnt : 0;
}

std::shared_ptr<const Code> analysed(const Hash& code_hash, BytesView code) {
    static Cache cache;
    return cache.find_or_make(code_hash, code);
}

}  // namespace plume
