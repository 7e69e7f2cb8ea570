#include "crypto/keccak.hpp"

#include <bit>
#include <cstring>

namespace plume {

namespace {

static_assert(std::endian::native == std::endian::little, "lanes are read as they lie in memory");

using detail::KeccakState;

void absorb_any(KeccakState& state, const uint8_t* block) {
    for (size_t i = 0; i < detail::keccak_rate / 8; ++i) {
        uint64_t lane;
        std::memcpy(&lane, block + 8 * i, 8);
        state[i] ^= lane;
    }
    detail::permute(state);
}

#if defined(__x86_64__)

/// The same code, compiled for processors that negate and rotate without a move: a ninth faster.
__attribute__((target("bmi,bmi2"), flatten)) void absorb_bmi(KeccakState& state,
                                                             const uint8_t* block) {
    absorb_any(state, block);
}

/// Chosen by hand: what the linker would resolve runs before a sanitizer is there.
void absorb(KeccakState& state, const uint8_t* block) {
    static const bool has_bmi = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    has_bmi ? absorb_bmi(state, block) : absorb_any(state, block);
}

#else

void absorb(KeccakState& state, const uint8_t* block) {
    absorb_any(state, block);
}

#endif

}  // namespace

Hash keccak256(BytesView data) {
    KeccakState state{};
    while (data.size() >= detail::keccak_rate) {
        absorb(state, data.data());
        data = data.subspan(detail::keccak_rate);
    }
    std::array<uint8_t, detail::keccak_rate> last{};
    if (!data.empty()) std::memcpy(last.data(), data.data(), data.size());
    last[data.size()] = 0x01;
    last.back() |= 0x80;
    absorb(state, last.data());
    Hash out;
    std::memcpy(out.bytes.data(), state.data(), Hash::size);
    return out;
}

}  // namespace plume
