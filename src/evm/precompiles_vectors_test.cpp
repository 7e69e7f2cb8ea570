// Calls of precompiles with answers from elsewhere: those of tests/vectors, and those that the
// public state tests make with a contract that passes its calldata on.
#include <gtest/gtest.h>

#include <regex>

#include "base/u256.hpp"
#include "crypto/keccak.hpp"
#include "evm/precompiles.hpp"
#include "support/fixtures.hpp"

namespace plume {
namespace {

namespace json = boost::json;

Address precompile(uint64_t number) {
    return to_address(u256{number});
}

void expect_vectors(std::string_view name, size_t count) {
    const json::value cases = test::vectors(name);
    EXPECT_GE(cases.as_array().size(), count);
    for (const json::value& entry : cases.as_array()) {
        const auto number = entry.at("address").to_number<uint64_t>();
        const Bytes input = test::hex_at(entry, "input");
        const PrecompileResult result =
            run_precompile(precompile(number), Revision::prague, input, 10'000'000);
        const std::string output = result.success ? to_hex(result.output) : "failed";
        const std::string expected =
            entry.at("output").is_null() ? "failed" : "0x" + test::text_at(entry, "output");
        EXPECT_EQ(output, expected) << json::serialize(entry);
    }
}

TEST(PrecompileVectors, of_bn254) {
    expect_vectors("bn254.json", 30);
}

TEST(PrecompileVectors, of_bls12_381) {
    expect_vectors("bls12_381.json", 75);
}

/// The vectors of EIP-7951, most of which come from the Wycheproof project.
TEST(PrecompileVectors, of_p256) {
    const json::value cases = test::vectors("p256.json");
    EXPECT_GE(cases.as_array().size(), 780u);
    for (const json::value& entry : cases.as_array()) {
        const PrecompileResult result =
            run_precompile(precompile(0x100), Revision::osaka, test::hex_at(entry, "input"), 6'900);
        EXPECT_TRUE(result.success);
        EXPECT_EQ(result.gas_left, 0u);
        const Bytes yes = to_bytes(to_word(1));
        EXPECT_EQ(result.output, entry.at("valid").as_bool() ? yes : Bytes{})
            << test::text_at(entry, "name");
    }
}

/// Those that execution clients share on EIP-7883: results, and prices in Osaka.
TEST(PrecompileVectors, of_modexp) {
    const json::value cases = test::vectors("modexp.json");
    EXPECT_GE(cases.as_array().size(), 45u);
    for (const json::value& entry : cases.as_array()) {
        const auto gas = entry.at("gas").to_number<uint64_t>();
        const Bytes input = test::hex_at(entry, "input");
        const auto run = [&input](uint64_t with) {
            return run_precompile(precompile(5), Revision::osaka, input, with);
        };
        const PrecompileResult result = run(gas);
        EXPECT_TRUE(result.success) << test::text_at(entry, "name");
        EXPECT_EQ(result.gas_left, 0u) << test::text_at(entry, "name");
        EXPECT_EQ(result.output, test::hex_at(entry, "output")) << test::text_at(entry, "name");
        EXPECT_FALSE(run(gas - 1).success) << test::text_at(entry, "name");
    }
}

/// The storage that a state test leaves behind at one address.
class Storage {
public:
    Storage(const json::value& accounts, const std::string& address) {
        const json::value* account = accounts.as_object().if_contains(address);
        if (account != nullptr) slots_ = account->at("storage").as_object();
    }
    u256 operator[](unsigned slot) const {
        for (const auto& [key, value] : slots_)
            if (parse_number(key) == u256{slot})
                return parse_number(std::string_view(value.as_string())).value();
        return {};
    }

private:
    json::object slots_;
};

/// A call of a precompile by a contract that hands all its calldata on.
struct ForwardedCall {
    uint64_t number;
    uint64_t gas;
    std::string after;  ///< the code behind the call
};

/// Nothing when the code is another.
std::optional<ForwardedCall> parse_forwarder(const std::string& code) {
    // CALLDATACOPY all; perhaps GAS; CALL with an output of 0 or 64 bytes, the precompile and gas.
    static const std::regex form(
        "0x366000600037(?:5a)?(?:6000|6040)(?:6000|610200)3660006000"
        "60(..)(?:5a|60(..)|61(.{4})|62(.{6}))f1(.*)");
    std::smatch match;
    if (!std::regex_match(code, match, form)) return std::nullopt;
    const std::string gas = match[2].str() + match[3].str() + match[4].str();
    return ForwardedCall{std::stoull(match[1], nullptr, 16),
                         gas.empty() ? 16'000'000 : std::stoull(gas, nullptr, 16), match[5]};
}

/// Holds the result against what the code behind the call has stored of it.
void expect_stored(const ForwardedCall& call, const PrecompileResult& result,
                   const Storage& storage) {
    EXPECT_EQ(storage[0], u256{result.success ? 1u : 0u});
    const u256 hash = to_u256(keccak256(result.output));
    if (call.after == "6000553d600155") {
        EXPECT_EQ(storage[1], u256{result.output.size()});
    } else if (call.after == "6000553d6001553d600060003e3d600020600255") {
        EXPECT_EQ(storage[1], u256{result.output.size()});
        EXPECT_EQ(storage[2], hash);
    } else if (call.after.ends_with("6002553d600060003e3d600020600355")) {
        EXPECT_EQ(storage[1], u256{result.output.size()});
        EXPECT_EQ(storage[2], u256{call.gas - result.gas_left});
        EXPECT_EQ(storage[3], hash);
    } else if (call.after.starts_with("60005561020051600155") ||
               call.after.starts_with("600055600051600155")) {
        Bytes words = result.output;
        words.resize(64);
        if (result.success || call.number == 9) {
            EXPECT_EQ(storage[1], from_big_endian(BytesView{words}.first(32)));
            EXPECT_EQ(storage[2], from_big_endian(BytesView{words}.last(32)));
        }
    }
}

/// Runs what it can of the state tests in a file or folder; says how many calls that were.
size_t expect_state_tests(std::string_view folder) {
    static const std::map<std::string, Revision, std::less<>> revisions{
        {"Cancun", Revision::cancun}, {"Prague", Revision::prague}, {"Osaka", Revision::osaka}};
    size_t count = 0;
    for (const std::string& path : test::fixtures_below(folder)) {
        const auto tests = test::fixture(path).value();
        for (const auto& [name, state_test] : tests.as_object()) {
            const json::value& transaction = state_test.at("transaction");
            const std::string to = test::text_at(transaction, "to");
            const json::value* target = state_test.at("pre").as_object().if_contains(to);
            if (target == nullptr) continue;
            const auto call = parse_forwarder(test::text_at(*target, "code"));
            if (!call) continue;
            for (const auto& [fork, outcomes] : state_test.at("post").as_object()) {
                const auto revision = revisions.find(std::string_view(fork));
                if (revision == revisions.end()) continue;
                const json::value& data = transaction.at("data").at(0);
                const Bytes input = from_hex(std::string_view(data.as_string())).value();
                SCOPED_TRACE(std::string(name));
                expect_stored(
                    *call,
                    run_precompile(precompile(call->number), revision->second, input, call->gas),
                    Storage(outcomes.at(0).at("state"), to));
                ++count;
            }
        }
    }
    return count;
}

struct Suite {
    std::string_view folder;
    size_t count;
};

class PublicStateTests : public ::testing::TestWithParam<Suite> {};

TEST_P(PublicStateTests, call_precompiles_with_the_stored_results) {
    const size_t count = expect_state_tests(GetParam().folder);
    if (count == 0) GTEST_SKIP() << test::no_fixtures;
    EXPECT_GE(count, GetParam().count);
}

INSTANTIATE_TEST_SUITE_P(
    Precompiles, PublicStateTests,
    ::testing::Values(Suite{"state/eest/byzantium/eip198_modexp_precompile", 50},
                      Suite{"state/eest/istanbul/eip152_blake2", 50},
                      Suite{"state/eest/cancun/eip4844_blobs", 240},
                      Suite{"state/eest/prague/eip2537_bls_12_381_precompiles", 350},
                      Suite{"state/eest/osaka/eip7883_modexp_gas_increase", 60}));

}  // namespace
}  // namespace plume
