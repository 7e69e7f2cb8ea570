#include "evm/precompiles.hpp"

#include <optional>

#include "base/result.hpp"
#include "base/u256.hpp"
#include "crypto/blake2.hpp"
#include "crypto/bls12_381.hpp"
#include "crypto/bn254.hpp"
#include "crypto/hash.hpp"
#include "crypto/kzg.hpp"
#include "crypto/modexp.hpp"
#include "crypto/p256.hpp"
#include "crypto/signature.hpp"
#include "evm/gas.hpp"

namespace plume {

namespace {

/// Nothing when no gas would suffice: the input is refused, or the price is beyond 64 bits.
using Price = std::optional<uint64_t>;

/// Nothing when the call fails.
using Output = std::optional<Bytes>;

struct Precompile {
    uint16_t number;
    std::string_view name;
    Revision since;
    Price (*price)(BytesView input, Revision revision);
    Output (*run)(BytesView input);
};

template <uint64_t gas>
Price flat(BytesView, Revision) {
    return gas;
}

template <uint64_t base, uint64_t word>
Price by_word(BytesView input, Revision) {
    return base + word * words_of(input.size());
}

/// `size` bytes from `offset` on; behind the end of the input all bytes are zero.
Bytes padded(BytesView input, uint64_t offset, uint64_t size) {
    Bytes out(size);
    if (offset < input.size())
        std::ranges::copy(input.subspan(offset, std::min(size, input.size() - offset)),
                          out.begin());
    return out;
}

u256 word_at(BytesView input, uint64_t offset) {
    return from_big_endian(padded(input, offset, 32));
}

Bytes left_padded(BytesView value) {
    Bytes out(32);
    std::ranges::copy_backward(value, out.end());
    return out;
}

Output ecrecover(BytesView input) {
    const Hash digest = to_word(word_at(input, 0));
    const u256 v = word_at(input, 32);
    if (v != 27 && v != 28) return Bytes{};
    const auto signer = recover(digest, {word_at(input, 64), word_at(input, 96), v == 28});
    return signer ? left_padded(*signer) : Bytes{};
}

Output sha256_of(BytesView input) {
    return to_bytes(sha256(input));
}

Output ripemd160_of(BytesView input) {
    return left_padded(ripemd160(input));
}

Output identity(BytesView input) {
    return to_bytes(input);
}

/// A number in 32 bytes that tells a length; one that does not fit says 2^64 - 1.
uint64_t length_at(BytesView input, uint64_t offset) {
    const u256 length = word_at(input, offset);
    return length.fits_uint64() ? length.low64() : ~0ull;
}

/// The lengths at the head of an input for 0x05, and where the numbers lie (EIP-198).
struct ModExpLayout {
    uint64_t base_size;
    uint64_t exponent_size;
    uint64_t modulus_size;

    explicit ModExpLayout(BytesView input)
        : base_size(length_at(input, 0)),
          exponent_size(length_at(input, 32)),
          modulus_size(length_at(input, 64)) {}

    static constexpr uint64_t base_at = 96;
    uint64_t exponent_at() const { return base_at + base_size; }
    uint64_t modulus_at() const { return exponent_at() + exponent_size; }
};

/// EIP-7823.
constexpr uint64_t modexp_size_max = 1'024;

/// EIP-2565, and EIP-7883 as of Osaka: by the longer of base and modulus, squared, and by the bits
/// of the exponent, of which only the first 32 bytes are looked at.
Price modexp_price(BytesView input, Revision revision) {
    const bool osaka = revision >= Revision::osaka;
    const ModExpLayout layout(input);
    const uint64_t longest = std::max(layout.base_size, layout.modulus_size);
    const uint64_t least = osaka ? 500 : 200;
    if (osaka && std::max(longest, layout.exponent_size) > modexp_size_max) return std::nullopt;
    if (longest == 0 && !osaka) return least;
    // Some 10^17 gas at least. With less than that, nothing below leaves 128 bits.
    if (longest >> 32 != 0) return std::nullopt;

    const uint64_t words = longest / 8 + (longest % 8 != 0 ? 1 : 0);
    const uint64_t complexity = osaka ? (longest > 32 ? 2 * words * words : 16) : words * words;
    const uint64_t head_size = std::min<uint64_t>(layout.exponent_size, 32);
    const unsigned bits =
        from_big_endian(padded(input, layout.exponent_at(), head_size)).bit_length();
    const auto tail_size = static_cast<unsigned __int128>(layout.exponent_size - head_size);
    const auto iterations = tail_size * (osaka ? 16 : 8) + (bits == 0 ? 0 : bits - 1);
    const auto price = complexity * std::max<unsigned __int128>(iterations, 1) / (osaka ? 1 : 3);
    if (price >> 64 != 0) return std::nullopt;
    return std::max(least, static_cast<uint64_t>(price));
}

Output modexp_of(BytesView input) {
    const ModExpLayout layout(input);
    if (layout.modulus_size == 0) return Bytes{};
    return modexp(padded(input, layout.base_at, layout.base_size),
                  padded(input, layout.exponent_at(), layout.exponent_size),
                  padded(input, layout.modulus_at(), layout.modulus_size));
}

template <size_t N>
Output output_of(const std::optional<FixedBytes<N>>& result) {
    return result ? std::optional(to_bytes(*result)) : std::nullopt;
}

Output output_of(std::optional<bool> result) {
    return result ? std::optional(to_bytes(to_word(*result ? u256{1u} : u256{}))) : std::nullopt;
}

bn254::Point bn254_point_at(BytesView input, uint64_t offset) {
    return *bn254::Point::from(padded(input, offset, 64));
}

Output bn254_add(BytesView input) {
    return output_of(bn254::add(bn254_point_at(input, 0), bn254_point_at(input, 64)));
}

Output bn254_multiply(BytesView input) {
    return output_of(bn254::multiply(bn254_point_at(input, 0), word_at(input, 64)));
}

/// EIP-1108.
Price bn254_pairing_price(BytesView input, Revision) {
    if (input.size() % bn254::pair_size != 0) return std::nullopt;
    return 45'000 + 34'000 * (input.size() / bn254::pair_size);
}

Output bn254_pairing(BytesView input) {
    return output_of(bn254::pairing_is_one(input));
}

/// The layout of EIP-152: rounds, state, message, byte count, whether it is the last block. Numbers
/// are little-endian but for the rounds.
constexpr size_t blake2_size = 213;

uint64_t little_endian_at(BytesView input, size_t offset) {
    uint64_t out = 0;
    for (size_t i = 8; i-- > 0;) out = out << 8 | input[offset + i];
    return out;
}

/// A gas for each round.
Price blake2_price(BytesView input, Revision) {
    if (input.size() != blake2_size || input.back() > 1) return std::nullopt;
    return from_big_endian(input.first(4)).low64();
}

Output blake2_of(BytesView input) {
    Blake2bBlock block{};
    for (size_t i = 0; i < 8; ++i) block.state[i] = little_endian_at(input, 4 + 8 * i);
    for (size_t i = 0; i < 16; ++i) block.message[i] = little_endian_at(input, 68 + 8 * i);
    for (size_t i = 0; i < 2; ++i) block.byte_count[i] = little_endian_at(input, 196 + 8 * i);
    block.is_last = input.back() == 1;
    const auto rounds = static_cast<uint32_t>(from_big_endian(input.first(4)).low64());
    Bytes out;
    for (const uint64_t word : blake2b_compress(block, rounds))
        for (unsigned shift = 0; shift < 64; shift += 8)
            out.push_back(static_cast<uint8_t>(word >> shift));
    return out;
}

/// A commitment's hash, z, y, the commitment and a proof (EIP-4844).
Output point_evaluation(BytesView input) {
    if (input.size() != 192) return std::nullopt;
    const kzg::Opening opening{.commitment = *kzg::Point::from(input.subspan(96, 48)),
                               .z = word_at(input, 32),
                               .y = word_at(input, 64),
                               .proof = *kzg::Point::from(input.subspan(144, 48))};
    Hash versioned = sha256(opening.commitment);
    versioned[0] = 1;
    if (!equal(versioned, input.first(32)) || !kzg::verify(opening)) return std::nullopt;
    constexpr uint64_t numbers_in_a_blob = 4'096;
    Bytes out = to_bytes(to_word(u256{numbers_in_a_blob}));
    append(out, to_word(kzg::modulus));
    return out;
}

// EIP-2537: by how many thousandths of its full price a point is charged when there are so many,
// beginning with one; more are charged as 128.

constexpr std::array<uint16_t, 128> bls12_381_g1_discounts{
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661,  658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613,  611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584,  582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562,  561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544,  543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528,  528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519,
};

constexpr std::array<uint16_t, 128> bls12_381_g2_discounts{
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693,  688,  683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627,  624,  622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590,  589,  587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566,  565,  563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547,  546,  545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532,  532,  531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524,
};

Price bls12_381_sum_price(size_t input_size, size_t point_size, uint64_t point_price,
                          const std::array<uint16_t, 128>& discounts) {
    const size_t size = point_size + bls12_381::scalar_size;
    if (input_size == 0 || input_size % size != 0) return std::nullopt;
    const uint64_t count = input_size / size;
    return count * point_price * discounts[std::min<size_t>(count, 128) - 1] / 1'000;
}

Price bls12_381_g1_sum_price(BytesView input, Revision) {
    return bls12_381_sum_price(input.size(), bls12_381::g1_size, 12'000, bls12_381_g1_discounts);
}

Price bls12_381_g2_sum_price(BytesView input, Revision) {
    return bls12_381_sum_price(input.size(), bls12_381::g2_size, 22'500, bls12_381_g2_discounts);
}

Price bls12_381_pairing_price(BytesView input, Revision) {
    constexpr size_t size = bls12_381::g1_size + bls12_381::g2_size;
    if (input.empty() || input.size() % size != 0) return std::nullopt;
    return 37'700 + 32'600 * (input.size() / size);
}

template <auto function>
Output bls12_381_output(BytesView input) {
    return output_of(function(input));
}

/// Digest, r, s, x and y, 32 bytes each. What does not verify has no output, but does not fail.
Output p256_of(BytesView input) {
    if (input.size() != 160) return Bytes{};
    const Hash digest = to_word(word_at(input, 0));
    const P256Signature signature{.r = word_at(input, 32),
                                  .s = word_at(input, 64),
                                  .x = word_at(input, 96),
                                  .y = word_at(input, 128)};
    return p256_verify(digest, signature) ? to_bytes(to_word(1)) : Bytes{};
}

/// In order of their addresses, with their names (EIP-7910) and prices.
constexpr std::array table{
    Precompile{0x01, "ECREC", Revision::cancun, flat<gas::recover>, ecrecover},
    Precompile{0x02, "SHA256", Revision::cancun, by_word<60, 12>, sha256_of},
    Precompile{0x03, "RIPEMD160", Revision::cancun, by_word<600, 120>, ripemd160_of},
    Precompile{0x04, "ID", Revision::cancun, by_word<15, 3>, identity},
    Precompile{0x05, "MODEXP", Revision::cancun, modexp_price, modexp_of},
    Precompile{0x06, "BN254_ADD", Revision::cancun, flat<150>, bn254_add},
    Precompile{0x07, "BN254_MUL", Revision::cancun, flat<6'000>, bn254_multiply},
    Precompile{0x08, "BN254_PAIRING", Revision::cancun, bn254_pairing_price, bn254_pairing},
    Precompile{0x09, "BLAKE2F", Revision::cancun, blake2_price, blake2_of},
    Precompile{0x0a, "KZG_POINT_EVALUATION", Revision::cancun, flat<50'000>, point_evaluation},
    Precompile{0x0b, "BLS12_G1ADD", Revision::prague, flat<375>,
               bls12_381_output<bls12_381::g1_add>},
    Precompile{0x0c, "BLS12_G1MSM", Revision::prague, bls12_381_g1_sum_price,
               bls12_381_output<bls12_381::g1_multiply_sum>},
    Precompile{0x0d, "BLS12_G2ADD", Revision::prague, flat<600>,
               bls12_381_output<bls12_381::g2_add>},
    Precompile{0x0e, "BLS12_G2MSM", Revision::prague, bls12_381_g2_sum_price,
               bls12_381_output<bls12_381::g2_multiply_sum>},
    Precompile{0x0f, "BLS12_PAIRING_CHECK", Revision::prague, bls12_381_pairing_price,
               bls12_381_output<bls12_381::pairing_is_one>},
    Precompile{0x10, "BLS12_MAP_FP_TO_G1", Revision::prague, flat<5'500>,
               bls12_381_output<bls12_381::map_to_g1>},
    Precompile{0x11, "BLS12_MAP_FP2_TO_G2", Revision::prague, flat<23'800>,
               bls12_381_output<bls12_381::map_to_g2>},
    Precompile{0x100, "P256VERIFY", Revision::osaka, flat<6'900>, p256_of},
};

const Precompile* find(const Address& address, Revision revision) {
    for (size_t i = 0; i < 18; ++i)
        if (address[i] != 0) return nullptr;
    const unsigned number = address[18] << 8 | address[19];
    for (const Precompile& precompile : table)
        if (precompile.number == number && revision >= precompile.since) return &precompile;
    return nullptr;
}

}  // namespace

bool is_precompile(const Address& address, Revision revision) {
    return find(address, revision) != nullptr;
}

std::vector<NamedPrecompile> precompiles(Revision revision) {
    std::vector<NamedPrecompile> out;
    for (const Precompile& precompile : table)
        if (revision >= precompile.since)
            out.push_back({precompile.name, to_address(u256{precompile.number})});
    return out;
}

PrecompileResult run_precompile(const Address& address, Revision revision, BytesView input,
                                uint64_t gas) {
    const Precompile* precompile = find(address, revision);
    check(precompile != nullptr, "only precompiles are run as such");
    const Price price = precompile->price(input, revision);
    if (!price || *price > gas) return {};
    Output output = precompile->run(input);
    if (!output) return {};
    return {.success = true, .gas_left = gas - *price, .output = std::move(*output)};
}

}  // namespace plume
