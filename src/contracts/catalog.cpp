#include "contracts/catalog.hpp"

#include <array>

#include "contracts/addresses.hpp"
#include "contracts/attestations.hpp"
#include "contracts/conditions.hpp"
#include "contracts/launcher.hpp"
#include "contracts/token.hpp"
#include "contracts/types.hpp"
#include "contracts/vault.hpp"

namespace plume {

std::span<const NativeType> native_types() {
    static const std::array types{asset_token_type(), conditions_type(), attestations_type(),
                                  vault_type(), launcher_type()};
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
    };
    return all;
}

namespace {

template <class C>
std::vector<AbiEntry> entries() {
    std::vector<AbiEntry> out{{AbiEntry::Kind::constructor, decltype(C::constructor)::entry.text}};
    out.insert(out.end(), C::abi.entries.begin(), C::abi.entries.end());
    out.insert(out.end(), C::declarations.entries.begin(), C::declarations.entries.end());
    return out;
}

}  // namespace

std::vector<AbiEntry> interface_of(std::string_view type_name) {
    if (type_name == "AssetToken") return entries<AssetToken>();
    if (type_name == "Attestations") return entries<Attestations>();
    if (type_name == "Conditions") return entries<Conditions>();
    if (type_name == "Vault") return entries<Vault>();
    if (type_name == "Launcher") return entries<Launcher>();
    return {};
}

}  // namespace plume
