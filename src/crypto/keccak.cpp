#include "crypto/keccak.hpp"

#include <bit>
#include <cstring>

namespace plume {

namespace {

static_assert(std::endian::native == std::endian::little, "lanes are read as they lie in memory");

using detail::KeccakState;

/// Row y of the next state: chi over five lanes that are already rotated.
inline void chi(KeccakState& to, unsigned y, uint64_t b0, uint64_t b1, uint64_t b2, uint64_t b3,
                uint64_t b4) {
    to[y] = b0 ^ (~b1 & b2);
    to[y + 1] = b1 ^ (~b2 & b3);
    to[y + 2] = b2 ^ (~b3 & b4);
    to[y + 3] = b3 ^ (~b4 & b0);
    to[y + 4] = b4 ^ (~b0 & b1);
}

/// One round from `a` to `e`, written out so that every lane has a fixed place.
inline void round(const KeccakState& a, KeccakState& e, uint64_t round_constant) {
    const uint64_t c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
    const uint64_t c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
    const uint64_t c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
    const uint64_t c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
    const uint64_t c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
    const uint64_t d0 = c4 ^ std::rotl(c1, 1);
    const uint64_t d1 = c0 ^ std::rotl(c2, 1);
    const uint64_t d2 = c1 ^ std::rotl(c3, 1);
    const uint64_t d3 = c2 ^ std::rotl(c4, 1);
    const uint64_t d4 = c3 ^ std::rotl(c0, 1);
    chi(e, 0, a[0] ^ d0, std::rotl(a[6] ^ d1, 44), std::rotl(a[12] ^ d2, 43),
        std::rotl(a[18] ^ d3, 21), std::rotl(a[24] ^ d4, 14));
    e[0] ^= round_constant;
    chi(e, 5, std::rotl(a[3] ^ d3, 28), std::rotl(a[9] ^ d4, 20), std::rotl(a[10] ^ d0, 3),
        std::rotl(a[16] ^ d1, 45), std::rotl(a[22] ^ d2, 61));
    chi(e, 10, std::rotl(a[1] ^ d1, 1), std::rotl(a[7] ^ d2, 6), std::rotl(a[13] ^ d3, 25),
        std::rotl(a[19] ^ d4, 8), std::rotl(a[20] ^ d0, 18));
    chi(e, 15, std::rotl(a[4] ^ d4, 27), std::rotl(a[5] ^ d0, 36), std::rotl(a[11] ^ d1, 10),
        std::rotl(a[17] ^ d2, 15), std::rotl(a[23] ^ d3, 56));
    chi(e, 20, std::rotl(a[2] ^ d2, 62), std::rotl(a[8] ^ d3, 55), std::rotl(a[14] ^ d4, 39),
        std::rotl(a[15] ^ d0, 41), std::rotl(a[21] ^ d1, 2));
}

/// detail::permute, unrolled: two rounds a turn, so that neither state is copied.
void permute_fast(KeccakState& a) {
    KeccakState e;
    for (unsigned i = 0; i < 24; i += 2) {
        round(a, e, detail::keccak_round_constants[i]);
        round(e, a, detail::keccak_round_constants[i + 1]);
    }
}

void absorb(KeccakState& state, const uint8_t* block) {
    for (size_t i = 0; i < detail::keccak_rate / 8; ++i) {
        uint64_t lane;
        std::memcpy(&lane, block + 8 * i, 8);
        state[i] ^= lane;
    }
    permute_fast(state);
}

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
