// AssetItems: individual assets in one contract (ERC-1155): parcels, machines, panels, each with a
// record, rules and rights of its own.
//
// ERC-1155 with its metadata, supplies by item, ERC-6093 errors, ERC-4906 and ERC-7572: in these
// it answers as OpenZeppelin's ERC1155Supply. An item exists once it is defined: with the record of
// the asset it stands for, which must be live then and whenever more of it is made; with a cap on
// its supply, which only falls; with a domain of credentials its holders need (zero: open to all);
// and it can be paused by itself. Whose credentials count is asked of Attestations, by
// `holds(account, domain)`; a question that fails is a no.
//
// Powers are apart, each held by one account that alone can hand it on, to nobody for ever if it
// wishes:
//   issuer  defines items, makes units, names their records and where they are described
//   policy  sets domains      pauser  pauses items
//   freezer sets what an account may not move (ERC-7943)
//   forcer  moves units against their holder's will (ERC-7943), past pauses and what is frozen
//
// An owner's balance of an item is made of
//   frozen      `getFrozenTokens`; may exceed the balance
//   committed   to roles (ERC-7589, role_commitments.hpp): does not move
//   let         in running records of use (ERC-5006, usage_records.hpp): moves with its records
//   free        the rest, which moves first
// What is let or committed is not burned, nor let or committed again.
// An item of which one unit exists also answers as ERC-4907, except that a sale evicts nobody.
//
// An item whose whole supply is in one hand can be turned into an AssetToken (`fractionalize`): the
// units then belong to this contract, no more are made, and the token's supply is fixed. Whoever
// has all of the token burns it and gets the units back (`redeem`), also while the item is paused.
// When all of it was burned without that, the forcer alone may redeem.
//
// A receiver that is a contract is asked as ERC-1155 says, after everything is written; until its
// answer is there this contract refuses to be called.
//
// Invariants, held after every transaction:
//   T-1  balances, supplies and the supply of all change by exactly what TransferSingle and
//        TransferBatch say; no supply is above its cap.
//   T-6  a balance shrinks only by its owner, an operator he approved, or with a ForcedTransfer.
//   I-1, I-2 (usage_records.hpp), I-3 (role_commitments.hpp): running records and commitments are
//        covered by the balance together.
//   I-4  an item's units are this contract's, all of them, while a token stands for it; never else.
#pragma once

#include "contracts/record.hpp"
#include "contracts/role_commitments.hpp"
#include "contracts/usage_records.hpp"
#include "native/contract.hpp"
#include "native/erc165.hpp"

namespace plume {

/// What a contract of items is made with.
struct ItemsParams {
    std::string uri;           ///< of every item, with {id} in it (ERC-1155)
    std::string contract_uri;  ///< ERC-7572
    Hash record;               ///< of the collection; must be live
    Hash domain;               ///< credentials that every holder needs, of any item; zero: none
    Address issuer;
    Address policy;
    Address pauser;
    Address freezer;
    Address forcer;

    static constexpr auto members =
        std::tuple{&ItemsParams::uri,    &ItemsParams::contract_uri, &ItemsParams::record,
                   &ItemsParams::domain, &ItemsParams::issuer,       &ItemsParams::policy,
                   &ItemsParams::pauser, &ItemsParams::freezer,      &ItemsParams::forcer};
};

/// What an item is, and what is allowed with it.
struct ItemTerms {
    Hash record;  ///< zero: the item is not defined
    u256 cap;     ///< 2^256 - 1: without limit
    Hash domain;
    bool is_paused = false;
    Address token;  ///< the AssetToken that stands for it; zero: none

    static constexpr auto members =
        std::tuple{&ItemTerms::record, &ItemTerms::cap, &ItemTerms::domain, &ItemTerms::is_paused,
                   &ItemTerms::token};
};

namespace detail {

struct ItemPlace : Place {
    Slot<Hash> record() const { return {position}; }
    Slot<u256> cap() const { return {position + u256{1u}}; }
    Slot<Hash> domain() const { return {position + u256{2u}}; }
    Slot<Address> token() const { return {position + u256{3u}, 0}; }
    Slot<bool> is_paused() const { return {position + u256{3u}, 20}; }
};

}  // namespace detail

class AssetItems : public Contract {
public:
    using Contract::Contract;
    using Ids = std::vector<u256>;
    using Amounts = std::vector<u256>;

    enum class Power : uint8_t { issuer, policy, pauser, freezer, forcer };

    static constexpr size_t item_batch_max = 256;
    static constexpr size_t uri_size_max = 1'024;
    static constexpr auto last_power = static_cast<uint8_t>(Power::forcer);
    /// Gas of one question whether an account has a credential.
    static constexpr uint64_t credential_gas_max = 200'000;

    using TransferSingle = Event<
        "TransferSingle(address indexed operator, address indexed from, address indexed to, "
        "uint256 id, uint256 value)",
        Address, Address, Address, u256, u256>;
    using TransferBatch = Event<
        "TransferBatch(address indexed operator, address indexed from, address indexed to, "
        "uint256[] ids, uint256[] values)",
        Address, Address, Address, Ids, Amounts>;
    using ApprovalForAll =
        Event<"ApprovalForAll(address indexed account, address indexed operator, bool approved)",
              Address, Address, bool>;
    using MetadataUpdate = Event<"MetadataUpdate(uint256 tokenId)", u256>;
    using BatchMetadataUpdate =
        Event<"BatchMetadataUpdate(uint256 fromTokenId, uint256 toTokenId)", u256, u256>;
    using ContractURIUpdated = Event<"ContractURIUpdated()">;
    using ItemDefined = Event<
        "ItemDefined(uint256 indexed id, bytes32 indexed record, uint256 cap, bytes32 domain)",
        u256, Hash, u256, Hash>;
    using RecordSuperseded =
        Event<"RecordSuperseded(uint256 indexed id, bytes32 indexed from, bytes32 indexed to)",
              u256, Hash, Hash>;
    using CapLowered = Event<"CapLowered(uint256 indexed id, uint256 cap)", u256, u256>;
    using DomainSet = Event<"DomainSet(uint256 indexed id, bytes32 domain)", u256, Hash>;
    using ItemPausedSet = Event<"ItemPausedSet(uint256 indexed id, bool paused)", u256, bool>;
    using PowerHandedOn =
        Event<"PowerHandedOn(uint8 indexed power, address indexed from, address indexed to)",
              uint8_t, Address, Address>;
    using ForcedTransfer = Event<
        "ForcedTransfer(address indexed from, address indexed to, uint256 indexed tokenId, "
        "uint256 amount)",
        Address, Address, u256, u256>;
    using Frozen = Event<"Frozen(address indexed account, uint256 indexed tokenId, uint256 amount)",
                         Address, u256, u256>;
    using UpdateUser =
        Event<"UpdateUser(uint256 indexed tokenId, address indexed user, uint64 expires)", u256,
              Address, uint64_t>;
    using Fractionalized = Event<
        "Fractionalized(uint256 indexed id, address indexed token, address "
        "indexed by, uint256 amount)",
        u256, Address, Address, u256>;
    using Redeemed = Event<
        "Redeemed(uint256 indexed id, address indexed token, address indexed by, uint256 "
        "amount)",
        u256, Address, Address, u256>;

    using ERC1155InsufficientBalance = CustomError<
        "ERC1155InsufficientBalance(address sender, uint256 balance, uint256 needed, "
        "uint256 tokenId)",
        Address, u256, u256, u256>;
    using ERC1155InvalidSender = CustomError<"ERC1155InvalidSender(address sender)", Address>;
    using ERC1155InvalidReceiver = CustomError<"ERC1155InvalidReceiver(address receiver)", Address>;
    using ERC1155MissingApprovalForAll =
        CustomError<"ERC1155MissingApprovalForAll(address operator, address owner)", Address,
                    Address>;
    using ERC1155InvalidApprover = CustomError<"ERC1155InvalidApprover(address approver)", Address>;
    using ERC1155InvalidOperator = CustomError<"ERC1155InvalidOperator(address operator)", Address>;
    using ERC1155InvalidArrayLength =
        CustomError<"ERC1155InvalidArrayLength(uint256 idsLength, uint256 valuesLength)", u256,
                    u256>;
    using OwnableUnauthorizedAccount =
        CustomError<"OwnableUnauthorizedAccount(address account)", Address>;
    using ERC7943CannotSend = CustomError<"ERC7943CannotSend(address account)", Address>;
    using ERC7943CannotReceive = CustomError<"ERC7943CannotReceive(address account)", Address>;
    using ERC7943InsufficientUnfrozenBalance = CustomError<
        "ERC7943InsufficientUnfrozenBalance(address account, uint256 tokenId, uint256 "
        "amount, uint256 unfrozen)",
        Address, u256, u256, u256>;
    /// More than is free of rights, where rights cannot go along.
    using InsufficientFreeBalance = CustomError<
        "InsufficientFreeBalance(address account, uint256 id, uint256 free, uint256 "
        "needed)",
        Address, u256, u256, u256>;
    using SelfTransfer = CustomError<"SelfTransfer(address account)", Address>;
    using UnknownPower = CustomError<"UnknownPower(uint8 power)", uint8_t>;
    using BatchTooLong = CustomError<"BatchTooLong(uint256 size, uint256 max)", u256, u256>;
    using TextTooLong = CustomError<"TextTooLong(uint256 size, uint256 max)", u256, u256>;
    using UnknownItem = CustomError<"UnknownItem(uint256 id)", u256>;
    using ItemExists = CustomError<"ItemExists(uint256 id)", u256>;
    using ItemPaused = CustomError<"ItemPaused(uint256 id)", u256>;
    using SupplyCapExceeded =
        CustomError<"SupplyCapExceeded(uint256 id, uint256 cap, uint256 needed)", u256, u256, u256>;
    /// A cap falls, and not below what exists.
    using InvalidCap =
        CustomError<"InvalidCap(uint256 id, uint256 cap, uint256 supply)", u256, u256, u256>;
    /// Only of what this contract keeps itself.
    using NotThisContract = CustomError<"NotThisContract(address tokenAddress)", Address>;
    using NotSingle = CustomError<"NotSingle(uint256 id, uint256 supply)", u256, u256>;
    /// A user who has paid stays until then, or until he goes.
    using UserStays =
        CustomError<"UserStays(uint256 id, address user, uint256 expires)", u256, Address, u256>;
    using MayNotEndRecord =
        CustomError<"MayNotEndRecord(uint256 recordId, address caller)", u256, Address>;
    using NotWhole =
        CustomError<"NotWhole(uint256 id, uint256 held, uint256 whole)", u256, u256, u256>;
    using IsFractionalized =
        CustomError<"IsFractionalized(uint256 id, address token)", u256, Address>;
    using NotFractionalized = CustomError<"NotFractionalized(uint256 id)", u256>;

    void construct(ItemsParams params);

    // ERC-1155.
    u256 balance_of(Address account, u256 id) const { return get(balances_[id][account]); }
    Amounts balance_of_batch(std::vector<Address> accounts, Ids ids) const;
    void set_approval_for_all(Address operator_, bool approved);
    bool is_approved_for_all(Address account, Address operator_) const {
        return get(approvals_[account][operator_]);
    }
    void safe_transfer_from(Address from, Address to, u256 id, u256 value, Bytes data);
    void safe_batch_transfer_from(Address from, Address to, Ids ids, Amounts values, Bytes data);
    std::string uri(u256 id) const;
    u256 total_supply() const { return get(supply_of_all_); }
    u256 total_supply_of(u256 id) const { return get(supplies_[id]); }
    bool exists(u256 id) const { return !total_supply_of(id).is_zero(); }
    std::string contract_uri() const { return get_string(contract_uri_); }
    bool supports_interface(Selector id) const;

    // Issuance.
    void define(u256 id, Hash record, u256 cap, Hash domain);
    void mint(Address to, u256 id, u256 value, Bytes data);
    void mint_batch(Address to, Ids ids, Amounts values, Bytes data);
    void burn(Address account, u256 id, u256 value);
    void burn_batch(Address account, Ids ids, Amounts values);
    void lower_cap(u256 id, u256 cap);
    void supersede_record(u256 id, Hash record);
    void set_uri(std::string uri);
    void set_contract_uri(std::string uri);
    Hash record() const { return get(record_); }
    Hash record_of(u256 id) const { return get(items_[id].record()); }
    ItemTerms item_of(u256 id) const;
    Address power(uint8_t power) const;
    /// By its holder; the zero address gives it up for ever.
    void hand_on(uint8_t power, Address to);

    // Policy, ERC-7943.
    void set_domain(u256 id, Hash domain);
    void set_paused(u256 id, bool paused);
    bool set_frozen_tokens(Address account, u256 id, u256 amount);
    bool forced_transfer(Address from, Address to, u256 id, u256 amount);
    bool can_send(Address account) const { return has_credential(account, get(domain_)); }
    bool can_receive(Address account) const { return can_send(account); }
    /// Whether an account may hold an item: by the contract's domain and its own.
    bool may_hold(Address account, u256 id) const;
    bool can_transfer(Address from, Address to, u256 id, u256 amount) const;
    u256 frozen_tokens(Address account, u256 id) const { return get(frozen_[id][account]); }

    // Usage, ERC-5006.
    u256 create_user_record(Address owner, Address user, u256 id, uint64_t amount, uint64_t expiry);
    /// A record whose use `meter` counts down from `units`.
    u256 create_metered_record(Address owner, Address user, u256 id, uint64_t amount,
                               uint64_t expiry, Address meter, u128 units);
    void delete_user_record(u256 record_id);
    UserRecord user_record_of(u256 record_id) const;
    Meter meter_of(u256 record_id) const { return usage::meter_of(*this, record_id); }
    u256 usable_balance_of(Address account, u256 id) const;
    u256 frozen_balance_of(Address account, u256 id) const {
        return usage::let_by(*this, account, id);
    }
    void consume(u256 record_id, u256 amount);

    // Usage of single items, ERC-4907.
    void set_user(u256 id, Address user, uint64_t expires);
    Address user_of(u256 id) const;
    u256 user_expires(u256 id) const;

    // Roles, ERC-7589.
    u256 commit_tokens(Address grantor, Address token_address, u256 id, u256 amount);
    void release_tokens(u256 commitment_id) { commitments::release(*this, commitment_id); }
    void grant_role(u256 commitment_id, Hash role, Address grantee, uint64_t expiration,
                    bool revocable, Bytes data);
    void revoke_role(u256 commitment_id, Hash role, Address grantee);
    void set_role_approval_for_all(Address token_address, Address operator_, bool approved);
    Address grantor_of(u256 commitment_id) const;
    Address token_address_of(u256 commitment_id) const;
    u256 token_id_of(u256 commitment_id) const;
    u256 token_amount_of(u256 commitment_id) const;
    Bytes role_data(u256 commitment_id, Hash role, Address grantee) const;
    uint64_t role_expiration_date(u256 commitment_id, Hash role, Address grantee) const;
    bool is_role_revocable(u256 commitment_id, Hash role, Address grantee) const;
    bool is_role_approved_for_all(Address token_address, Address grantor, Address operator_) const;

    // Fractions.
    Address fractionalize(u256 id, std::string name, std::string symbol, uint8_t decimals,
                          u256 supply);
    void redeem(u256 id, Address to);

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string uri, string contractURI, bytes32 record, bytes32 domain, address "
        "issuer, address policy, address pauser, address freezer, address forcer) params)",
        &AssetItems::construct>{};
    static constexpr auto multi_token = Methods<
        Method<"balanceOf(address account, uint256 id) view returns (uint256)",
               &AssetItems::balance_of>,
        Method<"balanceOfBatch(address[] accounts, uint256[] ids) view returns (uint256[])",
               &AssetItems::balance_of_batch>,
        Method<"setApprovalForAll(address operator, bool approved)",
               &AssetItems::set_approval_for_all>,
        Method<"isApprovedForAll(address account, address operator) view returns (bool)",
               &AssetItems::is_approved_for_all>,
        Method<"safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes data)",
               &AssetItems::safe_transfer_from>,
        Method<"safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] values, "
               "bytes data)",
               &AssetItems::safe_batch_transfer_from>>{};
    static constexpr auto metadata =
        Methods<Method<"uri(uint256 id) view returns (string)", &AssetItems::uri>>{};
    static constexpr auto restricted = Methods<
        Method<"forcedTransfer(address from, address to, uint256 tokenId, uint256 amount) returns "
               "(bool result)",
               &AssetItems::forced_transfer>,
        Method<"setFrozenTokens(address account, uint256 tokenId, uint256 amount) returns (bool "
               "result)",
               &AssetItems::set_frozen_tokens>,
        Method<"canSend(address account) view returns (bool allowed)", &AssetItems::can_send>,
        Method<"canReceive(address account) view returns (bool allowed)", &AssetItems::can_receive>,
        Method<"getFrozenTokens(address account, uint256 tokenId) view returns (uint256 amount)",
               &AssetItems::frozen_tokens>,
        Method<"canTransfer(address from, address to, uint256 tokenId, uint256 amount) view "
               "returns (bool allowed)",
               &AssetItems::can_transfer>>{};
    static constexpr auto rentable = Methods<
        Method<"usableBalanceOf(address account, uint256 tokenId) view returns (uint256)",
               &AssetItems::usable_balance_of>,
        Method<"frozenBalanceOf(address account, uint256 tokenId) view returns (uint256)",
               &AssetItems::frozen_balance_of>,
        Method<"userRecordOf(uint256 recordId) view returns ((uint256 tokenId, address owner, "
               "uint64 amount, address user, uint64 expiry) userRecord)",
               &AssetItems::user_record_of>,
        Method<"createUserRecord(address owner, address user, uint256 tokenId, uint64 amount, "
               "uint64 expiry) returns (uint256)",
               &AssetItems::create_user_record>,
        Method<"deleteUserRecord(uint256 recordId)", &AssetItems::delete_user_record>>{};
    static constexpr auto single_use = Methods<
        Method<"setUser(uint256 tokenId, address user, uint64 expires)", &AssetItems::set_user>,
        Method<"userOf(uint256 tokenId) view returns (address)", &AssetItems::user_of>,
        Method<"userExpires(uint256 tokenId) view returns (uint256)", &AssetItems::user_expires>>{};
    static constexpr auto roles = Methods<
        Method<"commitTokens(address grantor, address tokenAddress, uint256 tokenId, uint256 "
               "tokenAmount) returns (uint256 commitmentId)",
               &AssetItems::commit_tokens>,
        Method<"grantRole(uint256 commitmentId, bytes32 role, address grantee, uint64 "
               "expirationDate, bool revocable, bytes data)",
               &AssetItems::grant_role>,
        Method<"revokeRole(uint256 commitmentId, bytes32 role, address grantee)",
               &AssetItems::revoke_role>,
        Method<"releaseTokens(uint256 commitmentId)", &AssetItems::release_tokens>,
        Method<"setRoleApprovalForAll(address tokenAddress, address operator, bool approved)",
               &AssetItems::set_role_approval_for_all>,
        Method<"grantorOf(uint256 commitmentId) view returns (address grantor)",
               &AssetItems::grantor_of>,
        Method<"tokenAddressOf(uint256 commitmentId) view returns (address tokenAddress)",
               &AssetItems::token_address_of>,
        Method<"tokenIdOf(uint256 commitmentId) view returns (uint256 tokenId)",
               &AssetItems::token_id_of>,
        Method<"tokenAmountOf(uint256 commitmentId) view returns (uint256 tokenAmount)",
               &AssetItems::token_amount_of>,
        Method<"roleData(uint256 commitmentId, bytes32 role, address grantee) view returns (bytes "
               "data)",
               &AssetItems::role_data>,
        Method<"roleExpirationDate(uint256 commitmentId, bytes32 role, address grantee) view "
               "returns (uint64 expirationDate)",
               &AssetItems::role_expiration_date>,
        Method<"isRoleRevocable(uint256 commitmentId, bytes32 role, address grantee) view returns "
               "(bool revocable)",
               &AssetItems::is_role_revocable>,
        Method<"isRoleApprovedForAll(address tokenAddress, address grantor, address operator) view "
               "returns (bool isApproved)",
               &AssetItems::is_role_approved_for_all>>{};
    static constexpr auto own = Methods<
        Method<"totalSupply() view returns (uint256)", &AssetItems::total_supply>,
        Method<"totalSupply(uint256 id) view returns (uint256)", &AssetItems::total_supply_of>,
        Method<"exists(uint256 id) view returns (bool)", &AssetItems::exists>,
        Method<"contractURI() view returns (string)", &AssetItems::contract_uri>,
        Method<"supportsInterface(bytes4 id) view returns (bool)", &AssetItems::supports_interface>,
        Method<"record() view returns (bytes32)", &AssetItems::record>,
        Method<"recordOf(uint256 id) view returns (bytes32)", &AssetItems::record_of>,
        Method<"itemOf(uint256 id) view returns ((bytes32 record, uint256 cap, bytes32 domain, "
               "bool paused, address token) terms)",
               &AssetItems::item_of>,
        Method<"power(uint8 power) view returns (address)", &AssetItems::power>,
        Method<"handOn(uint8 power, address to)", &AssetItems::hand_on>,
        Method<"defineItem(uint256 id, bytes32 record, uint256 cap, bytes32 domain)",
               &AssetItems::define>,
        Method<"mint(address to, uint256 id, uint256 value, bytes data)", &AssetItems::mint>,
        Method<"mintBatch(address to, uint256[] ids, uint256[] values, bytes data)",
               &AssetItems::mint_batch>,
        Method<"burn(address account, uint256 id, uint256 value)", &AssetItems::burn>,
        Method<"burnBatch(address account, uint256[] ids, uint256[] values)",
               &AssetItems::burn_batch>,
        Method<"lowerCap(uint256 id, uint256 cap)", &AssetItems::lower_cap>,
        Method<"supersedeRecord(uint256 id, bytes32 record)", &AssetItems::supersede_record>,
        Method<"setURI(string uri)", &AssetItems::set_uri>,
        Method<"setContractURI(string uri)", &AssetItems::set_contract_uri>,
        Method<"setDomain(uint256 id, bytes32 domain)", &AssetItems::set_domain>,
        Method<"setPaused(uint256 id, bool paused)", &AssetItems::set_paused>,
        Method<"mayHold(address account, uint256 id) view returns (bool)", &AssetItems::may_hold>,
        Method<"createMeteredRecord(address owner, address user, uint256 tokenId, uint64 amount, "
               "uint64 expiry, address meter, uint128 units) returns (uint256)",
               &AssetItems::create_metered_record>,
        Method<"meterOf(uint256 recordId) view returns ((address meter, uint128 granted, uint128 "
               "left) meter)",
               &AssetItems::meter_of>,
        Method<"consume(uint256 recordId, uint256 amount)", &AssetItems::consume>,
        Method<"fractionalize(uint256 id, string name, string symbol, uint8 decimals, uint256 "
               "supply) returns (address token)",
               &AssetItems::fractionalize>,
        Method<"redeem(uint256 id, address to)", &AssetItems::redeem>>{};
    static constexpr auto abi =
        multi_token + metadata + restricted + rentable + single_use + roles + own;
    static constexpr auto declarations = Declarations<
        TransferSingle, TransferBatch, ApprovalForAll, MetadataUpdate, BatchMetadataUpdate,
        ContractURIUpdated, ItemDefined, RecordSuperseded, CapLowered, DomainSet, ItemPausedSet,
        PowerHandedOn, ForcedTransfer, Frozen, UpdateUser, usage::CreateUserRecord,
        usage::DeleteUserRecord, usage::UserRecordMoved, usage::Consumed,
        commitments::TokensCommitted, commitments::RoleGranted, commitments::RoleRevoked,
        commitments::TokensReleased, commitments::RoleApprovalForAll, commitments::CommitmentMoved,
        Fractionalized, Redeemed, ERC1155InsufficientBalance, ERC1155InvalidSender,
        ERC1155InvalidReceiver, ERC1155MissingApprovalForAll, ERC1155InvalidApprover,
        ERC1155InvalidOperator, ERC1155InvalidArrayLength, OwnableUnauthorizedAccount,
        ERC7943CannotSend, ERC7943CannotReceive, ERC7943InsufficientUnfrozenBalance,
        InsufficientFreeBalance, SelfTransfer, UnknownPower, BatchTooLong, TextTooLong, UnknownItem,
        ItemExists, ItemPaused, SupplyCapExceeded, InvalidCap, RecordNotLive,
        usage::UnknownUserRecord, usage::InvalidUserRecord, usage::TooManyUserRecords,
        usage::UserRecordIndivisible, usage::NotTheMeter, usage::UsageExceeded, MayNotEndRecord,
        NotSingle, UserStays, commitments::UnknownCommitment, commitments::NotApprovedForRoles,
        commitments::NothingCommitted, commitments::TooManyCommitments, commitments::TooManyRoles,
        commitments::RoleDataTooLong, commitments::InvalidRole, commitments::UnknownRole,
        commitments::RoleNotRevocable, NotThisContract, NotWhole, IsFractionalized,
        NotFractionalized, InvalidAnswer>{};

protected:
    /// Why units move, which decides what is asked of them.
    enum class Cause : uint8_t { transfer, force, mint, burn, escrow, redeem };

    /// The one way balances change. From the zero address it mints, to it it burns.
    void move(const Address& from, const Address& to, const Ids& ids, const Amounts& values,
              Cause cause);
    /// The same without its event.
    void move_one(const Address& from, const Address& to, const u256& id, const u256& value,
                  Cause cause);

    static constexpr Map<u256, Map<Address, u256>> balances_{0};
    static constexpr Map<Address, Map<Address, bool>> approvals_{1};
    static constexpr Text uri_{2};
    static constexpr Map<u256, u256> supplies_{3};
    static constexpr Slot<u256> supply_of_all_{4};
    static constexpr Text contract_uri_{5};
    static constexpr Slot<Hash> record_{6};
    static constexpr Slot<Hash> domain_{7};
    static constexpr Map<uint8_t, Address> powers_{8};
    static constexpr Map<u256, detail::ItemPlace> items_{9};
    static constexpr Map<u256, Map<Address, u256>> frozen_{10};

private:
    struct Movements;

    void require_power(Power power) const;
    void require_authorized(const Address& owner) const;
    void require_defined(const u256& id) const;
    void require_mintable(const u256& id) const;
    bool has_credential(const Address& account, const Hash& domain) const;
    /// What an owner may move; what of it carries no right; and what carries none, frozen or not.
    u256 spendable(const Address& account, const u256& id) const;
    u256 free_to_move(const Address& account, const u256& id) const;
    u256 free_of_rights(const Address& account, const u256& id) const;
    void require_free(const Address& account, const u256& id, const u256& amount) const;
    void require_allowed(const Address& from, const Address& to, const u256& id, const u256& value,
                         Cause cause) const;
    void unfreeze_for(const Address& from, const u256& id, const u256& value);
    void carry_rights(const Address& from, const Address& to, const u256& id, const u256& value,
                      Cause cause);
    void require_accepted(const Address& to, BytesView call, const Selector& expected);
    void ask_receiver(const Address& from, const Address& to, const u256& id, const u256& value,
                      const Bytes& data);
    void ask_receiver_of_batch(const Address& from, const Address& to, const Ids& ids,
                               const Amounts& values, const Bytes& data);
    void set_text(const Text& text, const std::string& value);
    u256 let(const UserRecord& record, const Meter& meter);
    void end_record(const u256& record_id);

    Movements movements() const;
    std::optional<std::string> broken_supplies(const Movements& moved) const;
    std::optional<std::string> broken_permission(const Movements& moved) const;
    std::optional<std::string> broken_rights(const Movements& moved) const;
    std::optional<std::string> broken_escrow(const Movements& moved) const;
};

}  // namespace plume
