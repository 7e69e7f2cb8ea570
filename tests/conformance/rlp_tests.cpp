#include "conformance/rlp_tests.hpp"

#include "codec/rlp.hpp"
#include "support/rlp_tree.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

void expect_round_trip(Outcome& outcome, const Bytes& encoded) {
    const auto again = test::recode(encoded);
    if (again)
        outcome.expect_equal("encoded again", encoded, *again);
    else
        outcome.fail("refused, but valid: " + again.error().what);
}

}  // namespace

Outcome run_rlp(const json::value& entry) {
    Outcome outcome;
    const Bytes encoded = test::hex_at(entry, "out");
    const json::value& in = test::at(entry, "in");
    if (in == json::value("INVALID")) {
        outcome.expect(!test::recode(encoded), "accepted, but invalid: " + to_hex(encoded));
        return outcome;
    }
    if (in != json::value("VALID"))
        outcome.expect_equal("encoding", encoded,
                             test::encode_tree(in, test::encode_ethereum_text));
    expect_round_trip(outcome, encoded);
    return outcome;
}

Outcome run_ethers_rlp(const json::value& entry) {
    const auto encode_hex = [](std::string_view text) {
        return rlp::encode(test::bytes_of(json::value(text)));
    };
    Outcome outcome;
    const Bytes encoded = test::hex_at(entry, "encoded");
    outcome.expect_equal("encoding", encoded,
                         test::encode_tree(test::at(entry, "decoded"), encode_hex));
    expect_round_trip(outcome, encoded);
    return outcome;
}

}  // namespace plume::conformance
