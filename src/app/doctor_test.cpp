#include "app/doctor.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "rpc/page_server.hpp"
#include "store/directory.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using Kind = Finding::Kind;

class DoctorTest : public testing::Test {
protected:
    /// What is found of `topic` with a node's files in `data`.
    std::vector<Finding> found(const std::string& topic,
                               std::map<std::string, std::string, std::less<>> given = {}) {
        given.emplace("data", data.string());
        given.emplace("rpc.port", "0");
        given.emplace("metrics.port", "0");
        std::vector<Finding> out = examine({.given = std::move(given)});
        std::erase_if(out, [&](const Finding& finding) { return finding.topic != topic; });
        return out;
    }
    static bool has(const std::vector<Finding>& findings, Kind kind, const std::string& words) {
        return std::ranges::any_of(findings, [&](const Finding& finding) {
            return finding.kind == kind && finding.message.find(words) != std::string::npos;
        });
    }

    test::TemporaryDirectory directory;
    std::filesystem::path data = directory.path() / "data";
};

TEST_F(DoctorTest, sees_whether_there_is_a_chain_and_who_uses_it) {
    EXPECT_TRUE(has(found("data"), Kind::ok, "will be made"));
    {
        const auto opened = DataDirectory::open(data);
        EXPECT_TRUE(has(found("data"), Kind::ok, "is in use by process"));
    }
    EXPECT_TRUE(has(found("data"), Kind::ok, "is free"));
    ASSERT_EQ(::chmod(data.c_str(), 0755), 0);
    EXPECT_TRUE(has(found("data"), Kind::warning, "chmod 700"));
    std::ofstream(data / "VERSION") << "plume data format 9999\n";
    EXPECT_TRUE(has(found("data"), Kind::fault, "use a newer one"));
}

TEST_F(DoctorTest, sees_a_port_that_is_taken) {
    EXPECT_EQ(port_problem("127.0.0.1", 0), "");
    const auto taken = rpc::PageServer::start({.port = 0}, [](auto) { return std::nullopt; });
    const uint16_t port = (*taken)->port();
    EXPECT_EQ(port_problem("127.0.0.1", port), "Address already in use");
    EXPECT_TRUE(has(found("ports", {{"rpc.port", std::to_string(port)}}), Kind::fault,
                    "Address already in use"));
    const auto opened = DataDirectory::open(data);
    EXPECT_TRUE(
        has(found("ports", {{"rpc.port", std::to_string(port)}}), Kind::ok, "as a node runs here"));
    EXPECT_NE(port_problem("no address", 1), "");
}

TEST_F(DoctorTest, warns_of_a_door_that_is_open_to_the_world) {
    EXPECT_TRUE(has(found("ports", {{"rpc.host", "0.0.0.0"}}), Kind::warning,
                    "can be reached from other machines"));
    EXPECT_FALSE(has(found("ports"), Kind::warning, "can be reached"));
}

TEST_F(DoctorTest, sees_key_files_that_others_may_read) {
    std::filesystem::create_directories(data / "keys");
    std::ofstream(data / "keys" / "a") << "{}";
    ASSERT_EQ(::chmod((data / "keys" / "a").c_str(), 0644), 0);
    EXPECT_TRUE(has(found("keys"), Kind::fault, "chmod 600"));
    ASSERT_EQ(::chmod((data / "keys" / "a").c_str(), 0600), 0);
    EXPECT_TRUE(has(found("keys"), Kind::ok, "well kept"));
}

TEST_F(DoctorTest, sees_a_clock_that_has_gone_back) {
    {
        const auto opened = DataDirectory::open(data);
    }
    std::ofstream(data / "db" / "file") << "x";
    EXPECT_FALSE(has(found("clock"), Kind::fault, ""));
    std::filesystem::last_write_time(
        data / "db" / "file",
        std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    EXPECT_TRUE(has(found("clock"), Kind::fault, "the clock has gone back"));
}

TEST_F(DoctorTest, tells_what_is_wrong_with_the_configuration) {
    EXPECT_TRUE(has(found("configuration", {{"block_time", "0"}}), Kind::fault, "--block-time"));
    const auto genesis = directory.path() / "genesis.json";
    std::ofstream(genesis) << "{";
    EXPECT_TRUE(
        has(found("genesis", {{"genesis", genesis.string()}}), Kind::fault, "genesis.json"));
    EXPECT_TRUE(has(found("genesis", {{"genesis", "/none"}}), Kind::fault, "cannot read"));
}

TEST_F(DoctorTest, looks_at_disk_and_limits) {
    EXPECT_EQ(found("disk").size(), 1u);
    EXPECT_EQ(found("limits").size(), 1u);
}

}  // namespace
}  // namespace plume
