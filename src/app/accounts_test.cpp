#include "app/accounts.hpp"

#include <gtest/gtest.h>

#include "crypto/address.hpp"

namespace plume {

using namespace literals;

/// Every development tool that knows this mnemonic lists these accounts.
TEST(Accounts, the_test_mnemonic_gives_the_customary_accounts) {
    const auto accounts = derive_accounts(development_mnemonic, 10);
    ASSERT_TRUE(accounts.ok());
    ASSERT_EQ(accounts->size(), 10u);
    EXPECT_EQ((*accounts)[0].address, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"_address);
    EXPECT_EQ(to_hex((*accounts)[0].key.bytes()),
              "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    EXPECT_EQ((*accounts)[1].address, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"_address);
    EXPECT_EQ((*accounts)[9].address, "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"_address);
}

TEST(Accounts, names_are_found_however_they_are_written) {
    const Address donor = find_development_account("Donor 1")->address;
    EXPECT_EQ(*find_address("donor-1"), donor);
    EXPECT_EQ(*find_address("DONOR_1"), donor);
    EXPECT_EQ(*find_address(to_hex(donor)), donor);
    EXPECT_EQ(find_address("nobody").error().code, exit_code::usage);
    // One letter's case is wrong.
    EXPECT_FALSE(find_address("0xf39fd6e51aad88F6F4ce6aB8827279cffFb92266").ok());
}

TEST(Accounts, known_addresses_have_names_and_others_their_digits) {
    EXPECT_EQ(name_of(*find_address("donor-1")), "Donor 1");
    EXPECT_EQ(name_of(*find_address("launcher")), "Launcher");
    EXPECT_EQ(name_of(Address{}), "0x0000000000000000000000000000000000000000");
}

TEST(Accounts, there_are_not_more_than_the_bound) {
    EXPECT_FALSE(derive_accounts(development_mnemonic, development_account_max + 1).ok());
}

}  // namespace plume
