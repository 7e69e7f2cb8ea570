#include "evm/precompiles.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"
#include "support/fixtures.hpp"

namespace plume {
namespace {

constexpr uint64_t plenty = 1'000'000'000;

Address precompile(uint64_t number) {
    return to_address(u256{number});
}

Bytes bytes(std::string_view hex) {
    return from_hex(hex).value();
}

Bytes word(uint64_t number) {
    return to_bytes(to_word(u256{number}));
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const Bytes& part : parts) append(out, part);
    return out;
}

/// What `number` answers, and what it took.
struct Answer {
    std::string output;  ///< "failed" when it did
    uint64_t gas = 0;

    friend bool operator==(const Answer&, const Answer&) = default;
    friend void PrintTo(const Answer& answer, std::ostream* out) {
        *out << answer.output << " for " << answer.gas;
    }
};

Answer ask(uint64_t number, BytesView input, Revision revision = Revision::osaka,
           uint64_t gas = plenty) {
    const PrecompileResult result = run_precompile(precompile(number), revision, input, gas);
    if (!result.success) {
        EXPECT_EQ(result.gas_left, 0u);
        EXPECT_TRUE(result.output.empty());
        return {"failed", gas};
    }
    return {to_hex(result.output), gas - result.gas_left};
}

TEST(Precompiles, come_with_the_revisions) {
    const auto count = [](Revision revision) {
        size_t out = 0;
        for (uint64_t i = 0; i < 0x1000; ++i) out += is_precompile(precompile(i), revision) ? 1 : 0;
        return out;
    };
    EXPECT_EQ(count(Revision::cancun), 0x0au);
    EXPECT_EQ(count(Revision::prague), 0x11u);
    EXPECT_EQ(count(Revision::osaka), 0x12u);
    EXPECT_FALSE(is_precompile(precompile(0), Revision::osaka));
    EXPECT_FALSE(is_precompile(precompile(0x0b), Revision::cancun));
    EXPECT_TRUE(is_precompile(precompile(0x11), Revision::prague));
    EXPECT_FALSE(is_precompile(precompile(0x100), Revision::prague));
    EXPECT_TRUE(is_precompile(precompile(0x100), Revision::osaka));
    Address high = precompile(1);
    high[0] = 1;
    EXPECT_FALSE(is_precompile(high, Revision::osaka));
}

TEST(Precompiles, take_their_price_and_fail_with_a_gas_less) {
    const Bytes input(64);
    const std::pair<uint64_t, uint64_t> prices[] = {{1, 3'000},         {2, 60 + 2 * 12},
                                                    {3, 600 + 2 * 120}, {4, 15 + 2 * 3},
                                                    {5, 500},           {0x100, 6'900}};
    for (const auto& [number, price] : prices) {
        EXPECT_EQ(ask(number, input).gas, price) << number;
        EXPECT_NE(ask(number, input, Revision::osaka, price).output, "failed") << number;
        EXPECT_EQ(ask(number, input, Revision::osaka, price - 1).output, "failed") << number;
        EXPECT_EQ(ask(number, input, Revision::osaka, 0).output, "failed") << number;
    }
}

TEST(Precompiles, charge_for_words_begun) {
    for (const auto& [size, words] : {std::pair{0, 0}, {1, 1}, {32, 1}, {33, 2}}) {
        const Bytes input(static_cast<size_t>(size));
        EXPECT_EQ(ask(2, input).gas, 60u + 12u * static_cast<unsigned>(words));
        EXPECT_EQ(ask(3, input).gas, 600u + 120u * static_cast<unsigned>(words));
        EXPECT_EQ(ask(4, input).gas, 15u + 3u * static_cast<unsigned>(words));
    }
}

TEST(Precompiles, hash_and_copy) {
    const Bytes abc = to_bytes(view_of("abc"));
    EXPECT_EQ(ask(2, abc).output,
              "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(ask(3, abc).output,
              "0x0000000000000000000000008eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(ask(4, abc).output, "0x616263");
    EXPECT_EQ(ask(4, {}).output, "0x");
}

// The example of the page on ecRecover in the Ethereum wiki, which every client tests.
const Bytes signature = bytes(
    "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
    "000000000000000000000000000000000000000000000000000000000000001c"
    "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
    "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549");
constexpr std::string_view signer =
    "0x000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b";

TEST(Precompiles, recover_signers) {
    EXPECT_EQ(ask(1, signature).output, signer);
    EXPECT_EQ(ask(1, joined({signature, {1, 2, 3}})).output, signer);  // More does not matter,
    EXPECT_EQ(ask(1, BytesView{signature}.first(96)).output, "0x");    // less is zeros.
    EXPECT_EQ(ask(1, {}).output, "0x");
}

TEST(Precompiles, recover_nothing_from_what_is_no_signature) {
    Bytes wrong = signature;
    wrong[63] = 26;
    EXPECT_EQ(ask(1, wrong).output, "0x");
    wrong[63] = 29;
    EXPECT_EQ(ask(1, wrong).output, "0x");
    wrong = signature;
    wrong[32] = 1;  // v has 32 bytes
    EXPECT_EQ(ask(1, wrong).output, "0x");
    wrong = signature;
    std::fill_n(wrong.begin() + 64, 32, 0xff);
    EXPECT_EQ(ask(1, wrong), (Answer{"0x", 3'000}));
}

TEST(Precompiles, raise_to_a_power_modulo) {
    // The examples of EIP-198.
    const Bytes fermat =
        joined({word(1), word(32), word(32),
                bytes("03fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e"
                      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f")});
    EXPECT_EQ(ask(5, fermat, Revision::cancun), (Answer{to_hex(word(1)), 1'360}));
    EXPECT_EQ(ask(5, fermat, Revision::osaka), (Answer{to_hex(word(1)), 4'080}));

    // Exponent and modulus end early, and go on as zeros.
    const Bytes short_one = joined({word(1), word(2), word(32), bytes("03ffff80")});
    EXPECT_EQ(ask(5, short_one).output,
              "0x3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab");
    EXPECT_EQ(ask(5, {}), (Answer{"0x", 500}));
    EXPECT_EQ(ask(5, {}, Revision::cancun), (Answer{"0x", 200}));
}

TEST(Precompiles, price_powers_by_their_longest_number_and_the_bits_of_the_exponent) {
    const auto price = [](uint64_t base, uint64_t exponent, uint64_t modulus, Revision revision,
                          uint8_t first = 0) {
        Bytes input = joined({word(base), word(exponent), word(modulus), Bytes(base), {first}});
        return ask(5, input, revision).gas;
    };
    for (const Revision old : {Revision::cancun, Revision::prague}) {
        EXPECT_EQ(price(64, 1, 64, old, 3), 200u);
        EXPECT_EQ(price(512, 3, 512, old, 1), 4'096u * 16 / 3);
        EXPECT_EQ(price(8, 32, 8, old, 0x80), 200u);
        EXPECT_EQ(price(9, 132, 1, old, 0x80), 4u * (8 * 100 + 255) / 3);
        EXPECT_EQ(price(1, 132, 9, old), 4u * (8 * 100) / 3);
    }
    EXPECT_EQ(price(64, 1, 64, Revision::osaka, 3), 500u);
    EXPECT_EQ(price(512, 3, 512, Revision::osaka, 1), 2u * 4'096 * 16);
    EXPECT_EQ(price(32, 32, 8, Revision::osaka, 0x80), 16u * 255);
    EXPECT_EQ(price(33, 132, 1, Revision::osaka, 0x80), 2u * 25 * (16 * 100 + 255));
}

TEST(Precompiles, price_powers_as_in_the_tables_of_eip_2565_and_eip_7883) {
    struct Row {
        std::string_view name;
        uint64_t size;  ///< of base and modulus
        std::string_view exponent;
        uint64_t prague;
        uint64_t osaka;
    };
    const std::string_view ones =
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    const Row rows[] = {
        {"modexp_nagydani_1_square", 64, "02", 200, 500},
        {"modexp_nagydani_1_qube", 64, "03", 200, 500},
        {"modexp_nagydani_1_pow0x10001", 64, "010001", 341, 2'048},
        {"modexp_nagydani_2_square", 128, "02", 200, 512},
        {"modexp_nagydani_2_qube", 128, "03", 200, 512},
        {"modexp_nagydani_2_pow0x10001", 128, "010001", 1'365, 8'192},
        {"modexp_nagydani_3_square", 256, "02", 341, 2'048},
        {"modexp_nagydani_3_qube", 256, "03", 341, 2'048},
        {"modexp_nagydani_3_pow0x10001", 256, "010001", 5'461, 32'768},
        {"modexp_nagydani_4_square", 512, "02", 1'365, 8'192},
        {"modexp_nagydani_4_qube", 512, "03", 1'365, 8'192},
        {"modexp_nagydani_4_pow0x10001", 512, "010001", 21'845, 131'072},
        {"modexp_nagydani_5_square", 1'024, "02", 5'461, 32'768},
        {"modexp_nagydani_5_qube", 1'024, "03", 5'461, 32'768},
        {"modexp_nagydani_5_pow0x10001", 1'024, "010001", 87'381, 524'288},
        {"modexp_marcin_3_exp_heavy", 24, ones, 765, 4'080},
        {"modexp_marcin_3_balanced", 32, ones, 1'360, 4'080},
    };
    for (const Row& row : rows) {
        const Bytes exponent = bytes(row.exponent);
        const Bytes input = joined({word(row.size), word(exponent.size()), word(row.size),
                                    Bytes(row.size, 0xff), exponent, Bytes(row.size, 0xfe)});
        EXPECT_EQ(ask(5, input, Revision::prague).gas, row.prague) << row.name;
        EXPECT_EQ(ask(5, input, Revision::osaka).gas, row.osaka) << row.name;
    }
}

TEST(Precompiles, take_powers_of_1024_bytes_and_no_more_in_osaka) {
    const auto ask_with = [](uint64_t base, uint64_t exponent, uint64_t modulus) {
        return ask(5, joined({word(base), word(exponent), word(modulus)})).output;
    };
    EXPECT_EQ(ask_with(1'024, 1'024, 1'024), to_hex(Bytes(1'024)));
    EXPECT_EQ(ask_with(1'025, 0, 0), "failed");
    EXPECT_EQ(ask_with(0, 1'025, 0), "failed");
    EXPECT_EQ(ask_with(0, 0, 1'025), "failed");
    EXPECT_EQ(ask(5, word(1'025), Revision::prague).output, "0x");
}

TEST(Precompiles, survive_any_lengths_of_powers) {
    const Bytes huge(32, 0xff);
    for (const Revision revision : {Revision::cancun, Revision::osaka})
        for (const Bytes& base : {word(0), word(1), word(~0ull), huge})
            for (const Bytes& exponent : {word(1), word(~0ull), huge})
                for (const Bytes& modulus : {word(0), word(1), word(~0ull), huge}) {
                    const bool free = base == word(0) && modulus == word(0) &&
                                      (revision == Revision::cancun || exponent == word(1));
                    const bool small =
                        base.back() <= 1 && modulus.back() <= 1 && exponent == word(1);
                    const Bytes input = joined({base, exponent, modulus});
                    EXPECT_EQ(ask(5, input, revision).output != "failed", free || small)
                        << to_hex(input);
                }
}

// Test vector 5 of EIP-152.
const Bytes blake2_input = joined(
    {bytes(
         "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e51"
         "1f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b616263"),
     Bytes(125),
     bytes("0300000000000000"),
     Bytes(8),
     {1}});

TEST(Precompiles, compress_with_blake2) {
    EXPECT_EQ(ask(9, blake2_input),
              (Answer{"0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                      "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
                      12}));
    EXPECT_EQ(ask(9, blake2_input, Revision::osaka, 11).output, "failed");
}

TEST(Precompiles, refuse_blake2_of_another_form) {
    // Test vectors 0 to 3 of EIP-152.
    Bytes input = blake2_input;
    EXPECT_EQ(ask(9, {}).output, "failed");
    EXPECT_EQ(ask(9, BytesView{input}.first(212)).output, "failed");
    input.push_back(0);
    EXPECT_EQ(ask(9, input).output, "failed");
    input.pop_back();
    input.back() = 2;
    EXPECT_EQ(ask(9, input).output, "failed");
}

TEST(Precompiles, verify_p256) {
    // The vector that came with RIP-7212.
    const Bytes input = bytes(
        "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d"
        "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
        "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
        "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
        "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e");
    EXPECT_EQ(ask(0x100, input), (Answer{to_hex(word(1)), 6'900}));
    EXPECT_EQ(ask(0x100, BytesView{input}.first(159)), (Answer{"0x", 6'900}));
    EXPECT_EQ(ask(0x100, joined({input, {0}})), (Answer{"0x", 6'900}));
    Bytes wrong = input;
    wrong[0] ^= 1;
    EXPECT_EQ(ask(0x100, wrong), (Answer{"0x", 6'900}));
}

TEST(Precompiles, price_curves_by_their_points) {
    // All zeros are points at infinity.
    EXPECT_EQ(ask(6, {}), (Answer{to_hex(Bytes(64)), 150}));
    EXPECT_EQ(ask(7, {}), (Answer{to_hex(Bytes(64)), 6'000}));
    EXPECT_EQ(ask(8, {}), (Answer{to_hex(word(1)), 45'000}));
    EXPECT_EQ(ask(8, Bytes(3 * 192)), (Answer{to_hex(word(1)), 45'000 + 3 * 34'000}));
    EXPECT_EQ(ask(0x0b, Bytes(256)), (Answer{to_hex(Bytes(128)), 375}));
    EXPECT_EQ(ask(0x0d, Bytes(512)), (Answer{to_hex(Bytes(256)), 600}));
    EXPECT_EQ(ask(0x0f, Bytes(2 * 384)), (Answer{to_hex(word(1)), 37'700 + 2 * 32'600}));
    EXPECT_EQ(ask(0x10, Bytes(64)).gas, 5'500u);
    EXPECT_EQ(ask(0x11, Bytes(128)).gas, 23'800u);

    const auto sum_of = [](uint64_t number, size_t size) { return ask(number, Bytes(size)).gas; };
    EXPECT_EQ(sum_of(0x0c, 160), 12'000u);
    EXPECT_EQ(sum_of(0x0c, 2 * 160), 2u * 12 * 949);
    EXPECT_EQ(sum_of(0x0c, 128 * 160), 128u * 12 * 519);
    EXPECT_EQ(sum_of(0x0c, 300 * 160), 300u * 12 * 519);
    EXPECT_EQ(sum_of(0x0e, 288), 22'500u);
    EXPECT_EQ(sum_of(0x0e, 3 * 288), 3u * 22'500 * 923 / 1'000);
    EXPECT_EQ(sum_of(0x0e, 128 * 288), 128u * 22'500 * 524 / 1'000);
    EXPECT_EQ(sum_of(0x0e, 300 * 288), 300u * 22'500 * 524 / 1'000);
}

TEST(Precompiles, refuse_curve_input_of_another_size) {
    EXPECT_EQ(ask(8, Bytes(191)).output, "failed");
    for (const uint64_t number : {0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11})
        for (const size_t size : {0, 1, 159, 161, 255, 383})
            EXPECT_EQ(ask(number, Bytes(size)).output, "failed") << number << " " << size;
    // Before Osaka as after it, but not before Prague.
    EXPECT_EQ(ask(0x0b, Bytes(256), Revision::prague).gas, 375u);
}

TEST(Precompiles, evaluate_points) {
    // The polynomial 0 is 0 everywhere; its commitment and all its proofs are infinity.
    Bytes infinity(48);
    infinity[0] = 0xc0;
    const Bytes input =
        joined({bytes("010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014"), word(7),
                word(0), infinity, infinity});
    const Answer expected{
        "0x0000000000000000000000000000000000000000000000000000000000001000"
        "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001",
        50'000};
    EXPECT_EQ(ask(0x0a, input), expected);
    EXPECT_EQ(ask(0x0a, input, Revision::cancun), expected);
    Bytes wrong = input;
    wrong[0] = 2;  // another version of the hash
    EXPECT_EQ(ask(0x0a, wrong).output, "failed");
    wrong = input;
    wrong[31] ^= 1;  // the hash of another commitment
    EXPECT_EQ(ask(0x0a, wrong).output, "failed");
    wrong = input;
    wrong[95] = 1;  // another value
    EXPECT_EQ(ask(0x0a, wrong).output, "failed");
}

}  // namespace
}  // namespace plume
