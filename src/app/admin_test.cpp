#include "app/admin.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "contracts/catalog.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

namespace fs = std::filesystem;

class AdminTest : public testing::Test {
protected:
    AdminTest() {
        Genesis genesis;
        genesis.chain_id = test::chain_id;
        chain_ = Chain::open(data(), genesis, native_types()).value();
        socket_ = AdminSocket::open(data(), *chain_).value();
    }

    fs::path data() const { return temporary_.path() / "data"; }

    /// What it answers to these bytes.
    std::string answer(const std::string& request) const {
        const int file = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, (data() / "admin.sock").c_str());
        EXPECT_EQ(::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
        EXPECT_EQ(::send(file, request.data(), request.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(request.size()));
        ::shutdown(file, SHUT_WR);
        std::array<char, 256> buffer{};
        const ssize_t size = ::read(file, buffer.data(), buffer.size());
        ::close(file);
        return {buffer.data(), size > 0 ? static_cast<size_t>(size) : 0};
    }

    const test::TemporaryDirectory temporary_;
    std::unique_ptr<Chain> chain_;
    std::unique_ptr<AdminSocket> socket_;
};

TEST_F(AdminTest, makes_checkpoints_one_after_another) {
    for (int i = 0; i < 3; ++i) {
        const auto held = HeldCheckpoint::ask(data());
        ASSERT_TRUE(held.ok()) << held.error().what;
        EXPECT_TRUE(fs::exists(held->path() / "CURRENT"));
    }
    socket_.reset();
    EXPECT_FALSE(fs::exists(data() / "checkpoint"));
    EXPECT_FALSE(HeldCheckpoint::ask(data()).ok());
}

TEST_F(AdminTest, ends_while_one_is_held) {
    const auto held = HeldCheckpoint::ask(data());
    ASSERT_TRUE(held.ok());
    socket_.reset();
    EXPECT_FALSE(fs::exists(held->path()));
}

TEST_F(AdminTest, refuses_what_it_does_not_know) {
    const std::string refusal = "error it knows no such request\n";
    EXPECT_EQ(answer("status\n"), refusal);
    EXPECT_EQ(answer(""), refusal);
    EXPECT_EQ(answer("checkpoint"), refusal) << "a line has an end";
    EXPECT_EQ(answer(std::string(admin_request_size_max, 'x')), refusal);
    EXPECT_EQ(answer(std::string(admin_request_size_max + 1, 'x')), refusal);
    EXPECT_EQ(answer("checkpoint\n"), "ok\n");
}

TEST_F(AdminTest, takes_the_place_of_one_that_died) {
    socket_.reset();
    fs::create_directory(data() / "checkpoint");
    {
        const int file = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, (data() / "admin.sock").c_str());
        ASSERT_EQ(::bind(file, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
        ::close(file);
    }
    socket_ = AdminSocket::open(data(), *chain_).value();
    EXPECT_TRUE(HeldCheckpoint::ask(data()).ok());
}

}  // namespace
}  // namespace plume
