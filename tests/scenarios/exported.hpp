// The books of a contract, rebuilt from its exported file alone and held against the chain.
#pragma once

#include <gtest/gtest.h>

#include "app/export.hpp"

namespace plume::test {

/// `what` is vault or flows. What the file says is held is what the currency says the contract has.
inline ExportedSums check_export(Session& session, const std::string& what, const Address& contract,
                                 const Address& currency) {
    const auto table = read_export(session, {.what = what, .address = to_hex(contract)});
    EXPECT_TRUE(table.ok()) << (table ? "" : table.error().what);
    if (!table) return {};
    const auto sums = sums_of_export(table->csv(), currency);
    EXPECT_TRUE(sums.ok()) << (sums ? "" : sums.error().what);
    if (!sums) return {};
    const auto balance =
        session.ask<"balanceOf(address owner) view returns (uint256)", u256>(currency, contract);
    EXPECT_TRUE(balance.ok());
    EXPECT_EQ(sums->held, *balance) << to_hex(contract);
    EXPECT_EQ(sums->contributed, sums->paid + sums->returned + sums->held);
    const auto block =
        session.request("eth_getBlockByNumber", {to_quantity(u256{table->block_number}), false});
    EXPECT_EQ(block->at("hash").as_string(), table->block_hash);
    return *sums;
}

}  // namespace plume::test
