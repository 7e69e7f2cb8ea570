// How much a trace may remember: whoever asks for one also says what runs.
#pragma once

#include <cstddef>

namespace plume {

/// Bytes that the traces, or the results of simulated calls, of one request may hold.
inline constexpr size_t trace_size_max = size_t{32} << 20;
/// Steps, calls and logs in them.
inline constexpr size_t trace_item_count_max = 250'000;

/// What is left of the two limits. Once something did not fit, nothing does any more: tracers then
/// let the transaction run on without a word, and whoever asked has to ask for less. Time is
/// bounded by the gas of what runs.
class TraceBudget {
public:
    explicit TraceBudget(size_t size = trace_size_max, size_t count = trace_item_count_max)
        : size_left_(size), items_left_(count) {}

    /// Whether one more thing of `size` bytes may be remembered.
    [[nodiscard]] bool take(size_t size) {
        if (is_spent_ || items_left_ == 0 || size > size_left_) {
            is_spent_ = true;
            return false;
        }
        --items_left_;
        size_left_ -= size;
        return true;
    }
    bool is_spent() const { return is_spent_; }

private:
    size_t size_left_;
    size_t items_left_;
    bool is_spent_ = false;
};

}  // namespace plume
