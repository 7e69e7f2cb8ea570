// DeviceRegistry: who a device is, whose it is, and what it signs with.
//
// A device is an ERC-721 token. Its id is keccak256 of the base name it gives itself in its
// readings (SenML's `bn`), so that readings name it; its token id is the same number.
//
//   registered   by its owner, with a live record (its certificate). The record's attester is the
//                device's manufacturer. The key signs that it belongs to this owner, so that nobody
//                registers the key of another's device.
//   rotated      by its owner, to a key that signs likewise. A key is a device's once and for ever:
//                no other may have it, nor the same one again. What the device has counted stays:
//                a new key begins no new count (O-8).
//   suspended    when it is caught contradicting itself (contracts/meters.hpp); the manufacturer
//                alone can reinstate it.
//   revoked      by its owner or its manufacturer, for ever.
//
// The digest a key signs to be taken is EIP-712's, domain {PlumeDePIN, 1, chain, this contract}:
//     Binding(bytes32 deviceId,address owner,uint32 number)
// with the number of keys that the device has had before, so that a signature serves once.
//
// Invariants:
//   I-1  a device's owner changes by Transfer events alone, and balances with it.
//   I-2  a key is bound to one device, for ever; a revoked device stays revoked.
#pragma once

#include "contracts/device_key.hpp"
#include "contracts/record.hpp"
#include "native/typed_data.hpp"

namespace plume {

enum class DeviceStatus : uint8_t { active = 0, suspended = 1, revoked = 2 };

/// What a device is registered with. Nothing of it changes later but the key.
struct DeviceParams {
    Hash id;  ///< keccak256 of its base name
    DeviceKey key;
    Hash metric;                 ///< keccak256(name | "|" | unit) of what it counts
    uint8_t decimals = 0;        ///< of the values it signs
    u128 capacity;               ///< how many units it can count in a second at most
    uint32_t heartbeat = 0;      ///< seconds between readings; more is a gap
    uint32_t epoch_seconds = 0;  ///< how long one kept checkpoint lasts
    u128 epoch_cap;  ///< units accepted in one epoch at most; 0: no cap but the capacity
    Hash record;     ///< its certificate

    static constexpr auto members = std::tuple{&DeviceParams::id,
                                               &DeviceParams::key,
                                               &DeviceParams::metric,
                                               &DeviceParams::decimals,
                                               &DeviceParams::capacity,
                                               &DeviceParams::heartbeat,
                                               &DeviceParams::epoch_seconds,
                                               &DeviceParams::epoch_cap,
                                               &DeviceParams::record};
};

namespace detail {

struct DevicePlace : Place {
    Slot<Address> owner() const { return {position, 0}; }
    Slot<uint8_t> algorithm() const { return {position, 20}; }
    Slot<uint8_t> status() const { return {position, 21}; }
    Slot<uint32_t> key_count() const { return {position, 22}; }
    Slot<uint8_t> decimals() const { return {position, 26}; }
    /// The key's bytes as numbers: one word, or x and y.
    Slot<u256> key() const { return {position + u256{1u}}; }
    Slot<u256> key_rest() const { return {position + u256{2u}}; }
    Slot<Hash> metric() const { return {position + u256{3u}}; }
    Slot<u128> capacity() const { return {position + u256{4u}, 0}; }
    Slot<uint32_t> heartbeat() const { return {position + u256{4u}, 16}; }
    Slot<uint32_t> epoch_seconds() const { return {position + u256{4u}, 20}; }
    Slot<uint64_t> registered_at() const { return {position + u256{4u}, 24}; }
    Slot<u128> epoch_cap() const { return {position + u256{5u}}; }
    Slot<Hash> record() const { return {position + u256{6u}}; }
    Slot<Address> manufacturer() const { return {position + u256{7u}}; }
    Slot<Address> approved() const { return {position + u256{8u}}; }
};

}  // namespace detail

class DeviceRegistry : public Contract {
public:
    using Contract::Contract;

    static constexpr std::string_view domain_name = "PlumeDePIN";
    static constexpr std::string_view domain_version = "1";
    static constexpr uint8_t device_decimals_max = 36;
    /// An epoch is a minute to a year, a heartbeat a second to a year.
    static constexpr uint32_t epoch_min_seconds = 60;
    static constexpr uint32_t epoch_max_seconds = 31'622'400;

    // ERC-721.
    using Transfer =
        Event<"Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
              Address, Address, u256>;
    using Approval =
        Event<"Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)",
              Address, Address, u256>;
    using ApprovalForAll =
        Event<"ApprovalForAll(address indexed owner, address indexed operator, bool approved)",
              Address, Address, bool>;
    using DeviceRegistered = Event<
        "DeviceRegistered(uint256 indexed device, address indexed owner, address indexed "
        "manufacturer, bytes32 record, uint8 algorithm, bytes key)",
        u256, Address, Address, Hash, uint8_t, Bytes>;
    using KeyRotated =
        Event<"KeyRotated(uint256 indexed device, uint32 number, uint8 algorithm, bytes key)", u256,
              uint32_t, uint8_t, Bytes>;
    using DeviceStatusChanged =
        Event<"DeviceStatusChanged(uint256 indexed device, uint8 status, address by)", u256,
              uint8_t, Address>;

    // ERC-6093.
    using ERC721InvalidOwner = CustomError<"ERC721InvalidOwner(address owner)", Address>;
    using ERC721NonexistentToken = CustomError<"ERC721NonexistentToken(uint256 tokenId)", u256>;
    using ERC721IncorrectOwner =
        CustomError<"ERC721IncorrectOwner(address sender, uint256 tokenId, address owner)", Address,
                    u256, Address>;
    using ERC721InvalidReceiver = CustomError<"ERC721InvalidReceiver(address receiver)", Address>;
    using ERC721InsufficientApproval =
        CustomError<"ERC721InsufficientApproval(address operator, uint256 tokenId)", Address, u256>;
    using ERC721InvalidApprover = CustomError<"ERC721InvalidApprover(address approver)", Address>;
    using ERC721InvalidOperator = CustomError<"ERC721InvalidOperator(address operator)", Address>;

    using DeviceExists = CustomError<"DeviceExists(uint256 device)", u256>;
    /// The key is, or has been, the key of a device: of this one or another.
    using KeyInUse = CustomError<"KeyInUse(uint256 device)", u256>;
    /// The new key has not signed that it belongs to this owner's device.
    using PossessionUnproven = CustomError<"PossessionUnproven(uint256 device)", u256>;
    using DeviceParameterInvalid =
        CustomError<"DeviceParameterInvalid(bytes32 name, uint256 value)", Hash, u256>;
    using NotDeviceOwner =
        CustomError<"NotDeviceOwner(uint256 device, address caller)", u256, Address>;
    using NotManufacturer =
        CustomError<"NotManufacturer(uint256 device, address caller)", u256, Address>;
    using DeviceNotActive =
        CustomError<"DeviceNotActive(uint256 device, uint8 status)", u256, uint8_t>;
    using DeviceNotSuspended =
        CustomError<"DeviceNotSuspended(uint256 device, uint8 status)", u256, uint8_t>;

    /// The caller registers his device; `possession` is its key's signature of the Binding.
    u256 register_device(DeviceParams device, Bytes possession);
    void rotate_key(u256 device, DeviceKey key, Bytes possession);
    void revoke_device(u256 device);
    void reinstate_device(u256 device);

    DeviceParams device_of(u256 device) const;
    uint8_t device_status(u256 device) const;
    Address manufacturer_of(u256 device) const;
    /// How many keys the device has had, the one it has included.
    uint32_t key_count(u256 device) const;
    /// The device that a key is or was bound to; 0 for none.
    u256 device_of_key(DeviceKey key) const;
    /// What a key signs to become a device's key.
    Hash binding_digest(u256 device, Address owner, uint32_t number) const;

    // ERC-721.
    u256 balance_of(Address owner) const;
    Address owner_of(u256 device) const;
    Address get_approved(u256 device) const;
    bool is_approved_for_all(Address owner, Address by) const { return get(operators_[owner][by]); }
    void approve(Address to, u256 device);
    void set_approval_for_all(Address by, bool approved);
    void transfer_from(Address from, Address to, u256 device);
    void safe_transfer_from(Address from, Address to, u256 device);
    void safe_transfer_from_with(Address from, Address to, u256 device, Bytes data);

    // ERC-5267.
    Hash domain_separator() const;
    DomainDescription eip712_domain() const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto abi = Methods<
        Method<"registerDevice((bytes32 id, (uint8 algorithm, bytes key) key, bytes32 metric, "
               "uint8 decimals, uint128 capacity, uint32 heartbeat, uint32 epochSeconds, uint128 "
               "epochCap, bytes32 record) device, bytes possession) returns (uint256)",
               &DeviceRegistry::register_device>,
        Method<"rotateKey(uint256 device, (uint8 algorithm, bytes key) key, bytes possession)",
               &DeviceRegistry::rotate_key>,
        Method<"revokeDevice(uint256 device)", &DeviceRegistry::revoke_device>,
        Method<"reinstateDevice(uint256 device)", &DeviceRegistry::reinstate_device>,
        Method<"deviceOf(uint256 device) view returns ((bytes32 id, (uint8 algorithm, bytes key) "
               "key, bytes32 metric, uint8 decimals, uint128 capacity, uint32 heartbeat, uint32 "
               "epochSeconds, uint128 epochCap, bytes32 record))",
               &DeviceRegistry::device_of>,
        Method<"deviceStatus(uint256 device) view returns (uint8)", &DeviceRegistry::device_status>,
        Method<"manufacturerOf(uint256 device) view returns (address)",
               &DeviceRegistry::manufacturer_of>,
        Method<"keyCount(uint256 device) view returns (uint32)", &DeviceRegistry::key_count>,
        Method<"deviceOfKey((uint8 algorithm, bytes key) key) view returns (uint256)",
               &DeviceRegistry::device_of_key>,
        Method<"bindingDigest(uint256 device, address owner, uint32 number) view returns (bytes32)",
               &DeviceRegistry::binding_digest>,
        Method<"balanceOf(address owner) view returns (uint256)", &DeviceRegistry::balance_of>,
        Method<"ownerOf(uint256 tokenId) view returns (address)", &DeviceRegistry::owner_of>,
        Method<"getApproved(uint256 tokenId) view returns (address)",
               &DeviceRegistry::get_approved>,
        Method<"isApprovedForAll(address owner, address operator) view returns (bool)",
               &DeviceRegistry::is_approved_for_all>,
        Method<"approve(address to, uint256 tokenId)", &DeviceRegistry::approve>,
        Method<"setApprovalForAll(address operator, bool approved)",
               &DeviceRegistry::set_approval_for_all>,
        Method<"transferFrom(address from, address to, uint256 tokenId)",
               &DeviceRegistry::transfer_from>,
        Method<"safeTransferFrom(address from, address to, uint256 tokenId)",
               &DeviceRegistry::safe_transfer_from>,
        Method<"safeTransferFrom(address from, address to, uint256 tokenId, bytes data)",
               &DeviceRegistry::safe_transfer_from_with>,
        Method<"DOMAIN_SEPARATOR() view returns (bytes32)", &DeviceRegistry::domain_separator>,
        Method<eip712_domain_text, &DeviceRegistry::eip712_domain>>{};
    static constexpr auto declarations = Declarations<
        Transfer, Approval, ApprovalForAll, DeviceRegistered, KeyRotated, DeviceStatusChanged,
        ERC721InvalidOwner, ERC721NonexistentToken, ERC721IncorrectOwner, ERC721InvalidReceiver,
        ERC721InsufficientApproval, ERC721InvalidApprover, ERC721InvalidOperator, DeviceExists,
        KeyInUse, PossessionUnproven, DeviceParameterInvalid, NotDeviceOwner, NotManufacturer,
        DeviceNotActive, DeviceNotSuspended, InvalidDeviceKey, RecordNotLive, InvalidAnswer>{};

protected:
    /// The place of a device that exists; refused otherwise.
    detail::DevicePlace require_device(const u256& device) const;
    DeviceKey key_of(const detail::DevicePlace& place) const;
    void set_status(const u256& device, DeviceStatus status);
    DeviceStatus status_of(const detail::DevicePlace& place) const {
        return static_cast<DeviceStatus>(get(place.status()));
    }
    /// Whether the key is, or was, this device's.
    bool is_bound(const DeviceKey& key, const u256& device) const {
        return get(bound_keys_[device_key::identity(key)]) == device;
    }

    static constexpr Map<u256, detail::DevicePlace> devices_{0};

private:
    void require_valid(const DeviceParams& device) const;
    void bind(const u256& device, const DeviceKey& key, const Address& owner, BytesView possession);
    void move(const Address& from, const Address& to, const u256& device);

    static constexpr Map<Address, u256> balances_{1};
    static constexpr Map<Address, Map<Address, bool>> operators_{2};
    static constexpr Map<Hash, u256> bound_keys_{3};
};

}  // namespace plume
