// RegulatedToken: an AssetToken of which more can be required: votes, holds, a transfer policy,
// powers of others than its holders, splits, and a record that is superseded by the next.
//
// One code for permissionless and permissioned issuance. What a token can do are its features
// (policy.hpp), on from creation or declared then for later, never off again; what others may do to
// it are eight powers (powers.hpp), each by an address of its own or by nobody. A token without
// rules pays one load more than an AssetToken for a transfer.
//
// Beside what AssetToken offers: ERC-5805 and 6372 (votes.hpp), 7246 (holds.hpp), 7943
// (policy.hpp), 8056 (split.hpp), 7572, OpenZeppelin's burnFrom, and those reads of ERC-3643 that
// have an answer here.
//
// Who goes first: `forcedTransfer` is senior to freezing, freezing to holds, holds to the owner.
// The owner may move balance - max(frozen, locked up) - held; a taker what he holds, as far as it
// need not stay. One
// predicate, `canTransfer`, guards transfer, transferFrom, permit's use, a taker's taking, mint,
// burn and burnFrom (T-4); it says nothing of what ERC-20 refuses, such as lack of balance.
//
// `recover` moves all of an account whose key is lost to another of the same owner: balance, what
// is frozen, holds, who votes for it, and what is owed to it (D-7). `successorOf` tells takers.
//
// Nothing is minted while the record is not live (P-2); everything else goes on, so that holders
// can leave. The metadata power may put another live record in its place, together with what
// describes the token; all records it ever stood for remain listed.
//
// Invariants, held after every transaction, beside those of AssetToken and of the parts:
//   T-9  the record, and the list of all, change only as RecordSuperseded says.
#pragma once

#include "contracts/domains.hpp"
#include "contracts/policy.hpp"
#include "contracts/powers.hpp"
#include "contracts/split.hpp"
#include "contracts/voting_shares.hpp"

namespace plume {

/// What a regulated token is made with.
struct RegulatedTokenParams {
    std::string name;
    std::string symbol;
    uint8_t decimals = 18;
    Hash record;               ///< the record the token stands for; must be live
    std::string contract_uri;  ///< ERC-7572; may be empty
    Address holder;            ///< receives the initial supply, as the rules allow it
    u256 initial_supply;
    Features features;
    PowerHolders powers;
    TransferRules rules;  ///< all zero unless the token is permissioned

    static constexpr auto members =
        std::tuple{&RegulatedTokenParams::name,           &RegulatedTokenParams::symbol,
                   &RegulatedTokenParams::decimals,       &RegulatedTokenParams::record,
                   &RegulatedTokenParams::contract_uri,   &RegulatedTokenParams::holder,
                   &RegulatedTokenParams::initial_supply, &RegulatedTokenParams::features,
                   &RegulatedTokenParams::powers,         &RegulatedTokenParams::rules};
};

class RegulatedToken : public VotingShares {
public:
    using VotingShares::VotingShares;

    static constexpr size_t contract_uri_size_max = 512;
    /// How many records a token may stand for, one after the other.
    static constexpr uint64_t records_max = 256;

    using RecordSuperseded =
        Event<"RecordSuperseded(bytes32 indexed previous, bytes32 indexed next)", Hash, Hash>;
    using ContractURIUpdated = Event<"ContractURIUpdated()">;
    using Recovered = Event<"Recovered(address indexed lost, address indexed heir, uint256 amount)",
                            Address, Address, u256>;

    using TooManyRecords = CustomError<"TooManyRecords(uint256 max)", u256>;
    /// Neither may be nobody, nor the one the other.
    using InvalidRecovery =
        CustomError<"InvalidRecovery(address lost, address heir)", Address, Address>;

    void construct(RegulatedTokenParams params);

    // ERC-20 and issuance, within the policy.
    void mint(Address to, u256 value);
    void burn(u256 value);
    void burn_from(Address owner, u256 value);
    Address issuer() const override { return powers::holder(*this, Power::mint); }
    bool mintable() const { return has(Feature::mintable); }

    // ERC-7943.
    bool can_send(Address account) const;
    bool can_receive(Address account) const;
    bool can_transfer(Address from, Address to, u256 amount) const;
    u256 get_frozen_tokens(Address account) const { return policy::frozen(*this, account); }
    bool set_frozen_tokens(Address account, u256 amount);
    bool forced_transfer(Address from, Address to, u256 amount);
    // ERC-3643's names for the rest.
    bool is_frozen(Address account) const { return policy::is_frozen(*this, account); }
    void set_address_frozen(Address account, bool is_frozen);
    bool paused() const;
    Address compliance() const { return self(); }

    // Rules, features, powers.
    TransferRules policy() const { return policy::rules(*this); }
    void set_policy(TransferRules rules);
    /// By the policy power: `amount` of the account stays until `until`; 0 and 0 end it.
    void set_lockup(Address account, u256 amount, uint64_t until);
    std::tuple<u256, uint64_t> lockup_of(Address account) const;
    /// What is locked up now.
    u256 locked_balance_of(Address account) const { return policy::locked(*this, account); }
    std::tuple<uint32_t, uint32_t> features() const;
    void enable(uint32_t features);
    Address power_of(Hash power) const;
    Address power_offered_to(Hash power) const;
    void offer_power(Hash power, Address to);
    void accept_power(Hash power);
    void renounce_power(Hash power);
    void recover(Address lost, Address heir);
    /// To whom an account was recovered; zero when it was not.
    Address successor_of(Address account) const { return get(successors_[account]); }

    // Metadata.
    std::string contract_uri() const { return get_string(contract_uri_); }
    /// All records the token ever stood for, the one it stands for last.
    std::vector<Hash> provenance() const;
    void supersede(Hash record, std::string contract_uri);

    // ERC-8056.
    u256 ui_multiplier() const { return split::multiplier(*this); }
    u256 new_ui_multiplier() const { return split::next_multiplier(*this); }
    u256 effective_at() const { return split::effective_at(*this); }
    u256 to_ui_amount(u256 raw) const { return split::shown(*this, raw); }
    u256 from_ui_amount(u256 shown) const { return split::raw(*this, shown); }
    u256 balance_of_ui(Address account) const { return to_ui_amount(balance_of(account)); }
    u256 total_supply_ui() const { return to_ui_amount(total_supply()); }
    void set_ui_multiplier(u256 multiplier, u256 effective_at);

    bool supports_interface(Selector id) const;
    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, uint8 decimals, bytes32 record, string "
        "contractURI, address holder, uint256 initialSupply, (uint32 on, uint32 later) features, "
        "(address mint, address freeze, address force, address recover, address policy, address "
        "metadata, address split, address enable) powers, (bytes32 sendDomain, bytes32 "
        "receiveDomain, uint8 countryRule, uint16[] countries, uint256 balanceMax, uint256 "
        "supplyMax, uint64 lockedUntil) rules) params)",
        &RegulatedToken::construct>{};
    static constexpr auto issuance =
        taking +
        Methods<Method<"supportsInterface(bytes4 id) view returns (bool)",
                       &RegulatedToken::supports_interface>,
                Method<"issuer() view returns (address)", &RegulatedToken::issuer>,
                Method<"mintable() view returns (bool)", &RegulatedToken::mintable>,
                Method<"mint(address to, uint256 value)", &RegulatedToken::mint>,
                Method<"burn(uint256 value)", &RegulatedToken::burn>,
                Method<"burnFrom(address owner, uint256 value)", &RegulatedToken::burn_from>>{};
    static constexpr auto regulation = Methods<
        Method<"canSend(address account) view returns (bool allowed)", &RegulatedToken::can_send>,
        Method<"canReceive(address account) view returns (bool allowed)",
               &RegulatedToken::can_receive>,
        Method<"canTransfer(address from, address to, uint256 amount) view returns (bool allowed)",
               &RegulatedToken::can_transfer>,
        Method<"getFrozenTokens(address account) view returns (uint256 amount)",
               &RegulatedToken::get_frozen_tokens>,
        Method<"setFrozenTokens(address account, uint256 amount) returns (bool result)",
               &RegulatedToken::set_frozen_tokens>,
        Method<"forcedTransfer(address from, address to, uint256 amount) returns (bool result)",
               &RegulatedToken::forced_transfer>,
        Method<"isFrozen(address account) view returns (bool)", &RegulatedToken::is_frozen>,
        Method<"setAddressFrozen(address account, bool isFrozen)",
               &RegulatedToken::set_address_frozen>,
        Method<"paused() view returns (bool)", &RegulatedToken::paused>,
        Method<"compliance() view returns (address)", &RegulatedToken::compliance>,
        Method<"policy() view returns ((bytes32 sendDomain, bytes32 receiveDomain, uint8 "
               "countryRule, uint16[] countries, uint256 balanceMax, uint256 supplyMax, uint64 "
               "lockedUntil) rules)",
               &RegulatedToken::policy>,
        Method<"setPolicy((bytes32 sendDomain, bytes32 receiveDomain, uint8 countryRule, uint16[] "
               "countries, uint256 balanceMax, uint256 supplyMax, uint64 lockedUntil) rules)",
               &RegulatedToken::set_policy>,
        Method<"setLockup(address account, uint256 amount, uint64 until)",
               &RegulatedToken::set_lockup>,
        Method<"lockupOf(address account) view returns (uint256 amount, uint64 until)",
               &RegulatedToken::lockup_of>,
        Method<"lockedBalanceOf(address account) view returns (uint256)",
               &RegulatedToken::locked_balance_of>,
        Method<"recover(address lost, address heir)", &RegulatedToken::recover>,
        Method<"successorOf(address account) view returns (address)",
               &RegulatedToken::successor_of>>{};
    static constexpr auto governance = Methods<
        Method<"features() view returns (uint32 on, uint32 later)", &RegulatedToken::features>,
        Method<"enable(uint32 features)", &RegulatedToken::enable>,
        Method<"powerOf(bytes32 power) view returns (address)", &RegulatedToken::power_of>,
        Method<"powerOfferedTo(bytes32 power) view returns (address)",
               &RegulatedToken::power_offered_to>,
        Method<"offerPower(bytes32 power, address to)", &RegulatedToken::offer_power>,
        Method<"acceptPower(bytes32 power)", &RegulatedToken::accept_power>,
        Method<"renouncePower(bytes32 power)", &RegulatedToken::renounce_power>>{};
    static constexpr auto description = Methods<
        Method<"contractURI() view returns (string)", &RegulatedToken::contract_uri>,
        Method<"provenance() view returns (bytes32[])", &RegulatedToken::provenance>,
        Method<"supersede(bytes32 record, string contractURI)", &RegulatedToken::supersede>,
        Method<"uiMultiplier() view returns (uint256)", &RegulatedToken::ui_multiplier>,
        Method<"newUIMultiplier() view returns (uint256)", &RegulatedToken::new_ui_multiplier>,
        Method<"effectiveAt() view returns (uint256)", &RegulatedToken::effective_at>,
        Method<"toUIAmount(uint256 rawAmount) view returns (uint256)",
               &RegulatedToken::to_ui_amount>,
        Method<"fromUIAmount(uint256 uiAmount) view returns (uint256)",
               &RegulatedToken::from_ui_amount>,
        Method<"balanceOfUI(address account) view returns (uint256)",
               &RegulatedToken::balance_of_ui>,
        Method<"totalSupplyUI() view returns (uint256)", &RegulatedToken::total_supply_ui>,
        Method<"setUIMultiplier(uint256 newMultiplier, uint256 effectiveAtTimestamp)",
               &RegulatedToken::set_ui_multiplier>>{};
    // The first match is called: what is named here replaces the base's.
    static constexpr auto abi =
        AssetToken::fungible + revenue_abi +
        (issuance + voting + holding + regulation + governance + description);
    static constexpr auto declarations =
        AssetToken::fungible_declarations + revenue_declarations + voting_and_holding_declarations +
        Declarations<policy::Frozen, policy::ForcedTransfer, policy::AddressFrozen,
                     policy::LockupSet, policy::PolicyChanged, policy::FeaturesEnabled,
                     powers::PowerOffered, powers::PowerMoved, RecordSuperseded, ContractURIUpdated,
                     Recovered, split::UIMultiplierUpdated, MintingClosed,
                     policy::ERC7943CannotSend, policy::ERC7943CannotReceive,
                     policy::ERC7943CannotTransfer, policy::ERC7943InsufficientUnfrozenBalance,
                     policy::FeatureOff, policy::FeatureNotDeclared, policy::InvalidFeatures,
                     policy::NotTransferable, policy::Locked, policy::BalanceCapExceeded,
                     policy::SupplyCapExceeded, policy::SupplyCapInvalid, policy::InvalidCountries,
                     policy::LockupInvalid, policy::AmountLocked, policy::DomainMissing,
                     domains::UnknownDomain, powers::AccessControlUnauthorizedAccount,
                     powers::UnknownPower, powers::PowerNotOffered, TooManyRecords, InvalidRecovery,
                     split::InvalidMultiplier, split::InvalidEffectiveTime>{};

protected:
    /// Refuses what the policy does not allow, unless a senior power moves.
    void on_move(const Address& from, const Address& to, const u256& value) override;
    bool has_votes() const override { return has(Feature::votes); }
    bool has_holds() const override { return has(Feature::holds); }
    void require_votes() const override { policy::require_feature(*this, Feature::votes); }
    void require_holds() const override { policy::require_feature(*this, Feature::holds); }
    void require_can_pledge(const Address& owner) const override {
        require(can_send(owner), policy::ERC7943CannotSend{owner});
    }
    u256 withheld(const Address& owner) const override { return policy::withheld(*this, owner); }
    void on_recovered(const Address& lost, const Address& heir) override {
        recover_revenue(lost, heir);
    }

    static constexpr u256 regulation_base_ = namespace_slot("plume.regulated_token");
    static constexpr Text contract_uri_{regulation_base_};
    /// Those the token stood for before the one it stands for.
    static constexpr Array<Hash> former_records_{{regulation_base_ + u256{1u}}};
    static constexpr Map<Address, Address> successors_{{regulation_base_ + u256{2u}}};

private:
    bool has(Feature feature) const { return policy::switches(*this).has(feature); }
    /// Why units cannot move so, as the error to refuse with; empty when they can. `taken` of them
    /// a taker takes of his hold.
    Bytes obstacle(const Address& from, const Address& to, const u256& value,
                   const u256& taken) const;
    void describe(const std::string& contract_uri);
    void recover_delegate(const Address& lost, const Address& heir);
    void recover_frozen(const Address& lost, const Address& heir);

    /// How the movement under way has come about. An object lives for one call.
    bool is_forced_ = false;
};

}  // namespace plume
