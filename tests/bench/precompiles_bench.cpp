// How much gas a second each precompile burns on inputs that take it long: whoever pays for gas can
// keep a node busy with whatever is slowest.
//
//   precompiles_bench [--benchmark_filter=NAME]
#include <benchmark/benchmark.h>

#include "base/result.hpp"
#include "base/u256.hpp"
#include "crypto/signature.hpp"
#include "evm/precompiles.hpp"
#include "support/fixtures.hpp"

namespace plume {
namespace {

constexpr uint64_t plenty = 1'000'000'000;

Bytes word(const u256& number) {
    return to_bytes(to_word(number));
}

Bytes joined(std::initializer_list<BytesView> parts) {
    Bytes out;
    for (const BytesView part : parts) append(out, part);
    return out;
}

/// Bytes that no algorithm takes a short way through.
Bytes noise(size_t size, uint8_t last = 0x35) {
    Bytes out(size);
    uint32_t state = 1;
    for (uint8_t& byte : out) {
        state = state * 1'664'525 + 1'013'904'223;
        byte = static_cast<uint8_t>(state >> 24);
    }
    if (!out.empty()) {
        out.front() |= 0x80;
        out.back() = last;
    }
    return out;
}

PrecompileResult run(uint64_t number, Revision revision, BytesView input) {
    return run_precompile(to_address(u256{number}), revision, input, plenty);
}

void add(const std::string& name, uint64_t number, Bytes input,
         Revision revision = Revision::osaka) {
    const PrecompileResult once = run(number, revision, input);
    check(once.success, name + " is a call that succeeds");
    const auto gas = static_cast<double>(plenty - once.gas_left);
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
        for (auto _ : state) benchmark::DoNotOptimize(run(number, revision, input));
        state.counters["gas"] = gas;
        state.counters["Mgas/s"] =
            benchmark::Counter(gas / 1e6, benchmark::Counter::kIsIterationInvariantRate);
    });
}

void add_hashes() {
    const PrivateKey key = PrivateKey::from(word(7)).value();
    const Hash digest = to_word(11);
    const Signature made = sign(digest, key);
    add("01 ecrecover", 1,
        joined({digest, word(made.y_parity ? u256{28u} : u256{27u}), word(made.r), word(made.s)}));
    for (const size_t size : {size_t{0}, size_t{1} << 10, size_t{1} << 20}) {
        const std::string suffix = " " + std::to_string(size) + " bytes";
        add("02 sha256" + suffix, 2, noise(size));
        add("03 ripemd160" + suffix, 3, noise(size));
        add("04 identity" + suffix, 4, noise(size));
    }
    Bytes blake = noise(213, 1);
    for (const uint32_t rounds : {12u, 1u << 20}) {
        std::ranges::copy(BytesView{to_word(u256{rounds})}.last(4), blake.begin());
        add("09 blake2f " + std::to_string(rounds) + " rounds", 9, blake);
    }
    add("100 p256verify", 0x100,
        from_hex("4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d"
                 "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
                 "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
                 "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
                 "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e")
            .value());
}

void add_modexp(size_t base, size_t exponent, size_t modulus, uint8_t last, Revision revision) {
    const std::string name = std::string("05 modexp ") +
                             (revision == Revision::osaka ? "osaka " : "prague ") +
                             std::to_string(base) + "^" + std::to_string(exponent) + " mod " +
                             std::to_string(modulus) + (last % 2 == 0 ? " even" : "");
    add(name, 5,
        joined({word(u256{base}), word(u256{exponent}), word(u256{modulus}), noise(base),
                noise(exponent, 0xff), noise(modulus, last)}),
        revision);
}

void add_powers() {
    for (const Revision revision : {Revision::prague, Revision::osaka}) {
        for (const uint8_t last : {uint8_t{0x35}, uint8_t{0x30}}) {
            for (const size_t size : {8, 16, 24, 32, 40, 64, 128, 256, 512, 1'024}) {
                add_modexp(size, 32, size, last, revision);
                if (size <= 256) add_modexp(size, 1'024, size, last, revision);
            }
            for (const size_t size : {32, 128, 1'024}) add_modexp(size, 1, size, last, revision);
        }
        add_modexp(1'024, 1, 8, 0x35, revision);
    }
    add_modexp(1, 100'000, 1, 0x35, Revision::prague);
    add_modexp(8, 100'000, 8, 0x35, Revision::prague);
}

/// The longest successful call of a precompile among the vectors.
Bytes longest(std::string_view vectors, uint64_t number) {
    Bytes out;
    const auto cases = test::vectors(vectors);
    for (const auto& entry : cases.as_array()) {
        if (entry.at("address").to_number<uint64_t>() != number || entry.at("output").is_null())
            continue;
        const Bytes input = test::hex_at(entry, "input");
        if (input.size() > out.size()) out = input;
    }
    check(!out.empty(), "there are vectors of every curve's precompile");
    return out;
}

/// As many points times scalars as asked for, all different.
Bytes multiples(uint64_t sum_number, uint64_t add_number, size_t count) {
    const Bytes vector = longest("bls12_381.json", sum_number);
    const size_t point_size = sum_number == 0x0c ? 128 : 256;
    const Bytes step = to_bytes(BytesView{vector}.first(point_size));
    Bytes point = run(add_number, Revision::osaka, joined({step, step})).output;
    Bytes out;
    for (size_t i = 0; i < count; ++i) {
        append(out, point);
        Bytes scalar = noise(32);
        scalar[1] = static_cast<uint8_t>(i);
        scalar[9] = static_cast<uint8_t>(i >> 8);
        append(out, scalar);
        point = run(add_number, Revision::osaka, joined({point, step})).output;
    }
    return out;
}

void add_curves() {
    add("06 bn254 add", 6, to_bytes(BytesView{longest("bn254.json", 6)}));
    add("07 bn254 multiply", 7, joined({BytesView{longest("bn254.json", 7)}.first(64), noise(32)}));
    const Bytes pairs = longest("bn254.json", 8);
    for (const size_t count : {1, 2, 5})
        add("08 bn254 pairing of " + std::to_string(count), 8,
            to_bytes(BytesView{pairs}.first(192 * count)));

    add("0b bls12-381 g1 add", 0x0b, longest("bls12_381.json", 0x0b));
    add("0d bls12-381 g2 add", 0x0d, longest("bls12_381.json", 0x0d));
    for (const size_t count : {1, 2, 4, 8, 16, 32, 128, 1'024}) {
        add("0c bls12-381 g1 sum of " + std::to_string(count), 0x0c, multiples(0x0c, 0x0b, count));
        add("0e bls12-381 g2 sum of " + std::to_string(count), 0x0e, multiples(0x0e, 0x0d, count));
    }
    const Bytes bls_pairs = longest("bls12_381.json", 0x0f);
    for (const size_t count : {1, 2, 5})
        add("0f bls12-381 pairing of " + std::to_string(count), 0x0f,
            to_bytes(BytesView{bls_pairs}.first(384 * count)));
    add("10 bls12-381 map to g1", 0x10, joined({Bytes(17), noise(47)}));
    add("11 bls12-381 map to g2", 0x11, joined({Bytes(17), noise(47), Bytes(17), noise(47)}));
    // A case of the consensus specification's vectors.
    add("0a point evaluation", 0x0a,
        from_hex("01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
                 "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000"
                 "1522a4a7f34e1ea350ae07c29c96c7e79655aa926122e95fe69fcbd932ca49e9"
                 "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                 "5f26936857bc3a7c2539ea8ec3a952b7"
                 "a62ad71d14c5719385c0686f1871430475bf3a00f0aa3f7b8dd99a9abc216074"
                 "4faf0070725e00b60ad9a026a15b1a8c")
            .value());
}

}  // namespace
}  // namespace plume

int main(int argc, char** argv) {
    plume::add_hashes();
    plume::add_powers();
    plume::add_curves();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
}
