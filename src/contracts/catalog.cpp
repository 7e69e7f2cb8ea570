#include "contracts/catalog.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/result.hpp"
#include "codec/abi_type.hpp"
#include "contracts/addresses.hpp"
#include "contracts/agents.hpp"
#include "contracts/arbitrator.hpp"
#include "contracts/attestations.hpp"
#include "contracts/conditions.hpp"
#include "contracts/escrow.hpp"
#include "contracts/feed_face.hpp"
#include "contracts/feeds.hpp"
#include "contracts/items.hpp"
#include "contracts/launcher.hpp"
#include "contracts/pool.hpp"
#include "contracts/public_goods.hpp"
#include "contracts/queued_pool.hpp"
#include "contracts/regulated_token.hpp"
#include "contracts/revenue_stream.hpp"
#include "contracts/revenue_vault.hpp"
#include "contracts/scheduler.hpp"
#include "contracts/token.hpp"
#include "contracts/types.hpp"
#include "contracts/vault.hpp"

namespace plume {

std::span<const NativeType> native_types() {
    static const std::array types{
        asset_token_type(), regulated_token_type(), conditions_type(),    attestations_type(),
        vault_type(),       escrow_vault_type(),    revenue_vault_type(), public_goods_type(),
        launcher_type(),    asset_items_type(),     feeds_type(),         feed_face_type(),
        agents_type(),      arbitrator_type(),      scheduler_type(),     pool_type(),
        queued_pool_type(), revenue_stream_type()};
    return types;
}

const NativeType* find_native(std::string_view name) {
    const NativeType* found = nullptr;
    for (const NativeType& type : native_types())
        if (type.name == name && (found == nullptr || found->version < type.version)) found = &type;
    return found;
}

std::span<const GenesisContract> genesis_contracts() {
    static constexpr std::array all{
        GenesisContract{"Attestations", contracts::attestations, "Attestations"},
        GenesisContract{"Conditions", contracts::conditions, "Conditions"},
        GenesisContract{"Launcher", contracts::launcher, "Launcher"},
        GenesisContract{"Feeds", contracts::feeds, "Feeds"},
        GenesisContract{"Arbitrator", contracts::arbitrator, "Arbitrator"},
        GenesisContract{"Scheduler", contracts::scheduler, "Scheduler"},
        GenesisContract{"Agents", contracts::agents, "Agents"},
    };
    return all;
}

namespace {

template <class C>
std::vector<AbiEntry> entries() {
    std::vector<AbiEntry> out{{AbiEntry::Kind::constructor, decltype(C::constructor)::entry.text}};
    for (const AbiEntry& entry : C::abi.entries) {
        // What replaces an inherited method is called instead of it, under the same text.
        const bool is_replaced = std::ranges::any_of(
            out, [&](const AbiEntry& other) { return other.text == entry.text; });
        if (!is_replaced) out.push_back(entry);
    }
    out.insert(out.end(), C::declarations.entries.begin(), C::declarations.entries.end());
    out.push_back(ReentrancyGuardReentrantCall::entry);  // Any that writes may be refused so.
    return out;
}

}  // namespace

std::vector<AbiEntry> interface_of(std::string_view type_name) {
    if (type_name == "AssetItems") return entries<AssetItems>();
    if (type_name == "AssetToken") return entries<AssetToken>();
    if (type_name == "Attestations") return entries<Attestations>();
    if (type_name == "Conditions") return entries<Conditions>();
    if (type_name == "Vault") return entries<Vault>();
    if (type_name == "Pool") return entries<Pool>();
    if (type_name == "QueuedPool") return entries<QueuedPool>();
    if (type_name == "PublicGoods") return entries<PublicGoods>();
    if (type_name == "RevenueShare") return entries<RevenueVault>();
    if (type_name == "Launcher") return entries<Launcher>();
    if (type_name == "Feeds") return entries<Feeds>();
    if (type_name == "FeedFace") return entries<FeedFace>();
    if (type_name == "Arbitrator") return entries<Arbitrator>();
    if (type_name == "EscrowVault") return entries<EscrowVault>();
    if (type_name == "Scheduler") return entries<Scheduler>();
    if (type_name == "Agents") return entries<Agents>();
    if (type_name == "RevenueStream") return entries<RevenueStream>();
    if (type_name == "RegulatedToken") return entries<RegulatedToken>();
    return {};
}

namespace {

std::string canonical(std::string_view text) {
    const auto declaration = abi::parse_declaration(text);
    check(declaration.ok(), "the compiler has read the texts of the interfaces");
    return abi::signature_of(*declaration);
}

/// What the methods and the constructor of a type are called.
struct Names {
    std::map<Selector, std::string> methods;
    std::string constructor;
};

Names names_of(std::string_view type_name) {
    Names out;
    for (const AbiEntry& entry : interface_of(type_name)) {
        if (entry.kind == AbiEntry::Kind::constructor) out.constructor = canonical(entry.text);
        if (entry.kind != AbiEntry::Kind::function) continue;
        std::string signature = canonical(entry.text);
        const Selector selector = detail::selector_of(keccak256(signature));
        // The first match is called.
        out.methods.try_emplace(selector, std::move(signature));
    }
    return out;
}

const Names& names_called(std::string_view type_name) {
    static const auto all = [] {
        std::map<std::string_view, Names> out;
        for (const NativeType& type : native_types()) out.emplace(type.name, names_of(type.name));
        return out;
    }();
    static const Names none;
    const auto found = all.find(type_name);
    return found == all.end() ? none : found->second;
}

}  // namespace

std::string_view method_called(std::string_view type_name, BytesView calldata) {
    if (calldata.size() < Selector::size) return {};
    const auto& methods = names_called(type_name).methods;
    const auto found = methods.find(*Selector::from(calldata.first(Selector::size)));
    return found == methods.end() ? std::string_view{} : found->second;
}

std::string_view constructor_of(std::string_view type_name) {
    return names_called(type_name).constructor;
}

}  // namespace plume
