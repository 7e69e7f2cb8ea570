#include "contracts/devices.hpp"

#include <map>

#include "contracts/eas.hpp"
#include "native/math.hpp"
#include "native/remote.hpp"

namespace plume {

namespace {

using GetAttestation = Remote<
    "getAttestation(bytes32 uid) view returns ((bytes32 uid, bytes32 schema, uint64 time, uint64 "
    "expirationTime, uint64 revocationTime, bytes32 refUID, address recipient, address attester, "
    "bool revocable, bytes data))",
    eas::Attestation, Hash>;
using OnReceived = Remote<
    "onERC721Received(address operator, address from, uint256 tokenId, bytes data) returns "
    "(bytes4)",
    Selector, Address, Address, u256, Bytes>;

Hash text_word(std::string_view text) {
    Hash out;
    std::ranges::copy(view_of(text), out.bytes.begin());
    return out;
}

}  // namespace

// Life.

u256 DeviceRegistry::register_device(DeviceParams params, Bytes possession) {
    require_valid(params);
    const u256 device = to_u256(params.id);
    const detail::DevicePlace place = devices_[device];
    require(get(place.owner()) == Address{}, DeviceExists{device});
    record::require_live(*this, params.record);
    const Address manufacturer =
        GetAttestation::read(*this, contracts::attestations, params.record).attester;
    set(place.metric(), params.metric);
    set(place.decimals(), params.decimals);
    set(place.capacity(), params.capacity);
    set(place.heartbeat(), params.heartbeat);
    set(place.epoch_seconds(), params.epoch_seconds);
    set(place.registered_at(), now());
    set(place.epoch_cap(), params.epoch_cap);
    set(place.record(), params.record);
    set(place.manufacturer(), manufacturer);
    bind(device, params.key, sender(), possession);
    move({}, sender(), device);
    emit(DeviceRegistered{device, sender(), manufacturer, params.record, params.key.algorithm,
                          params.key.key});
    return device;
}

void DeviceRegistry::require_valid(const DeviceParams& device) const {
    const auto within = [&](std::string_view name, const u256& value, uint64_t min, uint64_t max) {
        require(value >= u256{min} && value <= u256{max},
                DeviceParameterInvalid{text_word(name), value});
    };
    require(!device.id.is_zero(), DeviceParameterInvalid{text_word("id"), {}});
    require(!device.capacity.number.is_zero(), DeviceParameterInvalid{text_word("capacity"), {}});
    within("decimals", u256{device.decimals}, 0, device_decimals_max);
    within("heartbeat", u256{device.heartbeat}, 1, epoch_max_seconds);
    within("epochSeconds", u256{device.epoch_seconds}, epoch_min_seconds, epoch_max_seconds);
}

void DeviceRegistry::bind(const u256& device, const DeviceKey& key, const Address& owner,
                          BytesView possession) {
    device_key::require_valid(*this, key);
    const Slot<u256> bound = bound_keys_[device_key::identity(key)];
    require(get(bound).is_zero(), KeyInUse{get(bound)});
    const detail::DevicePlace place = devices_[device];
    const uint32_t number = get(place.key_count());
    require(device_key::signed_by(*this, key, binding_digest(device, owner, number), possession),
            PossessionUnproven{device});
    set(bound, device);
    set(place.algorithm(), key.algorithm);
    set(place.key_count(), checked_narrow<uint32_t>(u256{number} + u256{1u}));
    const BytesView bytes(key.key);
    set(place.key(), from_big_endian(bytes.first(std::min<size_t>(bytes.size(), 32))));
    set(place.key_rest(), bytes.size() > 32 ? from_big_endian(bytes.subspan(32)) : u256{});
}

void DeviceRegistry::rotate_key(u256 device, DeviceKey key, Bytes possession) {
    const detail::DevicePlace place = require_device(device);
    const Address owner = get(place.owner());
    require(sender() == owner, NotDeviceOwner{device, sender()});
    require(status_of(place) != DeviceStatus::revoked,
            DeviceNotActive{device, get(place.status())});
    const uint32_t number = get(place.key_count());
    bind(device, key, owner, possession);
    emit(KeyRotated{device, number, key.algorithm, key.key});
}

void DeviceRegistry::revoke_device(u256 device) {
    const detail::DevicePlace place = require_device(device);
    require(sender() == get(place.owner()) || sender() == get(place.manufacturer()),
            NotDeviceOwner{device, sender()});
    require(status_of(place) != DeviceStatus::revoked,
            DeviceNotActive{device, get(place.status())});
    set_status(device, DeviceStatus::revoked);
}

void DeviceRegistry::reinstate_device(u256 device) {
    const detail::DevicePlace place = require_device(device);
    require(sender() == get(place.manufacturer()), NotManufacturer{device, sender()});
    require(status_of(place) == DeviceStatus::suspended,
            DeviceNotSuspended{device, get(place.status())});
    set_status(device, DeviceStatus::active);
}

void DeviceRegistry::set_status(const u256& device, DeviceStatus status) {
    set(devices_[device].status(), static_cast<uint8_t>(status));
    emit(DeviceStatusChanged{device, static_cast<uint8_t>(status), sender()});
}

// Reading.

detail::DevicePlace DeviceRegistry::require_device(const u256& device) const {
    const detail::DevicePlace place = devices_[device];
    require(get(place.owner()) != Address{}, ERC721NonexistentToken{device});
    return place;
}

DeviceKey DeviceRegistry::key_of(const detail::DevicePlace& place) const {
    DeviceKey out{.algorithm = get(place.algorithm()), .key = {}};
    const Hash word = to_word(get(place.key()));
    switch (static_cast<KeyAlgorithm>(out.algorithm)) {
        case KeyAlgorithm::secp256k1:
            out.key = to_bytes(BytesView(word).subspan(12));
            break;
        case KeyAlgorithm::p256:
            out.key = to_bytes(word);
            append(out.key, to_word(get(place.key_rest())));
            break;
        case KeyAlgorithm::ed25519:
            out.key = to_bytes(word);
    }
    return out;
}

DeviceParams DeviceRegistry::device_of(u256 device) const {
    const detail::DevicePlace place = require_device(device);
    return {.id = to_word(device),
            .key = key_of(place),
            .metric = get(place.metric()),
            .decimals = get(place.decimals()),
            .capacity = get(place.capacity()),
            .heartbeat = get(place.heartbeat()),
            .epoch_seconds = get(place.epoch_seconds()),
            .epoch_cap = get(place.epoch_cap()),
            .record = get(place.record())};
}

uint8_t DeviceRegistry::device_status(u256 device) const {
    return get(require_device(device).status());
}

Address DeviceRegistry::manufacturer_of(u256 device) const {
    return get(require_device(device).manufacturer());
}

uint32_t DeviceRegistry::key_count(u256 device) const {
    return get(require_device(device).key_count());
}

u256 DeviceRegistry::device_of_key(DeviceKey key) const {
    return get(bound_keys_[device_key::identity(key)]);
}

Hash DeviceRegistry::binding_digest(u256 device, Address owner, uint32_t number) const {
    static constexpr Hash type_hash =
        keccak256_constexpr("Binding(bytes32 deviceId,address owner,uint32 number)");
    return typed_data_digest(domain_separator(),
                             keccak256(abi::encode(type_hash, device, owner, number)));
}

Hash DeviceRegistry::domain_separator() const {
    return plume::domain_separator(*this, domain_name, domain_version);
}

DomainDescription DeviceRegistry::eip712_domain() const {
    return describe_domain(*this, domain_name, domain_version);
}

// ERC-721.

u256 DeviceRegistry::balance_of(Address owner) const {
    require(owner != Address{}, ERC721InvalidOwner{owner});
    return get(balances_[owner]);
}

Address DeviceRegistry::owner_of(u256 device) const {
    return get(require_device(device).owner());
}

Address DeviceRegistry::get_approved(u256 device) const {
    return get(require_device(device).approved());
}

void DeviceRegistry::approve(Address to, u256 device) {
    const Address owner = owner_of(device);
    require(sender() == owner || is_approved_for_all(owner, sender()),
            ERC721InvalidApprover{sender()});
    set(devices_[device].approved(), to);
    emit(Approval{owner, to, device});
}

void DeviceRegistry::set_approval_for_all(Address by, bool approved) {
    require(by != Address{}, ERC721InvalidOperator{by});
    set(operators_[sender()][by], approved);
    emit(ApprovalForAll{sender(), by, approved});
}

void DeviceRegistry::transfer_from(Address from, Address to, u256 device) {
    require(to != Address{}, ERC721InvalidReceiver{to});
    const Address owner = owner_of(device);
    require(sender() == owner || is_approved_for_all(owner, sender()) ||
                get_approved(device) == sender(),
            ERC721InsufficientApproval{sender(), device});
    require(from == owner, ERC721IncorrectOwner{from, device, owner});
    set(devices_[device].approved(), {});
    move(from, to, device);
}

void DeviceRegistry::safe_transfer_from(Address from, Address to, u256 device) {
    safe_transfer_from_with(from, to, device, {});
}

void DeviceRegistry::safe_transfer_from_with(Address from, Address to, u256 device, Bytes data) {
    transfer_from(from, to, device);
    if (!has_code(to)) return;
    const Answer answer = call(to, OnReceived::calldata(sender(), from, device, data));
    if (!answer.success && !answer.data.empty()) throw Revert{answer.data};
    require(answer.success && abi::decode_one<Selector>(answer.data) == OnReceived::selector,
            ERC721InvalidReceiver{to});
}

void DeviceRegistry::move(const Address& from, const Address& to, const u256& device) {
    if (from != Address{}) set(balances_[from], checked_sub(get(balances_[from]), u256{1u}));
    set(balances_[to], checked_add(get(balances_[to]), u256{1u}));
    set(devices_[device].owner(), to);
    emit(Transfer{from, to, device});
}

// Invariants.

std::optional<std::string> DeviceRegistry::broken_invariant() const {
    std::map<u256, Address> owners;
    std::map<Address, u256> gains;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto moved = Transfer::decode(log)) {
            const auto& [from, to, device] = *moved;
            const auto [at, fresh] = owners.try_emplace(device, before(devices_[device].owner()));
            if (at->second != from) return "I-1: a device left somebody who did not own it";
            at->second = to;
            gains[from] -= u256{1u};
            gains[to] += u256{1u};
        } else if (const auto rotated = KeyRotated::decode(log)) {
            const detail::DevicePlace place = devices_[std::get<0>(*rotated)];
            if (!is_bound(key_of(place), std::get<0>(*rotated)))
                return "I-2: a device signs with a key that is not bound to it";
        } else if (const auto changed = DeviceStatusChanged::decode(log)) {
            const detail::DevicePlace place = devices_[std::get<0>(*changed)];
            if (static_cast<DeviceStatus>(before(place.status())) == DeviceStatus::revoked)
                return "I-2: a revoked device came back";
        }
    }
    for (const auto& [device, owner] : owners)
        if (get(devices_[device].owner()) != owner)
            return "I-1: a device belongs to somebody whom no event names";
    for (const auto& [owner, gain] : gains)
        if (owner != Address{} && get(balances_[owner]) != before(balances_[owner]) + gain)
            return "I-1: a balance is not what the events say";
    return std::nullopt;
}

}  // namespace plume
