#include "contracts/launcher.hpp"

#include <algorithm>
#include <array>

#include "base/result.hpp"
#include "contracts/types.hpp"
#include "native/remote.hpp"

namespace plume {

namespace {

struct Template {
    std::string_view name;
    std::string_view type_name;
    bool has_steward;
};

constexpr std::array templates{
    Template{"AssetToken", "AssetToken", false},
    Template{"AssetItems", "AssetItems", false},
    Template{"AssetToken.Regulated", "RegulatedToken", false},
    Template{"AssetToken.Stream", "RevenueStream", false},
    Template{"Vault.Milestone", "Vault", true},
    Template{"Vault.Escrow", "EscrowVault", false},
    Template{"Vault.Pool", "Pool", false},
    Template{"Vault.QueuedPool", "QueuedPool", false},
    Template{"Vault.PublicGoods", "PublicGoods", true},
    Template{"Vault.RevenueShare", "RevenueShare", false},
};

constexpr uint8_t draft = 0;  // of a vault's phases

using Record = Remote<"record() view returns (bytes32)", Hash>;
using Phase = Remote<"phase() view returns (uint8)", uint8_t>;
using Steward = Remote<"steward() view returns (address)", Address>;

/// Null when `name` is not a text of ours followed by zeros.
const Template* find_template(const Hash& name) {
    const auto found = std::ranges::find_if(templates, [&](const Template& row) {
        Hash padded;
        std::ranges::copy(view_of(row.name), padded.bytes.begin());
        return padded == name;
    });
    return found == templates.end() ? nullptr : &*found;
}

const Template& require_template(const Contract& contract, const Hash& name) {
    const Template* found = find_template(name);
    contract.require(found != nullptr, Launcher::UnknownTemplate{name});
    return *found;
}

}  // namespace

std::vector<Address> Launcher::launch(Hash name, Bytes params) {
    const Template& row = require_template(*this, name);
    const Hash salt = next_salt();
    set(launches_[sender()], get(launches_[sender()]) + u256{1u});
    const Address instance = create(newest(row.type_name), salt, params);
    if (row.has_steward && Phase::read(*this, instance) != draft) {
        const Address steward = Steward::read(*this, instance);
        require(steward == sender(), OpenedForAnother{steward, sender()});
    }
    set(push(instances_), instance);
    set(template_of_[instance], name);
    emit(Launched{sender(), name, instance, Record::read(*this, instance)});
    return {instance};
}

std::vector<Address> Launcher::preview(Hash name, Bytes params) const {
    const Template& row = require_template(*this, name);
    return {Frame::created_address(self(), next_salt(), newest(row.type_name), params)};
}

Hash Launcher::next_salt() const {
    return keccak256(abi::encode(sender(), get(launches_[sender()])));
}

/// The table is the execution's, so that a replay creates what was created then.
const NativeType& Launcher::newest(std::string_view type_name) const {
    const NativeType* found = nullptr;
    for (const NativeType& type : execution().natives)
        if (type.name == type_name && (found == nullptr || found->version < type.version))
            found = &type;
    check(found != nullptr, "every template's type is in the table");
    return *found;
}

Address Launcher::at(u256 index) const {
    require(index < count(), UnknownIndex{index, count()});
    return get(instances_[index.low64()]);
}

bool Launcher::is_launched(Address instance) const {
    return !get(template_of_[instance]).is_zero();
}

std::string Launcher::describe(Address instance) const {
    return std::string(find_template(template_of(instance))->type_name);
}

Hash Launcher::template_of(Address instance) const {
    const Hash name = get(template_of_[instance]);
    require(!name.is_zero(), NotLaunchedHere{instance});
    return name;
}

Hash Launcher::mission_of(Address instance) const {
    require(is_launched(instance), NotLaunchedHere{instance});
    return Record::read(*this, instance);
}

std::optional<std::string> Launcher::broken_invariant() const {
    uint64_t at_end = before(instances_.length()).low64();
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        const auto launched = Launched::decode(log);
        if (!launched) continue;
        const auto& [by, name, instance, record] = *launched;
        if (get(instances_[at_end]) != instance || get(template_of_[instance]) != name)
            return "L-1: an instance was launched but not entered";
        ++at_end;
    }
    if (count() != u256{at_end}) return "L-1: the registry grew without a launch";
    return std::nullopt;
}

NativeType launcher_type() {
    return native_type<Launcher>(5, 1, "Launcher");
}

}  // namespace plume
