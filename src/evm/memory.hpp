// The memory of a frame: bytes that grow by words, at a price that grows with the square.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/result.hpp"
#include "base/u256.hpp"
#include "evm/gas.hpp"

namespace plume {

/// What memory of so many words costs in all (Yellow Paper, equation 326). No overflow up to 2^40
/// words, far more than any gas pays for.
constexpr uint64_t memory_price(uint64_t words) {
    return gas::memory_word * words + words * words / gas::memory_quadratic_divisor;
}

/// Grows on demand and is zero where nothing was written; each byte is cleared once.
class Memory {
public:
    Memory() = default;

    size_t size() const { return size_; }
    uint8_t* data() { return bytes_.get(); }
    BytesView view(uint64_t offset, uint64_t size) const { return {bytes_.get() + offset, size}; }
    BytesView all() const { return {bytes_.get(), size_}; }

    /// Makes the `size` bytes from `offset` exist and returns the gas left of `gas`: below 0 when
    /// it was not enough. Both numbers are below 2^63, or nothing would pay for them.
    int64_t grow(uint64_t offset, uint64_t size, int64_t gas) {
        const uint64_t end = offset + size;
        if (end <= size_) [[likely]]
            return gas;
        return grow_to(end, gas);
    }

private:
    struct Free {
        void operator()(uint8_t* bytes) const { std::free(bytes); }
    };

    [[gnu::noinline]] int64_t grow_to(uint64_t end, int64_t gas) {
        constexpr uint64_t words_most = uint64_t{1} << 32;
        const uint64_t words = words_of(end);
        if (words > words_most) return -1;
        gas -= static_cast<int64_t>(memory_price(words) - memory_price(size_ / 32));
        if (gas < 0) return gas;
        const size_t size = words * 32;
        if (size > capacity_) {
            capacity_ = std::max(size + size / 2, initial_capacity);
            auto* moved = static_cast<uint8_t*>(std::realloc(bytes_.get(), capacity_));
            check(moved != nullptr, "memory that gas pays for can be had");
            (void)bytes_.release();
            bytes_.reset(moved);
        }
        std::memset(bytes_.get() + size_, 0, size - size_);
        size_ = size;
        return gas;
    }

    static constexpr size_t initial_capacity = 2'048;

    std::unique_ptr<uint8_t, Free> bytes_;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

}  // namespace plume
