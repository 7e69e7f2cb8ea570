// eth_: what gas costs.

#include <algorithm>

#include "rpc/fill.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

/// Blocks that eth_feeHistory looks back over, without and with the tips that were paid, for which
/// whole blocks have to be read. The answer may hold fewer blocks than were asked for.
constexpr uint64_t history_blocks_max = 1'024;
constexpr uint64_t history_tip_blocks_max = 64;
constexpr size_t percentiles_max = 100;

Json gas_price(Ask& ask) {
    return quantity(ask.chain().next_base_fee() + u256{suggested_tip});
}

Json max_priority_fee(Ask&) {
    return quantity(suggested_tip);
}

Json base_fee(Ask& ask) {
    return quantity(ask.chain().next_base_fee());
}

/// EIP-4844's minimum: there are no blobs to bid for.
constexpr uint64_t blob_base_fee_min = 1;

Json blob_base_fee(Ask&) {
    return quantity(blob_base_fee_min);
}

std::vector<double> read_percentiles(const Field& field) {
    std::vector<double> out;
    if (!field.given()) return out;
    for (const Field& item : field.items(percentiles_max)) {
        const double percentile = item.real();
        if (percentile < 0 || percentile > 100) item.refuse("percentile out of range 0 to 100");
        if (!out.empty() && percentile < out.back())
            item.refuse("percentiles are not in ascending order");
        out.push_back(percentile);
    }
    return out;
}

/// The tips at these percentiles of the block's gas, cheapest gas first.
boost::json::array tips_at(const Block& block, const std::vector<Receipt>& receipts,
                           const std::vector<double>& percentiles) {
    struct Share {
        u256 tip;
        uint64_t gas;
    };
    std::vector<Share> shares;
    for (const Receipt& receipt : receipts) {
        // The chain's own calls compete with nobody.
        if (receipt.type == TransactionType::system) continue;
        shares.push_back({receipt.effective_gas_price - block.header.base_fee, receipt.gas_used});
    }
    std::ranges::stable_sort(shares, {}, &Share::tip);

    boost::json::array out;
    size_t at = 0;
    uint64_t gas = shares.empty() ? 0 : shares[0].gas;
    for (const double percentile : percentiles) {
        const double wanted = static_cast<double>(block.header.gas_used) * percentile / 100;
        while (at + 1 < shares.size() && static_cast<double>(gas) < wanted) gas += shares[++at].gas;
        out.push_back(shares.empty() ? quantity(0) : quantity(shares[at].tip));
    }
    return out;
}

uint64_t read_newest(const Ask& ask, const StoreSnapshot& head) {
    const BlockId id = ask[1].block();
    if (id == BlockId{BlockTag::pending}) return head.number();
    return or_throw(ask.chain().header_of(id)).number;
}

Json fee_history(Ask& ask) {
    const uint64_t asked = ask[0].lenient_number();
    const auto snapshot = ask.chain().head();
    const uint64_t newest = std::min(read_newest(ask, *snapshot), snapshot->number());
    const std::vector<double> percentiles = read_percentiles(ask[2]);
    const uint64_t count_max = percentiles.empty() ? history_blocks_max : history_tip_blocks_max;
    const uint64_t count = std::min({asked, count_max, newest + 1});
    const uint64_t oldest = newest + 1 - count;

    boost::json::array base_fees, ratios, rewards, blob_fees, blob_ratios;
    std::optional<Header> header = snapshot->header(oldest);
    for (uint64_t number = oldest; number < oldest + count; ++number) {
        header = snapshot->header(number);
        check(header.has_value(), "every block up to the head is there");
        base_fees.push_back(quantity(header->base_fee));
        ratios.push_back(header->gas_limit == 0 ? 0.0
                                                : static_cast<double>(header->gas_used) /
                                                      static_cast<double>(header->gas_limit));
        blob_fees.push_back(quantity(blob_base_fee_min));
        blob_ratios.push_back(0.0);
        if (!percentiles.empty())
            rewards.push_back(tips_at(snapshot->block(number).value(),
                                      snapshot->receipts(number).value(), percentiles));
    }
    if (count > 0) {
        base_fees.push_back(quantity(next_base_fee(*header)));
        blob_fees.push_back(quantity(blob_base_fee_min));
    }
    boost::json::object out{{"oldestBlock", quantity(count == 0 ? 0 : oldest)},
                            {"baseFeePerGas", std::move(base_fees)},
                            {"gasUsedRatio", std::move(ratios)},
                            {"baseFeePerBlobGas", std::move(blob_fees)},
                            {"blobGasUsedRatio", std::move(blob_ratios)}};
    if (!percentiles.empty()) out["reward"] = std::move(rewards);
    return out;
}

constexpr Method methods[] = {
    {"eth_gasPrice", gas_price, 0},     {"eth_maxPriorityFeePerGas", max_priority_fee, 0},
    {"eth_baseFee", base_fee, 0},       {"eth_blobBaseFee", blob_base_fee, 0},
    {"eth_feeHistory", fee_history, 3},
};

}  // namespace

std::span<const Method> eth_fee_methods() {
    return methods;
}

}  // namespace plume::rpc
