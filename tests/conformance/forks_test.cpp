#include "conformance/forks.hpp"

#include <gtest/gtest.h>

namespace plume::conformance {
namespace {

namespace json = boost::json;

TEST(Forks, from_cancun_on_are_known) {
    EXPECT_EQ(fork_called("Cancun", nullptr)->revision, Revision::cancun);
    EXPECT_EQ(fork_called("Prague", nullptr)->revision, Revision::prague);
    EXPECT_EQ(fork_called("BPO2", nullptr)->revision, Revision::osaka);
    EXPECT_EQ(fork_called("BPO2", nullptr)->blobs.max, 21u);
    for (const char* name : {"", "Shanghai", "Amsterdam", "cancun"})
        EXPECT_FALSE(fork_called(name, nullptr)) << name;
}

TEST(Forks, have_the_blobs_that_a_test_says) {
    const json::value config = json::parse(R"({"blobSchedule": {"Prague": {"target": "0x01",
        "max": "0x02", "baseFeeUpdateFraction": "0x4c6964"}}})");
    EXPECT_EQ(fork_called("Prague", &config)->blobs.max, 2u);
    EXPECT_EQ(fork_called("Cancun", &config)->blobs.max, 6u);
    const json::value nonsense = json::parse(R"({"blobSchedule": {"Prague": {"target": "0x02",
        "max": "0x01", "baseFeeUpdateFraction": "0x4c6964"}}})");
    EXPECT_THROW(fork_called("Prague", &nonsense), test::Malformed);
    EXPECT_THROW(fork_called("BPO3", &config), test::Malformed);
}

TEST(Forks, follow_one_another_at_a_time) {
    const auto network = Network::called("CancunToPragueAtTime15k", nullptr).value();
    EXPECT_EQ(network.at(14'999).revision, Revision::cancun);
    EXPECT_EQ(network.at(15'000).revision, Revision::prague);
    const auto blobs = Network::called("BPO1ToBPO2AtTime15000", nullptr).value();
    EXPECT_EQ(blobs.at(14'999).blobs.max, 15u);
    EXPECT_EQ(blobs.at(15'000).blobs.max, 21u);
    EXPECT_EQ(Network::called("Osaka", nullptr)->at(0).revision, Revision::osaka);
    for (const char* name : {"ShanghaiToCancunAtTime15k", "CancunToPragueAtTime", "AtTime15kTo",
                             "CancunToPragueAtTime15x", "CancunToPragueAt5", "Paris"})
        EXPECT_FALSE(Network::called(name, nullptr)) << name;
}

TEST(Forks, price_blobs_as_eip_4844_does) {
    // Where the price of Cancun steps from 1 to 2, and far beyond what anyone can pay.
    const BlobSchedule cancun = fork_called("Cancun", nullptr)->blobs;
    EXPECT_EQ(blob_base_fee(cancun, 0), u256{1u});
    EXPECT_EQ(blob_base_fee(cancun, 2'314'057), u256{1u});
    EXPECT_EQ(blob_base_fee(cancun, 2'314'058), u256{2u});
    EXPECT_EQ(blob_base_fee(cancun, 10 * 1'024 * 1'024), u256{23u});
    EXPECT_EQ(blob_base_fee(cancun, ~uint64_t{0}), u256_max);
}

}  // namespace
}  // namespace plume::conformance
